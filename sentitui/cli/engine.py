"""`sentitui engine`: serve and fine-tune models on this machine.

Without an action it serves until told to stop. `stop` ends the engine of a home, `export` writes a tuned
model for other programs, `models` lists the models with the disk they use, `models add` and `models remove`
change that.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentitui.engine.home import Home
    from sentitui.engine.weights import FetchProgress

FORMS = ("merged", "peft", "gguf-f16", "gguf-q8_0", "gguf-lora")
"""What a tuned model can be exported as: sentitui.engine.export.Form, named without loading it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options and actions."""
    from sentitui.engine.settings import add_arguments as add

    add(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=False)
    actions.add_parser("stop", help="end the running engine; a job in training goes on without it")
    export = actions.add_parser("export", help="write a tuned model for other programs")
    export.add_argument("model", help="the tuned model's name")
    export.add_argument("folder", type=Path, help="the new folder to write")
    export.add_argument("--form", choices=FORMS, default="merged", help="default: %(default)s")
    models = actions.add_parser("models", help="list the models on this machine and the disk they use")
    changes = models.add_subparsers(dest="change", metavar="CHANGE", required=False)
    adding = changes.add_parser("add", help="fetch or register a base model")
    adding.add_argument(
        "source", help="a listed model, a local Hugging Face folder, or a hub id (owner/name)"
    )
    adding.add_argument("--name", help="what clients call it (default: the folder's name or the hub id)")
    removing = changes.add_parser("remove", help="remove a base model's weights or a tuned model")
    removing.add_argument("name", help="a name that `models` lists")


def run(args: argparse.Namespace) -> int:
    """Serves, or does the action. Raises EngineUnavailable, EngineError or WeightsError."""
    if args.action is None:
        from sentitui.engine.command import run as serve

        return serve(args)
    from sentitui.engine.home import Home
    from sentitui.engine.settings import from_arguments

    home = Home(from_arguments(args).home)
    run_action = {"stop": _stop, "export": _export, "models": _models}[args.action]
    return run_action(args, home)


def _stop(_args: argparse.Namespace, home: Home) -> int:
    from sentitui.engine.admin import stop_engine

    print("The engine has ended." if stop_engine(home) else f"No engine runs on {home.root}.")
    return 0


def _export(args: argparse.Namespace, home: Home) -> int:
    from sentitui.config import paths
    from sentitui.engine.admin import export_model

    done = export_model(args.model, args.form, args.folder.absolute(), home, paths().models)
    print(f"Wrote {done.folder} ({done.bytes / 1e6:,.1f} MB) with a model card.")
    if done.asked:
        print(f"{done.same} of {done.asked} greedy answers are those of the engine.")
        return 0 if done.same == done.asked else 1
    print("What it answers could not be checked: nothing here reads this form.")
    return 0


def _models(args: argparse.Namespace, home: Home) -> int:
    from sentitui.config import paths
    from sentitui.engine import admin

    weights = paths().models
    if args.change == "add":
        print(f"{admin.add_model(args.source, args.name, weights, _tell)} can be tuned and asked.")
    elif args.change == "remove":
        print(admin.remove_model(args.name, home, weights))
    else:
        _list(home, weights)
    return 0


def _list(home: Home, weights: Path) -> None:
    from sentitui.engine import admin
    from sentitui.engine.models import BASE_MODELS

    entries = list(admin.models(home, weights, [model.id for model in BASE_MODELS]))
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        size = f"{entry.bytes / 1e6:,.1f} MB" if entry.folder is not None else "not here"
        print(f"{entry.name:<{width}}  {entry.kind:<5}  {size:>12}  {entry.folder or ''}".rstrip())
    print(f"{sum(entry.bytes for entry in entries) / 1e6:,.1f} MB in all")


def _tell(progress: FetchProgress) -> None:
    share = f" {progress.done / progress.total:.0%}" if progress.total else ""
    end = "\r" if sys.stderr.isatty() and share else "\n"
    if end == "\n" and share:
        # A log gets one line per phase, not one per percent.
        return
    print(f"{progress.phase}{share}", end=end, file=sys.stderr, flush=True)
