"""Asks contenders the same prompts, again and again, under each provider's limit.

A completion that failed is a value like any other: one contender's trouble never stops another. Nothing is
cached. Concurrency lives here; whoever listens is told through `emit`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentitui.errors import ProviderError, ProviderUnreachable
from sentitui.playground.contender import Contender
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Clients = Callable[[Provider], "Awaitable[AsyncOpenAI]"]
Clock = Callable[[], float]
now: Clock = time.perf_counter
Key = tuple[str, int, int]
"""A completion's place in a run: contender, prompt, repeat."""
_BROKEN = "The stream broke off before the answer was whole."


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked: the messages up to the answer, and the answer expected, if known."""

    messages: tuple[Mapping[str, Any], ...]
    expected: str | None = None

    @property
    def text(self) -> str:
        """The last message's content, as the prompt is shown."""
        content = self.messages[-1].get("content") if self.messages else ""
        return content if isinstance(content, str) else str(content)


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer, or why there is none; `prompt` is the index in the run's prompts, `seconds` from request to
    end."""

    contender: str
    prompt: int
    repeat: int
    text: str = ""
    error: str = ""
    seconds: float = 0.0
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model: str = ""
    """Which model the server says answered."""
    hint: str = ""
    """What to do about the error."""

    @property
    def key(self) -> Key:
        """Its place in the run."""
        return self.contender, self.prompt, self.repeat

    @property
    def answer(self) -> str | None:
        """The text, or None when it failed."""
        return None if self.error else self.text


@dataclass(frozen=True, slots=True)
class Started:
    """A completion was asked for."""

    contender: str
    prompt: int
    repeat: int


@dataclass(frozen=True, slots=True)
class Delta:
    """More text of a completion arrived (streaming runs only)."""

    contender: str
    prompt: int
    repeat: int
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A completion is whole or has failed."""

    completion: Completion


RunEvent = Started | Delta | Finished
Emit = Callable[[RunEvent], None]


@dataclass(slots=True)
class _Request:
    """One call: `count` repeats of a prompt from `repeat` on."""

    contender: Contender
    prompt: int
    repeat: int
    count: int

    def key(self, index: int) -> tuple[str, int, int]:
        """Contender, prompt and repeat of its `index`-th answer."""
        return self.contender.name, self.prompt, self.repeat + index


async def run(
    contenders: Sequence[Contender],
    prompts: Sequence[Prompt],
    repeats: int,
    clients: Clients,
    *,
    emit: Emit | None = None,
    limit: int | None = None,
    stream: bool = False,
    clock: Clock = now,
    skip: Container[Key] = frozenset(),
) -> list[Completion]:
    """Every contender's answers to every prompt, `repeats` times, ordered by contender, prompt, repeat.

    At most `limit` requests are in flight per provider (default: the provider's own figure). What is in
    `skip` is not asked again. Cancelling the task cancels every request.
    """
    asking = _Asking(prompts, clients, emit or _ignore, stream, clock)
    lanes: list[tuple[Provider, list[_Request]]] = []
    for request in _requests(contenders, prompts, repeats, skip):
        provider = request.contender.provider
        lane = next((held for known, held in lanes if known == provider), None)
        if lane is None:
            lanes.append((provider, [request]))
        else:
            lane.append(request)
    async with asyncio.TaskGroup() as group:
        for provider, requests in lanes:
            todo = iter(requests)
            for _ in range(min(limit or provider.concurrency, len(requests))):
                group.create_task(asking.work(todo))
    order = {contender.name: index for index, contender in enumerate(contenders)}
    return sorted(asking.done, key=lambda each: (order[each.contender], each.prompt, each.repeat))


class _Asking:
    """The work of one run: turns requests into completions and tells of them."""

    def __init__(
        self,
        prompts: Sequence[Prompt],
        clients: Clients,
        emit: Emit,
        stream: bool,
        clock: Clock,
    ) -> None:
        self._prompts, self._clients, self._emit, self._stream, self._clock = (
            prompts,
            clients,
            emit,
            stream,
            clock,
        )
        self.done: list[Completion] = []

    async def work(self, todo: Iterator[_Request]) -> None:
        """Takes requests until none is left; several workers share one iterator."""
        for request in todo:
            client = await self._connected(
                request.contender.provider
            )  # before the clock runs: it is no answer
            for index in range(request.count):
                self._emit(Started(*request.key(index)))
            start = self._clock()
            answers = await self._answers(request, client)
            seconds = self._clock() - start
            for index, answer in enumerate(answers):
                completion = Completion(*request.key(index), seconds=seconds, **answer)
                self.done.append(completion)
                self._emit(Finished(completion))

    async def _connected(self, provider: Provider) -> AsyncOpenAI | ProviderError:
        try:
            return await self._clients(provider)
        except ProviderError as error:
            return error

    async def _answers(self, request: _Request, client: AsyncOpenAI | ProviderError) -> list[dict[str, Any]]:
        if isinstance(client, ProviderError):
            return [{"error": client.message, "hint": client.hint}] * request.count
        provider = request.contender.provider
        arguments = call_arguments(
            request.contender, self._prompts[request.prompt], request.repeat, request.count
        )
        try:
            ask = self._streamed if self._stream else _whole
            answers = await ask(client, arguments, request)
        except Exception as error:
            problem = map_error(error, provider, model=request.contender.model)
            return [{"error": problem.message, "hint": problem.hint}] * request.count
        missing = {"error": f"{provider.name} sent fewer answers than it was asked for."}
        return [*answers, *[missing] * (request.count - len(answers))]

    async def _streamed(
        self, client: AsyncOpenAI, arguments: Mapping[str, Any], request: _Request
    ) -> list[dict[str, Any]]:
        texts: list[list[str]] = [[] for _ in range(request.count)]
        reasons = [""] * request.count
        usage: Any = None
        model = ""
        options: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
        async with await client.chat.completions.create(**arguments, **options) as chunks:
            async for chunk in chunks:
                usage, model = chunk.usage or usage, chunk.model or model
                for choice in chunk.choices:
                    if choice.delta.content:
                        texts[choice.index].append(choice.delta.content)
                        self._emit(Delta(*request.key(choice.index), choice.delta.content))
                    reasons[choice.index] = choice.finish_reason or reasons[choice.index]
        return [
            {
                "text": "".join(text),
                "finish_reason": reason,
                "error": "" if reason else _BROKEN,
                "model": model,
                **tokens,
            }
            for text, reason, tokens in zip(texts, reasons, _shares(usage, request.count), strict=True)
        ]


async def _whole(
    client: AsyncOpenAI, arguments: Mapping[str, Any], request: _Request
) -> list[dict[str, Any]]:
    answer = await client.chat.completions.create(**arguments)
    if not getattr(answer, "choices", None):  # the SDK passes on whatever came with status 200
        raise ProviderUnreachable(f"{request.contender.provider.name} sent no answer.")
    choices = sorted(answer.choices, key=lambda choice: choice.index)[: request.count]
    return [
        {
            "text": choice.message.content or "",
            "finish_reason": choice.finish_reason or "",
            "model": answer.model or "",
            **tokens,
        }
        for choice, tokens in zip(choices, _shares(answer.usage, len(choices)), strict=True)
    ]


def call_arguments(contender: Contender, prompt: Prompt, repeat: int, count: int) -> dict[str, Any]:
    """What is sent to `chat.completions.create`; each repeat has its own seed, or seeded repeats would be
    equal."""
    settings = {
        "temperature": contender.temperature,
        "top_p": contender.top_p,
        contender.provider.max_tokens_field: contender.max_tokens,
        "seed": None if contender.seed is None else contender.seed + repeat,
        "n": count if count > 1 else None,
    }
    chosen = {key: value for key, value in settings.items() if value is not None}
    return {"model": contender.model, "messages": contender.messages(prompt.messages), **chosen}


def _requests(
    contenders: Sequence[Contender], prompts: Sequence[Prompt], repeats: int, skip: Container[Key]
) -> Iterator[_Request]:
    for prompt in range(len(prompts)):
        for contender in contenders:
            start = 0
            while start < repeats:
                end = start
                room = min(repeats, start + contender.provider.choices)
                while end < room and (contender.name, prompt, end) not in skip:
                    end += 1
                if end > start:
                    yield _Request(contender, prompt, start, end - start)
                start = max(end, start + 1)


def _shares(usage: Any, count: int) -> list[dict[str, int]]:
    """The tokens of one request as parts of its answers, whose sums are what was used."""
    prompt, completion = (usage.prompt_tokens, usage.completion_tokens) if usage is not None else (0, 0)
    return [
        {"prompt_tokens": part(prompt, count, index), "completion_tokens": part(completion, count, index)}
        for index in range(count)
    ]


def part(total: int, count: int, index: int) -> int:
    """The `index`-th of `count` nearly equal whole parts of a total."""
    return total * (index + 1) // count - total * index // count


def _ignore(event: RunEvent) -> None:
    """Nobody listens."""
