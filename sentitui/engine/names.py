"""Ids and model names as the API's clients know them."""

from __future__ import annotations

import re
import secrets
import string

_ALPHABET = string.ascii_letters + string.digits
_LENGTHS = {"file-": 22, "ftjob-": 24, "ftckpt_": 24, "upload_": 24, "part_": 24, "chatcmpl-": 29, "req_": 32}
# What a suffix may bring into a model name; ":" separates the name's parts and "/" would look like a path.
_OUTSIDE_SUFFIX = re.compile(r"[^A-Za-z0-9._-]+")


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_id(prefix: str) -> str:
    """A fresh id such as `file-...`; the prefix is one the API uses."""
    return prefix + _random(_LENGTHS[prefix])


def event_id(sequence: int) -> str:
    """The id of the event with this sequence number: ids sort in the order the events happened."""
    return f"ftevent-{sequence:012d}{_random(12)}"


def model_name(base: str, suffix: str | None) -> str:
    """A fresh tuned model's name, `ft:BASE:local:SUFFIX:ID8`."""
    return f"ft:{base}:local:{clean_suffix(suffix)}:{_random(8)}"


def checkpoint_name(base: str, suffix: str | None, step: int) -> str:
    """A fresh checkpoint's model name: an id of its own, and the step it was taken at."""
    return f"{model_name(base, suffix)}:ckpt-step-{step}"


def clean_suffix(suffix: str | None) -> str:
    """The suffix as it appears in a model name."""
    return _OUTSIDE_SUFFIX.sub("-", suffix or "")
