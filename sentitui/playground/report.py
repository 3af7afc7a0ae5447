"""A comparison as a page: Markdown, one self-contained HTML file, CSV of every answer. Pure text, nothing
fetched.

Everything from outside is made visible (`safe.line`) and escaped for the format it goes into.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sentitui import safe
from sentitui.playground.decision import Decision, Standing
from sentitui.playground.findings import Confusion, wandering
from sentitui.playground.measure import Measured
from sentitui.playground.run import Completion, Prompt

_WANDERERS = 20  # prompts listed


@dataclass(frozen=True, slots=True)
class Report:
    """What a page is made of."""

    title: str
    measured: Sequence[Measured]
    confusions: Mapping[str, Confusion]
    decision: Decision | None


Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def markdown(report: Report) -> str:
    """The report as Markdown."""
    parts = [f"# {_md(report.title)}"]
    if report.decision:
        parts += [
            f"**{_md(report.decision.verdict)}**",
            "\n".join(f"- {_md(why)}" for why in report.decision.reasons),
        ]
    parts += ["## Figures", _md_table(figures(report))]
    for name, found in report.confusions.items():
        parts += [f"## Confusions of {_md(name)}", _md_table(confusions(found))]
    parts += ["## Prompts that wander most", _md_table(wanderers(report))]
    return "\n\n".join(part for part in parts if part) + "\n"


def page(report: Report) -> str:
    """The report as one HTML file with its charts."""
    body = [f"<h1>{_h(report.title)}</h1>"]
    if report.decision:
        reasons = "".join(f"<li>{_h(why)}</li>" for why in report.decision.reasons)
        body.append(f"<p class=verdict>{_h(report.decision.verdict)}</p><ul>{reasons}</ul>")
        body.append(_chart(report.decision.standings))
    body += ["<h2>Figures</h2>", _html_table(figures(report))]
    for name, found in report.confusions.items():
        body += [f"<h2>Confusions of {_h(name)}</h2>", _html_table(confusions(found))]
    body += ["<h2>Prompts that wander most</h2>", _html_table(wanderers(report))]
    return _PAGE.replace("TITLE", _h(report.title)).replace("BODY", "\n".join(body))


def csv_text(completions: Sequence[Completion], prompts: Sequence[Prompt]) -> str:
    """Every answer as CSV with a header; the text is as it came."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["contender", "prompt", "expected", "repeat", "text", "error", "seconds"])
    for each in completions:
        prompt = prompts[each.prompt]
        row = (each.contender, prompt.text, prompt.expected or "", each.repeat, each.text, each.error)
        writer.writerow([*row, f"{each.seconds:.4f}"])
    return out.getvalue()


def figures(report: Report) -> Table:
    """One row per contender; what was not measured is "-"."""
    standings = {each.name: each for each in report.decision.standings} if report.decision else {}
    rows = [_figures(each, standings.get(each.contender.name)) for each in report.measured]
    head = (
        "contender",
        "model",
        "label",
        "form",
        "exactly right (95 %)",
        "agreement",
        "distinct",
        "median s",
        "USD/1,000",
    )
    return head, rows


def confusions(found: Confusion) -> Table:
    """Expected labels down, answered labels across, "-" for answers without a label; recall and precision
    last."""
    head = ("expected", *found.labels, "-", "recall", "precision")
    rows = [
        (each.label, *map(str, found.row(each.label)), _percent(each.recall), _percent(each.precision))
        for each in found.figures()
    ]
    return head, rows


def wanderers(report: Report) -> Table:
    """The prompts on which contenders agree least with themselves, each with its contender."""
    found = []
    for measured in report.measured:
        for index in wandering(measured.tallies)[:_WANDERERS]:
            tally = measured.tallies[index]
            if tally.distinct > 1:
                top = tally.variants[0]
                found.append((tally.agreement, measured, index, f"{top.text} ({top.count}/{tally.total})"))
    found.sort(key=lambda each: each[0])
    rows: list[tuple[str, ...]] = [
        (one.contender.name, one.prompts[index].text, one.prompts[index].expected or "", top, _percent(share))
        for share, one, index, top in found[:_WANDERERS]
    ]
    return ("contender", "prompt", "expected", "most frequent answer", "agreement"), rows


def _figures(each: Measured, standing: Standing | None) -> tuple[str, ...]:
    marks = each.marks
    exactly = "-"
    if standing:
        low, high = standing.interval
        exactly = f"{standing.exact:.1%} ({low:.0%}-{high:.0%})"
    priced = standing is not None and standing.usd_per_1000 is not None
    return (
        each.contender.name,
        each.contender.model,
        _percent(marks.label_accuracy if marks else None),
        _percent(marks.format_accuracy if marks else None),
        exactly,
        _percent(each.agreement),
        "-" if each.distinct_mean is None else f"{each.distinct_mean:.1f} of {each.repeats}",
        f"{standing.usage.median:.2f}" if standing else "-",
        f"{standing.usd_per_1000:.3f}" if standing and priced else "-",
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _md(value: str) -> str:
    text = safe.line(value)
    for char in "\\`*_[]<>|#":
        text = text.replace(char, f"\\{char}")
    return text


def _md_table(table: Table) -> str:
    head, rows = table
    if not rows:
        return "None."
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        f"| {' | '.join(cell if cell == '---' else _md(cell) for cell in line)} |" for line in lines
    )


def _h(value: str) -> str:
    return html.escape(safe.line(value))


def _html_table(table: Table) -> str:
    head, rows = table
    if not rows:
        return "<p>None.</p>"
    top = "".join(f"<th>{_h(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{_h(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class=wide><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def _chart(standings: Sequence[Standing]) -> str:
    """Bars of exactly right answers with their intervals, as inline SVG."""
    bars = []
    for index, each in enumerate(standings):
        y, (low, high) = 30 * index + 6, each.interval
        kind = "tuned" if each.tuned else "plain"
        bars.append(
            f'<text x="0" y="{y + 13}">{_h(each.name[:18])}</text>'
            f'<rect class="{kind}" x="150" y="{y}" width="{400 * each.exact:.1f}" height="18" />'
            f'<path d="M{150 + 400 * low:.1f} {y + 9}H{150 + 400 * high:.1f}" />'
            f'<text x="565" y="{y + 13}">{each.exact:.1%}</text>'
        )
    height = 30 * len(standings) + 6
    return (
        f'<svg viewBox="0 0 640 {height}" role="img" aria-label="Exactly right answers">{"".join(bars)}</svg>'
    )


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>TITLE</title><style>
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fdfdfc; --line: #d8d8d4;
  --plain: #9aa7b5; --tuned: #2a7f62 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e3; --paper: #16181b; --line: #3a3d42; --plain: #66727f; --tuned: #4fb58f }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
.verdict { font-size: 1.25rem; font-weight: 600 } .wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem }
th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top }
svg { width: 100%; max-width: 40rem; font-size: 13px } svg text { fill: var(--ink) }
svg path { stroke: var(--ink); stroke-width: 2 } .plain { fill: var(--plain) } .tuned { fill: var(--tuned) }
</style></head><body>
BODY
</body></html>
"""
