"""Finds the files that ship with the package (`styles/` and `data/`), and knows how it was installed.

In a wheel they lie inside the package; in a checkout they are top-level folders. Nothing is copied.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def folder(name: str) -> Path:
    """The absolute path of a shipped top-level folder ("styles" or "data")."""
    bundled = _PACKAGE / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name


def install_command(extra: str) -> str:
    """What installs an extra ("engine", "serve"): from this checkout when the package runs from one."""
    checkout = (_PACKAGE.parent / "pyproject.toml").is_file()
    return f"pip install -e '.[{extra}]'" if checkout else f"pip install 'sentitui[{extra}]'"


def data_file(*parts: str) -> Path:
    """The absolute path of a shipped data file, e.g. `data_file("sentiment", "train.jsonl")`."""
    return folder("data").joinpath(*parts)
