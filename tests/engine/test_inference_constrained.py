"""Answers bound to a JSON schema: whatever the weights say, what is answered whole satisfies it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sentitui.engine.inference import LocalInference
from sentitui.engine.ports import Delta, Finished, Generation, GenerationRefused
from tests.engine.tiny_model import build_tiny_adapter, build_tiny_model
from tests.fakes.inference import OneBase

pytest.importorskip("torch")

SENTIMENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sentiment": {"enum": ["Positive", "Negative", "Neutral"]},
        "sure": {"type": "boolean"},
        "reasons": {"type": "array", "items": {"enum": ["wörd", "tone"]}, "maxItems": 2},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
    },
    "required": ["sentiment", "sure", "reasons", "score"],
    "additionalProperties": False,
}
SCHEMAS: list[dict[str, Any]] = [
    SENTIMENT,
    {"type": "object"},
    {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 2},
    {"anyOf": [{"const": "yes"}, {"type": "null"}]},
    {"type": "string", "pattern": "^[a-c]{2,5}$"},
    {
        "$ref": "#/$defs/tree",
        "$defs": {
            "tree": {
                "type": "object",
                "properties": {"next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/tree"}]}},
                "required": ["next"],
                "additionalProperties": False,
            }
        },
    },
]
IMPOSSIBLE: list[dict[str, Any]] = [
    {"type": "nonsense"},
    {"not": {"type": "string"}},
    {"type": "array", "uniqueItems": True},
    {"type": "string", "pattern": "(?=a)b"},
    {"$ref": "https://example.com/schema.json"},
    {"type": "object", "properties": {"a": {"$ref": "#/$defs/missing"}}},
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's folder."""
    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny", context=1024)


@pytest.fixture(scope="module")
def inference(tiny: Path) -> Iterator[LocalInference]:
    """A running engine with the tiny model."""
    running = LocalInference(OneBase(tiny), threads=1)
    running.start()
    yield running
    running.close()


def _ask(schema: dict[str, Any] | None, **options: Any) -> Generation:
    defaults: dict[str, Any] = {"max_tokens": 400, "temperature": 0.0, "seed": 3}
    return Generation(
        "smollm2-135m-instruct",
        [{"role": "user", "content": "How was it?"}],
        answer_schema=schema,
        **{**defaults, **options},
    )


async def _answers(inference: LocalInference, generation: Generation) -> list[tuple[str, str]]:
    texts, reasons = [""] * generation.n, [""] * generation.n
    async for item in inference.generate(generation):
        match item:
            case Delta(index, text):
                texts[index] += text
            case Finished(index, reason):
                reasons[index] = reason
    return list(zip(texts, reasons, strict=True))


def _satisfied(schema: dict[str, Any], answers: list[tuple[str, str]]) -> int:
    """How many answers are whole; each of them must satisfy the schema, the others were cut at the limit."""
    whole = [text for text, reason in answers if reason == "stop"]
    assert {reason for _, reason in answers} <= {"stop", "length"}
    for text in whole:
        jsonschema.validate(json.loads(text), schema)
    return len(whole)


@pytest.mark.parametrize("temperature", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("schema", SCHEMAS, ids=[str(n) for n in range(len(SCHEMAS))])
async def test_whatever_the_weights_the_answer_satisfies_the_schema(
    inference: LocalInference, schema: dict[str, Any], temperature: float
) -> None:
    """A random model, greedy and drawn, six answers at once."""
    answers = await _answers(inference, _ask(schema, temperature=temperature, top_p=0.95, n=6))
    whole = _satisfied(schema, answers)
    if schema is SENTIMENT:
        assert whole == 6, answers


async def test_a_mixed_batch_binds_each_row_by_its_own_schema_alone(
    inference: LocalInference, tiny: Path, tmp_path: Path
) -> None:
    """Free and bound rows, base and adapter: the free ones say what they say alone."""
    adapter = build_tiny_adapter(tiny, tmp_path / "adapter")
    free = [_ask(None, adapter=owner, max_tokens=30) for owner in (None, adapter)]
    alone = [await _answers(inference, generation) for generation in free]
    bound = [_ask(schema, adapter=owner, n=2) for schema in SCHEMAS for owner in (None, adapter)]
    together = await asyncio.gather(*(_answers(inference, generation) for generation in [*free, *bound]))
    assert together[:2] == alone
    for generation, answers in zip(bound, together[2:], strict=True):
        _satisfied(dict(generation.answer_schema or {}), answers)


async def test_the_same_seed_gives_the_same_bound_answer(inference: LocalInference) -> None:
    """Each answer of a request has its own place in the grammar and its own random numbers."""
    asked = _ask(SENTIMENT, temperature=1.5, n=5)
    first = await _answers(inference, asked)
    assert first == await _answers(inference, asked)
    assert len(set(first)) > 1


async def test_penalties_and_biases_cannot_break_the_schema(inference: LocalInference) -> None:
    """A bias to the end of the answer, and one against each of its letters, change nothing in its shape."""
    biases = dict.fromkeys(range(3, 300), -100.0) | {2: 100.0}
    answers = await _answers(
        inference, _ask(SENTIMENT, logit_bias=biases, frequency_penalty=2.0, temperature=1.0, n=3)
    )
    assert _satisfied(SENTIMENT, answers) == 3


@pytest.mark.parametrize("schema", IMPOSSIBLE, ids=[str(n) for n in range(len(IMPOSSIBLE))])
async def test_a_schema_that_cannot_be_kept_is_refused(
    inference: LocalInference, schema: dict[str, Any]
) -> None:
    """Before anything is answered, and the parameter is named."""
    with pytest.raises(GenerationRefused, match="schema") as caught:
        await _answers(inference, _ask(schema))
    assert caught.value.param == "response_format"


async def test_a_schema_cannot_talk_the_compiler_out_of_json(inference: LocalInference) -> None:
    """Options of the compiler inside a schema have no effect."""
    schema = {**SENTIMENT, "x-guidance": {"key_separator": "=", "whitespace_flexible": True}}
    assert _satisfied(SENTIMENT, await _answers(inference, _ask(schema, temperature=1.0, n=3))) == 3
