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

    @property
    def path(self) -> Path:
        """The open file's name."""
        return self.file.path

    def close(self) -> None:
        """Lets the file and the history go; connections are closed while the app still runs."""
        self.file.close()
        self.services.history.close()
