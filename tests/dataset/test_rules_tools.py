"""Rules about tools: arguments against schemas, and any JSON value anywhere without a crash."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.dataset.checking.examine import run_checks
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import profile
from sentitui.dataset.rules import RULES
from sentitui.dataset.rules.rule import ExampleCheck
from sentitui.dataset.rules.tools.json_schema import mismatches, schema_problems
from sentitui.dataset.subject import Subject

FAMILIES = "TVPRCX"
PAIRS = [
    (one, c) for one in RULES if one.code[0] in FAMILIES for c in one.checks if isinstance(c, ExampleCheck)
]

SCHEMAS = st.recursive(
    st.sampled_from(
        [
            {},
            {"type": "string"},
            {"type": "integer"},
            {"type": ["number", "null"]},
            {"enum": ["a", 1, None]},
            {"type": "string", "enum": ["a", "b"]},
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda i: {"type": "array", "items": i}, inner),
        st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
        st.builds(
            lambda a, b, more: {
                "type": "object",
                "properties": {"a": a, "b": b},
                "required": ["a"],
                "additionalProperties": more,
            },
            inner,
            inner,
            st.booleans(),
        ),
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.sampled_from(["a", "b", 1, 1.0, 1.5, True, None]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(SCHEMAS, VALUES)
def test_arguments_fit_as_jsonschema_says(schema: dict[str, Any], value: Any) -> None:
    """For the keywords that we know, a value fits exactly when the jsonschema library says so."""
    assert list(schema_problems(schema, "")) == []
    fits = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (next(mismatches(value, schema), None) is None) is fits


# Keys that the rules read, in places and with values that nobody would write.
KEYS = st.sampled_from(
    [
        "messages",
        "role",
        "content",
        "name",
        "weight",
        "tool_calls",
        "tool_call_id",
        "function_call",
        "function",
        "arguments",
        "id",
        "type",
        "tools",
        "functions",
        "parameters",
        "strict",
        "properties",
        "required",
        "enum",
        "anyOf",
        "items",
        "parallel_tool_calls",
        "input",
        "preferred_output",
        "non_preferred_output",
        "prompt",
        "completion",
        "image_url",
        "url",
        "detail",
        "text",
        "refusal",
        "chosen",
        "rejected",
    ]
)
ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 2**70),
        st.sampled_from(
            [
                "",
                "user",
                "assistant",
                "tool",
                "function",
                "image_url",
                "text",
                "object",
                "data:,",
                "{}",
                "[1]",
            ]
        ),
        st.floats(allow_nan=False),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(KEYS, ANYTHING, max_size=6),
    st.sampled_from(list(Format)),
    st.sampled_from(["openai", "azure", "together", "mistral", "engine"]),
)
def test_no_value_anywhere_breaks_a_rule(data: dict[str, Any], form: Format, name: str) -> None:
    """Every rule takes any JSON value in any place."""
    subject = Subject(b"{}", data, form, profile(name))
    pairs = [pair for pair in PAIRS if form in pair[0].formats]
    for found in run_checks(pairs, subject, 1):
        assert found.message
        assert found.message == found.message.strip()
        assert "\n" not in found.message


@pytest.mark.parametrize("depth", [200, 5_000])
def test_a_deep_schema_does_not_exhaust_the_stack(depth: int) -> None:
    """Nesting beyond any sense is passed over."""
    schema: dict[str, Any] = {"type": "str"}
    value: Any = 1
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
        value = [value]
    assert list(schema_problems(schema, "")) == []
    assert list(mismatches(value, schema)) == []
