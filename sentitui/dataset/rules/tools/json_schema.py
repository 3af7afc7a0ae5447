"""The part of JSON Schema that tools use: is a schema valid, and does a value fit it?

Errs on the side of silence: keywords and references that it does not know are taken as valid and as fitting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson

from sentitui.dataset import paths
from sentitui.dataset.diagnostics import shown
from sentitui.dataset.json_types import type_name

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_NAMES = {str: "string", int: "integer", dict: "object", list: "array", type(None): "null"}
_ONE = ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else")
_MANY = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "$defs", "definitions")

# Deeper schemas are not looked at: nobody writes them, and a file must not choose our recursion depth.
_DEPTH = 32

Problem = tuple[str, str]


def problems_of(parameters: dict[str, Any]) -> tuple[Problem, ...]:
    """The problems of a function's parameters, with paths from `parameters` on."""
    try:
        return _remembered(orjson.dumps(parameters))
    except TypeError:
        # Nothing that orjson writes: integers beyond 64 bits, lone surrogates, deep nesting.
        return tuple(schema_problems(parameters, "parameters"))


# A set repeats its few tools in every example.
@lru_cache(maxsize=512)
def _remembered(parameters: bytes) -> tuple[Problem, ...]:
    return tuple(schema_problems(orjson.loads(parameters), "parameters"))


def schema_problems(schema: Any, path: str, depth: int = 0) -> Iterator[Problem]:
    """(path, message) of everything in a schema that JSON Schema 2020-12 does not allow."""
    if isinstance(schema, bool) or depth > _DEPTH:
        return
    if not isinstance(schema, dict):
        yield path, f"A schema must be an object or a boolean, not {type_name(schema)}."
        return
    yield from _type_problems(schema, path)
    yield from _required_problems(schema, path)
    if "enum" in schema and not isinstance(schema["enum"], list):
        yield f"{path}.enum", f"enum must be an array of values, not {type_name(schema['enum'])}."
    yield from _inner_problems(schema, path, depth + 1)


def _type_problems(schema: Mapping[str, Any], path: str) -> Iterator[Problem]:
    if "type" not in schema:
        return
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    for kind in kinds:
        if kind not in TYPES:
            yield (
                f"{path}.type",
                f"{shown(repr(kind))} is no JSON Schema type; the types are {', '.join(TYPES)}.",
            )


def _required_problems(schema: Mapping[str, Any], path: str) -> Iterator[Problem]:
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        yield f"{path}.required", "required must be an array of property names."


def _inner_problems(schema: Mapping[str, Any], path: str, depth: int) -> Iterator[Problem]:
    for key in _ONE:
        # Drafts before 2020-12 allowed an array of schemas in `items`.
        if key in schema and not (key == "items" and isinstance(schema[key], list)):
            yield from schema_problems(schema[key], paths.key(path, key), depth)
    for key in _MANY:
        if key in schema:
            yield from _list_problems(schema[key], paths.key(path, key), depth)
    for key in _NAMED:
        inner = schema.get(key, {})
        where = paths.key(path, key)
        if not isinstance(inner, dict):
            yield where, f"{key} must be an object of schemas, not {type_name(inner)}."
            continue
        for name, value in inner.items():
            yield from schema_problems(value, paths.key(where, name), depth)


def _list_problems(value: Any, path: str, depth: int) -> Iterator[Problem]:
    if not isinstance(value, list) or not value:
        yield path, "It must be an array of at least one schema."
        return
    for i, inner in enumerate(value):
        yield from schema_problems(inner, paths.item(path, i), depth)


def mismatches(value: Any, schema: Any, path: str = "", depth: int = 0) -> Iterator[str]:
    """What in a value does not fit a (valid) schema, in words that name the parameter."""
    if not isinstance(schema, dict) or depth > _DEPTH or "$ref" in schema:
        return
    if not _has_type(value, schema):
        expected = (
            schema["type"] if isinstance(schema["type"], str) else " or ".join(map(str, schema["type"]))
        )
        yield f"{_named(path)} must be {expected}, not {type_name(value)}"
        return
    choices = schema.get("enum")
    if isinstance(choices, list) and not _is_among(value, choices, schema):
        allowed = shown(", ".join(map(repr, choices)), 80)
        yield f"{_named(path)} must be one of {allowed}; it is {shown(repr(value))}"
    for key in ("anyOf", "oneOf"):
        options = schema.get(key)
        if isinstance(options, list) and options and not any(_fits(value, one, depth + 1) for one in options):
            yield f"{_named(path)} fits none of the schemas in {key}"
    for one in schema["allOf"] if isinstance(schema.get("allOf"), list) else ():
        yield from mismatches(value, one, path, depth + 1)
    if isinstance(value, dict):
        yield from _object_mismatches(value, schema, path, depth + 1)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for i, item in enumerate(value):
            yield from mismatches(item, schema["items"], paths.item(path, i), depth + 1)


def _object_mismatches(
    value: dict[str, Any], schema: Mapping[str, Any], path: str, depth: int
) -> Iterator[str]:
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        if isinstance(name, str) and name not in value:
            yield f"{_named(paths.key(path, name))} is required and missing"
    open_ended = schema.get("additionalProperties", True) is not False or "patternProperties" in schema
    for name, inner in value.items():
        where = paths.key(path, name)
        if name in properties:
            yield from mismatches(inner, properties[name], where, depth)
        elif not open_ended:
            yield f"{_named(where)} is not a parameter of the function"


def _is_among(value: Any, choices: list[Any], schema: Mapping[str, Any]) -> bool:
    # true is not 1 in JSON, though Python finds them equal.
    same = any(value == one and isinstance(value, bool) is isinstance(one, bool) for one in choices)
    return same or (value is None and bool(schema.get("nullable")))


def _fits(value: Any, schema: Any, depth: int) -> bool:
    return schema is not False and next(mismatches(value, schema, "", depth), None) is None


def _named(path: str) -> str:
    return f"argument {shown(path, 60)}" if path else "the arguments"


def _has_type(value: Any, schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type")
    if kinds is None or (value is None and schema.get("nullable")):
        return True
    return any(_is(value, kind) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _is(value: Any, kind: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean" or kind not in TYPES
    if isinstance(value, float):
        return kind == "number" or (kind == "integer" and value.is_integer()) or kind not in TYPES
    found = _NAMES[type(value)]
    return kind == found or (kind == "number" and found == "integer") or kind not in TYPES
