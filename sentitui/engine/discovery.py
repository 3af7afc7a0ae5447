"""One engine per home, and how others find it: the lock, the key and the address file.

The lock is the kernel's: it goes with the process, however that ends. Files that hold the key are readable
by their owner alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from sentitui.engine.home import Home
from sentitui.engine.store.blobs import write_durably
from sentitui.errors import EngineError


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running engine answers; `base_url` ends in /v1."""

    base_url: str
    api_key: str
    pid: int
    home: str

    def line(self) -> str:
        """The one line of JSON that other programs read."""
        return json.dumps(asdict(self))


def take_lock(home: Home) -> BinaryIO | None:
    """The home's lock, held while the file is open; None when another engine holds it."""
    lock = home.lock.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def read_address(home: Home) -> Address | None:
    """What the running engine published; None while it is still starting."""
    try:
        return Address(**json.loads(home.discovery.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise EngineError(
            f"{home.discovery} is damaged: {error}", "Stop that engine and start it again."
        ) from error


def publish(home: Home, address: Address) -> None:
    """Tells others where this engine answers."""
    write_durably(home.discovery, address.line().encode())


def withdraw(home: Home) -> None:
    """Takes the address back."""
    home.discovery.unlink(missing_ok=True)


def api_key(home: Home, given: str | None) -> str:
    """The key to ask for: the given one, the one made before, or a new one; kept in the home."""
    kept = _kept_key(home.key)
    key = given or kept or f"sk-local-{secrets.token_urlsafe(32)}"
    if key != kept:
        write_durably(home.key, key.encode())
    return key


def _kept_key(path: Path) -> str | None:
    try:
        # Checked with the file open: what is read is what was checked.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EngineError(
            f"Cannot read the engine's key {path}: {error.strerror}", "Remove the file."
        ) from error
    with os.fdopen(descriptor) as file:
        os.fchmod(descriptor, 0o600)
        return file.read().strip() or None
