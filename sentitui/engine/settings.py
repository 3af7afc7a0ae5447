"""What the engine is told at start: the options of `sentitui engine` and `python -m sentitui.engine`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from sentitui.config import paths
from sentitui.errors import EngineError


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Where to keep state and where to listen; `port` 0 lets the system choose, `api_key` None makes one."""

    home: Path
    host: str
    port: int
    api_key: str | None
    as_json: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "--home",
        metavar="DIR",
        type=Path,
        help="where files, jobs and models are kept (default: the app's state)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (default: any free one)")
    parser.add_argument(
        "--api-key",
        metavar="KEY",
        help="the key clients must send (default: one is made and kept in the home)",
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready, nothing else")


def from_arguments(args: argparse.Namespace) -> EngineSettings:
    """The checked settings. Raises EngineError."""
    if not 0 <= args.port <= 65535:
        raise EngineError(f"There is no port {args.port}.", "Choose one between 1 and 65535, or 0 for any.")
    key: str | None = args.api_key
    if key is not None and (not key or not key.isascii() or not key.isprintable() or " " in key):
        raise EngineError("The API key must be printable ASCII without spaces.", "Choose another --api-key.")
    home = args.home if args.home is not None else paths().engine_home
    return EngineSettings(home.expanduser().absolute(), args.host, args.port, key, args.json)
