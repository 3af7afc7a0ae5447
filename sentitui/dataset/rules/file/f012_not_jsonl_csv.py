"""F012: the file is no table."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.kind is Kind.TABLE:
        header = facts.head.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
        yield Finding(f"The file is a table ({shown(header)}), not lines of JSON; import it first.")


RULE = Rule(
    code="F012",
    names=("not-jsonl-csv",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The file is a CSV or TSV table.",
        why="A provider wants JSON lines.",
        example="text,label\\nGood film,Positive",
        instead=(
            '{"messages": [{"role": "user", "content": "Good film"}, {"role": "assistant", "content":'
            ' "Positive"}]}'
        ),
        fix="None here: which column is the question and which the answer must be said; import the table.",
        source="openai tools' prepare_data converts such files",
    ),
    checks=(FileCheck(_check),),
)
