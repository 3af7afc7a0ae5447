"""Models and chat completions through the official client, whole and streamed."""

from __future__ import annotations

import json
import socket
from typing import Any

import openai
import pytest

from tests.engine.engine_client import MODEL, Engine
from tests.engine.schemas import check


def ask(engine: Engine, text: str, **options: Any) -> Any:
    """One request with one user message."""
    messages = [{"role": "user", "content": text}]
    return engine.client.chat.completions.create(**{"model": MODEL, "messages": messages, **options})


def chunks(engine: Engine, text: str, **options: Any) -> list[dict[str, Any]]:
    """The data of a stream as sent, judged against the schema, without the final mark."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": text}], "stream": True, **options}
    answer = engine.http("POST", "/chat/completions", json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    assert lines.pop() == "[DONE]"
    found = [json.loads(line) for line in lines]
    for chunk in found:
        check("CreateChatCompletionStreamResponse", chunk)
    return found


def test_an_answer_has_n_choices_usage_and_a_reason(engine: Engine) -> None:
    """n answers, each with its finish reason; tokens add up."""
    answer = ask(engine, "one two three", n=3, max_completion_tokens=2)
    assert [choice.message.content for choice in answer.choices] == ["one two"] * 3
    assert {choice.finish_reason for choice in answer.choices} == {"length"}
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens == 7


def test_logprobs_have_the_published_shape(engine: Engine) -> None:
    """Chosen tokens with alternatives when asked for, null otherwise; minus infinity reads -9999."""
    assert ask(engine, "hi").choices[0].logprobs is None
    found = ask(engine, "hi", logprobs=True, top_logprobs=2).choices[0].logprobs.content
    assert (found[0].token, found[0].logprob, found[0].bytes) == ("hi", -0.5, [104, 105])
    assert [other.logprob for other in found[0].top_logprobs] == [-9999.0, -9999.0]


def test_a_stream_is_role_then_text_then_reason(engine: Engine) -> None:
    """Same id and time in every chunk; the texts join to the whole answer."""
    found = chunks(engine, "one two", n=2)
    assert len({(chunk["id"], chunk["created"]) for chunk in found}) == 1
    for index in (0, 1):
        own = [chunk["choices"][0] for chunk in found if chunk["choices"][0]["index"] == index]
        assert own[0]["delta"] == {"role": "assistant", "content": "", "refusal": None}
        assert "".join(choice["delta"].get("content", "") for choice in own) == "one two"
        assert [choice["finish_reason"] for choice in own] == [None, None, None, "stop"]
    assert all("usage" not in chunk for chunk in found)


def test_a_stream_tells_usage_last_when_asked(engine: Engine) -> None:
    """Null usage on every chunk but the last, which has no choices."""
    found = chunks(engine, "one two", stream_options={"include_usage": True, "include_obfuscation": False})
    assert found[-1]["choices"] == []
    assert found[-1]["usage"]["completion_tokens"] == 2
    assert all(chunk["usage"] is None for chunk in found[:-1])


def test_a_stream_that_cannot_start_is_an_ordinary_error(engine: Engine) -> None:
    """Refused before the first token: status 400 and no event stream."""
    with pytest.raises(openai.BadRequestError) as caught:
        ask(engine, "refuse", stream=True)
    assert caught.value.code == "context_length_exceeded"


def test_an_error_in_the_middle_of_a_stream_reaches_the_client(engine: Engine) -> None:
    """The client raises APIError after what had already come."""
    stream = iter(ask(engine, "fail: memory", stream=True))
    assert [next(stream).choices[0].delta.content for _ in range(2)] == ["", "fail:"]
    with pytest.raises(openai.APIError, match="fail: memory"):
        next(stream)


def test_a_failing_model_is_503_and_not_retried(engine: Engine) -> None:
    """The message reaches the user at once."""
    with pytest.raises(openai.InternalServerError, match="fail: memory") as caught:
        ask(engine, "fail: memory")
    assert caught.value.status_code == 503
    assert caught.value.response.headers["x-should-retry"] == "false"


def test_tuned_models_answer_with_their_adapter(engine: Engine) -> None:
    """The final model and each checkpoint reach their own adapter; deletion ends that."""
    job_id = engine.tune({"epochs": 2, "steps": 1}, suffix="with spaces/and:marks")
    name = str(engine.ended(job_id).fine_tuned_model)
    assert name.startswith(f"ft:{MODEL}:local:with-spaces-and-marks:")
    names = [
        found.fine_tuned_model_checkpoint for found in engine.client.fine_tuning.jobs.checkpoints.list(job_id)
    ]
    assert [ask(engine, "adapter", model=name).choices[0].message.content for name in names] == [
        "step-2",
        "step-1",
    ]
    assert engine.client.models.delete(name).deleted
    with pytest.raises(openai.NotFoundError) as caught:
        ask(engine, "adapter", model=name)
    assert caught.value.code == "model_not_found"
    assert f"The model `{name}` does not exist or you do not have access to it." in caught.value.message
    assert ask(engine, "adapter", model=names[1]).choices[0].message.content == "step-1"
    assert not (engine.home / "jobs" / job_id / "checkpoints" / "step-2").exists()


def test_models_are_listed_and_bases_cannot_be_deleted(engine: Engine) -> None:
    """Ids with slashes work encoded and plain."""
    ids = [model.id for model in engine.client.models.list()]
    assert ids[-2:] == [MODEL, "owner/model"]
    assert engine.client.models.retrieve("owner/model").id == "owner/model"
    assert engine.http("GET", "/models/owner/model").json()["id"] == "owner/model"
    assert engine.http("GET", "/models/owner%2Fmodel").json()["id"] == "owner/model"
    with pytest.raises(openai.BadRequestError, match="Base models cannot be deleted"):
        engine.client.models.delete(MODEL)
    with pytest.raises(openai.NotFoundError):
        engine.client.models.retrieve("gpt-4o")


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_goes_away_ends_its_generation(engine: Engine, stream: bool) -> None:
    """Closing the connection frees the model, streamed or not; others are answered meanwhile."""
    body = json.dumps({"model": MODEL, "messages": [{"role": "user", "content": "wait"}], "stream": stream})
    host, port = engine.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {engine.api_key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall((head + body).encode())
        while waiting(engine) == 0:
            assert ask(engine, "hi").choices[0].message.content == "hi"
    while waiting(engine) > 0:
        continue


def waiting(engine: Engine) -> int:
    """How many generations of the double wait for ever."""
    return int(ask(engine, "count waiting").choices[0].message.content)
