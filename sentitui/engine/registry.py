"""Base models that the user added: a name for a local Hugging Face folder or a hub id.

Kept beside the weights, so that all homes share it. Weights themselves are `sentitui.engine.weights`'
business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sentitui.engine.ports import BaseModels
from sentitui.engine.store.blobs import write_durably
from sentitui.errors import WeightsError

# Colons separate the parts of a tuned model's name; the rest keeps names easy to type.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")


class Registry:
    """The added models of one weights folder."""

    def __init__(self, models: Path) -> None:
        self._path = models / "added.json"

    def entries(self) -> Mapping[str, str]:
        """Sources by name, oldest first. Raises WeightsError when the file is damaged."""
        try:
            found = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise WeightsError(f"Cannot read {self._path}: {error}", "Correct or remove the file.") from error
        return dict(found)

    def add(self, name: str, source: str) -> None:
        """Gives a source a name. Raises WeightsError for a name that cannot be one or is taken."""
        if not _NAME.fullmatch(name):
            raise WeightsError(
                f"{name!r} cannot be a model's name.",
                "Use letters, digits, '.', '_', '-' and at most one '/'.",
            )
        entries = dict(self.entries())
        if entries.get(name, source) != source:
            raise WeightsError(f"{name} is already the name of {entries[name]}.", "Choose another --name.")
        self._write({**entries, name: source})

    def remove(self, name: str) -> None:
        """Forgets a name; the weights stay where they are."""
        self._write({known: source for known, source in self.entries().items() if known != name})

    def _write(self, entries: Mapping[str, str]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(self._path, json.dumps(entries, indent=1).encode())
        except OSError as error:
            raise WeightsError(f"Cannot write {self._path}: {error.strerror}", "Free some space.") from error


class KnownModels:
    """The models that come with us and those that the user added, as one."""

    def __init__(self, shipped: BaseModels, registry: Registry) -> None:
        self._shipped = shipped
        self._registry = registry

    def names(self) -> Sequence[str]:
        """All names, the default first."""
        return [*self._shipped.names(), *self._registry.entries()]

    def locate(self, name: str) -> Path:
        """The folder of a model's weights, fetched if need be (blocking). Raises WeightsError."""
        return self._shipped.locate(self._registry.entries().get(name, name))
