"""Drives an engine as its users do: a process, a socket, the official client; every answer is judged."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from openai import OpenAI
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent

from tests.engine.schemas import answer_schema, check

ROOT = Path(__file__).parents[2]
MODEL = "smollm2-135m-instruct"
_POLLS = 20_000


def judge(response: httpx2.Response) -> None:
    """Fails unless a JSON answer satisfies its operation's schema and carries a request id."""
    assert response.headers["x-request-id"].startswith("req_")
    if response.headers.get("content-type") != "application/json":
        return
    response.read()
    path = response.request.url.raw_path.decode().partition("?")[0].removeprefix("/v1")
    schema = answer_schema(response.request.method, path, response.status_code)
    if schema is not None:
        check(schema, response.json())


@dataclass(slots=True)
class Engine:
    """A running engine process and ways to reach it."""

    process: subprocess.Popen[str]
    base_url: str
    api_key: str
    home: Path
    client: OpenAI = field(init=False)

    def __post_init__(self) -> None:
        """Connects the official client."""
        http = httpx2.Client(trust_env=False, event_hooks={"response": [judge]})
        self.client = OpenAI(base_url=self.base_url, api_key=self.api_key, http_client=http, max_retries=0)

    def http(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """A bare request below /v1, with the key."""
        headers = {"authorization": f"Bearer {self.api_key}", **options.pop("headers", {})}
        with httpx2.Client(trust_env=False) as client:
            return client.request(method, self.base_url + path, headers=headers, **options)

    def kill(self) -> None:
        """kill -9, as a crash or a lost battery would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait()

    def upload(self, script: dict[str, Any] | None = None) -> str:
        """Uploads a training file that tells the trainer double what to do; its id."""
        first = {"script": script or {}, "messages": [{"role": "user", "content": "hi"}]}
        content = (json.dumps(first) + "\n").encode() * 10
        return self.client.files.create(file=("train.jsonl", content), purpose="fine-tune").id

    def tune(self, script: dict[str, Any] | None = None, **options: Any) -> str:
        """Creates a job; its id."""
        job = self.client.fine_tuning.jobs.create(
            **{"model": MODEL, "training_file": self.upload(script), **options}
        )
        return job.id

    def job(self, job_id: str) -> FineTuningJob:
        """The job as it is now."""
        return self.client.fine_tuning.jobs.retrieve(job_id)

    def ended(self, job_id: str) -> FineTuningJob:
        """The job once it has ended."""
        for _ in range(_POLLS):
            job = self.job(job_id)
            if job.status in ("succeeded", "failed", "cancelled"):
                return job
        raise AssertionError(f"{job_id} did not end: {self.messages(job_id)}")

    def saying(self, job_id: str, text: str) -> None:
        """Waits for an event with this text."""
        for _ in range(_POLLS):
            if any(text in message for message in self.messages(job_id)):
                return
        raise AssertionError(f"{job_id} never said {text!r}: {self.messages(job_id)}")

    def events(self, job_id: str) -> list[FineTuningJobEvent]:
        """Every event, oldest first."""
        found = list(self.client.fine_tuning.jobs.list_events(job_id, limit=1000))
        return found[::-1]

    def messages(self, job_id: str) -> list[str]:
        """Every event's text, oldest first."""
        return [event.message for event in self.events(job_id)]

    def trainer_pid(self, job_id: str) -> int:
        """The process id of the job's trainer."""
        return int((self.home / "jobs" / job_id / "trainer.alive").read_text())

    def release(self, job_id: str) -> None:
        """Lets a trainer double go on that holds."""
        (self.home / "jobs" / job_id / "go").touch()

    def clean_up(self) -> None:
        """Ends the server and every trainer that still lives."""
        if self.process.poll() is None:
            self.kill()
        for lock in self.home.glob("jobs/*/trainer.alive"):
            if (pid := lock.read_text()) and _is_trainer(int(pid)):
                os.kill(int(pid), signal.SIGKILL)
        self.client.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(home: Path, *options: str, module: str = "tests.fakes.engine_server") -> Engine:
    """Starts an engine process on a home and waits until it answers."""
    command = [sys.executable, "-m", module, "--home", str(home), "--json", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the engine did not start"
    address = json.loads(line)
    return Engine(process, address["base_url"], address["api_key"], Path(address["home"]))


def _is_trainer(pid: int) -> bool:
    try:
        return b"train" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
