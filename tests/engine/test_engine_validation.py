"""Every parameter is checked, and the wrong one is named, in OpenAI's envelope."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.engine_client import MODEL, Engine
from tests.engine.schemas import check

CHAT: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}]}
JOB: dict[str, Any] = {"model": MODEL, "training_file": "file-unknown"}


def hyper(method: str, **values: Any) -> dict[str, Any]:
    """A job body with hyperparameters of a method."""
    return {"method": {"type": method, method: {"hyperparameters": values}}}


BAD_CHAT = [
    ({"temperature": 2.1}, "temperature", "decimal_above_max_value"),
    ({"temperature": -0.1}, "temperature", "decimal_below_min_value"),
    ({"temperature": "hot"}, "temperature", "invalid_type"),
    ({"temperature": True}, "temperature", "invalid_type"),
    ({"top_p": 1.5}, "top_p", "decimal_above_max_value"),
    ({"n": 0}, "n", "integer_below_min_value"),
    ({"n": 129}, "n", "integer_above_max_value"),
    ({"n": 1.0}, "n", "invalid_type"),
    ({"seed": 2**64}, "seed", "invalid_type"),
    ({"max_tokens": 0}, "max_tokens", "integer_below_min_value"),
    ({"max_tokens": 5, "max_completion_tokens": 5}, "max_tokens", "invalid_parameter_combination"),
    ({"stop": ["a"] * 5}, "stop", "array_above_max_length"),
    ({"stop": [1]}, "stop[0]", "invalid_type"),
    ({"frequency_penalty": 3}, "frequency_penalty", "decimal_above_max_value"),
    ({"presence_penalty": -3}, "presence_penalty", "decimal_below_min_value"),
    ({"logit_bias": {"x": 1}}, "logit_bias", "invalid_value"),
    ({"logit_bias": {"5": 101}}, "logit_bias.5", "decimal_above_max_value"),
    ({"top_logprobs": 3}, "top_logprobs", "invalid_parameter_combination"),
    ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "integer_above_max_value"),
    ({"logprobs": "yes"}, "logprobs", "invalid_type"),
    ({"stream_options": {"include_usage": True}}, "stream_options", "invalid_parameter_combination"),
    ({"stream": True, "stream_options": {"x": 1}}, "stream_options.x", "unknown_parameter"),
    ({"tempreature": 1}, "tempreature", "unknown_parameter"),
    ({"response_format": {"type": "xml"}}, "response_format.type", "invalid_value"),
    (
        {"response_format": {"type": "json_schema"}},
        "response_format.json_schema",
        "missing_required_parameter",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {}}}},
        "response_format.json_schema.name",
        "missing_required_parameter",
    ),
    ({"tool_choice": "required"}, "tool_choice", "unsupported_value"),
    ({"tools": [{"type": "x", "function": {"name": "f"}}]}, "tools[0].type", "invalid_value"),
    ({"tools": [{"type": "function"}]}, "tools[0].function", "missing_required_parameter"),
    ({"messages": []}, "messages", "empty_array"),
    ({"messages": [{"content": "x"}]}, "messages[0].role", "missing_required_parameter"),
    ({"messages": [{"role": "wizard", "content": "x"}]}, "messages[0].role", "invalid_value"),
    ({"messages": [{"role": "user"}]}, "messages[0].content", "missing_required_parameter"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", "invalid_type"),
    ({"messages": ["x"]}, "messages[0]", "invalid_type"),
    (
        {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        "messages[0].content[0].type",
        "unsupported_value",
    ),
    ({"model": None}, "model", "missing_required_parameter"),
    ({"model": 5}, "model", "invalid_type"),
]

BAD_JOBS = [
    ({"model": None}, "model", "missing_required_parameter"),
    ({"model": "gpt-4o-mini"}, "model", "model_not_found"),
    ({"training_file": None}, "training_file", "missing_required_parameter"),
    ({}, "training_file", "file_not_found"),
    ({"suffix": ""}, "suffix", "string_below_min_length"),
    ({"suffix": "x" * 65}, "suffix", "string_above_max_length"),
    ({"seed": -1}, "seed", "integer_below_min_value"),
    ({"seed": 2**31}, "seed", "integer_above_max_value"),
    ({"metadata": {str(i): "x" for i in range(17)}}, "metadata", "object_above_max_properties"),
    ({"metadata": {"k" * 65: "x"}}, "metadata", "string_above_max_length"),
    ({"metadata": {"k": "x" * 513}}, "metadata.k", "string_above_max_length"),
    ({"metadata": {"k": 1}}, "metadata.k", "invalid_type"),
    ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]}, "integrations", "unsupported_value"),
    ({"epochs": 3}, "epochs", "unknown_parameter"),
    ({"hyperparameters": {"n_epochs": 0}}, "hyperparameters.n_epochs", "integer_below_min_value"),
    ({"hyperparameters": {"lr": 1}}, "hyperparameters.lr", "unknown_parameter"),
    (
        hyper("supervised", n_epochs=51),
        "method.supervised.hyperparameters.n_epochs",
        "integer_above_max_value",
    ),
    (
        hyper("supervised", batch_size=257),
        "method.supervised.hyperparameters.batch_size",
        "integer_above_max_value",
    ),
    (
        hyper("supervised", learning_rate_multiplier=0),
        "method.supervised.hyperparameters.learning_rate_multiplier",
        "decimal_below_min_value",
    ),
    (hyper("supervised", beta=0.1), "method.supervised.hyperparameters.beta", "unknown_parameter"),
    (hyper("dpo", beta=2.5), "method.dpo.hyperparameters.beta", "decimal_above_max_value"),
    (hyper("dpo", beta="low"), "method.dpo.hyperparameters.beta", "invalid_type"),
    ({"method": {"type": "reinforcement"}}, "method.type", "unsupported_value"),
    ({"method": {"type": "sft"}}, "method.type", "invalid_value"),
    ({"method": {}}, "method.type", "missing_required_parameter"),
    ({"method": {"type": "supervised", "dpo": {}}}, "method.dpo", "invalid_value"),
    ({"method": {"type": "supervised"}, "hyperparameters": {}}, "hyperparameters", "invalid_value"),
]

BAD_QUERIES = [
    ("/fine_tuning/jobs?limit=0", "limit", "integer_below_min_value"),
    ("/fine_tuning/jobs?limit=x", "limit", "invalid_type"),
    ("/fine_tuning/jobs?limit=10001", "limit", "integer_above_max_value"),
    ("/fine_tuning/jobs?after=ftjob-unknown", "after", "invalid_value"),
    ("/fine_tuning/jobs?offset=3", "offset", "unknown_parameter"),
    ("/fine_tuning/jobs?metadata=x", "metadata", "invalid_value"),
    ("/files?order=up", "order", "invalid_value"),
    ("/files?after=file-unknown", "after", "invalid_value"),
]


@pytest.mark.parametrize(("change", "param", "code"), BAD_CHAT)
def test_chat_parameters(engine: Engine, change: dict[str, Any], param: str, code: str) -> None:
    """A bad chat parameter is refused with its name and the kind of mistake."""
    refused(engine.http("POST", "/chat/completions", json=CHAT | change), param, code)


@pytest.mark.parametrize(("change", "param", "code"), BAD_JOBS)
def test_job_parameters(engine: Engine, change: dict[str, Any], param: str, code: str) -> None:
    """A bad job parameter is refused with its full path."""
    refused(engine.http("POST", "/fine_tuning/jobs", json=JOB | change), param, code)


@pytest.mark.parametrize(("path", "param", "code"), BAD_QUERIES)
def test_query_parameters(engine: Engine, path: str, param: str, code: str) -> None:
    """A bad query parameter is refused with its name."""
    refused(engine.http("GET", path), param, code)


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": NaN}', b"\xff", b"[" * 5000, b'{"model": "\\ud800"}'])
def test_malformed_json(engine: Engine, content: bytes) -> None:
    """What is not JSON is refused as such."""
    headers = {"content-type": "application/json"}
    refused(engine.http("POST", "/fine_tuning/jobs", content=content, headers=headers), None, "invalid_json")


@pytest.mark.parametrize("content", [b"[]", b"3", b"null", b'"x"'])
def test_json_that_is_no_object(engine: Engine, content: bytes) -> None:
    """A body that is JSON but no object is a wrong type."""
    headers = {"content-type": "application/json"}
    refused(
        engine.http("POST", "/chat/completions", content=content, headers=headers), "body", "invalid_type"
    )


def test_a_form_is_no_json(engine: Engine) -> None:
    """A body of another type is refused before it is read: a web form can send no JSON."""
    answer = engine.http("POST", "/fine_tuning/jobs", data={"model": MODEL})
    refused(answer, None, "unsupported_content_type")


def test_explicit_nulls_read_as_absent(engine: Engine) -> None:
    """null means the default, as for OpenAI."""
    nulls = dict.fromkeys(("temperature", "n", "stop", "seed", "stream", "tools", "logit_bias", "max_tokens"))
    assert engine.http("POST", "/chat/completions", json=CHAT | nulls).status_code == 200


def refused(answer: Any, param: str | None, code: str) -> None:
    """Fails unless the answer is a 400 that names this parameter and code."""
    assert answer.status_code == 400, answer.text
    check("ErrorResponse", answer.json())
    error = answer.json()["error"]
    assert (error["param"], error["code"]) == (param, code), error
    assert error["type"] == "invalid_request_error"
    if code == "unknown_parameter":
        assert error["message"] == f"Unrecognized request argument supplied: {param}"
