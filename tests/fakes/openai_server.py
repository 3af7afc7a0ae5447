"""An OpenAI-compatible server on loopback, inside the test's own event loop, that answers as it is told to.

It really speaks HTTP over a socket to the real SDK. What it holds (files, jobs, events) is plain data that a
test sets and reads; `answer` makes the texts of chat completions; `fault` may spoil any answer on its way
out.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import h11


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        return dict(json.loads(self.body or b"{}"))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `declared` is the content-length sent when it is not the body's own."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    declared: int | None = None


DROP = Reply(status=0)
"""The connection is closed without an answer."""

Fault = Callable[[Call, Reply], Reply]


def as_json(value: object, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(status, json.dumps(value).encode())


def problem(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    """An answer in OpenAI's error envelope."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json", **headers})


def event(number: int, message: str = "", created_at: int | None = None, **data: Any) -> dict[str, Any]:
    """An event object; with `data` a metrics event."""
    return {
        "object": "fine_tuning.job.event",
        "id": f"ftevent-{number:06d}",
        "created_at": number if created_at is None else created_at,
        "level": "info",
        "message": message or f"event {number}",
        "type": "metrics" if data else "message",
        "data": data or {},
    }


def job(job_id: str = "ftjob-1", status: str = "running", **changes: Any) -> dict[str, Any]:
    """A job object."""
    done = status == "succeeded"
    return {
        "object": "fine_tuning.job",
        "id": job_id,
        "created_at": 1000,
        "finished_at": 2000 if done else None,
        "model": "base",
        "fine_tuned_model": f"ft:base:local:x:{job_id[-1]}" if done else None,
        "organization_id": "org",
        "status": status,
        "hyperparameters": {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 1.0},
        "training_file": "file-1",
        "validation_file": None,
        "result_files": [],
        "trained_tokens": 123 if done else None,
        "error": None,
        "seed": 1,
        **changes,
    }


class OpenAIServer:
    """Use as `async with OpenAIServer() as server`; `server.base_url` is for the SDK."""

    def __init__(self, key: str | None = None) -> None:
        self.key = key
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, dict[str, bytes] | None] = {}
        """Per upload its parts by id; None when it was cancelled."""
        self.jobs: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        """Per job, oldest first."""
        self.models = ["base"]
        self.oldest_first = False
        self.calls: list[Call] = []
        self.answer: Callable[[dict[str, Any], int], str] = lambda body, index: "Positive"
        self.fault: Fault = lambda call, reply: reply
        self.before_answer: Callable[[Call], Awaitable[None]] | None = None
        self.on_create: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: job(
            f"ftjob-{len(self.jobs) + 1}",
            "queued",
            **{k: body[k] for k in ("model", "metadata", "training_file") if k in body},
        )
        self.on_poll: Callable[[str], None] = lambda job_id: None
        self.base_url = ""
        self.open_requests = 0
        self.most_open = 0
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> OpenAIServer:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listens; a restarted server may take another port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def stop(self) -> None:
        """Closes the socket and every connection."""
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    def paths(self) -> list[str]:
        """Method and path of every call, in order."""
        return [f"{call.method} {call.path}" for call in self.calls]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError, h11.RemoteProtocolError):
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER)
        while (call := await _read(http, reader)) is not None:
            self.calls.append(call)
            self.open_requests += 1
            self.most_open = max(self.most_open, self.open_requests)
            try:
                if self.before_answer is not None:
                    await self.before_answer(call)
                reply = self.fault(call, self._route(call))
            finally:
                self.open_requests -= 1
            if reply.status == 0 or not await _write(http, writer, reply):
                writer.transport.abort()
                return
            http.start_next_cycle()

    def _route(self, call: Call) -> Reply:
        if self.key is not None and call.headers.get("authorization") != f"Bearer {self.key}":
            return problem(401, "Incorrect API key provided.", "invalid_api_key")
        for method, pattern, handler in _ROUTES:
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                return handler(self, call, *match.groups())
        return problem(404, f"Invalid URL ({call.method} {call.path})")

    def _upload(self, call: Call) -> Reply:
        return as_json(self._store(_form_file(call, "file")))

    def _store(self, content: bytes) -> dict[str, Any]:
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = content
        head = {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "created_at": 1,
            "filename": "f.jsonl",
        }
        return {**head, "purpose": "fine-tune", "status": "processed"}

    def _delete(self, call: Call, file_id: str) -> Reply:
        if self.files.pop(file_id, None) is None:
            return problem(404, f"No such File object: {file_id}")
        return as_json({"id": file_id, "object": "file", "deleted": True})

    def _begin(self, call: Call) -> Reply:
        upload_id = f"upload_{len(self.uploads) + 1}"
        self.uploads[upload_id] = {}
        return as_json({"id": upload_id, "object": "upload", "status": "pending"})

    def _part(self, call: Call, upload_id: str) -> Reply:
        parts = self.uploads[upload_id]
        assert parts is not None
        part_id = f"part_{len(parts) + 1}"
        parts[part_id] = _form_file(call, "data")
        return as_json({"id": part_id, "object": "upload.part", "upload_id": upload_id})

    def _complete(self, call: Call, upload_id: str) -> Reply:
        parts = self.uploads[upload_id]
        assert parts is not None
        file = self._store(b"".join(parts[part_id] for part_id in call.json["part_ids"]))
        return as_json({"id": upload_id, "object": "upload", "status": "completed", "file": file})

    def _abandon(self, call: Call, upload_id: str) -> Reply:
        self.uploads[upload_id] = None
        return as_json({"id": upload_id, "object": "upload", "status": "cancelled"})

    def _create(self, call: Call) -> Reply:
        made = self.on_create(call.json)
        self.jobs[made["id"]] = made
        self.events.setdefault(made["id"], [])
        return as_json(made)

    def _list_jobs(self, call: Call) -> Reply:
        jobs = [each for each in reversed(self.jobs.values()) if _has(each, call.query)]
        return _paged(jobs, call, 20)

    def _job(self, call: Call, job_id: str) -> Reply:
        self.on_poll(job_id)
        found = self.jobs.get(job_id)
        return as_json(found) if found else problem(404, f"Could not find fine tune: {job_id}")

    def _act(self, call: Call, job_id: str, action: str) -> Reply:
        found = self.jobs.get(job_id)
        if found is None:
            return problem(404, f"Could not find fine tune: {job_id}")
        if found["status"] in ("succeeded", "failed", "cancelled"):
            return problem(400, "Job has already completed")
        found["status"] = {"cancel": "cancelled", "pause": "paused", "resume": "running"}[action]
        return as_json(found)

    def _events(self, call: Call, job_id: str) -> Reply:
        events = self.events.get(job_id, [])
        return _paged(events if self.oldest_first else events[::-1], call, 20)

    def _models(self, call: Call) -> Reply:
        return as_json({"object": "list", "data": [_model(name) for name in self.models]})

    def _model(self, call: Call, name: str) -> Reply:
        name = unquote(name)
        if name not in self.models:
            return problem(404, f"The model `{name}` does not exist", "model_not_found")
        return as_json(_model(name))

    def _chat(self, call: Call) -> Reply:
        body = call.json
        if body["model"] not in self.models:
            message = f"The model `{body['model']}` does not exist or you do not have access to it."
            return problem(404, message, "model_not_found")
        texts = [self.answer(body, index) for index in range(body.get("n") or 1)]
        return _streamed(body, texts) if body.get("stream") else as_json(_completion(body, texts))


_ROUTES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("POST", "/v1/files", OpenAIServer._upload),
    ("DELETE", "/v1/files/([^/]+)", OpenAIServer._delete),
    ("POST", "/v1/uploads", OpenAIServer._begin),
    ("POST", "/v1/uploads/([^/]+)/parts", OpenAIServer._part),
    ("POST", "/v1/uploads/([^/]+)/complete", OpenAIServer._complete),
    ("POST", "/v1/uploads/([^/]+)/cancel", OpenAIServer._abandon),
    ("POST", "/v1/fine_tuning/jobs", OpenAIServer._create),
    ("GET", "/v1/fine_tuning/jobs", OpenAIServer._list_jobs),
    ("GET", "/v1/fine_tuning/jobs/([^/]+)", OpenAIServer._job),
    ("POST", "/v1/fine_tuning/jobs/([^/]+)/(cancel|pause|resume)", OpenAIServer._act),
    ("GET", "/v1/fine_tuning/jobs/([^/]+)/events", OpenAIServer._events),
    ("GET", "/v1/models", OpenAIServer._models),
    ("GET", "/v1/models/(.+)", OpenAIServer._model),
    ("POST", "/v1/chat/completions", OpenAIServer._chat),
)


async def _read(http: h11.Connection, reader: asyncio.StreamReader) -> Call | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        part = http.next_event()
        if part is h11.NEED_DATA:
            http.receive_data(await reader.read(1 << 16))
        elif isinstance(part, h11.Request):
            head = part
        elif isinstance(part, h11.Data):
            body += part.data
        elif isinstance(part, h11.EndOfMessage) and head is not None:
            url = urlsplit(head.target.decode())
            query = {key: values[-1] for key, values in parse_qs(url.query).items()}
            headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
            return Call(head.method.decode(), url.path, query, headers, bytes(body))
        else:
            return None


async def _write(http: h11.Connection, writer: asyncio.StreamWriter, reply: Reply) -> bool:
    """Sends the reply; False when the connection is of no more use."""
    whole = reply.declared is None or reply.declared == len(reply.body)
    length = len(reply.body) if reply.declared is None else reply.declared
    headers = [*reply.headers.items(), ("content-length", str(length))]
    writer.write(http.send(h11.Response(status_code=reply.status, headers=headers)) or b"")
    writer.write(http.send(h11.Data(data=reply.body)) or b"")
    await writer.drain()
    if not whole:
        return False
    writer.write(http.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    return http.our_state is h11.DONE and http.their_state is h11.DONE


def _form_file(call: Call, name: str) -> bytes:
    boundary = call.headers["content-type"].partition("boundary=")[2].encode()
    for part in call.body.split(b"--" + boundary):
        head, _, content = part.partition(b"\r\n\r\n")
        if f'name="{name}"'.encode() in head:
            return content.removesuffix(b"\r\n")
    raise AssertionError(f"no form field {name}")


def _paged(items: list[dict[str, Any]], call: Call, default: int) -> Reply:
    start = 0
    if after := call.query.get("after"):
        places = [index for index, item in enumerate(items) if item["id"] == after]
        if not places:
            return problem(400, f"No such object: {after}")
        start = places[0] + 1
    limit = int(call.query.get("limit", default))
    page = items[start : start + limit]
    return as_json({"object": "list", "data": page, "has_more": start + limit < len(items)})


def _has(each: dict[str, Any], query: dict[str, str]) -> bool:
    wanted = {key[9:-1]: value for key, value in query.items() if key.startswith("metadata[")}
    return all((each.get("metadata") or {}).get(key) == value for key, value in wanted.items())


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1, "owned_by": "local"}


def _completion(body: dict[str, Any], texts: Iterable[str]) -> dict[str, Any]:
    choices = [
        {"index": index, "finish_reason": "stop", "logprobs": None}
        | {"message": {"role": "assistant", "content": text, "refusal": None}}
        for index, text in enumerate(texts)
    ]
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": 2 * len(choices),
        "total_tokens": 10 + 2 * len(choices),
    }
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"]}
    return {**head, "choices": choices, "usage": usage}


def _streamed(body: dict[str, Any], texts: list[str]) -> Reply:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
    chunks: list[dict[str, Any]] = []
    for index, text in enumerate(texts):
        for piece in re.findall(r"\S+\s*|\s+", text):
            delta = {"index": index, "delta": {"content": piece}, "finish_reason": None}
            chunks.append({**head, "choices": [delta], "usage": None})
        chunks.append(
            {**head, "choices": [{"index": index, "delta": {}, "finish_reason": "stop"}], "usage": None}
        )
    usage = {"prompt_tokens": 10, "completion_tokens": 2 * len(texts), "total_tokens": 10 + 2 * len(texts)}
    chunks.append({**head, "choices": [], "usage": usage})
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return Reply(200, "".join([*lines, "data: [DONE]\n\n"]).encode(), {"content-type": "text/event-stream"})
