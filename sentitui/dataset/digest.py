"""What is remembered of an example for the rules that compare examples: a few hashes and short features.

A digest is small (tens of bytes), the same in every process, and enough to find duplicates, contradictions
and label statistics; the text itself is never kept.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import xxhash

from sentitui.dataset.ends import pack
from sentitui.dataset.example import LABEL_LENGTH
from sentitui.dataset.format import Format
from sentitui.dataset.subject import Conversation, Subject, Turn

_FOLDED_AWAY = re.compile(r"\W+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_BETWEEN = "\x1e"
_ASCII = bytes(range(128))
_FEW = 12  # different characters; with more, one search for them all is quicker than one for each
_LOWER = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))
_ASCII_FOLDED_AWAY = bytes(b for b in range(128) if not chr(b).isalnum() and chr(b) != _BETWEEN)
_hash = xxhash.xxh3_64_intdigest
_MIX = 0x9E3779B97F4A7C15
_CHAT_KEYS = frozenset({"messages", "tools", "functions", "parallel_tool_calls"})


@dataclass(frozen=True, slots=True)
class Digest:
    """One example in the eyes of the cross-example rules; the hashes are 64 bits, 0 means "has none".

    `exact`: canonical JSON; `prompt`: everything before the final answer, folded (no case, space,
    punctuation); `answer`: the final answer, folded, 32 bits; `label`: that answer verbatim when it is short;
    `system`: the system text; `columns`: a reinforcement example's extra keys with their types; `images`:
    whether it has any; `ends`: how a legacy example's prompt and completion end.
    """

    exact: int
    prompt: int
    answer: int
    format: Format
    label: str | None = None
    system: str | None = None
    columns: str | None = None
    images: bool = False
    ends: str | None = None

    @property
    def folded(self) -> int:
        """Equal for examples that are equal after folding."""
        return mix(self.prompt, self.answer)


def mix(prompt: int, answer: int) -> int:
    """One 64-bit hash of a folded prompt and its folded answer."""
    return ((prompt ^ answer) * _MIX) & 0xFFFFFFFFFFFFFFFF or 1


def fold(text: str) -> str:
    """The text without case, spaces, punctuation and width variants: what near-equality compares."""
    return _fold_joined(text).replace(_BETWEEN, "")


def _fold_joined(text: str) -> str:
    """Folds texts that are joined by the separator, which stays."""
    plain = unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")
    # ASCII is most of it, and bytes lose it many times faster than a pattern finds it.
    kept = plain.translate(_LOWER, _ASCII_FOLDED_AWAY).decode("utf-8", "surrogatepass")
    if kept.isascii():
        return kept
    wide = set(kept.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass"))
    if len(wide) > _FEW:
        return _BEYOND_ASCII.sub(_fold_run, kept)
    # Folding is a matter of one character at a time, and doing it twice changes nothing more.
    for character in wide:
        kept = kept.replace(character, _fold_wide(character))
    return kept


def _fold_run(match: re.Match[str]) -> str:
    return _FOLDED_AWAY.sub("", match[0].casefold())


@lru_cache(maxsize=4096)
def _fold_wide(character: str) -> str:
    return _FOLDED_AWAY.sub("", character.casefold())


def hash_text(text: str) -> int:
    """A 64-bit hash of a text that is the same in every process, never 0."""
    return _hash(text.encode("utf-8", "surrogatepass")) or 1


def hash_texts(roles: int, texts: Sequence[str], *, answered: bool) -> tuple[int, int, int]:
    """The hashes `exact`, `prompt` and `answer` of a conversation of plain texts; `roles` tells its roles.

    Not `answered`: all texts are the prompt, and the answer's hash is 0.
    """
    joined = _BETWEEN.join(texts)
    if joined.isascii():
        whole = joined.encode()
        folded = whole.translate(_LOWER, _ASCII_FOLDED_AWAY)
    else:
        whole = joined.encode("utf-8", "surrogatepass")
        folded = _fold_joined(joined).encode("utf-8", "surrogatepass")
    exact = _hash(whole, roles) or 1
    if not answered:
        return exact, _hash(folded or whole) or 1, 0
    prompt, _, answer = folded.rpartition(b"\x1e")
    if not answer or (prompt[-1:] in b"\x1e" and not prompt.strip(b"\x1e")):
        # Nothing is left of a text of punctuation alone: then the text itself is compared.
        prompt, _, answer = whole.rpartition(b"\x1e")
        # Without a prompt, only equal answers have anything to do with each other.
        prompt = prompt or answer
    return exact, _hash(prompt) or 1, _hash(answer) & 0xFFFFFFFF or 1


def role_seed(roles: Sequence[str]) -> int:
    """A number that stands for a sequence of roles."""
    return _hash(_BETWEEN.join(roles).encode("utf-8", "surrogatepass"))


def label_of(answer: str) -> str | None:
    """The answer itself when it is short enough to be a label, else None."""
    return answer if len(answer) <= LABEL_LENGTH and "\n" not in answer else None


def digest(subject: Subject) -> Digest:
    """The digest of any example, whatever its format or faults."""
    if subject.format is Format.COMPLETION:
        return _completion(subject)
    turns = subject.chat
    roles = [turn.role or "" for turn in turns]
    texts = [_said(turn) for turn in turns]
    answered = bool(roles) and roles[-1] == "assistant"
    answer = turns[-1].data.get("content") if answered else None
    exact, prompt, reply = hash_texts(role_seed(roles), texts, answered=answered)
    if not _is_ordinary(subject):
        exact = _hash_value(subject.data)
        prompt, reply = _outside_messages(subject, prompt, reply)
    return Digest(
        exact,
        prompt,
        reply,
        subject.format,
        label_of(answer) if isinstance(answer, str) else None,
        next(
            (text for role, text in zip(roles, texts, strict=True) if role in ("system", "developer")), None
        ),
        _columns(subject.data) if subject.format is Format.REINFORCEMENT else None,
        any(isinstance(part, dict) and part.get("type") == "image_url" for _, _, part in subject.parts),
    )


def _completion(subject: Subject) -> Digest:
    texts = [str(subject.data.get(key, "")) for key in ("prompt", "completion")]
    _, prompt, reply = hash_texts(0, texts, answered=True)
    ends = pack(subject.data.get("prompt"), subject.data.get("completion"))
    return Digest(_hash_value(subject.data), prompt, reply, subject.format, label_of(texts[1]), ends=ends)


def _outside_messages(subject: Subject, prompt: int, reply: int) -> tuple[int, int]:
    """What a preference's outputs and a reinforcement example's columns add: they are the answer there."""
    if subject.format is Format.PREFERENCE:
        outputs = [c for c in subject.conversations if c.part != "messages"]
        return prompt, _hash_value([_plain(output) for output in outputs]) & 0xFFFFFFFF or 1
    if subject.format is Format.REINFORCEMENT:
        columns = {key: value for key, value in subject.data.items() if key not in _CHAT_KEYS}
        return prompt, _hash_value(columns) & 0xFFFFFFFF or 1
    tools = subject.data.get("tools") or subject.data.get("functions")
    return (mix(prompt, _hash_value(tools)) if tools else prompt), reply


def _plain(conversation: Conversation) -> list[str]:
    return [fold(_said(turn)) for turn in conversation.turns]


def _said(turn: Turn) -> str:
    """A message's text, or all it holds as canonical JSON when it is more than text."""
    content = turn.data.get("content")
    if isinstance(content, str) and turn.data.keys() <= {"role", "content", "weight", "name"}:
        return content
    return _canonical({key: value for key, value in turn.data.items() if key != "role"})


def _is_ordinary(subject: Subject) -> bool:
    return subject.data.keys() == {"messages"} and all(
        turn.data.keys() == {"role", "content"} and isinstance(turn.data["content"], str)
        for turn in subject.chat
    )


def _columns(data: dict[str, Any]) -> str:
    found = (f"{key}: {_TYPES[type(value)]}" for key, value in data.items() if key not in _CHAT_KEYS)
    return ", ".join(sorted(found))


_TYPES = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}


def _hash_value(value: Any) -> int:
    return hash_text(_canonical(value))


def _canonical(value: Any) -> str:
    """Equal for equal JSON values, whatever their key order, spacing and escapes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        # Lone surrogates and huge integers, which orjson refuses; both are reported in their own right.
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
