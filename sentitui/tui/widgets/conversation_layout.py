"""Turns an example into the rows of cards that the conversation view shows. Pure: values in, rows out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sentitui import safe
from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.example import Example
from sentitui.dataset.message import Message
from sentitui.tui.text import wrap

SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.HINT: "·"}
"""The sign of a severity; never colour alone."""

FOLD_ROWS = 60
"""Rows of one message that are shown before the rest is folded away."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `kind` is "head", "text", "tool", "more", "gap" or a severity; `note` is beside a head."""

    message: int
    role: str
    kind: str
    text: str = ""
    note: str = ""


def layout(
    example: Example,
    width: int,
    unfolded: frozenset[int] = frozenset(),
    problems: Mapping[int, Sequence[Diagnostic]] = MappingProxyType({}),
) -> list[Row]:
    """The rows of all messages, problems under the head of theirs; preference answers follow as own cards."""
    rows: list[Row] = []
    for index, (message, title) in enumerate(cards(example)):
        card = _card(index, message, title, width, folded=index not in unfolded)
        rows.append(card[0])
        for problem in problems.get(index, ()):
            words = f"{SIGNS[problem.severity]} {problem.code} {safe.line(problem.message)}"
            rows += [Row(index, card[0].role, problem.severity, row) for row in wrap(words, width)]
        rows += card[1:]
        rows.append(Row(index, message.role, "gap"))
    return rows[:-1]


def cards(example: Example) -> list[tuple[Message, str]]:
    """The messages in reading order, with the words that the card's head adds to the role."""
    shown = [(message, _note(message)) for message in example.messages]
    for key, title in (("preferred_output", "preferred"), ("non_preferred_output", "not preferred")):
        value = example.data.get(key)
        if isinstance(value, list):
            shown += [(Message.of(item), title) for item in value]
    return shown


def is_learned(message: Message) -> bool:
    """Whether training teaches this message: an assistant's, unless its weight is 0."""
    return message.role == "assistant" and message.raw.get("weight") != 0


def _note(message: Message) -> str:
    words = []
    name = message.raw.get("name")
    if isinstance(name, str):
        words.append(safe.line(name))
    call = message.raw.get("tool_call_id")
    if isinstance(call, str):
        words.append(f"answers {safe.line(call)}")
    if message.role == "assistant":
        words.append("learned" if is_learned(message) else "weight 0, not learned")
    return " · ".join(words)


def _card(index: int, message: Message, title: str, width: int, *, folded: bool) -> list[Row]:
    role = safe.line(message.role) or "no role"
    body = (
        [("text", row) for row in wrap(_shown_text(message, width, folded), width)]
        if _has_text(message)
        else []
    )
    for call in message.tool_calls:
        body += [("tool", row) for row in wrap(_tool_call(call), width)]
    if folded and len(body) > FOLD_ROWS:
        hidden = len(body) - FOLD_ROWS
        body = [*body[:FOLD_ROWS], ("more", f"… {hidden:,} more rows (z unfolds)")]
    return [Row(index, role, "head", role, title), *(Row(index, role, kind, text) for kind, text in body)]


def _has_text(message: Message) -> bool:
    return message.content is not None or not message.tool_calls


def _shown_text(message: Message, width: int, folded: bool) -> str:
    """The message's words, pretty where they are JSON; only as much as a folded card can need."""
    content = message.content
    if isinstance(content, list):
        text = "\n".join(_part(part) for part in content)
    elif isinstance(content, str):
        text = pretty(content)
    else:
        text = json.dumps(content, ensure_ascii=False)
    if folded:
        limit = width * (FOLD_ROWS + 20) * 4
        text = text[:limit]
    return safe.text(text)


def pretty(text: str) -> str:
    """JSON objects and arrays indented; every other text as it is."""
    if text[:1] not in ("{", "[") or len(text) > 100_000:
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return json.dumps(value, ensure_ascii=False, indent=2)


def _part(part: Any) -> str:
    if not isinstance(part, Mapping):
        return json.dumps(part, ensure_ascii=False)
    if isinstance(part.get("text"), str):
        return str(part["text"])
    image = part.get("image_url")
    if isinstance(image, Mapping):
        return f"[image: {_image(image)}]"
    return json.dumps(part, ensure_ascii=False)


def _image(image: Mapping[str, Any]) -> str:
    url = str(image.get("url", ""))
    detail = f", detail {image['detail']}" if "detail" in image else ""
    if url.startswith("data:"):
        head, _, data = url.partition(",")
        return f"{head[5:].split(';')[0]}, {len(data) * 3 // 4:,} bytes{detail}"
    return url[:200] + detail


def _tool_call(call: Mapping[str, Any]) -> str:
    function = call.get("function")
    name, arguments = "?", ""
    if isinstance(function, Mapping):
        name, arguments = str(function.get("name", "?")), str(function.get("arguments", ""))
    return safe.text(f"→ {name}({pretty(arguments)})   {call.get('id', '')}")


def rows_of(rows: Sequence[Row], message: int) -> tuple[int, int]:
    """First and last row of a message's card; (0, 0) when it has none."""
    places = [y for y, row in enumerate(rows) if row.message == message and row.kind != "gap"]
    return (places[0], places[-1]) if places else (0, 0)
