"""A contender as people write it on a command line: NAME=PROVIDER:MODEL, or NAME=<URL>:MODEL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sentitui.errors import ConfigError

_FORM = re.compile(r"(?P<name>[^=]+)=(?:<(?P<url>[^>]+)>|(?P<provider>[^:<>]+)):(?P<model>.+)", re.S)


@dataclass(frozen=True, slots=True)
class Spec:
    """Who is meant: a provider by name, or by its address."""

    name: str
    model: str
    provider: str | None = None
    base_url: str | None = None


def parse_spec(word: str) -> Spec:
    """Reads one; the model may hold colons. Raises ConfigError saying what the form is."""
    found = _FORM.fullmatch(word.strip())
    if found is None:
        raise ConfigError(
            f"{word!r} is not a contender.",
            "Write NAME=PROVIDER:MODEL, for instance tuned=engine:ft:smollm2-135m-instruct:local:x:1, or"
            " base=<http://127.0.0.1:9000/v1>:gpt-x.",
        )
    return Spec(found["name"].strip(), found["model"], found["provider"], found["url"])
