"""Rules about images: sizes are computed without decoding, kinds by the first bytes."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from sentitui.dataset.check import check_example
from sentitui.dataset.rules.vision.kind import kind_of

FIXTURES = Path(__file__).parent / "fixtures"
PNG = b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d49484452000000010000000108020000009077")


def line_with(data: bytes) -> bytes:
    """A chat line with one image of these bytes."""
    url = "data:image/png;base64," + base64.b64encode(data).decode()
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    messages = [{"role": "user", "content": content}, {"role": "assistant", "content": "A cat."}]
    return json.dumps({"messages": messages}).encode()


@pytest.mark.parametrize("part", ["good", "bad"])
def test_an_image_over_the_limit_is_reported(part: str) -> None:
    """10,000,000 bytes are read, one more is not."""
    case = json.loads((FIXTURES / "V005.json").read_text("utf-8"))[part][0]
    line = line_with(PNG.ljust(case["image_bytes"], b"\0"))
    found = [d for d in check_example(line, profile="openai") if d.code == "V005"]
    assert [(d.name, d.location.path) for d in found] == (
        [(case["name"], case["path"])] if part == "bad" else []
    )


def test_a_jpeg_behind_a_long_comment_is_still_recognised() -> None:
    """The frame header is found behind segments of metadata."""
    comment = b"\xff\xfe" + (60_000).to_bytes(2, "big") + bytes(59_998)
    frame = b"\xff\xc0\x00\x11\x08\x00\x02\x00\x02\x01\x01\x11\x00"
    kind = kind_of(b"\xff\xd8" + comment + frame)
    assert kind is not None
    assert (kind.name, kind.odd_colours) == ("jpeg", "greyscale")


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\xff\xd8\xff\xe0\xff\xff"]
)
def test_a_cut_image_does_no_harm(data: bytes) -> None:
    """An image of a few bytes is judged by what is there."""
    kind = kind_of(data)
    assert kind is None or kind.odd_colours is None
