"""Text leaves whole: no half characters, nothing of a stop text, nothing lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.engine.inference.logprobs import token_bytes
from sentitui.engine.inference.text import TextStream
from tests.engine.tiny_model import tiny_tokenizer

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A byte-level tokenizer: most characters beyond ASCII take several tokens."""
    return tiny_tokenizer()


_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), max_size=30)


@settings(deadline=None, max_examples=200)
@given(text=_texts)
def test_any_text_comes_out_as_it_went_in(tokenizer: Any, text: str) -> None:
    """Piece by piece, each piece valid on its own, nothing added and nothing lost."""
    stream = TextStream(tokenizer)
    pieces = [stream.push(token) for token in tokenizer(text, add_special_tokens=False)["input_ids"]]
    assert "".join(pieces) + stream.finish() == text
    assert all("\ufffd" not in piece for piece in pieces)


@settings(deadline=None, max_examples=200)
@given(text=_texts, stop=_texts.filter(bool))
def test_nothing_of_a_stop_text_is_ever_let_out(tokenizer: Any, text: str, stop: str) -> None:
    """What comes out is the text up to the stop text, or all of it."""
    stream = TextStream(tokenizer, [stop])
    shown = ""
    for token in tokenizer(text + stop + "tail", add_special_tokens=False)["input_ids"]:
        shown += stream.push(token)
        if stream.stopped:
            break
    shown += stream.finish()
    assert shown == (text + stop)[: (text + stop).index(stop)]


@settings(deadline=None, max_examples=100)
@given(text=_texts)
def test_the_bytes_of_tokens_spell_the_text(tokenizer: Any, text: str) -> None:
    """Also where a token is a part of a character."""
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert b"".join(token_bytes(tokenizer, token) for token in ids) == text.encode()


def test_a_character_that_is_never_completed_is_replaced(tokenizer: Any, tmp_path: Path) -> None:
    """Cut by the token limit in the middle of an emoji: a replacement character, as the API gives."""
    stream = TextStream(tokenizer)
    ids = tokenizer("a😀", add_special_tokens=False)["input_ids"]
    shown = "".join(stream.push(token) for token in ids[:-1])
    assert shown == "a"
    assert set(stream.finish()) == {"\ufffd"}
