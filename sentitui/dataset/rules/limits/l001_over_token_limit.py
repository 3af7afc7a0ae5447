"""L001: the example fits the training context."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.counting import counter_for, is_own
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.gates import length_gate
from sentitui.dataset.profiles import profile, profile_names
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject
from sentitui.dataset.tokens import Counter, TokenCount
from sentitui.errors import DatasetError

# No tokenizer makes more tokens than bytes, so a line of fewer bytes than the smallest limit needs no
# counting.
_SHORTEST = min(limit for name in profile_names() if (limit := profile(name).limits.context_tokens))


def _check(subject: Subject) -> Iterator[Finding]:
    limit = subject.profile.limits.context_tokens
    if limit is None or len(subject.line) <= limit:
        return
    counter = counter_for(subject.profile)
    count = _count(counter, subject)
    if count is not None and count.total > limit:
        about = "" if count.exact and is_own(counter, subject.profile) else "about "
        cut = f"{subject.profile.title} trains on {limit:,} and cuts the end off"
        yield Finding(f"The example has {about}{count.total:,} tokens; {cut}.")


def _count(counter: Counter, subject: Subject) -> TokenCount | None:
    try:
        return counter.count(subject.data)
    except DatasetError:
        return None  # a model's template refuses the example's shape, which the shape rules report


RULE = Rule(
    code="L001",
    names=("over-token-limit",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The example has more tokens than are trained on.",
        why="It is cut from the end, so the answer, which is what is learnt, is lost first.",
        example="(an example of 70,000 tokens)",
        instead="(two shorter examples)",
        fix="None: what to leave out is a matter of meaning.",
        source="OpenAI's fine-tuning guide (2024-12); Azure's model table; the engine's base model",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, length_gate(_SHORTEST)),),
)
