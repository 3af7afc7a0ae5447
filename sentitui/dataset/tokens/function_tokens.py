"""What the definitions of tools cost: the cookbook's estimate for gpt-4o.

OpenAI does not publish how it writes tools into the prompt. The numbers are those of the cookbook's "How to
count tokens with tiktoken", section 7 (`num_tokens_for_tools`, gpt-4o and gpt-4o-mini); a count that holds
tools therefore never calls itself exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

FUNCTION_START = 7
PROPERTIES_START = 3
PROPERTY = 3
ENUM_START = -3
ENUM_ITEM = 3
FUNCTIONS_END = 12


def tools_tokens(tools: Any, tokens: Callable[[str], int]) -> int:
    """The estimated tokens of a `tools` array (or of legacy `functions`), given a counter of text."""
    functions = (
        [_function(tool) for tool in tools if isinstance(tool, Mapping)] if isinstance(tools, list) else []
    )
    if not functions:
        return 0
    return FUNCTIONS_END + sum(_definition(function, tokens) for function in functions)


def _function(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = tool.get("function")
    return inner if isinstance(inner, Mapping) else tool


def _definition(function: Mapping[str, Any], tokens: Callable[[str], int]) -> int:
    total = FUNCTION_START + tokens(f"{function.get('name', '')}:{_sentence(function)}")
    parameters = function.get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, Mapping) else None
    if not isinstance(properties, Mapping) or not properties:
        return total
    total += PROPERTIES_START
    for key, schema in properties.items():
        if isinstance(schema, Mapping):
            total += PROPERTY + _property(str(key), schema, tokens)
    return total


def _property(key: str, schema: Mapping[str, Any], tokens: Callable[[str], int]) -> int:
    total = 0
    if isinstance(schema.get("enum"), list):
        total += ENUM_START + sum(ENUM_ITEM + tokens(str(item)) for item in schema["enum"])
    return total + tokens(f"{key}:{schema.get('type', '')}:{_sentence(schema)}")


def _sentence(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", "")).removesuffix(".")
