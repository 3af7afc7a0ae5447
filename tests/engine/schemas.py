"""The published schema as a judge: each answer of the engine against what its operation promises.

The file beside this module is cut from OpenAI's own specification (github.com/openai/openai-openapi, MIT).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

_FILE = Path(__file__).parent / "openai_finetuning_openapi.json"


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_FILE.read_text())
    return document


@cache
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    components = _document()["components"]
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": components}
    )


def check(schema: str, value: Any) -> None:
    """Fails unless `value` satisfies the named schema."""
    _validator(schema).validate(value)


def operations() -> list[tuple[str, str]]:
    """Every published operation: method (upper case) and path."""
    return [(method.upper(), path) for path, found in _document()["paths"].items() for method in found]


def answer_schema(method: str, path: str, status: int) -> str | None:
    """The name of the schema of a JSON answer; None where the operation promises none (file contents)."""
    if status != 200:
        return "ErrorResponse"
    for template, found in _document()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in found:
            content = found[method.lower()]["responses"]["200"]["content"]
            reference: str = content.get("application/json", {}).get("schema", {}).get("$ref", "")
            return reference.rsplit("/", 1)[-1] or None
    raise AssertionError(f"no such operation: {method} {path}")
