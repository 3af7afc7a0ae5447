"""Starts the engine on a home: one per home, found by others through its address file.

A second start on the same home prints where the running one answers. SIGTERM ends the server at once and
cleanly; a trainer at work goes on in its own session, and the next start attends it again.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import uvicorn

from sentitui.engine import limits, logs
from sentitui.engine.app import create_app
from sentitui.engine.discovery import Address, api_key, publish, read_address, take_lock, withdraw
from sentitui.engine.home import Home
from sentitui.engine.http.gate import Gate
from sentitui.engine.http.guard import is_loopback
from sentitui.engine.http.listen import listen
from sentitui.engine.http.protocol import EnvelopeProtocol
from sentitui.engine.ports import BaseModels, Inference
from sentitui.engine.services import Services
from sentitui.engine.settings import EngineSettings
from sentitui.engine.store import Store
from sentitui.engine.telemetry import Telemetry
from sentitui.engine.worker.checking import CheckCommand, Checking
from sentitui.engine.worker.ingest import Ingest
from sentitui.engine.worker.process import TrainerCommand, Trainers
from sentitui.engine.worker.requests import JobRequests
from sentitui.engine.worker.supervisor import Supervisor, Tools
from sentitui.errors import EngineError

_START_SECONDS = 30.0
"""How long a second start waits for the first to publish its address."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the server drives and does not make itself.

    `threads` None leaves a trainer the choice; `fetching` tells how far weights on their way are (None: none
    is).
    """

    inference: Inference
    bases: BaseModels
    trainer: TrainerCommand
    checker: CheckCommand
    threads: int | None
    fetching: Callable[[], Mapping[str, Any] | None] = lambda: None


def serve(settings: EngineSettings, make_parts: Callable[[], Parts]) -> int:
    """Runs the engine until it is told to stop. Raises EngineError when it cannot start."""
    # Nobody else reads what is made here, and a signal unwinds: the address is taken back, the database
    # closed.
    os.umask(0o077)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # nohup has it ignored, and means it.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    home = Home(settings.home)
    home.prepare()
    lock = take_lock(home)
    if lock is None:
        _say(_running(home), as_json=settings.as_json)
        return 0
    with lock:
        # Whatever stands there is of an engine that was killed.
        withdraw(home)
        key = api_key(home, settings.api_key)
        with listen(settings.host, settings.port) as listener:
            logs.configure(home.log, key)
            address = Address(_base_url(settings.host, listener), key, os.getpid(), str(home.root))
            try:
                _run(home, settings, make_parts(), listener, address)
            finally:
                withdraw(home)
    return 0


def _run(
    home: Home, settings: EngineSettings, parts: Parts, listener: socket.socket, address: Address
) -> None:
    store = Store(home)
    try:
        store.tidy()
        ingest = Ingest(store)
        supervisor = Supervisor(_tools(store, ingest, parts))
        services = _services(home, store, ingest, parts)
        app = create_app(services, supervisor, api_key=address.api_key, host=settings.host)
        config = uvicorn.Config(
            app,
            http=EnvelopeProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
            # Longer than anyone waits between two polls: a connection that closes just as a request is sent
            # would cost the client a failed call.
            timeout_keep_alive=75,
        )
        _Server(config, home, address, as_json=settings.as_json).run(sockets=[listener])
    finally:
        store.close()


def _services(home: Home, store: Store, ingest: Ingest, parts: Parts) -> Services:
    return Services(
        store=store,
        jobs=JobRequests(store, ingest, parts.bases),
        inference=parts.inference,
        bases=parts.bases,
        telemetry=Telemetry(),
        gate=Gate(limits.CHAT_REQUESTS),
        fetching=parts.fetching,
        # The lock file is made once and never written: its time is the home's age.
        started_at=int(home.lock.stat().st_mtime),
    )


def _tools(store: Store, ingest: Ingest, parts: Parts) -> Tools:
    checking = Checking(store, parts.checker)
    return Tools(store, ingest, Trainers(parts.trainer), checking, parts.bases, parts.threads)


class _Server(uvicorn.Server):
    """Tells where it answers as soon as it does."""

    def __init__(self, config: uvicorn.Config, home: Home, address: Address, *, as_json: bool) -> None:
        super().__init__(config)
        self._home = home
        self._address = address
        self._as_json = as_json

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts listening, then publishes the address."""
        await super().startup(sockets)
        if self.started:
            publish(self._home, self._address)
            _say(self._address, as_json=self._as_json)


def _base_url(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/v1"


def _running(home: Home) -> Address:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        address = read_address(home)
        if address is not None:
            return address
        time.sleep(0.05)
    raise EngineError(f"Another engine holds {home.root} but does not answer.", "Stop it and start again.")


def _leave(_number: int, _frame: object) -> None:
    sys.exit(0)


def _say(address: Address, *, as_json: bool) -> None:
    if as_json:
        print(address.line(), flush=True)
        return
    print(f"The engine answers at {address.base_url} (pid {address.pid}).")
    print(f"Its key is in {address.home}/api_key; Ctrl+C stops it.", flush=True)
    if not is_loopback(address.base_url.split("//")[1].rsplit(":", 1)[0].strip("[]")):
        print(
            "Other machines can reach it: keep the key secret, the traffic is not encrypted.", file=sys.stderr
        )
