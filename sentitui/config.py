"""Where things are kept and what the user set.

`SENTITUI_HOME` moves all state (settings, history, journals, reports, engine) into one folder; without it the
XDG base directories are used. Weights live in the cache (`SENTITUI_CACHE`, else XDG), shared by all homes.
Settings are a TOML file that people write; keys are never in it, only the names of environment variables.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentitui.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Paths:
    """Every place we write to."""

    settings: Path
    state: Path
    cache: Path

    @property
    def history(self) -> Path:
        """The SQLite database of jobs, events, runs and completions."""
        return self.state / "history.sqlite"

    @property
    def journals(self) -> Path:
        """Crash journals of training files that are being edited."""
        return self.state / "journals"

    @property
    def reports(self) -> Path:
        """Reports of unexpected exceptions."""
        return self.state / "reports"

    @property
    def logs(self) -> Path:
        """Log files of `--debug`."""
        return self.state / "logs"

    @property
    def engine_home(self) -> Path:
        """The embedded engine's own state: database, files, adapters, key."""
        return self.state / "engine"

    @property
    def models(self) -> Path:
        """Fetched and converted base models."""
        return self.cache / "models"


def paths(environ: Mapping[str, str] | None = None) -> Paths:
    """The places to use, from the environment; creates nothing."""
    env = os.environ if environ is None else environ
    home = env.get("SENTITUI_HOME")
    if home:
        state = Path(home).expanduser().absolute()
        settings = state / "config.toml"
    else:
        state = _xdg(env, "XDG_STATE_HOME", ".local/state")
        settings = _xdg(env, "XDG_CONFIG_HOME", ".config") / "config.toml"
    chosen = env.get("SENTITUI_CACHE")
    cache = Path(chosen).expanduser().absolute() if chosen else _xdg(env, "XDG_CACHE_HOME", ".cache")
    return Paths(settings, state, cache)


def _xdg(env: Mapping[str, str], name: str, default: str) -> Path:
    value = env.get(name, "")
    # The XDG specification: relative paths there are invalid and must be ignored.
    base = Path(value) if value.startswith("/") else Path.home() / default
    return base / "sentitui"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings file as read: a table per provider, and the app's own table."""

    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    app: Mapping[str, Any] = field(default_factory=dict)


def load_settings(path: Path) -> Settings:
    """Reads the settings; a missing file means defaults.

    Raises ConfigError naming the file and the place when it cannot be read or parsed.
    """
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise ConfigError(
            f"Cannot read the settings {path}: {error.strerror}", "Check its permissions."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The settings {path} are not valid TOML: {error}", "Correct or remove the file."
        ) from error
    return Settings(_table(table, "providers", path), _table(table, "app", path))


def _table(table: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise ConfigError(
            f"In {path}, `{name}` must be a table, not {type(value).__name__}.", f"Write [{name}]."
        )
    return value
