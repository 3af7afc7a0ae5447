"""The trainer's parts: what is learnt, how batches are packed, what `auto` means, what survives a restart."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentitui.engine.chat import ChatFormat, ChatRefused
from sentitui.engine.packing import common_prefix, pack, split_rows
from sentitui.engine.training.encoding import Encoded, encode, learnt_messages
from sentitui.engine.training.progress import ProgressLog
from sentitui.engine.training.spec import JobSpec, Plan, resolve, scheduled_rate
from tests.engine.tiny_model import build_tiny_model, tiny_tokenizer

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def chat() -> ChatFormat:
    """The tiny model's chat format."""
    return ChatFormat(tiny_tokenizer())


def _turn(role: str, content: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def _learnt_text(encoded: Encoded, chat: ChatFormat) -> str:
    ids = [token for token, learnt in zip(encoded.tokens, encoded.learnt, strict=True) if learnt]
    return str(chat.tokenizer.decode(ids))


def test_every_answer_and_its_end_are_learnt(chat: ChatFormat) -> None:
    """Not the questions, not the line breaks after the end tokens: what OpenAI's service learns, too."""
    messages = [
        _turn("user", "One?"),
        _turn("assistant", "First"),
        _turn("user", "Two?"),
        _turn("assistant", "Last"),
    ]
    assert _learnt_text(encode({"messages": messages}, chat, 256), chat) == "First<|im_end|>Last<|im_end|>"


def test_answers_that_a_template_rewrites_are_left_out_unless_asked_for() -> None:
    """Earlier answers that are not shown as they were given are not learnt; a weight on them is refused."""
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n"
        "{{ m.content if loop.last or m.role == 'user' else m.content | upper }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    chat = ChatFormat(tokenizer)
    first = _turn("assistant", "First")
    others = [_turn("user", "Two?"), _turn("assistant", "Last")]
    messages = [_turn("user", "One?"), first, *others]
    assert _learnt_text(encode({"messages": messages}, chat, 256), chat) == "Last<|im_end|>"
    weighted = [_turn("user", "One?"), {**first, "weight": 1}, *others]
    with pytest.raises(ChatRefused, match="rewrites earlier turns"):
        encode({"messages": weighted}, chat, 256)


def test_weights_say_which_answers_are_learnt(chat: ChatFormat) -> None:
    """With weights, every answer is learnt but those of weight 0."""
    messages = [
        _turn("user", "One?"),
        _turn("assistant", "First"),
        _turn("user", "Two?"),
        _turn("assistant", "Masked", weight=0),
        _turn("user", "Three?"),
        _turn("assistant", "Third", weight=1),
    ]
    assert _learnt_text(encode({"messages": messages}, chat, 256), chat) == "First<|im_end|>Third<|im_end|>"
    assert learnt_messages(messages) == [1, 5]


def test_what_comes_before_an_answer_is_spelt_as_when_it_is_asked(chat: ChatFormat) -> None:
    """The tokens before the answer are those of the prompt, even when the answer begins with a space."""
    messages = [_turn("user", "Say it."), _turn("assistant", "  Positive")]
    encoded = encode({"messages": messages}, chat, 256)
    prompt = chat.tokens(chat.render(messages[:1], answer_next=True))
    assert encoded.tokens[: len(prompt)] == prompt
    assert encoded.learnt.index(True) == len(prompt)


def test_a_long_example_is_cut_at_its_end(chat: ChatFormat) -> None:
    """The limit is the model's; an answer beyond it is not learnt."""
    messages = [_turn("user", "word " * 200), _turn("assistant", "Late")]
    encoded = encode({"messages": messages}, chat, 64)
    assert len(encoded.tokens) == len(encoded.learnt) == 64
    assert encoded.targets == 0


def test_a_template_that_refuses_is_told(chat: ChatFormat) -> None:
    """Tools with a model that has none."""
    example = {"messages": [_turn("user", "x"), _turn("assistant", "y")], "tools": [{"type": "function"}]}
    with pytest.raises(ChatRefused, match="no tools"):
        encode(example, chat, 64)


_sequences = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=8), min_size=1, max_size=5)


@given(_sequences)
def test_a_packed_row_holds_every_token_of_every_sequence_at_its_place(sequences: list[list[int]]) -> None:
    """Whatever they share: looked up by sequence and position, each token is found with its position."""
    row = pack(sequences)
    assert row.prefix == common_prefix(sequences)
    for number, sequence in enumerate(sequences):
        for position, token in enumerate(sequence):
            index = row.index(number, position)
            assert (row.tokens[index], row.positions[index]) == (token, position)


@given(st.lists(st.integers(3, 50), min_size=1, max_size=20), st.integers(0, 3), st.integers(5, 60))
def test_rows_keep_to_their_limit_and_to_the_order(lengths: list[int], prefix: int, limit: int) -> None:
    """Only a sequence that is too long by itself may exceed the limit."""
    groups = split_rows(lengths, prefix, limit)
    assert [number for group in groups for number in group] == list(range(len(lengths)))
    for group in groups:
        size = prefix + sum(lengths[number] - prefix for number in group)
        assert size <= limit or len(group) == 1


def test_packed_losses_and_gradients_are_those_of_each_example_alone(
    tmp_path: Path, chat: ChatFormat
) -> None:
    """Packed together or one by one: the same sum, the same right answers, the same gradient."""
    from sentitui.engine.training import adapter
    from sentitui.engine.training.loss import measure, rows
    from sentitui.engine.weights import loading

    device = torch.device("cpu")
    model = adapter.attach(loading.load_model(build_tiny_model(tmp_path / "tiny"), device), None, 3)
    batch = [
        encode(
            {"messages": [_turn("system", "Say it."), _turn("user", text), _turn("assistant", answer)]},
            chat,
            256,
        )
        for text, answer in [
            ("good", "Positive"),
            ("bad film today", "Negative"),
            ("good", "Neutral"),
            ("x", ""),
        ]
    ]

    def learn(groups: list[list[Encoded]], limit: int) -> tuple[float, float, Any]:
        model.zero_grad()
        loss = right = 0.0
        for group in groups:
            for row, targets in rows(group, limit):
                part, measured = measure(model, row, targets, device)
                part.backward()
                loss, right = loss + measured.loss, right + measured.right
        return loss, right, torch.cat([value.grad.flatten() for value in adapter.learnable(model).values()])

    alone = learn([[example] for example in batch], 512)
    for packed in (learn([batch], 512), learn([batch], 40)):
        assert packed[0] == pytest.approx(alone[0], rel=1e-5)
        assert packed[1] == alone[1]
        assert torch.allclose(packed[2], alone[2], atol=1e-5)


def test_saving_memory_changes_no_gradient(tmp_path: Path, chat: ChatFormat) -> None:
    """Long examples are computed twice rather than kept; what is learnt is the same."""
    from sentitui.engine.training import adapter
    from sentitui.engine.training.objective import Supervised
    from sentitui.engine.weights import loading

    device = torch.device("cpu")
    folder = build_tiny_model(tmp_path / "tiny")
    example = encode({"messages": [_turn("user", "a film " * 20), _turn("assistant", "Positive")]}, chat, 256)
    gradients = []
    for saving in (False, True):
        model = adapter.attach(loading.load_model(folder, device), None, 3).train()
        if saving:
            adapter.save_memory(model)
        Supervised([example], [], device).learn(model, [0], [0])
        gradients.append(torch.cat([value.grad.flatten() for value in adapter.learnable(model).values()]))
    assert torch.equal(gradients[0], gradients[1])


def _spec(**changes: Any) -> JobSpec:
    return JobSpec("ftjob-1", "tiny", Path("/m"), Path("/t"), **changes)


@pytest.mark.parametrize(
    ("examples", "epochs"), [(10, 10), (20, 5), (50, 4), (600, 4), (12_000, 2), (40_000, 1)]
)
def test_auto_epochs_make_enough_steps_for_small_files_and_few_for_big_ones(
    examples: int, epochs: int
) -> None:
    """Four epochs, more below twenty steps, fewer above 25,000 examples seen."""
    plan = resolve(_spec(), examples)
    assert plan.n_epochs == epochs
    assert plan.total_steps >= 20
    assert (plan.batch_size, plan.learning_rate_multiplier) == (6, 1.0)


def test_given_hyperparameters_are_taken(tmp_path: Path) -> None:
    """A batch is never larger than the file."""
    plan = resolve(_spec(n_epochs=2, batch_size=256, learning_rate_multiplier=0.5), 30)
    assert (plan.n_epochs, plan.batch_size, plan.steps_per_epoch, plan.total_steps) == (2, 30, 1, 2)
    assert plan.learning_rate == pytest.approx(2.5e-4)


@given(st.integers(1, 300))
def test_the_learning_rate_rises_falls_and_is_never_zero(steps: int) -> None:
    """Five per cent warm-up, then a cosine."""
    plan = Plan(1, 4, 1.0, steps)
    rates = [scheduled_rate(plan, step) for step in range(1, steps + 1)]
    peak = rates.index(max(rates))
    assert peak + 1 == max(1, math.ceil(steps * 0.05))
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert all(0 < rate <= plan.learning_rate for rate in rates)


def test_progress_repeats_nothing_after_a_restart(tmp_path: Path) -> None:
    """Known steps, checkpoints and beginnings are not written again; new ones and a second pause are."""
    first = ProgressLog(tmp_path)
    first.emit("started")
    first.emit("step", step=1, train_loss=0.5)
    first.emit("checkpoint", step=1)
    first.emit("paused", step=1)
    first.close()
    again = ProgressLog(tmp_path)
    again.emit("started")
    again.emit("step", step=1, train_loss=0.5)
    again.emit("checkpoint", step=1)
    again.emit("step", step=2, train_loss=0.25)
    again.emit("paused", step=2)
    again.close()
    lines = [json.loads(line) for line in (tmp_path / "progress.jsonl").read_bytes().splitlines()]
    assert [line["kind"] for line in lines] == ["started", "step", "checkpoint", "paused", "step", "paused"]
    assert again.recorded_step(1) == {"step": 1, "train_loss": 0.5}
    assert not again.ended
