"""F015: enough examples to train."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, profile: Profile) -> Iterator[Finding]:
    least = profile.limits.min_examples
    if facts.kind is not Kind.LINES or facts.is_validation or facts.blank == facts.lines:
        return
    if facts.examples < least:
        plural = "" if facts.examples == 1 else "s"
        yield Finding(
            f"The file has {facts.examples} example{plural}; {profile.title} needs at least {least}."
        )


RULE = Rule(
    code="F015",
    names=("too-few-examples",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what=(
            "The training file has fewer examples than the provider's least number (blank lines do "
            "not count)."
        ),
        why="The job is refused: 'Training file has 3 example(s), but must have at least 10 examples'.",
        example="(3 examples)",
        instead="(10 examples or more)",
        fix="None: write more examples.",
        source="OpenAI's supervised fine-tuning guide; the server's `invalid_n_examples`",
    ),
    checks=(FileCheck(_check),),
)
