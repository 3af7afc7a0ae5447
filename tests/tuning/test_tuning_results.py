"""Losses from wherever a provider tells them, and models that take a while to appear."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openai import AsyncOpenAI

from sentitui.errors import ProviderRefused, ProviderUnreachable
from sentitui.history import History
from sentitui.providers.probe import Ability, probe
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Job
from sentitui.tuning.ready import is_ready
from sentitui.tuning.results import losses, read_losses
from tests.fakes.openai_server import Call, OpenAIServer, Reply, as_json, event, job, problem
from tests.fakes.time import Clock

PLAIN = Provider("plain", api_key_env="PLAIN_KEY")
RESULTS = (
    b"step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,0.5,0.9,,\n2,0.25,0.9,0.3,0.9\n"
)


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server whose answers a test makes."""
    async with OpenAIServer() as each:
        yield each


@pytest.fixture
async def client(server: OpenAIServer) -> AsyncIterator[AsyncOpenAI]:
    """A client of that server."""
    async with AsyncOpenAI(api_key="k", base_url=server.base_url, max_retries=0) as each:
        yield each


async def test_events_come_first(client: AsyncOpenAI, server: OpenAIServer, tmp_path: Path) -> None:
    """Losses in stored events need no further question."""
    history = History(tmp_path / "h.sqlite")
    history.add_events("plain", "ftjob-1", [event(1), event(2, step=1, train_loss=0.5)])
    assert await losses(client, history, PLAIN, Job.from_api(job(), PLAIN)) == [0.5]
    assert server.calls == []


async def test_checkpoints_and_the_results_file_come_next(
    client: AsyncOpenAI, server: OpenAIServer, tmp_path: Path
) -> None:
    """Checkpoints are put in step order; without losses there the results file is read."""
    history = History(tmp_path / "h.sqlite")
    done = Job.from_api(job(result_files=["file-9"]), PLAIN)
    saved = [{"id": f"c{n}", "step_number": n, "metrics": {"train_loss": 1 / n}} for n in (2, 1)]

    def answer(call: Call, reply: Reply) -> Reply:
        if call.path.endswith("/checkpoints"):
            return as_json({"object": "list", "data": saved})
        return Reply(200, RESULTS, {"content-type": "application/octet-stream"})

    server.fault = answer
    assert await losses(client, history, PLAIN, done) == [1.0, 0.5]
    saved.clear()
    assert await losses(client, history, PLAIN, done) == [0.5, 0.25]


def test_a_results_file_may_be_base64() -> None:
    """Both forms that were seen are read; anything else is said to be unreadable."""
    assert read_losses(RESULTS, PLAIN) == read_losses(base64.b64encode(RESULTS), PLAIN) == [0.5, 0.25]
    with pytest.raises(ProviderUnreachable, match="cannot be read"):
        read_losses(b"<html>", PLAIN)


async def test_a_fresh_model_is_waited_for(client: AsyncOpenAI, server: OpenAIServer) -> None:
    """Not found and busy are waited out, to an end; a wrong key is not."""
    clock = Clock()

    def later(call: Call, reply: Reply) -> Reply:
        if len(server.calls) == 3:
            server.models.append("tuned")
        return problem(503, "busy") if len(server.calls) == 2 else reply

    server.fault = later
    assert await is_ready(client, PLAIN, "tuned", clock.patience())
    assert clock.slept == [15.0] * 3
    assert not await is_ready(client, PLAIN, "never", clock.patience())
    server.key = "other"
    with pytest.raises(ProviderRefused):
        await is_ready(client, PLAIN, "tuned", clock.patience())


async def test_a_connection_is_tried_piece_by_piece(client: AsyncOpenAI, server: OpenAIServer) -> None:
    """What works is told from what does not, each with the reason."""
    server.fault = lambda call, reply: problem(404, "no files here") if call.path == "/v1/files" else reply
    models, files, tuning = await probe(client, PLAIN)
    assert (models, tuning) == (Ability("models", True, "1"), Ability("fine-tuning", True, "0"))
    assert not files.works
    assert "no files here" in files.detail
    server.key = "other"
    server.fault = lambda call, reply: reply
    assert ["PLAIN_KEY" in each.detail for each in await probe(client, PLAIN)] == [True] * 3
