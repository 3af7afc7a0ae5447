"""V003: a file holds no more examples with images than the provider takes."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import CountCheck, Counted, Counts, Doc, Finding, Rule


def _check(counts: Counts, profile: Profile) -> Iterator[Counted]:
    most, found = profile.limits.image_examples, sum(counts.values.values())
    if most is not None and found > most:
        message = f"{found:,} examples have images; {profile.title} takes at most {most:,}."
        yield Counted(None, Finding(message))


RULE = Rule(
    code="V003",
    names=("too-many-image-examples",),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="More examples of the file have images than the provider takes (50,000).",
        why="The job is refused.",
        example="a file of 60,000 examples with an image each",
        instead="the 50,000 most varied of them",
        fix="None: which examples to leave out is not known.",
        source="vision fine-tuning guide",
    ),
    checks=(CountCheck("images", _check),),
)
