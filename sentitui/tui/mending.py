"""What can be said about a rule and done about a diagnostic, as text and as edits. Loads the rules."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

from sentitui.dataset import fixes
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.edits import Batch, Edit, Replace
from sentitui.dataset.rules import rule
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError

_SHOWN = 600
"""Characters of a changed line that a diff shows."""


def explained(code: str) -> tuple[str, str]:
    """Title and text of a rule's explanation."""
    found = rule(code)
    doc = found.doc
    parts = (
        doc.what,
        f"Why: {doc.why}",
        f"Instead of\n  {doc.example}\nwrite\n  {doc.instead}",
        f"Fix: {doc.fix}",
    )
    return f"{found.code} {found.names[0]}", "\n\n".join(parts)


def fixable(diagnostics: Iterable[Diagnostic]) -> Diagnostic | None:
    """The first diagnostic that has a fix for its line."""
    return next((d for d in diagnostics if d.fix is not None and rule(d.code).repair is not None), None)


def fix_here(file: TrainingFile, index: int, diagnostic: Diagnostic) -> Replace:
    """The edit that applies a fix to one example. Raises DatasetError when it cannot be done."""
    mended = fixes.apply(file.line(index), diagnostic)
    if mended is None or b"\n" in mended:
        raise DatasetError("This fix cannot be applied to one example.", "Edit it by hand.")
    return Replace(index, mended)


def fix_everywhere(file: TrainingFile, code: str, diagnostics: Sequence[Diagnostic]) -> Edit:
    """One step that applies a rule's fix to every example that the last check named. Raises DatasetError."""
    edits: dict[int, Replace] = {}
    for diagnostic in diagnostics:
        line = diagnostic.location.line
        if diagnostic.code != code or diagnostic.fix is None or line is None or line > len(file):
            continue
        before = edits[line - 1].line if line - 1 in edits else file.line(line - 1)
        mended = fixes.apply(before, diagnostic)
        if mended is not None and b"\n" not in mended and mended != before:
            edits[line - 1] = Replace(line - 1, mended)
    if not edits:
        raise DatasetError(f"No example has a fix for {code}.", "c checks the file again.")
    return Batch(tuple(edits.values()))


def difference(before: bytes, after: bytes) -> str:
    """What a fix changes in a line: the changed parts alone, removed before added."""
    old, new = (line.decode("utf-8", "replace") for line in (before, after))
    matcher = difflib.SequenceMatcher(None, old[:20_000], new[:20_000], autojunk=False)
    parts = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    if not parts:
        return "Nothing changes."
    first, last = parts[0], parts[-1]
    start = max(first[1] - 20, 0)
    return f"- {old[start : last[2] + 20][:_SHOWN]}\n+ {new[start : last[4] + 20][:_SHOWN]}"


def labels_of(lines: Iterable[bytes]) -> list[str]:
    """The nine most frequent labels of some lines; none when hardly any answer comes twice."""
    from sentitui.dataset import codec

    counts: Counter[str] = Counter()
    for line in lines:
        try:
            label = codec.decode(line).label
        except DatasetError:
            continue
        if label:
            counts[label] += 1
    common = [label for label, count in counts.most_common(9) if count > 1]
    return common if sum(counts[label] for label in common) * 2 >= counts.total() else []
