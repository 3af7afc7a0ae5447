"""The engine's memory: SQLite for everything but the bytes of files, which lie beside it.

Every method that changes something returns only when the change would survive a power cut. Methods block (a
few milliseconds for a change): routes call them in a thread.
"""

from __future__ import annotations

import shutil

from sentitui.engine.home import Home
from sentitui.engine.store.blobs import Blobs
from sentitui.engine.store.checkpoints import Checkpoints
from sentitui.engine.store.database import Database
from sentitui.engine.store.events import Events
from sentitui.engine.store.files import Files
from sentitui.engine.store.jobs import Jobs
from sentitui.engine.store.models import Models
from sentitui.engine.store.uploads import Uploads

__all__ = ["Store"]


class Store:
    """All tables over one database; `database.transaction()` spans several of them."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.database = Database(home.database)
        self.files = Files(self.database, Blobs(home.files))
        self.uploads = Uploads(self.database, Blobs(home.parts))
        self.jobs = Jobs(self.database)
        self.events = Events(self.database)
        self.checkpoints = Checkpoints(self.database)
        self.models = Models(self.database)

    def tidy(self) -> None:
        """Removes bytes that nothing refers to: leftovers of a kill between writing and recording."""
        for leftover in self.home.incoming.iterdir():
            leftover.unlink()
        self.files.tidy()
        self.uploads.tidy()
        known = self.jobs.ids()
        for folder in self.home.jobs.iterdir():
            if folder.name not in known:
                shutil.rmtree(folder)

    def close(self) -> None:
        """Closes the database."""
        self.database.close()
