"""Shows what contenders answered: the table of figures, and per prompt who said what how often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.cli.progress import bar
from sentitui.cli.tables import table
from sentitui.cli.terminal import Terminal, cells, clip, pad

if TYPE_CHECKING:
    from sentitui.playground.labels import Labels
    from sentitui.playground.measure import Measured
    from sentitui.playground.tally import Tally

_VARIANTS = 4  # shown per contender and prompt; the rest is one line
_BAR = 12


def show_figures(terminal: Terminal, measured: Sequence[Measured]) -> None:
    """The table of figures, one contender a line."""
    head = ["", "label accuracy", "format accuracy", "agreement", "distinct", "seconds"]
    rows = [
        [
            safe.line(each.contender.name),
            _share(each.marks.label, each.marks.total) if each.marks else "not measured",
            _share(each.marks.form, each.marks.total) if each.marks else "not measured",
            "-" if each.agreement is None else f"{each.agreement:.0%}",
            "-" if each.distinct_mean is None else f"{each.distinct_mean:.1f} of {each.repeats}",
            f"{each.seconds:.1f}",
        ]
        for each in measured
    ]
    first, *rest = table(head, rows, width=terminal.width)
    terminal.line(terminal.paint("bold", first))
    for line in rest:
        terminal.line(line)


def show_doubt(terminal: Terminal, measured: Sequence[Measured]) -> None:
    """How sure the label accuracies are, and whether the first and the last contender really differ."""
    from sentitui.playground.statistics import mcnemar, wilson

    marked = [(each.contender.name, each.marks) for each in measured if each.marks and each.marks.total]
    for name, marks in marked:
        low, high = wilson(marks.label, marks.total)
        terminal.line(
            terminal.paint(
                "dim", f"  {safe.line(name)}: label accuracy {low:.0%} to {high:.0%} (95% interval)"
            )
        )
    if len(marked) > 1:
        (first, one), (last, other) = marked[0], marked[-1]
        both = one.right.keys() & other.right.keys()
        won = sum(other.right[index] > one.right[index] for index in both)
        lost = sum(other.right[index] < one.right[index] for index in both)
        told = f"  {safe.line(last)} right and {safe.line(first)} wrong: {won}, the reverse: {lost}"
        text = f"{told} (McNemar p {_p(mcnemar(lost, won))})"
        terminal.line(terminal.paint("dim", text))


def show_taught(terminal: Terminal, count: int, total: int) -> None:
    """Warns when test prompts stand in the training file: then accuracy flatters."""
    if count:
        text = f"warning   {count} of {total} test prompts stand in the training file; accuracy flatters"
        terminal.line(terminal.paint("warn", clip(text, terminal.width)))


def show_tallies(
    terminal: Terminal, measured: Sequence[Measured], labels: Labels | None, most: int = 1_000_000
) -> None:
    """Per prompt (of the first `most`), each contender's distinct answers with their counts as bars."""
    if not measured:
        return
    names = max(len(each.contender.name) for each in measured)
    for index, prompt in enumerate(measured[0].prompts[:most]):
        expected = f"  → {safe.line(prompt.expected)}" if prompt.expected else ""
        room = terminal.width - len(expected) - 2
        terminal.line()
        terminal.line(f"“{clip(safe.line(prompt.text), room)}”" + terminal.paint("accent", expected))
        for each in measured:
            title = pad(clip(safe.line(each.contender.name), names), names)
            _tally(terminal, title, each.tallies[index], partial(_mark, labels, prompt.expected))
    rest = len(measured[0].prompts) - most
    if rest > 0:
        terminal.line()
        terminal.line(f"and {rest} more prompts (--json OUT writes all)")


def legend(labels: Labels | None) -> str:
    """What the marks before the answers mean."""
    return "  + right label   ~ right label in the wrong form   - wrong" if labels is not None else ""


def _tally(terminal: Terminal, title: str, tally: Tally, mark_of: Callable[[str], str]) -> None:
    names = cells(title)
    for variant in tally.variants[:_VARIANTS]:
        mark = mark_of(variant.text)
        drawn = bar(variant.count / tally.total, _BAR, blocks=terminal.blocks)
        text = clip(safe.line(variant.text) or "(nothing)", terminal.width - names - _BAR - 13)
        colour = {"+": "good", "~": "warn", "-": "bad"}.get(mark)
        shown = terminal.paint(colour, f"{mark} {text}") if colour else f"{mark} {text}"
        terminal.line(f"  {title}  {variant.count:4d} {drawn}  {shown}")
        title = " " * names
    rest = tally.variants[_VARIANTS:]
    if rest:
        count = sum(variant.count for variant in rest)
        terminal.line(f"  {title}  {count:4d} {' ' * _BAR}    in {len(rest)} more distinct answers")
    if tally.failed:
        terminal.line(f"  {title}  {tally.failed:4d} failed")


def _mark(labels: Labels | None, expected: str | None, text: str) -> str:
    if labels is None or expected is None:
        return " "
    if labels.extract(text) != expected:
        return "-"
    return "+" if labels.is_exact(text) else "~"


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%} ({count}/{total})" if total else "no answers"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
