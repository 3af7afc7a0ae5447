"""What the engine answers: the model's own words, whatever else is in the batch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sentitui.engine.inference import LocalInference
from sentitui.engine.ports import Delta, Finished, Generation, GenerationRefused, TokenLogprob, Usage
from sentitui.errors import EngineError, WeightsError
from tests.engine.tiny_model import build_tiny_adapter, build_tiny_model

pytest.importorskip("torch")


class Folders:
    """Base models that are plain folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broken = False

    def names(self) -> Sequence[str]:
        """One name."""
        return ["tiny"]

    def locate(self, name: str) -> Path:
        """The folder, or the error that a fetch would end in."""
        if self.broken:
            raise WeightsError("Cannot fetch the model's weights.", "Check the network.")
        return self.folder


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything one generation gave."""

    texts: list[str]
    reasons: list[str]
    usage: Usage
    logprobs: list[TokenLogprob]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's folder."""
    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def adapters(tiny: Path) -> list[Path]:
    """Two adapters of different rank."""
    return [build_tiny_adapter(tiny, tiny.parent / f"adapter{n}", seed=n, rank=2 + n) for n in (1, 2)]


@pytest.fixture(scope="module")
def inference(tiny: Path) -> Iterator[LocalInference]:
    """A running engine with the tiny model."""
    running = LocalInference(Folders(tiny), threads=1)
    running.start()
    yield running
    running.close()


def _ask(text: str = "How was the film?", **options: Any) -> Generation:
    messages = [{"role": "system", "content": "Say the sentiment."}, {"role": "user", "content": text}]
    defaults: dict[str, Any] = {"max_tokens": 12, "temperature": 0.0}
    return Generation("tiny", messages, **{**defaults, **options})


async def _answer(inference: LocalInference, generation: Generation) -> Answered:
    texts = [""] * generation.n
    reasons = [""] * generation.n
    logprobs: list[TokenLogprob] = []
    usage = Usage(0, 0)
    async for item in inference.generate(generation):
        match item:
            case Delta(index, text, entries):
                texts[index] += text
                logprobs.extend(entries)
            case Finished(index, reason):
                reasons[index] = reason
            case Usage():
                usage = item
    return Answered(texts, reasons, usage, logprobs)


def _reference(folder: Path, generation: Generation) -> str:
    """The same greedy answer by transformers (and peft) alone, without cache or batch."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    if generation.adapter is not None:
        model = PeftModel.from_pretrained(model, generation.adapter)
    prompt = tokenizer.apply_chat_template(generation.messages, tokenize=False, add_generation_prompt=True)
    tokens = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    start = len(tokens)
    for _ in range(generation.max_tokens or 0):
        with torch.no_grad():
            token = int(model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0, -1].argmax())
        if token == tokenizer.eos_token_id:
            break
        tokens.append(token)
    return str(tokenizer.decode(tokens[start:], skip_special_tokens=True))


async def test_base_and_tuned_rows_in_one_batch_answer_as_they_do_alone(
    inference: LocalInference, tiny: Path, adapters: list[Path]
) -> None:
    """Twelve concurrent requests of the base and two adapters: each text is transformers' own greedy one."""
    asked = [
        _ask(f"Number {number}: how was the {word}?", adapter=adapter)
        for number, word in enumerate(["film", "food", "weather", "service from here to there"])
        for adapter in (None, *adapters)
    ]
    answers = await asyncio.gather(*(_answer(inference, generation) for generation in asked))
    assert [answer.texts[0] for answer in answers] == [_reference(tiny, generation) for generation in asked]


async def test_a_row_that_joins_late_changes_nothing(inference: LocalInference, adapters: list[Path]) -> None:
    """Rows come and go between steps; a long answer stays what it is alone."""
    long = _ask("Tell me all.", max_tokens=60)
    alone = await _answer(inference, long)

    async def join() -> list[Answered]:
        return [
            await _answer(inference, _ask(f"Short {n}", max_tokens=3, adapter=adapters[n % 2]))
            for n in range(6)
        ]

    together, *_ = await asyncio.gather(_answer(inference, long), join())
    assert together.texts == alone.texts


async def test_the_same_seed_gives_the_same_answers_whatever_is_in_the_batch(
    inference: LocalInference,
) -> None:
    """Ten repeats at temperature 1: reproducible, distinct by index, and not disturbed by neighbours."""
    sampled = _ask(n=10, temperature=1.0, seed=5)
    first = await _answer(inference, sampled)
    others = [_answer(inference, _ask(f"Other {n}", n=3, temperature=1.0)) for n in range(4)]
    second, *_ = await asyncio.gather(_answer(inference, sampled), *others)
    assert first.texts == second.texts
    assert len(set(first.texts)) > 1
    third = await _answer(inference, replace(sampled, seed=6))
    assert third.texts != first.texts


async def test_usage_counts_the_prompt_once_and_every_answered_token(inference: LocalInference) -> None:
    """Four answers of at most five tokens to one prompt."""
    one = await _answer(inference, _ask(max_tokens=5))
    four = await _answer(inference, _ask(max_tokens=5, n=4))
    assert four.usage.prompt_tokens == one.usage.prompt_tokens > 10
    assert four.usage.completion_tokens == 4 * one.usage.completion_tokens
    assert one.reasons == ["length"]


async def test_a_stop_text_ends_the_answer_and_is_not_part_of_it(inference: LocalInference) -> None:
    """Whatever way its letters fall into tokens."""
    whole = (await _answer(inference, _ask(max_tokens=30))).texts[0]
    stop = whole[8:11]
    stopped = await _answer(inference, _ask(max_tokens=30, stop=(stop, "never said")))
    assert stopped.texts[0] == whole[: whole.index(stop)]
    assert stopped.reasons == ["stop"]


async def test_logprobs_are_the_models_own(inference: LocalInference) -> None:
    """The greedy token is the likeliest of its alternatives, and its bytes spell the text."""
    answer = await _answer(inference, _ask(max_tokens=6, top_logprobs=3))
    assert len(answer.logprobs) == answer.usage.completion_tokens
    for entry in answer.logprobs:
        assert len(entry.top) == 3
        assert entry.logprob == entry.top[0].logprob <= 0
    spelt = b"".join(bytes(entry.bytes or ()) for entry in answer.logprobs)
    assert spelt.decode("utf-8", "replace").startswith(
        answer.texts[0].rstrip("\N{REPLACEMENT CHARACTER}")[:3]
    )


async def test_a_bias_forbids_tokens(inference: LocalInference, tiny: Path) -> None:
    """A bias of -100 on what would be said first means that something else is said."""
    usual = await _answer(inference, _ask(max_tokens=1, top_logprobs=2))
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny)
    bytes_of = {bytes(entry.bytes or ()): entry for entry in usual.logprobs[0].top}
    ids = [n for n in range(len(tokenizer)) if tokenizer.decode([n]).encode() in bytes_of]
    other = await _answer(
        inference, _ask(max_tokens=1, logit_bias=dict.fromkeys(ids, -100.0), top_logprobs=0)
    )
    assert other.logprobs[0].token != usual.logprobs[0].token


async def test_messages_longer_than_the_context_are_refused(inference: LocalInference) -> None:
    """With the code, the parameter and the counts that the API gives."""
    with pytest.raises(GenerationRefused, match="maximum context length is 256 tokens") as caught:
        await _answer(inference, _ask("word " * 300))
    assert (caught.value.code, caught.value.param) == ("context_length_exceeded", "messages")


async def test_what_one_request_gets_wrong_hurts_no_other(inference: LocalInference, tmp_path: Path) -> None:
    """An adapter that is not there is that request's error; its neighbour is answered."""
    missing = _ask(adapter=tmp_path / "nothing")
    results = await asyncio.gather(
        _answer(inference, missing), _answer(inference, _ask()), return_exceptions=True
    )
    assert isinstance(results[0], WeightsError)
    assert isinstance(results[1], Answered)


async def test_a_request_that_makes_no_sense_is_its_own_error(inference: LocalInference) -> None:
    """A message without a role reaches the model's thread: the neighbour is answered, nobody hangs."""
    senseless = replace(_ask(), messages=[{"content": "x"}])
    results = await asyncio.gather(
        _answer(inference, senseless), _answer(inference, _ask()), return_exceptions=True
    )
    assert isinstance(results[0], EngineError)
    assert isinstance(results[1], Answered)


async def test_a_failure_while_generating_ends_those_requests_and_not_the_engine(
    inference: LocalInference, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One step out of memory: who was being answered hears of it, the next request is answered."""
    from sentitui.engine.inference.runner import ModelRunner

    def fail(*_: Any) -> None:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(ModelRunner, "step", fail)
        with pytest.raises(EngineError, match="no room"):
            await _answer(inference, _ask(logit_bias={2: -100.0}))
    assert (await _answer(inference, _ask(max_tokens=2))).reasons


async def test_closing_the_stream_frees_the_rows(inference: LocalInference) -> None:
    """An abandoned request stops costing: the next one finds the engine empty again."""
    stream: AsyncIterator[Any] = inference.generate(_ask(n=8, max_tokens=200, temperature=1.0))
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    answer = await _answer(inference, _ask(max_tokens=2))
    assert answer.usage.completion_tokens <= 2


async def test_requests_made_while_the_model_loads_wait_for_it(tiny: Path) -> None:
    """Nothing needs to be polled: the answer comes when the model is there."""
    fresh = LocalInference(Folders(tiny), threads=1)
    before = fresh.state
    fresh.start()
    answer = await _answer(fresh, _ask(max_tokens=2))
    assert answer.reasons
    assert (before, fresh.state) == ("loading", "ready")
    fresh.close()


async def test_weights_that_cannot_be_had_are_an_error_now_and_tried_again_later(tiny: Path) -> None:
    """The reason reaches who asks; once the network is back, the next request is answered."""
    models = Folders(tiny)
    models.broken = True
    fresh = LocalInference(models, threads=1)
    with pytest.raises(WeightsError, match="Cannot fetch"):
        await _answer(fresh, _ask())
    assert fresh.state == "failed"
    assert fresh.error is not None
    models.broken = False
    assert (await _answer(fresh, _ask(max_tokens=2))).reasons
    fresh.close()


async def test_closing_tells_who_waits(tiny: Path) -> None:
    """A request under way ends with an error, not in silence."""
    fresh = LocalInference(Folders(tiny), threads=1)
    stream = fresh.generate(_ask(n=4, max_tokens=200, temperature=1.0, logit_bias={2: -100.0}))
    await anext(stream)
    closing = asyncio.create_task(asyncio.to_thread(fresh.close))
    with pytest.raises(EngineError, match="shutting down"):
        async for _ in stream:
            pass
    await closing
