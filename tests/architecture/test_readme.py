"""The README is true: its commands parse, its files, variables, keys and pictures exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sentitui.cli.command_tree import parser_of
from sentitui.cli.main import COMMANDS
from sentitui.config import load_settings, paths
from sentitui.providers.provider import provider

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
FENCED = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
SHELL = [body.strip() for kind, body in FENCED if kind == "sh"]
PROSE = re.sub(r"^```.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE)
SPANS = re.findall(r"`([^`\n]+)`", PROSE)
SOURCE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "sentitui").rglob("*.py")))

MAIN_JOB = (
    "python3 -m venv .venv && .venv/bin/pip install -q -e '.[engine]' && "
    ".venv/bin/sentitui run data/sentiment/train.jsonl --test data/sentiment/test.jsonl"
)
"""What a new user on a fresh machine types first."""


def command_lines() -> list[str]:
    """Every `sentitui ...` that a reader could copy."""
    lines = [span for span in SPANS if re.match(r"sentitui( |$)", span)]
    for line in SHELL:
        lines += [part.replace(".venv/bin/", "") for part in line.split(" && ") if "/sentitui " in part]
    lines += [
        line[2:]
        for kind, body in FENCED
        if kind == "console"
        for line in body.splitlines()
        if "$ sent" in line
    ]
    return lines


def test_the_two_commands_are_the_ones_that_are_proven() -> None:
    """One sets up and runs the main job, the other sets up and tests: word for word what CI runs."""
    tests = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[engine,test]' && .venv/bin/pytest"
    assert [MAIN_JOB, tests] == SHELL
    assert tests in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def status_of(words: list[str]) -> int:
    """How the real parser of the command takes its words: 0, or 2 for wrong usage."""
    if words[:1] == ["--debug"]:  # stands before any command
        words.pop(0)
    name = words.pop(0) if words and words[0] in COMMANDS else "app"
    try:
        parser_of(name).parse_args(words)
    except SystemExit as end:  # --help ends with 0
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize("line", command_lines())
def test_a_command_line_parses(line: str) -> None:
    """Every command line is taken by the real parser of that command."""
    assert status_of(shlex.split(line)[1:]) == 0


def test_every_command_is_mentioned() -> None:
    """A command that the README does not name is one that nobody finds."""
    named = {shlex.split(line)[1] for line in command_lines() if " " in line}
    assert set(COMMANDS) <= named | {"app"}


def test_every_picture_and_linked_file_exists() -> None:
    """No link of the README is dead, and no picture lies around unused."""
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert all((ROOT / target).exists() for target in targets)
    shown = {target for target in targets if target.startswith(".github/pictures/")}
    assert shown == {str(path.relative_to(ROOT)) for path in (ROOT / ".github" / "pictures").iterdir()}


def test_every_shipped_path_exists() -> None:
    """A path below data/ in a command is there."""
    named = re.findall(r"\bdata/[\w/]+\.\w+", README)
    assert named
    assert all((ROOT / path).exists() for path in named)


def test_every_environment_variable_is_one_that_the_code_reads() -> None:
    """A variable that the README names stands in the code."""
    named = {span for span in SPANS if re.fullmatch(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+", span)}
    assert "SENTITUI_HOME" in named
    assert [name for name in named if name not in SOURCE] == []


def test_the_places_are_the_ones_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any variable, state, settings and models lie where the README says."""
    monkeypatch.setenv("HOME", str(tmp_path))
    places = paths({})
    for place in (places.state, places.settings, places.cache):
        assert f"`~/{place.relative_to(tmp_path)}`" in README


def test_the_settings_example_is_read_as_it_stands(tmp_path: Path) -> None:
    """The TOML of the README makes a provider, and makes it the default."""
    (example,) = (body for kind, body in FENCED if kind == "toml")
    path = tmp_path / "config.toml"
    path.write_text(example, "utf-8")
    settings = load_settings(path)
    chosen = provider(str(settings.app["default_provider"]), settings)
    assert (chosen.base_url, chosen.api_key_env) == ("https://llm.example.org/v1", "LAB_API_KEY")


def test_every_key_is_bound() -> None:
    """A key in the README is bound in the app (the palette's is Textual's own)."""
    names = {"/": "slash", "]": "right_square_bracket", "?": "question_mark"}
    bound = {key for keys in re.findall(r"Binding\(\s*\"([^\"]+)\"", SOURCE) for key in keys.split(",")}
    named = {names.get(key, key) for key in re.findall(r"<kbd>(.+?)</kbd>", README)}
    assert named - bound == {"ctrl+p"}


def test_it_names_no_package_index() -> None:
    """Where packages come from is the setting of who installs: links go to examples alone."""
    hosts = {urlsplit(link).hostname or "" for link in re.findall(r"https?://[^\s)\"`>]+", README)}
    assert {host for host in hosts if host != "127.0.0.1" and not host.endswith("example.org")} == set()
    assert not re.search(r"--(extra-)?index|--find-links", README)
