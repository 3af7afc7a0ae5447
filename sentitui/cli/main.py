"""The `sentitui` command: picks the subcommand, maps our errors to one message and an exit status.

Without a subcommand the first argument is a file to open in the app. Exit status: 0 success, 1 the work
failed, 2 wrong usage or unreadable input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Protocol

from sentitui import __version__
from sentitui.errors import SentituiError

COMMANDS = {
    "app": "open a training file in the terminal app (the default)",
    "check": "say everything that is wrong with training files",
    "run": "check, upload, tune, ask base and tuned, show the tally",
    "tune": "check, upload and start a fine-tuning job",
    "jobs": "list every job seen, at any provider",
    "watch": "follow a job's events from its beginning to its end",
    "cancel": "end a fine-tuning job",
    "pause": "halt a fine-tuning job between two steps",
    "resume": "let a paused fine-tuning job go on",
    "compare": "ask contenders the same N times; who answers what, how often",
    "engine": "serve and fine-tune models on this machine",
    "split": "make a training and a validation file out of one",
    "merge": "put several training files into one",
    "convert": "bring CSV, ShareGPT, Alpaca and other files into the chat format, and back",
    "serve": "show the app in a web browser on this machine",
    "doctor": "say what works on this machine, what does not, and what to do",
    "completion": "print a script that completes commands in bash, zsh or fish",
}
"""Every subcommand and its one-line help; the module of the same name in this package runs it."""


class Command(Protocol):
    """What a command module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the options."""

    def run(self, args: argparse.Namespace) -> int:
        """Does the work and returns the exit status."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line (default: `sys.argv[1:]`) and returns its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = words[:1] == ["--debug"]
    if debug:
        words.pop(0)
    if words and words[0] in ("--version", "-V"):
        print(f"sentitui {__version__}")
        return 0
    if words and words[0] in ("--help", "-h"):
        print(_overview())
        return 0
    name = words.pop(0) if words and words[0] in COMMANDS else "app"
    command = _load(name)
    parser = argparse.ArgumentParser(prog=f"sentitui {name}", description=_sentence(COMMANDS[name]))
    command.add_arguments(parser)
    args = parser.parse_args(words)
    return _run(command, args, log_as=name if debug else "")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _load(name: str) -> Command:
    module: Command = importlib.import_module(f"sentitui.cli.{name}")
    return module


def _run(command: Command, args: argparse.Namespace, *, log_as: str) -> int:
    try:
        if log_as:
            _start_log(log_as)
        return command.run(args)
    except SentituiError as error:
        print(f"sentitui: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("sentitui: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) went away; nothing more can be said, and flushing at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _start_log(name: str) -> None:
    from sentitui.config import paths
    from sentitui.debug_log import start

    print(f"sentitui: logging to {start(paths().logs, name)}", file=sys.stderr)


def _overview() -> str:
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {text}" for name, text in COMMANDS.items())
    return (
        "usage: sentitui [--debug] [FILE]\n       sentitui [--debug] COMMAND ...\n\n"
        "A terminal workbench for fine-tuning chat models.\n\n"
        f"commands:\n{rows}\n\n"
        "`sentitui COMMAND --help` tells a command's options; `sentitui --version` the version.\n"
        "--debug writes a log file without secrets, for a report of what went wrong."
    )
