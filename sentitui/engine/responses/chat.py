"""Chat completions as objects and as the chunks of a stream."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sentitui.engine.names import new_id
from sentitui.engine.ports import Delta, Finished, Generated, TokenLogprob, Usage


@dataclass(frozen=True, slots=True)
class Completion:
    """What one answer is known by: the same id and time in every chunk."""

    model: str
    logprobs: bool
    id: str = field(default_factory=lambda: new_id("chatcmpl-"))
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, generated: Sequence[Generated]) -> dict[str, Any]:
        """The object of a request that did not ask for a stream."""
        count = 1 + max((item.index for item in generated if isinstance(item, Finished)), default=-1)
        answer = self._head("chat.completion")
        answer["choices"] = [self._choice(index, generated) for index in range(count)]
        for item in generated:
            if isinstance(item, Usage):
                answer["usage"] = usage(item)
        return answer

    async def chunks(
        self, generated: AsyncIterator[Generated], *, n: int, include_usage: bool
    ) -> AsyncIterator[dict[str, Any]]:
        """The chunks of a stream: each answer's role, then text as it comes, its end, and usage if wanted."""
        blank: dict[str, Any] = {"usage": None} if include_usage else {}
        for index in range(n):
            opening = {"role": "assistant", "content": "", "refusal": None}
            yield self._chunk(index, opening, None) | blank
        async for item in generated:
            if isinstance(item, Delta):
                yield self._chunk(item.index, {"content": item.text}, None, item.logprobs) | blank
            elif isinstance(item, Finished):
                yield self._chunk(item.index, {}, item.reason) | blank
            elif include_usage:
                yield self._head("chat.completion.chunk") | {"choices": [], "usage": usage(item)}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _choice(self, index: int, generated: Sequence[Generated]) -> dict[str, Any]:
        deltas = [item for item in generated if isinstance(item, Delta) and item.index == index]
        ends = [item.reason for item in generated if isinstance(item, Finished) and item.index == index]
        text = "".join(delta.text for delta in deltas)
        return {
            "index": index,
            "message": {"role": "assistant", "content": text, "refusal": None},
            "logprobs": self._logprobs([token for delta in deltas for token in delta.logprobs]),
            "finish_reason": ends[-1],
        }

    def _chunk(
        self, index: int, delta: dict[str, Any], reason: str | None, logprobs: Sequence[TokenLogprob] = ()
    ) -> dict[str, Any]:
        known = self._logprobs(logprobs) if logprobs else None
        choice = {"index": index, "delta": delta, "logprobs": known, "finish_reason": reason}
        return self._head("chat.completion.chunk") | {"choices": [choice]}

    def _logprobs(self, tokens: Sequence[TokenLogprob]) -> dict[str, Any] | None:
        if not self.logprobs:
            return None
        content = [
            _token(token) | {"top_logprobs": [_token(other) for other in token.top]} for token in tokens
        ]
        return {"content": content, "refusal": None}


def usage(item: Usage) -> dict[str, int]:
    """The token counts."""
    return {
        "prompt_tokens": item.prompt_tokens,
        "completion_tokens": item.completion_tokens,
        "total_tokens": item.prompt_tokens + item.completion_tokens,
    }


def _token(token: TokenLogprob) -> dict[str, Any]:
    # JSON has no infinity; OpenAI writes -9999.0 for what can hardly happen.
    logprob = max(token.logprob, -9999.0)
    known = None if token.bytes is None else list(token.bytes)
    return {"token": token.token, "logprob": logprob, "bytes": known}
