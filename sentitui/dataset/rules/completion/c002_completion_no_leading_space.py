"""C002: a completion begins with white space; prompts share a separator, and completions an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.ends import label, prompt_end
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import CountCheck, Counted, Counts, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_SPACE = Fix("Put a space before it")
# prepare_data's CLASSIFICATION_THRESHOLD: with at least so many examples for each distinct completion the
# completions are labels, which need no common end.
_EXAMPLES_A_LABEL = 3


def _check(subject: Subject) -> Iterator[Finding]:
    completion, prompt = subject.data.get("completion"), subject.data.get("prompt")
    if not isinstance(completion, str) or not completion or completion[0].isspace():
        return
    # After a prompt that ends with white space the completion begins a word of its own already.
    if isinstance(prompt, str) and (not prompt or prompt[-1].isspace()):
        return
    message = (
        f"The completion begins with {shown(repr(completion[:12]))}; tokens of words begin with a space."
    )
    yield Finding(message, "completion", fix=_SPACE)


def _check_ends(counts: Counts, profile: Profile) -> Iterator[Counted]:
    # A file of sentences has up to 10,000 different values, and all are looked at after each keystroke.
    prompts = {prompt_end(packed) for packed in counts.values}
    # Nothing separates an empty prompt from its completion; a file of those alone is for text of any kind.
    prompts.discard("")
    if len(prompts) > 1:
        message = f"The prompts have no common separator at their end; they end with {_some(prompts)}."
        yield Counted(None, Finding(message, name="prompt-no-separator"))
    completions = {packed[-1] for packed in counts.values}
    if prompts and len(completions) > 1 and not _are_labels(counts):
        message = f"The completions have no common end; they end with {_some(completions)}."
        yield Counted(None, Finding(message, name="completion-no-common-end"))


def _are_labels(counts: Counts) -> bool:
    """Whether the completions are few short ones that return again and again."""
    if not counts.complete:
        return False
    labels = {label(packed) for packed in counts.values}
    return None not in labels and len(labels) * _EXAMPLES_A_LABEL < sum(counts.values.values())


def _some(ends: set[str]) -> str:
    told = ", ".join(shown(repr(end)) for end in sorted(ends)[:3])
    return f"{told} and others" if len(ends) > 3 else told


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return change(line, finding.path, _spaced)


def _spaced(completion: Any) -> str | None:
    return f" {completion}" if isinstance(completion, str) and not completion[:1].isspace() else None


RULE = Rule(
    code="C002",
    names=("completion-no-leading-space", "completion-no-common-end", "prompt-no-separator"),
    severity=Severity.HINT,
    formats=frozenset({Format.COMPLETION}),
    doc=Doc(
        what=(
            "A completion does not begin with white space, and its prompt does not end with any; the prompts "
            "of the file do not all end alike, or its completions do not (labels need not)."
        ),
        why=(
            "Prompt and completion are joined as they stand: most words are one token only after a space, a "
            "separator shows where the completion begins, and a common end where the model must stop."
        ),
        example='{"prompt": "Great phone!", "completion": "It is liked"}',
        instead='{"prompt": "Great phone! ->", "completion": " It is liked END"}',
        fix=(
            "Offered: a space is put before the completion. Separator and end are yours to choose, in every "
            "example and in every later request."
        ),
        source="OpenAI's prepare_data tool",
    ),
    checks=(ExampleCheck(_check), CountCheck("ends", _check_ends)),
    repair=_repair,
)
