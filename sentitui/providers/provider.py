"""A provider and its differences from the others, as data.

Owns who is known, what the settings may say about them, and how a name, a URL and a key variable become one
value. Holds no key: only the name of the environment variable that has it. Talks to nobody.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from sentitui.config import Settings
from sentitui.errors import ConfigError

ENGINE = "engine"
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Provider:
    """One OpenAI-compatible service; every field after `is_engine` is a difference some provider has."""

    name: str
    base_url: str | None = None
    """None: the SDK's own default, or for the engine the address found at run time."""
    api_key_env: str = "OPENAI_API_KEY"
    is_engine: bool = False
    base_url_env: str = ""
    """Environment variable with the resource's address, where there is one per customer (Azure)."""
    base_url_suffix: str = ""
    default_model: str = ""
    oldest_first: bool = False
    """Events are listed oldest first (OpenAI: newest first)."""
    sorted_ids: bool = False
    """Event ids sort in the order the events happened."""
    metrics_events: bool = True
    """Steps and losses arrive as events."""
    status_aliases: Mapping[str, str] = field(default_factory=lambda: _NONE)
    absolute_learning_rate: bool = False
    """`learning_rate_multiplier` is the learning rate itself."""
    top_level_hyperparameters: bool = False
    """Hyperparameters are sent beside the model instead of inside `method`."""
    extra_body: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    """Further fields that creating a job needs here."""
    deploy: str = ""
    """What a person must do before a tuned model answers; empty: nothing."""
    pausable: bool = True
    max_tokens_field: str = "max_completion_tokens"
    page_size: int = 100
    poll_seconds: float = 15.0
    concurrency: int = 32
    """Requests we keep in flight at once."""
    choices: int = 1
    """Answers asked for by one request (`n`) where sharing the prompt is worth it."""
    profile: str = "openai"
    """Whose rules a training file is checked by before it is uploaded."""
    uploads: bool = False
    """Big files may be sent in parts (the Uploads API)."""
    metadata: bool = True
    """Jobs carry metadata, by which a job made in spite of a time-out is found again."""

    @property
    def address(self) -> dict[str, str | None]:
        """Where it is asked, as the history keeps it beside a job; without the key."""
        return {"base_url": self.base_url, "api_key_env": self.api_key_env}

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine."""
        return self.is_engine or (self.base_url is not None and is_loopback(self.base_url))


KNOWN = (
    Provider(
        ENGINE,
        api_key_env="SENTITUI_ENGINE_API_KEY",
        is_engine=True,
        profile=ENGINE,
        default_model="smollm2-135m-instruct",
        sorted_ids=True,
        uploads=True,
        max_tokens_field="max_tokens",
        poll_seconds=0.5,
        concurrency=64,
        choices=16,
    ),
    Provider("openai", default_model="gpt-4.1-mini-2025-04-14", uploads=True),
    Provider(
        "azure",
        profile="azure",
        api_key_env="AZURE_OPENAI_API_KEY",
        base_url_env="AZURE_OPENAI_ENDPOINT",
        base_url_suffix="/openai/v1/",
        default_model="gpt-4.1-mini-2025-04-14",
        status_aliases=MappingProxyType({"pending": "queued"}),
        extra_body=MappingProxyType({"trainingType": "globalStandard"}),
        deploy="Deploy the tuned model in the Azure portal before asking it.",
    ),
    Provider(
        "nebius",
        profile="nebius",
        base_url="https://api.tokenfactory.nebius.com/v1/",
        api_key_env="NEBIUS_API_KEY",
        default_model="meta-llama/Meta-Llama-3.1-8B-Instruct",
        oldest_first=True,
        metrics_events=False,
        absolute_learning_rate=True,
        top_level_hyperparameters=True,
        deploy="Deploy a checkpoint first: POST /v0/models with source JOB:CHECKPOINT.",
        pausable=False,
        max_tokens_field="max_tokens",
    ),
)
"""The providers everyone has; the settings may change their fields and add others."""

_SETTABLE = {f.name: f for f in fields(Provider) if f.name not in ("name", "is_engine")}


def provider(
    name: str,
    settings: Settings,
    *,
    base_url: str | None = None,
    api_key_env: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Provider:
    """The provider of that name, with what the settings and then the arguments say over what is known.

    A bare `base_url` makes an unknown name a plain OpenAI-compatible provider.
    Raises ConfigError for an unknown name, an unknown setting, or an address that is no http(s) URL.
    """
    table = settings.providers.get(name)
    found = next((known for known in KNOWN if known.name == name), None)
    if found is None and table is None and base_url is None:
        raise ConfigError(
            f"There is no provider named {name!r}.",
            f"Known: {', '.join(names(settings))}. Others: --base-url URL, or the settings.",
        )
    chosen = _with_table(found or Provider(name), table or {})
    if base_url is not None:
        chosen = replace(chosen, base_url=base_url, is_engine=False)
    if api_key_env is not None:
        chosen = replace(chosen, api_key_env=api_key_env)
    return _resolved(chosen, os.environ if environ is None else environ)


def names(settings: Settings) -> list[str]:
    """Every provider that can be asked for by name, the engine first."""
    known = [each.name for each in KNOWN]
    return known + [name for name in settings.providers if name not in known]


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine, where no proxy may stand between."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _with_table(base: Provider, table: Mapping[str, Any]) -> Provider:
    for key, value in table.items():
        if key not in _SETTABLE:
            raise ConfigError(
                f"[providers.{base.name}] has an unknown setting {key!r}.",
                f"Known: {', '.join(sorted(_SETTABLE))}.",
            )
        default = getattr(base, key)
        wanted = (
            (str, type(None))
            if default is None
            else (Mapping,)
            if isinstance(default, Mapping)
            else type(default)
        )
        if not isinstance(value, wanted) and not (isinstance(default, float) and isinstance(value, int)):
            raise ConfigError(
                f"[providers.{base.name}] {key} cannot be {value!r}.", f"Now: {key} = {default!r}"
            )
    return replace(base, **dict(table))


def _resolved(chosen: Provider, environ: Mapping[str, str]) -> Provider:
    if chosen.is_engine:
        return chosen
    url = chosen.base_url
    if url is None and chosen.base_url_env:
        found = environ.get(chosen.base_url_env)
        if not found:
            raise ConfigError(
                f"{chosen.name} needs the address of your resource.",
                f"Set {chosen.base_url_env}, or pass --base-url URL.",
            )
        url = found.rstrip("/") + chosen.base_url_suffix if chosen.base_url_suffix not in found else found
    if url is not None and urlsplit(url).scheme not in ("http", "https"):
        raise ConfigError(f"{url!r} is not an address of a provider.", "It looks like https://host/v1.")
    return replace(chosen, base_url=url)
