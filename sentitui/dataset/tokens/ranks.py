"""The o200k_base encoding from the ranks that ship with us: loaded once, when first asked, hash checked.

tiktoken would download the ranks at run time; ours come from `data/tokenizers/`. Text is counted as
ordinary text: `<|endoftext|>` written in an example is characters, never a control token.
"""

from __future__ import annotations

import base64
import hashlib
import lzma
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sentitui.errors import DatasetError
from sentitui.resources import data_file

if TYPE_CHECKING:
    import tiktoken

SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

# tiktoken panics (a BaseException) on about 1 MB of spaces; pieces of this many characters stay far below.
PIECE = 100_000

# How o200k_base cuts text before merging; copied from tiktoken_ext.openai_public.o200k_base (MIT, OpenAI).
_PATTERN = "|".join(
    [
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ]
)


def text_tokens(text: str) -> int:
    """The number of o200k_base tokens of a text.

    Exact, except that a run of more than 100,000 characters without one space after a word is cut hard,
    which can move the count by a token for each cut. DatasetError when the shipped ranks are damaged.
    """
    if len(text) <= _REMEMBERED:
        return _remembered(text)
    return _count(text)


# System prompts and labels return in every example of a set: counting each once makes a file several times
# faster.
_REMEMBERED = 4_000


@lru_cache(maxsize=2_048)
def _remembered(text: str) -> int:
    return _count(text)


def _count(text: str) -> int:
    encode = encoding().encode_ordinary
    if len(text) < PIECE:
        return len(encode(text))
    return sum(len(encode(piece)) for piece in pieces(text))


def pieces(text: str, size: int = PIECE) -> Iterator[str]:
    """Cuts a text into pieces of at most `size - 1` characters, where no token can span the cut if there is
    such a place.

    Between a character that is no white space and a space: each alternative of the pattern takes a space
    only as its first character or in a run of white space.
    """
    start = 0
    while len(text) - start >= size:
        end = start + size - 1
        cut = text.rfind(" ", start + 1, end)
        while cut > start and text[cut - 1].isspace():
            cut = text.rfind(" ", start + 1, cut)
        stop = cut if cut > start else end
        yield text[start:stop]
        start = stop
    yield text[start:]


@cache
def encoding() -> tiktoken.Encoding:
    """The tiktoken encoding itself (0.3 s and about 60 MB, once)."""
    import tiktoken

    return tiktoken.Encoding("o200k_base", pat_str=_PATTERN, mergeable_ranks=_ranks(), special_tokens={})


def _ranks() -> dict[bytes, int]:
    path = data_file("tokenizers", "o200k_base.tiktoken.xz")
    try:
        raw = lzma.decompress(path.read_bytes())
    except (OSError, lzma.LZMAError) as error:
        raise DatasetError(f"{path}: the token ranks cannot be read ({error})", _REINSTALL) from error
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise DatasetError(f"{path}: the token ranks are not the published o200k_base file", _REINSTALL)
    lines = (line.split() for line in raw.splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in lines}


_REINSTALL = "Install sentitui again; token counts need this file."
