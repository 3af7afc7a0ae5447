"""What is open: the training file and the services, shared by the three places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sentitui.dataset import profiles
from sentitui.dataset.training_file import TrainingFile
from sentitui.services import Services


def profile_of(provider: str) -> str:
    """The rules of a provider; those of the engine for one that has none of its own."""
    return provider if provider in profiles.profile_names() else "engine"


@dataclass
class Workspace:
    """The services, the open training file, and whether it is the user's copy of the bundled sample."""

    services: Services
    file: TrainingFile
    is_sample: bool = False
    discard: bool = False
    """Whether unsaved edits are given up on purpose when the file is closed."""

    @property
    def path(self) -> Path:
        """The open file's name."""
        return self.file.path

    @property
    def profile(self) -> str:
        """The provider whose rules the file is checked by: the one that jobs are launched at by default."""
        return profile_of(self.services.provider().name)

    @property
    def size(self) -> int:
        """The bytes of the file on disk."""
        return self.path.stat().st_size if self.path.exists() else 0

    def close(self) -> None:
        """Lets the file and the history go; connections are closed while the app still runs."""
        self.file.close(discard=self.discard)
        self.services.history.close()
