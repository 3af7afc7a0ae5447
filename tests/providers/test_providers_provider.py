"""Who can be talked to, and how settings change what is known of them."""

from __future__ import annotations

import pytest

from sentitui.config import Settings
from sentitui.errors import ConfigError
from sentitui.providers.provider import is_loopback, names, provider


def test_the_engine_comes_first() -> None:
    """The engine is the default; those of the settings come last."""
    assert names(Settings({"mine": {}}))[0] == "engine"
    assert names(Settings({"mine": {}}))[-1] == "mine"


def test_settings_change_and_add_providers() -> None:
    """A table of the settings file changes a known provider's fields or makes a new one."""
    settings = Settings({"openai": {"concurrency": 3}, "mine": {"base_url": "https://m.example/v1"}})
    assert provider("openai", settings).concurrency == 3
    assert provider("mine", settings).base_url == "https://m.example/v1"
    assert provider("mine", settings).api_key_env == "OPENAI_API_KEY"


def test_arguments_win_over_settings() -> None:
    """A base URL and a key's variable given now come before those in the settings; an address is no
    engine."""
    settings = Settings({"mine": {"base_url": "https://m.example/v1", "api_key_env": "A"}})
    chosen = provider("mine", settings, base_url="http://127.0.0.1:1/v1", api_key_env="B")
    assert (chosen.base_url, chosen.api_key_env) == ("http://127.0.0.1:1/v1", "B")
    assert not provider("engine", settings, base_url="http://127.0.0.1:1/v1").is_engine


@pytest.mark.parametrize("given", ["https://r.openai.azure.com", "https://r.openai.azure.com/openai/v1/"])
def test_azure_takes_the_address_of_the_resource(given: str) -> None:
    """The resource's address comes from its variable, with or without the path."""
    chosen = provider("azure", Settings(), environ={"AZURE_OPENAI_ENDPOINT": given})
    assert chosen.base_url == "https://r.openai.azure.com/openai/v1/"
    with pytest.raises(ConfigError, match="azure needs the address"):
        provider("azure", Settings(), environ={})


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"base_ulr": "x"}, "base_ulr"),
        ({"concurrency": "many"}, "many"),
        ({"base_url": 7}, "7"),
        ({"base_url": "file:///etc"}, "file:///etc"),
        ({"is_engine": True}, "is_engine"),
    ],
)
def test_wrong_settings_are_named(table: dict[str, object], told: str) -> None:
    """A setting that is unknown or of the wrong kind is said by name."""
    with pytest.raises(ConfigError, match=told):
        provider("mine", Settings({"mine": table}))


def test_an_unknown_name_lists_the_known_ones() -> None:
    """A mistyped provider ends with the names there are."""
    with pytest.raises(ConfigError) as caught:
        provider("opnai", Settings())
    assert "openai" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:9/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:9/v1", True),
        ("http://127.evil.example/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_only_this_machine_is_local(url: str, local: bool) -> None:
    """Where no proxy may stand between is decided by the host alone."""
    assert is_loopback(url) is local
