"""What must hold for every screen: bindings, stylesheets, safe text, what the first paint loads."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

import sentitui.tui
from sentitui.resources import folder
from sentitui.tui.stylesheets import STYLESHEETS

ROOT = Path(sentitui.tui.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))


def classes() -> Iterator[type[DOMNode]]:
    """Every class of the package that can have bindings."""
    for source in SOURCES:
        name = ".".join(("sentitui.tui", *source.relative_to(ROOT).with_suffix("").parts))
        for value in vars(import_module(name.removesuffix(".__init__"))).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and value.__module__ == name:
                yield value


def own_bindings() -> Iterator[tuple[type[DOMNode], object]]:
    """Every binding that a class of ours declares."""
    for each in classes():
        for binding in each.__dict__.get("BINDINGS", []):
            yield each, binding


def test_every_binding_has_a_name_of_its_own_and_says_what_it_does() -> None:
    """Ids are unique, so keys can be remapped; tooltips are there, so help is complete."""
    ids: list[str] = []
    for owner, binding in own_bindings():
        assert isinstance(binding, Binding), owner
        assert binding.id, (owner, binding)
        assert binding.tooltip, (owner, binding)
        assert binding.description, (owner, binding)
        ids.append(binding.id)
    assert len(ids) == len(set(ids))


def test_all_stylesheets_are_loaded_and_exist() -> None:
    """The list of stylesheets is what lies in styles/."""
    assert sorted(STYLESHEETS) == sorted(folder("styles").rglob("*.tcss"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_css_and_no_markup_in_python(source: Path) -> None:
    """Looks live in styles/; texts are Content, never parsed for markup."""
    code = source.read_text()
    assert "DEFAULT_CSS" not in code
    assert not re.search(r"\b(?:Static|Label|Button)\(f?[\"']", code)
    assert "LoadingIndicator" not in code
    assert ".notify(" not in code


def test_the_pinned_textual_still_has_what_we_hook() -> None:
    """The private parts that the terminal layer stands on are there, with the shapes it expects."""
    from textual._compositor import ChopsUpdate, LayoutUpdate
    from textual.drivers._writer_thread import WriterThread
    from textual.drivers.linux_driver import LinuxDriver

    assert {"_display", "_check_bindings", "_handle_exception", "_fatal_error"} <= set(dir(App))
    assert LayoutUpdate.__init__.__code__.co_varnames[:3] == ("self", "strips", "region")
    assert ChopsUpdate.__init__.__code__.co_varnames[:4] == ("self", "chops", "spans", "chop_ends")
    assert {"_sigcont_application", "_run_input_thread", "stop_application_mode"} <= set(dir(LinuxDriver))
    assert hasattr(WriterThread, "run")


def test_before_the_first_paint_nothing_slow_is_loaded() -> None:
    """What paints first imports neither textual nor rich, and no SDK."""
    script = (
        "import sys; import sentitui.cli.main, sentitui.cli.app, sentitui.tui.start; "
        "slow = ('textual', 'rich', 'openai', 'asyncio', 'msgspec', 'sqlite3'); "
        "print([m for m in slow if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


EARLY = {
    "sentitui",
    "sentitui.errors",
    "sentitui.safe",
    "sentitui.cli",
    "sentitui.cli.main",
    "sentitui.cli.app",
    "sentitui.tui",
    "sentitui.tui.start",
    "sentitui.tui.palette",
    "sentitui.tui.terminal",
    "sentitui.tui.terminal.prepaint",
}
"""Our modules that the first paint may load; each costs everybody's start."""


def test_before_the_first_paint_only_these_of_our_modules_are_loaded() -> None:
    """No other module of ours, and nothing installed beside us, is loaded before the first paint."""
    script = (
        "import sys; before = set(sys.modules); "
        "import sentitui.cli.main, sentitui.cli.app, sentitui.tui.start; "
        "roots = {*sys.stdlib_module_names, *sys.builtin_module_names}; "
        "print(*sorted(m for m in set(sys.modules) - before if m.partition('.')[0] not in roots))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= EARLY


def test_the_app_starts_without_the_sdk_the_rules_and_the_other_places() -> None:
    """Until the first screen stands, neither openai nor the rules nor Jobs and Playground are loaded."""
    script = (
        "import sys; from sentitui.tui.start import make_app; app = make_app(None); app.workspace.close(); "
        "late = ('openai', 'numpy', 'torch', 'sentitui.dataset.rules', 'sentitui.tui.screens.jobs'); "
        "print([m for m in late if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
