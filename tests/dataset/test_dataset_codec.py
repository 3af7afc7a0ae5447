"""A changed line keeps every byte that the change does not concern; what cannot be exact is refused."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.dataset import codec, message_edits
from sentitui.dataset.codec import UndecodableLine
from sentitui.dataset.example import Example
from sentitui.errors import DatasetError

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)
OBJECTS = st.dictionaries(st.text(max_size=4), VALUES, max_size=4)

# Everything that a re-encoding would change: spaces, escapes, number spelling, key order, an unknown key.
ODD = (
    rb'{ "z" : 1.50e+03,"messages":[ {"role":"user" , "content":"caf\u00e9 \/ \u2028"},'
    rb'  {"content": "Hi","role": "assistant","weight":1.0}],"big":123456789012345678901234567890 }'
)


def dumped(rng: random.Random, value: Any) -> bytes:
    """A value as JSON with spaces and escapes wherever they are allowed."""
    space = rng.choice([b"", b" ", b"\t "])
    if isinstance(value, dict):
        members = (dumped(rng, key) + space + b":" + space + dumped(rng, item) for key, item in value.items())
        return b"{" + space + (space + b"," + space).join(members) + space + b"}"
    if isinstance(value, list):
        return b"[" + space + (b"," + space).join(dumped(rng, item) for item in value) + space + b"]"
    return json.dumps(value, ensure_ascii=rng.random() < 0.5).encode()


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all values inside a value."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


def put(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A copy of a value with another one at `path`."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


@settings(max_examples=150, deadline=None)
@given(value=OBJECTS, new=VALUES, seed=st.integers(0, 2**32))
def test_a_replaced_value_is_that_value_and_nothing_else_changes(value: Any, new: Any, seed: int) -> None:
    """At any path of any line, however the line is spelled."""
    rng = random.Random(seed)
    path = rng.choice(places(value))
    mark = "the place of the value"
    before, after = dumped(rng, put(value, path, mark)).split(json.dumps(mark).encode())
    old = value
    for step in path:
        old = old[step]
    changed = codec.replace_value(before + dumped(rng, old) + after, path, new)
    assert (changed[: len(before)], changed[len(changed) - len(after) :]) == (before, after)
    assert json.loads(changed) == put(value, path, new)


@settings(max_examples=100, deadline=None)
@given(items=st.lists(VALUES, max_size=5), new=VALUES, seed=st.integers(0, 2**32))
def test_elements_are_inserted_deleted_and_moved_as_in_a_list(items: list[Any], new: Any, seed: int) -> None:
    """And taking an inserted element out again gives the very bytes back."""
    rng = random.Random(seed)
    line = dumped(rng, {"before": 1, "items": items, "after": [2]})
    at = rng.randrange(len(items) + 1)
    inserted = codec.insert_item(line, "items", at, new)
    assert json.loads(inserted)["items"] == [*items[:at], new, *items[at:]]
    assert codec.delete_value(inserted, ("items", at)) == line
    if items:
        at, to = rng.randrange(len(items)), rng.randrange(len(items))
        moved = codec.move_item(line, "items", at, to)
        expected = items.copy()
        expected.insert(to, expected.pop(at))
        assert json.loads(moved)["items"] == expected
        assert codec.move_item(moved, "items", to, at) == line


@settings(max_examples=100, deadline=None)
@given(value=OBJECTS, key=st.text(max_size=5), new=VALUES, seed=st.integers(0, 2**32))
def test_members_are_added_last_and_taken_out_without_a_trace(
    value: Any, key: str, new: Any, seed: int
) -> None:
    """A key that is there already is refused."""
    line = dumped(random.Random(seed), value)
    if key in value:
        with pytest.raises(DatasetError, match="already"):
            codec.insert_key(line, (), key, new)
        return
    added = codec.insert_key(line, (), key, new)
    assert list(json.loads(added).items()) == [*value.items(), (key, new)]
    assert codec.delete_value(added, (key,)) == line


def test_a_changed_message_leaves_the_rest_as_it_was_spelled() -> None:
    """Number spelling, escapes, spaces, key order and unknown keys."""
    changed = message_edits.set_message_content(ODD, 1, "Yes")
    assert changed == ODD.replace(b'"Hi"', b'"Yes"')
    assert message_edits.set_message_role(ODD, 1, "user") == ODD.replace(b'"assistant"', b'"user"')


def test_the_same_value_is_not_spelled_anew() -> None:
    """Setting what is there already gives the line back, escapes and all."""
    assert message_edits.set_message_content(ODD, 0, "café / \u2028") is ODD
    assert codec.replace_value(ODD, "z", 1500.0) is ODD


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, 1.0), (0.0, -0.0), (None, False), ("1", 1)])
def test_values_that_only_python_holds_equal_are_written(old: object, new: object) -> None:
    """1, 1.0 and true are three values in JSON."""
    line = codec.replace_value(json.dumps({"x": old}).encode(), "x", new)
    assert line == json.dumps({"x": new}).encode()


def test_new_text_follows_the_escapes_and_spaces_of_the_line() -> None:
    """A line in ASCII with escapes stays one; a line in UTF-8 gets no escapes."""
    escaped = rb'{"messages":[{"role":"user","content":"caf\u00e9"}]}'
    assert message_edits.add_message(escaped, 1, "assistant", "é") == (
        rb'{"messages":[{"role":"user","content":"caf\u00e9"},{"role":"assistant","content":"\u00e9"}]}'
    )
    plain = '{"messages": [{"role": "user", "content": "café"}]}'.encode()
    assert message_edits.add_message(plain, 0, "system", "é") == (
        '{"messages": [{"role": "system", "content": "é"}, {"role": "user", "content": "café"}]}'.encode()
    )


def test_messages_are_moved_and_deleted_whole() -> None:
    """With everything that is in them."""
    moved = message_edits.move_message(ODD, 1, 0)
    assert b'[ {"content": "Hi","role": "assistant","weight":1.0},  {"role":"user"' in moved
    assert message_edits.delete_message(ODD, 0).count(b"caf") == 0
    only = message_edits.delete_message(message_edits.delete_message(ODD, 0), 0)
    assert b'"messages":[ ]' in only


def test_messages_of_a_preference_are_where_the_example_says() -> None:
    """The same functions, with the example's own path."""
    line = b'{"input": {"messages": [{"role": "user", "content": "q"}]}, "preferred_output": []}'
    at = codec.decode(line).messages_path
    assert message_edits.set_message_content(line, 0, "Q", at=at) == line.replace(b'"q"', b'"Q"')


def test_content_of_one_text_part_keeps_its_shape_and_of_more_is_refused() -> None:
    """Setting one text over several parts would lose the others."""
    one = b'{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]}'
    assert message_edits.set_message_content(one, 0, "b") == one.replace(b'"a"', b'"b"')
    two = one.replace(b'"a"}', b'"a"}, {"type": "image_url", "image_url": {"url": "u"}}')
    with pytest.raises(DatasetError, match="parts"):
        message_edits.set_message_content(two, 0, "b")


def test_missing_content_and_role_are_added() -> None:
    """A message without them gets them at its end."""
    line = b'{"messages": [{"name": "x"}]}'
    assert message_edits.set_message_content(line, 0, "t") == b'{"messages": [{"name": "x", "content": "t"}]}'
    assert message_edits.set_message_role(line, 0, "user") == b'{"messages": [{"name": "x", "role": "user"}]}'


@pytest.mark.parametrize(
    ("line", "path", "value", "reason"),
    [
        (b'{"a": 1, "a": 2}', "a", 3, "stands 2 times"),
        (rb'{"a": 1, "\u0061": 2}', "a", 3, "stands 2 times"),
        (b'{"a": {"b": 1}}', "a.c", 3, "There is no a.c"),
        (b'{"a": [1]}', "a[1]", 3, "1 elements"),
        (b'{"a": 1}', "a.b", 3, "not an object"),
        (b'{"a": 1}', "a[0]", 3, "not an array"),
        (b'{"a": 1}', "a..b", 3, "not a JSON path"),
        (b'{"a": 1}', "a", "\ud800", "surrogate"),
        (b'{"a": 1}', "a", float("nan"), "JSON"),
        (b'{"a": 1}', "a", {1, 2}, "JSON"),
        (b'{"a": 1,}', "a", 2, "not a JSON object"),
    ],
)
def test_what_cannot_be_changed_exactly_is_refused_with_the_reason(
    line: bytes, path: str, value: object, reason: str
) -> None:
    """A duplicate key on the way, a place that is not there, a value that JSON cannot say."""
    with pytest.raises(DatasetError, match=reason):
        codec.replace_value(line, path, value)


def test_a_duplicate_key_elsewhere_is_in_nobodys_way() -> None:
    """Only keys on the way to the value matter."""
    assert codec.replace_value(b'{"a": 1, "a": 2, "b": 3}', "b", 4) == b'{"a": 1, "a": 2, "b": 4}'


@pytest.mark.parametrize(
    ("line", "byte"),
    [
        (b"", 0),
        (b" \t", 0),
        (b"[1]", 0),
        (b'"text"', 0),
        (b'{"a": 1,}', 7),
        ('{"é": tru}'.encode(), 7),
        (b'{"a": "\xff"}', 7),
        (b"\xef\xbb\xbf{}", 0),
        (b'{"a": NaN}', 6),
        (b"{} {}", 3),
        (b'{"a": 1e999, "b": NaN}', 0),
        (rb'{"a": 1e999, "b": "\ud800"}', 0),
    ],
)
def test_a_line_that_is_no_object_is_refused_with_its_byte(line: bytes, byte: int) -> None:
    """The offset counts bytes of the line, not characters."""
    with pytest.raises(UndecodableLine) as caught:
        codec.decode(line)
    assert caught.value.byte == byte


def test_long_integers_are_decoded_exactly() -> None:
    """Beyond 64 bits they are integers still."""
    assert codec.decode(ODD).data["big"] == 123456789012345678901234567890


@pytest.mark.parametrize("depth", [900, 1_010, 5_000, 200_000])
def test_deep_nesting_is_decoded_or_refused_but_never_a_crash(depth: int) -> None:
    """Refused means DatasetError."""
    line = b'{"a": ' + b"[" * depth + b"12345678901234567890" + b"]" * depth + b"}"
    try:
        codec.replace_value(line, "a", codec.decode(line).data["a"])
    except DatasetError as error:
        assert "read" in error.message or "JSON" in error.message or "depth" in error.message  # noqa: PT017


@pytest.mark.parametrize(
    "old", [b"9" * 400, b"-1e999", b"[" * 1_010 + b"]" * 1_010], ids=["long", "huge", "deep"]
)
def test_a_value_that_python_cannot_hold_can_still_be_replaced(old: bytes) -> None:
    """Valid JSON all the same."""
    assert codec.replace_value(b'{"a": ' + old + b', "b": 2}', "a", 1) == b'{"a": 1, "b": 2}'
    assert codec.replace_value(b'{"a": ' + old + b', "b": 2}', "b", 1) == b'{"a": ' + old + b', "b": 1}'


@settings(max_examples=100, deadline=None)
@given(value=OBJECTS)
def test_a_new_example_reads_back_as_itself(value: dict[str, Any]) -> None:
    """Encoding is for examples that no file holds yet."""
    assert codec.decode(codec.encode(Example(value))).data == value


def test_views_tell_the_parts_of_a_conversation() -> None:
    """System prompt, what a model is given, its answer and the label."""
    line = (
        b'{"messages": [{"role": "system", "content": "Classify."}, {"role": "user", "content": "Great!"},'
        b' {"role": "assistant", "content": " positive\\n"}]}'
    )
    example = codec.decode(line)
    assert example.system_prompt == "Classify."
    assert [message.role for message in example.prompt_messages] == ["system", "user"]
    assert (example.answer, example.label) == (" positive\n", "positive")


@pytest.mark.parametrize(
    "line", [b"{}", b'{"messages": 3}', b'{"messages": [1, null, {"role": 5}]}', b'{"input": []}']
)
def test_views_of_wrong_shapes_are_empty_not_errors(line: bytes) -> None:
    """The rules say what is wrong; a view shows what there is."""
    example = codec.decode(line)
    assert (example.system_prompt, example.answer, example.label) == (None, None, None)
    assert all(message.role == "" and message.text == "" for message in example.messages)
