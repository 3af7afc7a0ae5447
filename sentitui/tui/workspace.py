"""What is open: the training file and the services, shared by the three places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sentitui.dataset.training_file import TrainingFile
from sentitui.services import Services


@dataclass
class Workspace:
    """The services, the open training file, and whether it is the user's copy of the bundled sample."""

    services: Services
    file: TrainingFile
    is_sample: bool = False
    index: int = 0
    """The example chosen in Data."""
    discard: bool = False
    """Whether unsaved edits are given up on purpose when the file is closed."""

    @property
    def path(self) -> Path:
        """The open file's name."""
        return self.file.path

    @property
    def profile(self) -> str:
        """The provider whose rules the file is checked by: the one that jobs are launched at by default."""
        return self.services.provider().profile

    @property
    def size(self) -> int:
        """The bytes of the file on disk."""
        return self.path.stat().st_size if self.path.exists() else 0

    def close(self) -> None:
        """Lets the file and the history go; connections are closed while the app still runs."""
        self.file.close(discard=self.discard)
        self.services.history.close()
