"""Who may come in, and what a hostile or broken client can do: nothing to others."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import openai
import pytest

from sentitui.engine import limits
from sentitui.engine.http.guard import is_loopback
from tests.engine.engine_client import MODEL, ROOT, Engine
from tests.engine.schemas import check, operations


def raw(engine: Engine, request: bytes) -> bytes:
    """What the engine answers to these bytes until it closes."""
    host, port = engine.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def envelope(answer: httpx2.Response, status: int, code: str) -> None:
    """Fails unless the answer is this error in OpenAI's envelope with a request id."""
    assert answer.status_code == status, answer.text
    check("ErrorResponse", answer.json())
    assert answer.json()["error"]["code"] == code
    assert answer.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize(("method", "path"), operations())
def test_every_operation_needs_the_key(engine: Engine, method: str, path: str) -> None:
    """Without it, with a wrong one, with another scheme: 401 invalid_api_key."""
    for value in ("", "Bearer wrong", f"Basic {engine.api_key}", f"Bearer {engine.api_key}x", "Bearer é"):
        headers = {b"authorization": value.encode("latin-1")} if value else {}
        answer = httpx2.request(method, engine.base_url + path, headers=headers, trust_env=False)
        envelope(answer, 401, "invalid_api_key")


def test_the_official_client_reports_a_wrong_key(engine: Engine) -> None:
    """AuthenticationError in OpenAI's words."""
    http = httpx2.Client(trust_env=False)
    with (
        openai.OpenAI(base_url=engine.base_url, api_key="sk-wrong", http_client=http) as client,
        pytest.raises(openai.AuthenticationError, match="Incorrect API key provided"),
    ):
        client.models.list()


@pytest.mark.parametrize("path", ["/v1/nothing", "/", "/v1/files/a/b/c", "/v1/../health", "/v1//files"])
def test_unknown_paths_are_enveloped(engine: Engine, path: str) -> None:
    """404 for every path that is none."""
    address = engine.base_url.removesuffix("/v1") + path
    answer = httpx2.get(address, headers={"authorization": f"Bearer {engine.api_key}"}, trust_env=False)
    if answer.status_code != 200 or "model" not in answer.text:
        envelope(answer, 404, "unknown_url")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "DELETE", "TRACE"])
def test_unknown_methods_are_enveloped(engine: Engine, method: str) -> None:
    """405 on a path that exists."""
    envelope(engine.http(method, "/fine_tuning/jobs"), 405, "method_not_supported")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::2]:1"])
def test_a_rebound_host_name_is_refused(engine: Engine, host: str) -> None:
    """DNS rebinding: the page's own name in the Host header is refused even with the key."""
    envelope(engine.http("GET", "/models", headers={"host": host}), 403, "host_not_allowed")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_web_pages_are_refused(engine: Engine, headers: dict[str, str]) -> None:
    """Any origin but the engine's own is refused even with the key, on every path."""
    envelope(engine.http("GET", "/models", headers=headers), 403, "origin_not_allowed")
    address = engine.base_url.removesuffix("/v1") + "/health"
    envelope(httpx2.get(address, headers=headers, trust_env=False), 403, "origin_not_allowed")


def test_metrics_need_the_key_and_count(engine: Engine) -> None:
    """Prometheus's text: requests, tokens, jobs; method labels cannot be made up by clients."""
    address = engine.base_url.removesuffix("/v1") + "/metrics"
    envelope(httpx2.get(address, trust_env=False), 401, "invalid_api_key")
    engine.client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "a b"}])
    engine.http("MADEUP", "/models")
    answer = httpx2.get(address, headers={"authorization": f"Bearer {engine.api_key}"}, trust_env=False)
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'sentitui_tokens_total{kind="completion"} 2.0' in answer.text
    assert "sentitui_model_ready 1.0" in answer.text
    assert 'sentitui_requests_total{method="POST",status="200"}' in answer.text
    assert "MADEUP" not in answer.text


def test_health_needs_no_key(engine: Engine) -> None:
    """It says that the engine lives and how far the model is, nothing private."""
    address = engine.base_url.removesuffix("/v1") + "/health"
    answer = httpx2.get(address, trust_env=False).json()
    assert answer["status"] == "ok"
    assert set(answer) == {"status", "version", "model", "error", "progress"}


@pytest.mark.parametrize(
    "file_id", ["..", "%2e%2e", "..%2f..%2fapi_key", "%2Fetc%2Fpasswd", "file-%00", "a" * 5000]
)
def test_ids_never_become_paths(engine: Engine, file_id: str) -> None:
    """An id that is a path finds nothing."""
    for path in (f"/files/{file_id}/content", f"/fine_tuning/jobs/{file_id}/events", f"/models/{file_id}"):
        answer = engine.http("GET", path)
        assert answer.status_code == 404, answer.text
        check("ErrorResponse", answer.json())
        assert engine.api_key not in answer.text


def test_a_file_name_is_only_a_label(engine: Engine) -> None:
    """A name that is a path is kept as text and touches nothing."""
    name = "../../../evil.jsonl"
    stored = engine.client.files.create(file=(name, b"{}"), purpose="fine-tune")
    assert stored.filename == name
    assert not list(engine.home.parent.rglob("evil*"))


def test_what_is_no_http_gets_an_envelope(engine: Engine) -> None:
    """Even a broken request line is answered in JSON."""
    answer = raw(engine, b"hello\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    check("ErrorResponse", json.loads(body))


def test_too_large_bodies_are_refused_and_read_to_the_end(engine: Engine) -> None:
    """413 reaches the client although it is still sending, declared or not; nothing is kept."""
    size = limits.JSON_BYTES + 1
    headers = {"content-type": "application/json"}
    envelope(
        engine.http("POST", "/chat/completions", content=b"x" * size, headers=headers),
        413,
        "request_too_large",
    )
    chunked = (b"x" * 2**20 for _ in range(9))
    envelope(
        engine.http("POST", "/chat/completions", content=chunked, headers=headers), 413, "request_too_large"
    )
    upload = engine.client.uploads.create(
        bytes=limits.PART_BYTES + 5, filename="a.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )
    answer = engine.http(
        "POST", f"/uploads/{upload.id}/parts", files={"data": ("a", b"x" * (limits.PART_BYTES + 1))}
    )
    envelope(answer, 413, "request_too_large")
    assert list((engine.home / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b"no boundary at all",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\nhalf',
        b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n--x--\r\n',
        b"--x\r\nbroken header\r\n\r\n",
    ],
)
def test_broken_forms_are_refused(engine: Engine, body: bytes) -> None:
    """400, and nothing is left behind."""
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = engine.http("POST", "/files", content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    check("ErrorResponse", answer.json())
    assert list((engine.home / "incoming").iterdir()) == []


def test_an_aborted_upload_leaves_nothing_and_hurts_nobody(engine: Engine) -> None:
    """A client that vanishes in the middle of a file costs no disk; others are served."""
    head = (
        f"POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {engine.api_key}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n'
    )
    raw(engine, head.encode() + b"z" * 5000)
    assert engine.client.models.list().data
    while list((engine.home / "incoming").iterdir()):
        continue
    before = len(list((engine.home / "files").iterdir()))
    assert before == len(engine.client.files.list().data)


def test_secrets_are_readable_by_their_owner_alone(engine: Engine) -> None:
    """Key, address, database, log and home have no group or world bits."""
    names = ("api_key", "engine.json", "engine.sqlite", "logs/engine.log", ".", "files")
    for name in names:
        assert stat.S_IMODE((engine.home / name).stat().st_mode) & 0o077 == 0, name


def test_the_key_is_in_no_log_and_no_process_list(start_engine: Callable[..., Engine]) -> None:
    """Neither a request with it nor a failure writes it; the command line and the trainer do not have it."""
    engine = start_engine("--api-key", "sk-very-secret-key")
    assert engine.api_key == "sk-very-secret-key"
    job_id = engine.tune({"hold": 1})
    engine.saying(job_id, "Step 1/")
    engine.http("GET", "/files/sk-very-secret-key")
    log = (engine.home / "logs" / "engine.log").read_text()
    assert "/v1/files/[key]" in log
    assert "sk-very-secret-key" not in log
    for pid in (engine.process.pid, engine.trainer_pid(job_id)):
        assert b"sk-very-secret-key" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    trainer = Path(f"/proc/{engine.trainer_pid(job_id)}/environ").read_bytes()
    assert b"sk-very-secret-key" not in trainer
    assert all(json.loads(line)["logger"] for line in log.splitlines())


EVERYWHERE = "0.0.0.0"  # noqa: S104 - what listening for other machines means


def test_only_loopback_addresses_are_loopback() -> None:
    """What decides whether other machines are warned about."""
    assert all(map(is_loopback, ("127.0.0.1", "127.8.0.1", "::1", "localhost")))
    assert not any(map(is_loopback, (EVERYWHERE, "::", "192.168.1.5", "example.org")))


def test_serving_others_is_said_and_allows_their_host_names(start_engine: Callable[..., Engine]) -> None:
    """With --host 0.0.0.0 any address of this machine may be in the Host header; names still may not."""
    engine = start_engine("--host", EVERYWHERE)
    engine.base_url = engine.base_url.replace(EVERYWHERE, "127.0.0.1")
    assert engine.http("GET", "/models", headers={"host": "192.168.1.5:80"}).status_code == 200
    envelope(engine.http("GET", "/models", headers={"host": "evil.example"}), 403, "host_not_allowed")


def test_a_full_disk_is_one_clear_message_and_hurts_nothing_kept(tmp_path: Path) -> None:
    """Writes beyond a limit answer 507 disk_full; what was acknowledged stays readable, the server lives."""
    home = tmp_path / "home"
    code = (
        "import resource, runpy, sys;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000));"
        f"sys.argv = ['x', '--home', {str(home)!r}, '--json'];"
        "runpy.run_module('tests.fakes.engine_server', run_name='__main__')"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = json.loads(process.stdout.readline())
    engine = Engine(process, address["base_url"], address["api_key"], home)
    try:
        small = engine.client.files.create(file=("a.jsonl", b"{}\n"), purpose="fine-tune")
        answer = engine.http(
            "POST",
            "/files",
            files={"file": ("b.jsonl", os.urandom(2_000_000))},
            data={"purpose": "fine-tune"},
        )
        envelope(answer, 507, "disk_full")
        assert answer.headers["x-should-retry"] == "false"
        assert list((home / "incoming").iterdir()) == []
        assert [found.id for found in engine.client.files.list()] == [small.id]
        assert engine.client.files.content(small.id).read() == b"{}\n"
    finally:
        engine.clean_up()


def test_model_ids_with_odd_characters_are_just_unknown(engine: Engine) -> None:
    """Control characters, emoji and long names in a model id are a 404 in the envelope."""
    for name in ("\x00", "💥", "a" * 10_000, "ft:::::", "../.."):
        body = {"model": name, "messages": [{"role": "user", "content": "x"}]}
        envelope(engine.http("POST", "/chat/completions", json=body), 404, "model_not_found")
    assert engine.client.models.retrieve(MODEL).id == MODEL
