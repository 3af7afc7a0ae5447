"""`response_format` of a chat request: the JSON schema that the answer has to satisfy, if any.

Whether the schema itself can be kept is judged where it is compiled; here only its envelope and size are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from sentitui.engine import limits
from sentitui.engine.responses.errors import bad_request
from sentitui.engine.validation.fields import Fields

_ANY_OBJECT = {"type": "object"}


def answer_schema(fields: Fields) -> Mapping[str, Any] | None:
    """The schema of the answer; None when it is free text. Raises ApiError naming what is wrong.

    `json_object` is any JSON object, and so is a `json_schema` without a schema. The schema is kept to the
    letter whether or not `strict` is asked for.
    """
    wanted = fields.object("response_format")
    if wanted is None:
        return None
    wanted.only(("type", "json_schema"))
    wanted.require("type")
    kind = wanted.choice("type", ("text", "json_object", "json_schema"))
    if kind == "json_schema":
        wanted.require("json_schema")
        return _schema(wanted)
    return _ANY_OBJECT if kind == "json_object" else None


def _schema(wanted: Fields) -> Mapping[str, Any]:
    described = wanted.object("json_schema")
    if described is None:
        return _ANY_OBJECT
    described.only(("name", "description", "schema", "strict"))
    described.require("name")
    described.text("name", shortest=1, longest=64)
    described.text("description")
    described.boolean("strict")
    described.object("schema")
    schema: Mapping[str, Any] = described.value("schema") if described.has("schema") else _ANY_OBJECT
    size = _size(schema, described.path("schema"))
    if size > limits.SCHEMA_BYTES:
        message = f"The schema is too large: {size} bytes, at most {limits.SCHEMA_BYTES} are possible."
        raise bad_request(message, described.path("schema"), "schema_too_large")
    return schema


def _size(schema: Mapping[str, Any], path: str) -> int:
    try:
        return len(orjson.dumps(schema))
    except orjson.JSONEncodeError as error:
        raise bad_request(f"The schema cannot be read: {error}", path, "invalid_value") from error
