"""Requests that a generator makes from the published schema, valid and not: never a 5xx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.engine.engine_client import Engine

SCHEMA = schemathesis.openapi.from_path(Path(__file__).parent / "openai_finetuning_openapi.json")


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_generated_requests_are_answered_in_the_schema(engine: Engine, case: schemathesis.Case[Any]) -> None:
    """Whatever a client sends, the answer is one that the operation promises."""
    case.call_and_validate(
        base_url=engine.base_url,
        headers={"authorization": f"Bearer {engine.api_key}"},
        checks=[not_a_server_error, response_schema_conformance],
    )
