"""Spoils a server's answers at random, seeded: what a bad line and a bad proxy do to a list of events."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from tests.fakes.openai_server import DROP, Call, Reply, problem


class BadLine:
    """A `fault` of OpenAIServer: `share` of the GET answers come spoilt; `seen` counts how, by name."""

    def __init__(self, seed: int, share: float = 0.3) -> None:
        self._random = random.Random(seed)
        self._share = share
        self._earlier: Reply | None = None
        self.seen: dict[str, int] = {}

    def __call__(self, call: Call, reply: Reply) -> Reply:
        """The answer as it arrives."""
        if call.method != "GET":
            return reply
        spoilt = reply
        if self._random.random() < self._share:
            fault = self._random.choice(_FAULTS)
            self.seen[fault.__name__] = self.seen.get(fault.__name__, 0) + 1
            spoilt = fault(self, reply)
        self._earlier = reply
        return spoilt

    def _drop(self, reply: Reply) -> Reply:
        return DROP

    def _truncate(self, reply: Reply) -> Reply:
        cut = self._random.randrange(len(reply.body))
        return Reply(reply.status, reply.body[:cut], reply.headers, declared=len(reply.body))

    def _half(self, reply: Reply) -> Reply:
        """Cut and re-framed by a proxy: the length fits, the JSON does not."""
        return Reply(reply.status, reply.body[: len(reply.body) // 2], reply.headers)

    def _too_many(self, reply: Reply) -> Reply:
        return problem(429, "Rate limit reached", "rate_limit_exceeded", **{"retry-after": "1"})

    def _broken(self, reply: Reply) -> Reply:
        return problem(500, "The server had an error", None)

    def _html(self, reply: Reply) -> Reply:
        return Reply(
            self._random.choice((200, 502)), b"<html><h1>Bad gateway</h1>", {"content-type": "text/html"}
        )

    def _earlier_answer(self, reply: Reply) -> Reply:
        """An answer out of order: the one to the request before."""
        return self._earlier or reply

    def _shuffle(self, reply: Reply) -> Reply:
        return self._changed(reply, self._random.shuffle)

    def _reverse(self, reply: Reply) -> Reply:
        return self._changed(reply, lambda data: data.reverse())

    def _duplicate(self, reply: Reply) -> Reply:
        def repeat(data: list[object]) -> None:
            for item in self._random.sample(data, len(data) // 3):
                data.insert(self._random.randrange(len(data) + 1), item)

        return self._changed(reply, repeat)

    def _changed(self, reply: Reply, change: Callable[[list[object]], None]) -> Reply:
        body = json.loads(reply.body)
        if not isinstance(body.get("data"), list):
            return reply
        change(body["data"])
        return Reply(reply.status, json.dumps(body).encode(), reply.headers)


_FAULTS = (
    BadLine._drop,
    BadLine._truncate,
    BadLine._half,
    BadLine._too_many,
    BadLine._broken,
    BadLine._html,
    BadLine._earlier_answer,
    BadLine._shuffle,
    BadLine._reverse,
    BadLine._duplicate,
)
