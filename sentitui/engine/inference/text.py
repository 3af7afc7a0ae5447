"""From tokens to text that may be shown: whole characters only, and nothing of a stop text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class TextStream:
    """Grows one answer's text token by token."""

    def __init__(self, tokenizer: Any, stop: Sequence[str] = ()) -> None:
        from tokenizers.decoders import DecodeStream

        self._core = tokenizer.backend_tokenizer
        self._stream = DecodeStream(skip_special_tokens=True)
        self._stop = tuple(text for text in stop if text)
        self._tokens: list[int] = []
        self._decoded = 0
        self._held = ""
        self.stopped = False

    def push(self, token: int) -> str:
        """The text that is sure now; sets `stopped` at a stop text, which is not part of the answer."""
        self._tokens.append(token)
        piece = self._stream.step(self._core, token)
        if not piece:
            return ""
        self._decoded += len(piece)
        return self._let_out(piece)

    def finish(self) -> str:
        """What was still held back; a character that was never completed comes as a replacement character."""
        if self.stopped:
            return ""
        whole = self._core.decode(self._tokens, skip_special_tokens=True)
        rest = self._let_out(whole[self._decoded :])
        if self.stopped:
            return rest
        held, self._held = self._held, ""
        return rest + held

    def _let_out(self, piece: str) -> str:
        text = self._held + piece
        ends = [place for place in (text.find(stop) for stop in self._stop) if place >= 0]
        if ends:
            self.stopped = True
            self._held = ""
            return text[: min(ends)]
        keep = max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """How many last characters of `text` may be the beginning of `stop`."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
