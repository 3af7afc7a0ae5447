"""What an image is by its first bytes: the format, and whether its colours are RGB or RGBA."""

from __future__ import annotations

from dataclasses import dataclass

# Start-of-frame markers of a JPEG (ITU T.81, table B.1); 0xC4, 0xC8 and 0xCC are other segments.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PNG_COLOURS = {0: "greyscale", 2: None, 3: "palette", 4: "greyscale with alpha", 6: None}
_JPEG_COLOURS = {1: "greyscale", 3: None, 4: "CMYK"}
_OTHERS = (
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"%PDF", "pdf"),
    (b"<svg", "svg"),
    (b"<?xml", "svg"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """An image's format as in its MIME type, and its colours where they are not RGB or RGBA."""

    name: str
    odd_colours: str | None = None


TAKEN = frozenset({"jpeg", "png", "webp"})
"""The formats that fine-tuning takes (vision fine-tuning guide)."""


def kind_of(data: bytes) -> Kind | None:
    """The kind of an image from its first bytes, or None when they tell nothing."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind("png", _PNG_COLOURS.get(data[25]) if len(data) > 25 else None)
    if data.startswith(b"\xff\xd8\xff"):
        return Kind("jpeg", _JPEG_COLOURS.get(_jpeg_components(data)))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind("webp")
    if data[4:12] in {b"ftypavif", b"ftypheic", b"ftypheix", b"ftypmif1"}:
        return Kind("heif")
    return next((Kind(name) for magic, name in _OTHERS if data.startswith(magic)), None)


def _jpeg_components(data: bytes) -> int:
    """The number of colour components in the frame header; 0 when it is not within `data`."""
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker in _FRAMES:
            return data[position + 9]
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return 0
