"""Answers that are JSON whatever the model would rather say: a grammar forbids every token that breaks it.

Owns the grammars of a model's tokenizer, compiled once per schema, and one state per answer. What a schema
asks for and the grammar cannot express is refused; nothing of a schema is ignored.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from sentitui.engine.chat import ChatFormat
from sentitui.engine.ports import GenerationRefused

_KEPT = 32
_COMPILER_OPTIONS = "x-guidance"
# Between two parts of the answer: a space, or a new line with its indentation, but no endless emptiness.
_WHITESPACE = r"\x20|\n[\x20\t]{0,12}"


class Constraint:
    """Where one answer stands in its grammar."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def copy(self) -> Constraint:
        """The same place for another answer, which goes its own way from here."""
        return Constraint(self._matcher.deep_copy())

    def allowed(self) -> bytes:
        """The tokens that may come next, one bit each, the lowest bit first.

        Raises GenerationRefused when the grammar has become too complex to follow.
        """
        mask: bytes = b"" if self._matcher.is_error() else self._matcher.compute_bitmask()
        self._check()
        return mask

    def take(self, token: int) -> bool:
        """Goes on by one token; whether the answer is whole and nothing can follow."""
        self._matcher.consume_token(token)
        return bool(self._matcher.is_stopped() and not self._matcher.is_error())

    def _check(self) -> None:
        if self._matcher.is_error():
            reason = self._matcher.get_error()
            raise _refused(f"An answer to this schema cannot be followed: {reason[:300]}")


class Grammars:
    """Compiles schemas for one model's tokenizer and keeps the latest."""

    def __init__(self, chat: ChatFormat) -> None:
        self._chat = chat
        self._tokenizer: Any = None
        self._compiled: OrderedDict[str, Constraint] = OrderedDict()

    def constraint(self, schema: Mapping[str, Any]) -> Constraint:
        """The beginning of an answer that satisfies the JSON schema.

        Raises GenerationRefused when the schema cannot be compiled: it is no JSON schema, or it uses what a
        grammar cannot check (`not`, `if`, `uniqueItems`, look-around in patterns ...).
        """
        # In its own order: properties are answered in the order they are given. The compiler's own options,
        # which a schema may carry, could make it write what is not JSON.
        key = json.dumps({name: part for name, part in schema.items() if name != _COMPILER_OPTIONS})
        if key not in self._compiled:
            self._compiled[key] = self._compile(key)
            while len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(key)
        return self._compiled[key].copy()

    def _compile(self, schema: str) -> Constraint:
        from llguidance import LLMatcher, LLTokenizer

        if self._tokenizer is None:
            core = self._chat.tokenizer.backend_tokenizer.to_str()
            self._tokenizer = LLTokenizer(core, eos_token=sorted(self._chat.stop_tokens))
        try:
            grammar = LLMatcher.grammar_from_json_schema(
                schema, overrides={"whitespace_pattern": _WHITESPACE}
            )
        except ValueError as error:
            raise _refused(f"Invalid schema: {error}") from error
        matcher = LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise _refused(f"Invalid or unsupported schema: {matcher.get_error()[:300]}")
        return Constraint(matcher)


def masked(logits: Any, masks: Mapping[int, bytes]) -> Any:
    """Logits [rows, vocabulary] that leave a row of `masks` its allowed tokens only; the given ones stay."""
    import torch

    if not masks:
        return logits
    numbers = torch.tensor(list(masks), device=logits.device)
    bits = _unpacked(list(masks.values()), logits.shape[-1]).to(logits.device)
    changed = logits.clone()
    changed[numbers] = changed[numbers].masked_fill(~bits, float("-inf"))
    return changed


def _unpacked(masks: Sequence[bytes], width: int) -> Any:
    """Booleans [masks, width]; what a model has beyond its tokenizer's tokens is padding, and not allowed."""
    import torch

    packed = torch.frombuffer(bytearray(b"".join(masks)), dtype=torch.uint8).view(len(masks), -1)
    bits = (packed[:, :, None] >> torch.arange(8, dtype=torch.uint8)) & 1
    flat = bits.flatten(1).bool()[:, :width]
    return torch.nn.functional.pad(flat, (0, width - flat.shape[1]))


def _refused(message: str) -> GenerationRefused:
    return GenerationRefused(message, code="invalid_value", param="response_format")
