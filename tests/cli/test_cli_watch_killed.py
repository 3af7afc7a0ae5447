"""`sentitui watch` killed at any moment and started again."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path

import pytest

from tests.fakes.openai_server import OpenAIServer, event, job

JOB = "ftjob-1"


async def watched(server: OpenAIServer, home: Path, after: str | None, lines: int) -> list[dict[str, object]]:
    """What a watcher prints until it is killed after so many lines, or ends."""
    words = ["watch", JOB, "--json", "--base-url", server.base_url, *(["--after", after] if after else [])]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sentitui", *words),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "SENTITUI_HOME": str(home)},
    )
    assert process.stdout is not None
    seen: list[dict[str, object]] = []
    while len(seen) < lines and (line := await process.stdout.readline()):
        seen.append(json.loads(line))
    if process.returncode is None:
        process.kill()
    await process.communicate()
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_a_killed_watcher_goes_on_from_its_last_event(tmp_path: Path, seed: int) -> None:
    """Kill -9 at random lines, again and again with `--after`: together every event once, in order."""
    chance = random.Random(seed)
    events = [event(n, created_at=n // 4) for n in range(1, 301)]
    async with OpenAIServer() as server:
        server.jobs[JOB] = job(JOB)
        server.events[JOB] = []
        host = server.base_url.split("/")[2]
        (tmp_path / "config.toml").write_text(f'[providers."{host}"]\npoll_seconds = 0.01\n', "utf-8")

        def poll(job_id: str) -> None:
            have = len(server.events[job_id])
            server.events[job_id] += events[have : have + chance.randrange(1, 9)]
            if len(server.events[job_id]) == len(events):
                server.jobs[job_id] = job(job_id, "succeeded")

        server.on_poll = poll
        seen: list[dict[str, object]] = []
        while not seen or seen[-1]["object"] != "fine_tuning.job":
            last = str(seen[-1]["id"]) if seen else None
            seen += await watched(server, tmp_path, last, chance.randrange(1, 120))
    assert seen == [*events, server.jobs[JOB]]
