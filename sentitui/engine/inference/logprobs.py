"""Log-probabilities of chosen tokens and their likeliest alternatives, as the API reports them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sentitui.engine.ports import TokenLogprob

# What the API writes for "very unlikely".
_FLOOR = -9999.0


class Logprobs:
    """Spells tokens and reads their log-probabilities from logits."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def of(self, logits: Any, tokens: Sequence[int], tops: Sequence[int | None]) -> list[TokenLogprob | None]:
        """For each row the chosen token's entry, with `tops` alternatives; None where not asked for."""
        import torch

        asked = [number for number, top in enumerate(tops) if top is not None]
        found: list[TokenLogprob | None] = [None] * len(tokens)
        if not asked:
            return found
        values = torch.log_softmax(logits[torch.tensor(asked, device=logits.device)], dim=-1)
        for place, number in enumerate(asked):
            best, order = torch.topk(values[place], tops[number] or 0)
            others = zip(order.tolist(), best.tolist(), strict=True)
            alternatives = tuple(self._entry(token, value) for token, value in others)
            chosen = self._entry(tokens[number], float(values[place, tokens[number]]))
            found[number] = TokenLogprob(chosen.token, chosen.logprob, chosen.bytes, alternatives)
        return found

    def _entry(self, token: int, value: float) -> TokenLogprob:
        raw = token_bytes(self._tokenizer, token)
        return TokenLogprob(raw.decode("utf-8", "replace"), max(value, _FLOOR), tuple(raw))


def token_bytes(tokenizer: Any, token: int) -> bytes:
    """The bytes that a token stands for; a part of a character has bytes that are no text by themselves."""
    piece = str(tokenizer.convert_ids_to_tokens(token))
    alphabet = _byte_alphabet()
    if token not in tokenizer.all_special_ids and all(char in alphabet for char in piece):
        return bytes(alphabet[char] for char in piece)
    return str(tokenizer.decode([token])).encode()


@lru_cache(maxsize=1)
def _byte_alphabet() -> dict[str, int]:
    """The printable characters by which byte-level tokenizers write bytes (GPT-2's table)."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {chr(byte): byte for byte in kept}
    shifted = [byte for byte in range(256) if byte not in kept]
    return table | {chr(256 + place): byte for place, byte in enumerate(shifted)}
