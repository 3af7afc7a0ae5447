"""The whole check-up, in the order it is read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from sentitui.checkup.engine import engine_facts
from sentitui.checkup.fact import Fact, Verdict
from sentitui.checkup.places import place_facts
from sentitui.checkup.providers import provider_facts
from sentitui.checkup.terminal import terminal_facts
from sentitui.checkup.versions import version_facts
from sentitui.config import Paths, Settings, load_settings, paths
from sentitui.errors import ConfigError
from sentitui.providers.provider import ENGINE, Provider, names, provider


async def examine(
    name: str | None = None,
    *,
    base_url: str | None = None,
    api_key_env: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> list[Fact]:
    """Every fact; with a provider's name or address only that provider, else all that are known.

    What the chosen provider (else the default one) needs and lacks is FAILED; the rest is at most a warning.
    Raises ConfigError for a provider that nobody knows.
    """
    env = os.environ if environ is None else environ
    places = paths(env)
    settings, broken = _settings(places)
    asked = name is not None or base_url is not None
    main = name or (base_url and _host(base_url)) or str(settings.app.get("default_provider", ENGINE))
    chosen = provider(main, settings, base_url=base_url, api_key_env=api_key_env, environ=env)
    others = [] if asked else _others(settings, main, env)
    return [
        *terminal_facts(env),
        *version_facts(engine_needed=chosen.is_engine),
        *broken,
        *place_facts(places, weights_needed=chosen.is_engine),
        *await engine_facts(places, needed=chosen.is_engine),
        *await provider_facts(chosen, others, places, env),
    ]


def _host(base_url: str) -> str:
    return urlsplit(base_url).netloc.rpartition("@")[2] or base_url


def _settings(places: Paths) -> tuple[Settings, list[Fact]]:
    try:
        return load_settings(places.settings), []
    except ConfigError as error:
        return Settings(), [Fact("places", "settings", error.message, Verdict.FAILED, error.hint)]


def _others(settings: Settings, main: str, env: Mapping[str, str]) -> Sequence[Provider | Fact]:
    found: list[Provider | Fact] = []
    for name in names(settings):
        if name == main:
            continue
        try:
            found.append(provider(name, settings, environ=env))
        except ConfigError as error:
            found.append(Fact("providers", name, error.message, Verdict.NOTE, error.hint))
    return found
