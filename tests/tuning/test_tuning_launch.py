"""Launching a job once, whatever the line does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openai import AsyncOpenAI

from sentitui.errors import DatasetError, ProviderRefused, ProviderUnreachable
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Hyperparameters, Job
from sentitui.tuning.launch import (
    Created,
    LaunchEvent,
    LaunchRequest,
    Uploaded,
    Uploading,
    creation_body,
    launch,
)
from sentitui.tuning.upload import PartRules
from tests.fakes.openai_server import DROP, Call, OpenAIServer, Reply, problem
from tests.fakes.time import Clock

PLAIN = Provider("plain")
CONTENT = b'{"messages": []}\n' * 20_000


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server without jobs."""
    async with OpenAIServer() as each:
        yield each


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file larger than one piece of an upload."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(CONTENT)
    return path


async def launched(
    server: OpenAIServer, request: LaunchRequest, parts: PartRules | None = None
) -> tuple[Job, list[LaunchEvent]]:
    """The job and what was told on the way."""
    told: list[LaunchEvent] = []
    async with AsyncOpenAI(api_key="k", base_url=server.base_url) as client:
        job = await launch(client, request, told.append, patience=Clock().patience(), parts=parts)
    return job, told


async def test_an_upload_tells_how_far_it_is(server: OpenAIServer, file: Path) -> None:
    """Progress grows to the file's size, then come the file's id and the job; every byte arrives."""
    job, told = await launched(server, LaunchRequest(PLAIN, file, "base", suffix="x"))
    sent = [each.sent for each in told if isinstance(each, Uploading)]
    assert sent == sorted(sent)
    assert len(sent) > 3
    assert sent[-1] == len(server.files["file-1"])
    assert told[-2:] == [Uploaded("train.jsonl", "file-1"), Created(job)]
    assert server.files["file-1"] == CONTENT


IN_PARTS = PartRules(above=100_000, size=70_000, at_once=3)


async def test_a_big_file_goes_in_parallel_parts(server: OpenAIServer, file: Path) -> None:
    """The parts arrive whole and are put together in order; progress grows to the file's size."""
    big = Provider("big", uploads=True)
    _, told = await launched(server, LaunchRequest(big, file, "base"), IN_PARTS)
    sent = [each.sent for each in told if isinstance(each, Uploading)]
    assert sent == sorted(sent)
    assert sent[-1] == len(CONTENT)
    assert server.files == {"file-1": CONTENT}
    assert sum(path.endswith("/parts") for path in server.paths()) == 5


async def test_a_part_that_fails_takes_the_upload_back(server: OpenAIServer, file: Path) -> None:
    """A refused part ends the upload with the reason, and nothing half is left at the provider."""
    refusal = problem(400, "part too odd")
    server.fault = lambda call, reply: (
        refusal if call.path.endswith("/parts") and len(call.body) < 69_000 else reply
    )
    with pytest.raises(ProviderRefused, match="part too odd"):
        await launched(server, LaunchRequest(Provider("big", uploads=True), file, "base"), IN_PARTS)
    assert server.uploads == {"upload_1": None}
    assert server.jobs == {}


async def test_a_cancelled_upload_is_taken_back(server: OpenAIServer, file: Path) -> None:
    """Cancelling the task cancels the upload at the provider."""
    started = asyncio.Event()

    async def wait(call: Call) -> None:
        if call.path.endswith("/parts"):
            started.set()
            await asyncio.Event().wait()

    server.before_answer = wait
    task = asyncio.create_task(
        launched(server, LaunchRequest(Provider("big", uploads=True), file, "base"), IN_PARTS)
    )
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server.uploads == {"upload_1": None}


async def test_files_already_there_are_not_sent_again(server: OpenAIServer) -> None:
    """An id is used as it is."""
    request = LaunchRequest(PLAIN, "file-7", "base", validation_file="file-8")
    await launched(server, request)
    assert server.paths() == ["POST /v1/fine_tuning/jobs"]
    assert server.calls[0].json["validation_file"] == "file-8"


@pytest.mark.parametrize(
    "lost", [DROP, problem(500, "oops"), Reply(200, b"<html>", {"content-type": "text/html"})]
)
async def test_a_job_made_in_spite_of_a_failure_is_found_not_made_twice(
    server: OpenAIServer, lost: Reply
) -> None:
    """When the answer to creating gets lost, the job is recognised by its nonce."""

    def fault(call: Call, reply: Reply) -> Reply:
        return lost if call.method == "POST" else reply

    server.fault = fault
    job, _ = await launched(server, LaunchRequest(PLAIN, "file-1", "base"))
    assert list(server.jobs) == [job.id]


async def test_a_job_that_was_not_made_is_made_by_another_try(server: OpenAIServer) -> None:
    """When the request itself got lost, it is sent again."""
    made = server.on_create
    tries = 0

    def fault(call: Call, reply: Reply) -> Reply:
        nonlocal tries
        if call.method != "POST":
            return reply
        tries += 1
        if tries < 3:
            server.jobs.clear()
            return problem(503, "try later")
        return reply

    server.fault = fault
    job, _ = await launched(server, LaunchRequest(PLAIN, "file-1", "base"))
    assert list(server.jobs) == [job.id]
    assert tries == 3
    assert server.on_create is made


async def test_when_nothing_can_be_found_out_it_says_so(server: OpenAIServer) -> None:
    """Neither the job nor the list can be had: the user is told to look before launching again."""
    server.fault = lambda call, reply: DROP
    with pytest.raises(ProviderUnreachable, match="not known whether the job was created"):
        await launched(server, LaunchRequest(PLAIN, "file-1", "base"))


async def test_a_refusal_is_final(server: OpenAIServer) -> None:
    """An account that may not train gets the server's words and a way out, at once."""
    server.fault = lambda call, reply: problem(403, "Fine-tuning is closed", "training_not_available")
    with pytest.raises(ProviderRefused, match="Fine-tuning is closed") as caught:
        await launched(server, LaunchRequest(PLAIN, "file-1", "base"))
    assert "engine" in caught.value.hint
    assert len(server.calls) == 1


async def test_what_was_uploaded_for_a_refused_job_is_deleted(server: OpenAIServer, file: Path) -> None:
    """An unknown model leaves no file at the provider; one that was there before stays."""
    refusal = problem(404, "The model `nope` does not exist", "model_not_found")
    server.files["file-0"] = b"mine"
    server.fault = lambda call, reply: refusal if call.path.endswith("/jobs") else reply
    with pytest.raises(ProviderRefused, match="nope"):
        await launched(server, LaunchRequest(PLAIN, "file-0", "nope", validation_file=file))
    assert server.files == {"file-0": b"mine"}


async def test_a_file_that_cannot_be_taken_back_is_noted(server: OpenAIServer, file: Path) -> None:
    """The refusal stays the error; that the file stays is noted with it."""
    server.fault = lambda call, reply: (
        problem(403, "No") if call.method == "DELETE" or call.path.endswith("/jobs") else reply
    )
    with pytest.raises(ProviderRefused, match="No") as caught:
        await launched(server, LaunchRequest(PLAIN, file, "nope"))
    assert "file-1 stays at plain" in caught.value.__notes__[0]


async def test_a_file_that_cannot_be_read_is_named(server: OpenAIServer, tmp_path: Path) -> None:
    """Nothing is sent for a file that is not there."""
    with pytest.raises(DatasetError, match="nowhere"):
        await launched(server, LaunchRequest(PLAIN, tmp_path / "nowhere", "base"))
    assert server.calls == []


def test_what_is_sent_follows_the_provider() -> None:
    """Hyperparameters stand in the method or on top; "auto" is left out; extra fields go along."""
    numbers = Hyperparameters(n_epochs=3)
    body = creation_body(LaunchRequest(PLAIN, "f", "m", hyperparameters=numbers), "f", None, "n")
    assert body["method"] == {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}}
    assert "method" not in creation_body(LaunchRequest(PLAIN, "f", "m"), "f", None, "n")
    dpo = LaunchRequest(PLAIN, "f", "m", method="dpo", hyperparameters=Hyperparameters(beta=0.1))
    assert creation_body(dpo, "f", "v", "n")["method"] == {
        "type": "dpo",
        "dpo": {"hyperparameters": {"beta": 0.1}},
    }
    flat = Provider("flat", top_level_hyperparameters=True, metadata=False, extra_body={"lora": True})
    body = creation_body(LaunchRequest(flat, "f", "m", hyperparameters=numbers), "f", None, "n")
    assert body == {
        "model": "m",
        "training_file": "f",
        "hyperparameters": {"n_epochs": 3},
        "extra_body": {"lora": True},
    }
