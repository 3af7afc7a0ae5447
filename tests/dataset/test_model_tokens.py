"""Counts by a model's own tokenizer and chat template equal what training reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sentitui.dataset import tokens
from sentitui.errors import DatasetError

tokenizers = pytest.importorskip("tokenizers", reason="comes with the [engine] extra")

# ChatML with a default system prompt: the shape of SmolLM2's template.
TEMPLATE = (
    "{% for message in messages %}"
    "{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nBe helpful<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder whose tokenizer takes bytes for tokens and ChatML marks as special."""
    model = tokenizers.models.BPE(vocab={c: i for i, c in enumerate(sorted(alphabet()))}, merges=[])
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    home = tmp_path / "tiny"
    home.mkdir()
    tokenizer.save(str(home / "tokenizer.json"))
    config = {"chat_template": TEMPLATE, "eos_token": {"content": "<|im_end|>"}}
    (home / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    return home


def alphabet() -> list[str]:
    """The 256 characters that stand for bytes in a byte-level tokenizer."""
    return list(tokenizers.pre_tokenizers.ByteLevel.alphabet())


def chat(*turns: tuple[str, str]) -> dict[str, Any]:
    """A chat example of (role, content) turns."""
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


def test_the_template_is_counted_to_the_token(folder: Path) -> None:
    """Marks, role names, line ends and the default system prompt are all in the count."""
    count = tokens.model_counter(folder).count(chat(("user", "héy"), ("assistant", "ok")))
    system = 1 + len("system\nBe helpful") + 1 + 1
    user = 1 + len("user\n") + 4 + 1 + 1
    answer = len("ok") + 1 + 1
    assert count.per_message == (system + user, 1 + len("assistant\n") + answer)
    assert count.total == sum(count.per_message)
    assert count.trained == answer
    assert count.exact


def test_only_the_last_answer_is_trained_unless_weights_speak(folder: Path) -> None:
    """Without weights the last assistant message is trained; with weights those of weight other than 0."""
    counter = tokens.model_counter(folder)
    example = chat(
        ("system", "s"), ("user", "a"), ("assistant", "long answer"), ("user", "b"), ("assistant", "x")
    )
    assert counter.count(example).trained == len("x") + 2
    example["messages"][2]["weight"] = 1
    assert counter.count(example).trained == len("long answer") + 2 + len("x") + 2
    example["messages"][4]["weight"] = 0
    assert counter.count(example).trained == len("long answer") + 2


def test_a_preference_example_is_read_once_for_each_answer(folder: Path) -> None:
    """Both answers are counted with the whole prompt before them."""
    counter = tokens.model_counter(folder)
    prompt = [{"role": "user", "content": "a"}]
    good, bad = {"role": "assistant", "content": "yes"}, {"role": "assistant", "content": "no"}
    count = counter.count(
        {"input": {"messages": prompt}, "preferred_output": [good], "non_preferred_output": [bad]}
    )
    apart = [counter.count({"messages": [*prompt, answer]}).total for answer in (good, bad)]
    assert count.total == sum(apart)
    assert count.trained == 3 + 2 + 2 + 2


def test_a_prompt_and_completion_are_plain_text(folder: Path) -> None:
    """The legacy format has no template."""
    assert tokens.model_counter(folder).count({"prompt": "abc", "completion": " d"}).total == 5


def test_broken_text_is_counted(folder: Path) -> None:
    """Half of a surrogate pair and a prompt that is no text are counted without a crash."""
    counter = tokens.model_counter(folder)
    assert counter.text("a\ud800b") == counter.text("a\ufffdb")
    assert counter.count(chat(("user", "\udfff"), ("assistant", "ok"))).total > 0
    assert counter.count({"prompt": 3, "completion": "abc"}).total == 3


def test_a_template_that_refuses_is_a_clear_error(folder: Path) -> None:
    """An example that the template cannot render ends in a DatasetError that names the model."""
    with pytest.raises(DatasetError, match="tiny"):
        tokens.model_counter(folder).count({"messages": [{"role": "user", "content": None}]})


def test_a_folder_without_a_template_is_a_clear_error(folder: Path) -> None:
    """A base model without a chat template cannot count conversations."""
    (folder / "tokenizer_config.json").write_text("{}", "utf-8")
    with pytest.raises(DatasetError, match="no chat template"):
        tokens.model_counter(folder)


@pytest.mark.slow
def test_the_count_is_that_of_transformers(folder: Path) -> None:
    """transformers' apply_chat_template gives the same number of tokens for the same folder."""
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    tokenizer.chat_template = TEMPLATE
    counter = tokens.model_counter(folder)
    for example in (
        chat(("user", "one"), ("assistant", "two <|im_end|> three")),
        chat(("system", "größe"), ("user", "日本\n\n"), ("assistant", "")),
    ):
        ids = tokenizer.apply_chat_template(example["messages"], tokenize=True, return_dict=True)["input_ids"]
        assert counter.count(example).total == len(ids)


def test_a_count_is_told_with_the_models_id(folder: Path) -> None:
    """A cached model's folder ends in a digest, which is no part of its name; other folders' names stand."""
    assert tokens.model_counter(folder).name == "tiny"
    cached = folder.rename(folder.with_name("smollm2-135m-instruct-eb386674df3f"))
    assert tokens.model_counter(cached).name == "smollm2-135m-instruct"
    own = cached.rename(folder.with_name("my-model-instructions"))
    assert tokens.model_counter(own).name == "my-model-instructions"
