"""F014: the file fits the upload."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, profile: Profile) -> Iterator[Finding]:
    limit = profile.limits.max_file_bytes
    if limit is not None and facts.size > limit:
        size = facts.size / 1e6
        yield Finding(
            f"The file has {size:,.0f} MB; {profile.title} takes {limit / 1e6:,.0f} MB in one upload."
        )
    most = profile.limits.max_examples
    if most is not None and facts.examples > most:
        yield Finding(f"The file has {facts.examples:,} examples; {profile.title} takes at most {most:,}.")


RULE = Rule(
    code="F014",
    names=("file-too-large",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The file is larger than the provider's limit, or holds more examples (Fireworks: 3,000,000).",
        why="The upload is refused. OpenAI takes 512 MB as a file and 8 GB through its Uploads API.",
        example="(a file of 600 MB)",
        instead="(two files, or the Uploads API)",
        fix="None: split the file.",
        source="OpenAI's createFile; Azure's quotas; together's constants; Fireworks' data page",
    ),
    checks=(FileCheck(_check),),
)
