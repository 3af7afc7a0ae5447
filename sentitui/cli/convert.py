"""`sentitui convert IN OUT`: other formats into ours, and back, with every entry accounted for."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.cli.file_progress import file_progress
from sentitui.cli.files import unreadable

if TYPE_CHECKING:
    from sentitui.dataset.convert.run import ConvertReport

# The names of the dataset's Form, spelt out so that --help loads nothing; a test compares them.
FORMATS = ("chat", "sharegpt", "alpaca", "completion", "csv", "tsv", "preference", "trl")

_REASONS_SHOWN = 20
_LINES_SHOWN = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("source", type=Path, metavar="IN", help="what to convert")
    parser.add_argument(
        "out", type=Path, metavar="OUT", help="the file to write; a name in .json makes one array"
    )
    parser.add_argument(
        "--from", dest="source_format", choices=FORMATS, help="IN's format (default: recognised)"
    )
    parser.add_argument(
        "--to", dest="target_format", choices=FORMATS, help="OUT's format (default: by its name, else chat)"
    )
    parser.add_argument("--system", metavar="TEXT", help="the instruction for examples that have none")
    parser.add_argument("--user-column", metavar="NAME", help="a table's column with the message")
    parser.add_argument("--answer-column", metavar="NAME", help="a table's column with the answer")
    parser.add_argument("--system-column", metavar="NAME", help="a table's column with the instruction")
    parser.add_argument(
        "--no-header", action="store_true", help="the table has no header: columns are 1, 2, 3..."
    )
    parser.add_argument("--encoding", metavar="NAME", help="a table's encoding (default: UTF-8)")
    parser.add_argument("--strip", action="store_true", help="take white space off both ends of messages")
    parser.add_argument(
        "--separator", default="", metavar="TEXT", help="what legacy prompts end in: taken off, or put on"
    )
    parser.add_argument(
        "--join-system",
        action="store_true",
        help="put the instruction before the prompt where OUT has no place for it",
    )
    parser.add_argument("--force", action="store_true", help="overwrite a file that exists")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Converts and reports; 0 when every entry was converted, 1 when some were refused, 2 when IN cannot be
    read."""
    if problem := unreadable(args.source):
        print(problem, file=sys.stderr)
        return 2
    from sentitui.dataset.convert.forms import Form, Options
    from sentitui.dataset.convert.run import convert_file

    options = Options(
        system=args.system,
        strip=args.strip,
        separator=args.separator,
        join_system=args.join_system,
        user_column=args.user_column,
        answer_column=args.answer_column,
        system_column=args.system_column,
        header=not args.no_header,
        encoding=args.encoding,
    )
    with file_progress() as show:
        report = convert_file(
            args.source,
            args.out,
            source=Form(args.source_format) if args.source_format else None,
            target=Form(args.target_format) if args.target_format else None,
            options=options,
            overwrite=args.force,
            on_progress=show,
        )
    if args.json:
        print(json.dumps(dataclasses.asdict(report)))
    else:
        _show(report, args.out)
    return 1 if report.refused else 0


def _show(report: ConvertReport, out: Path) -> None:
    name, way = safe.line(str(out)), f"from {report.source} to {report.target}"
    print(f"{name}: {report.converted} examples converted {way}, {report.refused} refused")
    if report.columns:
        parts = ", ".join(f"{part} = {safe.line(column)!r}" for part, column in report.columns.items())
        print(f"Columns: {parts}")
    for key, count in report.left_out.items():
        print(f"Left out, having no place there: {safe.line(key)} ({count} times)")
    for reason in _reasons(report):
        print(reason, file=sys.stderr)


def _reasons(report: ConvertReport) -> list[str]:
    """The reasons of the refusals with their first lines, the most frequent first."""
    lines: dict[str, list[int]] = {}
    for refusal in report.refusals:
        lines.setdefault(refusal.reason, []).append(refusal.line)
    shown = [
        f"Refused {len(where)}: {safe.line(reason)} (line{'s' if len(where) > 1 else ''} {_some(where)})"
        for reason, where in sorted(lines.items(), key=lambda pair: -len(pair[1]))
    ]
    if len(shown) > _REASONS_SHOWN:
        more = len(shown) - _REASONS_SHOWN
        shown[_REASONS_SHOWN:] = [f"and {more} other reasons; --json tells all"]
    return shown


def _some(lines: list[int]) -> str:
    listed = ", ".join(map(str, lines[:_LINES_SHOWN]))
    return listed if len(lines) <= _LINES_SHOWN else f"{listed}, ..."
