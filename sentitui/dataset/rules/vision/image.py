"""Images as the vision rules look at them: the parts, their URLs, and what a data URL holds.

Reads only as many bytes of an image as tell its kind; fetches nothing.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sentitui.dataset.subject import Subject, Turn

_DATA = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),", re.IGNORECASE)
# The colour and size stand in the first bytes; a JPEG may put up to a few 64 KB segments (EXIF) before them.
_HEAD = 4 * 65_536


@dataclass(frozen=True, slots=True)
class Image:
    """One image part: its message, its path, the part itself, and its URL when that is a string."""

    turn: Turn
    path: str
    part: dict[str, Any]

    @property
    def url(self) -> str | None:
        """The URL, also where it stands as a bare string."""
        value = self.part.get("image_url")
        url = value.get("url") if isinstance(value, dict) else value
        return url if isinstance(url, str) else None

    @property
    def url_path(self) -> str:
        """Where the URL is."""
        inside = isinstance(self.part.get("image_url"), dict)
        return f"{self.path}.image_url.url" if inside else f"{self.path}.image_url"


@dataclass(frozen=True, slots=True)
class DataUrl:
    """A `data:` URL taken apart: the MIME type as written, whether it says base64, and the data's start."""

    mime: str
    is_base64: bool
    start: int


def images(subject: Subject) -> Iterator[Image]:
    """Every `image_url` part of the example."""
    for turn, path, part in subject.parts:
        if isinstance(part, dict) and part.get("type") == "image_url":
            yield Image(turn, path, part)


def has_parts(subject: Subject) -> bool:
    """Whether a content is made of parts at all; the rules of the family need it."""
    return bool(subject.parts)


def data_url(url: str) -> DataUrl | None:
    """The parts of a `data:` URL, or None for any other URL."""
    match = _DATA.match(url)
    if match is None:
        return None
    return DataUrl(match[1].strip().lower(), match[2].lower().endswith(";base64"), match.end())


def decoded_size(url: str, parsed: DataUrl) -> int:
    """The number of bytes that a base64 data URL holds, by its length."""
    return (len(url) - parsed.start) * 3 // 4 - url[-2:].count("=")


def head(url: str, parsed: DataUrl) -> bytes:
    """The first bytes of the image in a base64 data URL; b"" when they do not decode."""
    text = url[parsed.start : parsed.start + _HEAD]
    try:
        return binascii.a2b_base64(text[: len(text) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""


def base64_problem(url: str, parsed: DataUrl) -> str | None:
    """What makes the data no base64, or None. White space in it is let pass, as decoders do."""
    text = url[parsed.start :]
    if not text.isascii():
        return "it holds characters beyond ASCII"
    if not text or text.isspace():
        return "it is empty"
    try:
        binascii.a2b_base64(
            "".join(text.split()) if any(c in text for c in "\r\n\t ") else text, strict_mode=True
        )
    except binascii.Error as error:
        return str(error).lower().rstrip(".")
    return None
