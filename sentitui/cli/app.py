"""`sentitui [FILE]`: opens a training file in the terminal app."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "file", nargs="?", type=Path, help="the training file (JSONL); default: the bundled sample"
    )
    parser.add_argument(
        "--theme", help="night, paper, terminal (your own palette) or one of Textual's themes"
    )
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")


def run(args: argparse.Namespace) -> int:
    """Opens the app and returns its exit status."""
    from sentitui.tui.start import start

    return start(args.file, theme=args.theme, mouse=not args.no_mouse)
