"""The engine's home folder: where each thing lies in it, and that only its owner can read it.

Nothing a client sends ever becomes part of a path: files are named by ids that the engine made.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sentitui.errors import EngineError


@dataclass(frozen=True, slots=True)
class Home:
    """The places inside one engine home."""

    root: Path

    @property
    def database(self) -> Path:
        """All state but the bytes of files."""
        return self.root / "engine.sqlite"

    @property
    def files(self) -> Path:
        """The bytes of uploaded and result files, named by file id."""
        return self.root / "files"

    @property
    def parts(self) -> Path:
        """The bytes of upload parts, named by part id."""
        return self.root / "parts"

    @property
    def incoming(self) -> Path:
        """Bytes still arriving; emptied at every start."""
        return self.root / "incoming"

    @property
    def jobs(self) -> Path:
        """One folder per job: specification, progress, checkpoints, log."""
        return self.root / "jobs"

    @property
    def log(self) -> Path:
        """The structured log."""
        return self.root / "logs" / "engine.log"

    @property
    def key(self) -> Path:
        """The API key, readable by the owner alone."""
        return self.root / "api_key"

    @property
    def discovery(self) -> Path:
        """Address, key and process id of the running engine."""
        return self.root / "engine.json"

    @property
    def lock(self) -> Path:
        """Held by the running engine as long as it lives."""
        return self.root / "engine.lock"

    def prepare(self) -> None:
        """Creates the folders for the owner alone. Raises EngineError when that is impossible."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.files, self.parts, self.incoming, self.jobs, self.log.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
            self._check_writable()
        except OSError as error:
            raise EngineError(
                f"The engine cannot use its home {self.root}: {error.strerror}",
                "Choose a writable folder with --home DIR, or free some space.",
            ) from error

    def _check_writable(self) -> None:
        probe = self.incoming / "probe"
        with probe.open("wb") as file:
            # A full disk or a quota shows only when blocks are really written.
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
        probe.unlink()
