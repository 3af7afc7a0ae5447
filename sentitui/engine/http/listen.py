"""The listening socket."""

from __future__ import annotations

import errno
import socket

from sentitui.errors import EngineError

_BACKLOG = 128
"""Connections that may wait to be accepted."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there (port 0: any free one). Raises EngineError saying what is in the way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends without delay only then: 40 ms less for every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _explained(host, port, error) from error
    return listener


def _explained(host: str, port: int, error: OSError) -> EngineError:
    if error.errno == errno.EADDRINUSE:
        return EngineError(
            f"Port {port} on {host} is in use.",
            "Choose another --port (0 takes any free one), or stop what listens there.",
        )
    reason = error.strerror or str(error)
    return EngineError(f"Cannot listen on {host} port {port}: {reason}", "Choose another --host or --port.")
