"""`sentitui completion SHELL`: prints a script that completes commands, options and files."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell to write for")
    parser.epilog = (
        "bash and zsh: put `source <(sentitui completion bash)`, or zsh, into your start file; "
        "fish: `sentitui completion fish | source`."
    )


def run(args: argparse.Namespace) -> int:
    """Prints the script."""
    from sentitui.cli import completion_scripts
    from sentitui.cli.command_tree import tree

    write = {
        "bash": completion_scripts.bash,
        "zsh": completion_scripts.zsh,
        "fish": completion_scripts.fish,
    }[args.shell]
    print(write(tree()), end="")
    return 0
