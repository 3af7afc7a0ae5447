"""`sentitui check FILE...`: everything that is wrong with training files, for people or as JSON lines.

Exit status: 0 no errors, 1 errors, 2 a file cannot be read, or wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.errors import ConfigError, SentituiError

if TYPE_CHECKING:
    from sentitui.cli.check_output import Output
    from sentitui.dataset.format import Format
    from sentitui.dataset.profiles import Profile

_FORMATS = ("chat", "preference", "reinforcement", "completion")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("files", type=Path, metavar="FILE", nargs="*", help="a training file")
    parser.add_argument("--validation", type=Path, metavar="FILE", help="the validation file beside it")
    parser.add_argument(
        "--provider",
        metavar="P",
        default="engine",
        help="whose limits count: engine (default), openai, azure, nebius, together, fireworks, mistral,"
        " or one from the settings",
    )
    parser.add_argument(
        "--format", choices=_FORMATS, metavar="F", help=f"{', '.join(_FORMATS)}; default: found out"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per diagnostic, nothing else")
    parser.add_argument("--fix", action="store_true", help="apply the safe fixes, show what changed, save")
    parser.add_argument("--dry-run", action="store_true", help="with --fix: show it, save nothing")
    parser.add_argument("--explain", metavar="CODE", help="say what a rule is about, and stop")


def run(args: argparse.Namespace) -> int:
    """Checks every file; the worst of them decides the exit status."""
    from sentitui.cli.check_output import HumanOutput, JsonOutput

    try:
        _require_sense(args)
        if args.explain is not None:
            return _explain(args.explain)
        profile = _profile(args.provider)
    except ConfigError as error:
        return _refuse(error)
    output: Output = JsonOutput() if args.json else HumanOutput(profile)
    return max(_check(path, args, profile, output) for path in args.files)


def _check(path: Path, args: argparse.Namespace, profile: Profile, output: Output) -> int:
    from sentitui.dataset.format import Format

    form = Format(args.format) if args.format else None
    try:
        if args.fix:
            _fix(path, form, args, profile, output)
        return output.check(path, args.validation, form, profile)
    except SentituiError as error:
        output.end()
        return _refuse(error)


def _fix(path: Path, form: Format | None, args: argparse.Namespace, profile: Profile, output: Output) -> None:
    from sentitui.dataset.fixes import fix_file

    for target in (path, args.validation):
        if target is not None and (target.is_file() or not target.exists()):
            output.fixed(fix_file(target, format=form, profile=profile, dry_run=args.dry_run), args.dry_run)


def _require_sense(args: argparse.Namespace) -> None:
    """Raises ConfigError for options that do not go together."""
    if args.explain is None and not args.files:
        raise ConfigError("No file to check.", "Name one: sentitui check train.jsonl")
    if args.dry_run and not args.fix:
        raise ConfigError("--dry-run goes with --fix.", "Add --fix, or leave it out.")
    if args.validation is not None and len(args.files) > 1:
        raise ConfigError("--validation goes with one training file.", "Check the files one by one.")


def _explain(code: str) -> int:
    from sentitui.cli.check_output import explain
    from sentitui.dataset.rules import RULES, rule

    try:
        found = rule(code)
    except KeyError as error:
        known = f"{RULES[0].code} to {RULES[-1].code}"
        raise ConfigError(
            f"No rule is called {safe.line(code)}.", f"Codes are {known}; a condition's name will do, too."
        ) from error
    print(explain(found))
    return 0


def _profile(name: str) -> Profile:
    """A built-in profile, or the one that a provider of the settings names (`profile`, else openai)."""
    from sentitui.config import load_settings, paths
    from sentitui.dataset.profiles import profile, profile_names

    if name in profile_names():
        return profile(name)
    providers = load_settings(paths().settings).providers
    if name not in providers:
        raise ConfigError(
            f"No provider is called {safe.line(name)}.",
            f"Use {', '.join(profile_names())}, or one from the settings.",
        )
    chosen = str(providers[name].get("profile", "openai"))
    if chosen not in profile_names():
        raise ConfigError(f"The provider {safe.line(name)} names an unknown profile {safe.line(chosen)}.")
    return profile(chosen)


def _refuse(error: SentituiError) -> int:
    print(f"sentitui: {safe.line(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"  {safe.line(error.hint)}", file=sys.stderr)
    return 2
