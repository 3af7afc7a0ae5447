"""Which versions work here. Read from the installed metadata: nothing is imported."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

from sentitui import __version__
from sentitui.checkup.fact import Fact, Verdict
from sentitui.providers.local_engine import missing_libraries
from sentitui.resources import install_command

_TEXTUAL = "8.2.8"
"""The release whose inside our terminal output hooks, as pyproject.toml pins it."""


def version_facts(*, engine_needed: bool) -> list[Fact]:
    """sentitui, Python, the libraries of the base install, and those of the extras."""
    return [
        Fact("versions", "sentitui", __version__),
        Fact(
            "versions", "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
        ),
        _textual(),
        _library("openai"),
        _engine_extra(engine_needed),
        *_graphics(),
        _serve_extra(),
    ]


def installed(name: str) -> str | None:
    """The version of an installed distribution, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _library(name: str) -> Fact:
    found = installed(name)
    if found is None:
        return Fact("versions", name, "not installed", Verdict.FAILED, "Install sentitui again.")
    return Fact("versions", name, found)


def _textual() -> Fact:
    fact = _library("textual")
    if fact.verdict is Verdict.FAILED or fact.value == _TEXTUAL:
        return fact
    advice = f"The app is made for textual {_TEXTUAL}: pip install textual=={_TEXTUAL}"
    return Fact("versions", "textual", fact.value, Verdict.WARNING, advice)


def _engine_extra(needed: bool) -> Fact:
    missing = missing_libraries()
    if missing:
        verdict = Verdict.FAILED if needed else Verdict.NOTE
        return Fact(
            "versions", "engine", f"not installed: {', '.join(missing)}", verdict, install_command("engine")
        )
    parts = (f"{name} {installed(name) or '?'}" for name in ("torch", "transformers", "peft"))
    return Fact("versions", "engine", ", ".join(parts))


def _graphics() -> list[Fact]:
    """An NVIDIA driver beside a torch that cannot use it is worth a word."""
    torch = installed("torch")
    if torch is None or not Path("/proc/driver/nvidia/version").exists():
        return []
    if "+cpu" not in torch:
        return [Fact("versions", "graphics", "NVIDIA driver")]
    advice = "PyTorch's install page has the line that installs a CUDA build."
    return [
        Fact("versions", "graphics", "NVIDIA driver, but torch is built for the CPU", Verdict.NOTE, advice)
    ]


def _serve_extra() -> Fact:
    found = installed("textual-serve")
    if found is None:
        return Fact("versions", "browser", "not installed", Verdict.NOTE, install_command("serve"))
    return Fact("versions", "browser", f"textual-serve {found}")
