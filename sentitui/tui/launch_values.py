"""What is typed into the launch form, as a launch request; says in words what makes no sense. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from sentitui.errors import ConfigError
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Hyperparameters
from sentitui.tuning.launch import LaunchRequest

FIELDS = (
    ("model", "Base model", "the model that is tuned"),
    ("epochs", "Epochs", "auto, or passes over the file (1-50)"),
    ("suffix", "Suffix", "a word in the tuned model's name"),
    ("seed", "Seed", "a number: same seed, same model"),
)
"""Name, label and hint of each field."""

_SUFFIX = re.compile(r"[A-Za-z0-9._-]{0,64}")


def defaults(provider: Provider, file: Path) -> dict[str, str]:
    """What the form starts with."""
    suffix = re.sub(r"[^A-Za-z0-9]+", "-", file.stem).strip("-").lower()[:18]
    return {"model": provider.default_model, "epochs": "auto", "suffix": suffix, "seed": ""}


def request_of(values: Mapping[str, str], provider: Provider, file: Path) -> LaunchRequest:
    """The request that the values make. Raises ConfigError naming the field."""
    typed = {name: values.get(name, "").strip() for name, _, _ in FIELDS}
    if not typed["model"]:
        raise ConfigError("Base model: name one.")
    if not _SUFFIX.fullmatch(typed["suffix"]):
        raise ConfigError("Suffix: at most 64 letters, digits, dots, dashes.")
    return LaunchRequest(
        provider,
        file,
        typed["model"],
        suffix=typed["suffix"] or None,
        hyperparameters=Hyperparameters(n_epochs=_epochs(typed["epochs"])),
        seed=_seed(typed["seed"]),
    )


def _epochs(word: str) -> int | None:
    if word.casefold() in ("", "auto"):
        return None
    if not word.isdigit() or not 1 <= int(word) <= 50:
        raise ConfigError(f"Epochs: auto or a number from 1 to 50, not “{word}”.")
    return int(word)


def _seed(word: str) -> int | None:
    if not word:
        return None
    if not word.isdigit() or int(word) > 2**31 - 1:
        raise ConfigError(f"Seed: a number from 0 to 2,147,483,647, not “{word}”.")
    return int(word)
