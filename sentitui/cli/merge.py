"""`sentitui merge FILE...`: several training files in one."""

from __future__ import annotations

import argparse
from pathlib import Path

from sentitui import safe
from sentitui.cli.file_progress import file_progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="training files of one format")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    parser.add_argument(
        "--drop-duplicates", action="store_true", help="keep only the first of equal examples"
    )
    parser.add_argument("--force", action="store_true", help="overwrite a file that exists")


def run(args: argparse.Namespace) -> int:
    """Merges and says what became of each file; 0 when the file is written."""
    from sentitui.dataset.merge import merge_files

    with file_progress() as show:
        merged = merge_files(
            args.files,
            args.out,
            drop_duplicates=args.drop_duplicates,
            overwrite=args.force,
            on_progress=show,
        )
    for each in merged:
        notes = []
        if each.duplicates:
            notes.append(f"{len(each.duplicates)} duplicates dropped (lines {_some(each.duplicates)})")
        if each.blank:
            notes.append(f"{each.blank} blank lines left out")
        print(f"{safe.line(str(each.path))}: {'; '.join([f'{each.examples} examples', *notes])}")
    print(f"{safe.line(str(args.out))}: {sum(each.examples for each in merged)} examples")
    return 0


def _some(lines: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, lines[:10]))
    return shown if len(lines) <= 10 else f"{shown}, ..."
