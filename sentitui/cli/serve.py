"""`sentitui serve [FILE]`: the app in a web browser on this machine."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from sentitui.errors import ConfigError
from sentitui.resources import install_command

_NEEDED = ("textual_serve", "aiohttp", "aiohttp_jinja2")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "file", nargs="?", type=Path, help="the training file (JSONL); default: the bundled sample"
    )
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (default: any free one)")
    parser.add_argument("--theme", help="as for the app in a terminal")


def run(args: argparse.Namespace) -> int:
    """Serves until interrupted. Raises ConfigError, also when the extra is not installed."""
    import asyncio

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"The browser view is not installed (missing: {', '.join(missing)}).",
            f"Install it with: {install_command('serve')}",
        )
    if not 0 <= args.port <= 65535:
        raise ConfigError(f"There is no port {args.port}.", "Choose one between 1 and 65535.")
    if args.file is not None and not args.file.is_file():
        raise ConfigError(f"{args.file} is no file that can be opened.", "Name a training file (JSONL).")
    from sentitui.browser.server import serve

    asyncio.run(serve(_command(args), args.port, "sentitui", _tell))
    return 0


def _command(args: argparse.Namespace) -> list[str]:
    theme = ["--theme", args.theme] if args.theme else []
    file = [] if args.file is None else ["--", str(args.file.absolute())]
    return [sys.executable, "-m", "sentitui", "app", *theme, *file]


def _tell(address: str) -> None:
    print(f"sentitui is at {address}", flush=True)
    print("Only this machine can reach it, and only with the key in the address. Ctrl+C ends it.", flush=True)
