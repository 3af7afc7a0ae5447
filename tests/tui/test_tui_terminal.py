"""The app in a real terminal: first paint, editing, signals, recovery, safety."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Protocol

import pytest

from tests.fakes.pty_terminal import PtyTerminal

pytestmark = pytest.mark.slow

EVIL = (
    "a \x1b]0;pwned\x07\x1b[31mred\x1b[2J \x9b31m \u202erev\u2028sep "
    "[red]x[/red] [/] [@click=app.quit]y[/] \x00\x7f z"
)


class Start(Protocol):
    """Starts the app on a file in a terminal, with more environment variables."""

    def __call__(self, path: Path, *, columns: int = 100, rows: int = 30, **env: str) -> PtyTerminal:
        """The terminal that the app runs in."""
        ...


def examples(count: int, text: str = "message") -> list[bytes]:
    """Lines of a chat file."""
    return [
        json.dumps(
            {
                "messages": [
                    {"role": "system", "content": "Classify."},
                    {"role": "user", "content": f"{text} {number}"},
                    {"role": "assistant", "content": "Positive"},
                ]
            }
        ).encode()
        for number in range(count)
    ]


@pytest.fixture
def training_file(tmp_path: Path) -> Path:
    """A file of 30 examples."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\n".join(examples(30)) + b"\n")
    return path


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts the app on a file in a terminal."""

    def start(path: Path, *, columns: int = 100, rows: int = 30, **env: str) -> PtyTerminal:
        environ = {
            **{key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "SSH_CONNECTION")},
            "SENTITUI_HOME": str(tmp_path / "home"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            **env,
        }
        return PtyTerminal([sys.executable, "-m", "sentitui", str(path)], environ, columns, rows)

    return start


def ready(terminal: PtyTerminal) -> None:
    """Waits until the app answers keys."""
    terminal.expect("Help")
    terminal.settle()


def test_an_edit_is_saved_byte_for_byte(start: Start, training_file: Path) -> None:
    """Editing one answer changes that line and no other byte of the file."""
    before = training_file.read_bytes().splitlines(keepends=True)
    with start(training_file) as terminal:
        ready(terminal)
        terminal.press("down", "e")
        terminal.expect("Message 3")
        terminal.press("!", "ctrl+s")
        terminal.expect("Positive!")
        terminal.press("ctrl+s")
        terminal.expect("Saved train.jsonl")
        terminal.press("q")
        assert terminal.wait() == 0
    after = training_file.read_bytes().splitlines(keepends=True)
    assert after[1] == before[1].replace(b'"Positive"', b'"Positive!"')
    assert after[:1] + after[2:] == before[:1] + before[2:]


def test_edits_survive_kill_minus_nine(start: Start, training_file: Path) -> None:
    """After kill -9 the next start offers the edits; restored and saved they are in the file."""
    with start(training_file) as terminal:
        ready(terminal)
        terminal.press("e", "?", "ctrl+s")
        terminal.expect("unsaved")
        terminal.kill(signal.SIGKILL)
        terminal.wait()
    assert b"Positive?" not in training_file.read_bytes()
    with start(training_file) as terminal:
        terminal.expect("Unsaved edits found")
        terminal.settle()
        terminal.press("r")
        terminal.expect("Restored 1 edit")
        terminal.press("ctrl+s")
        terminal.expect("Saved")
        terminal.press("q")
        assert terminal.wait() == 0
    assert training_file.read_bytes().count(b"Positive?") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal_and_keeps_what_is_typed(
    start: Start, training_file: Path, number: signal.Signals
) -> None:
    """SIGTERM and SIGHUP restore the terminal, and half-typed text is offered at the next start."""
    with start(training_file) as terminal:
        ready(terminal)
        terminal.press("e", "#")
        terminal.expect("Positive#")
        terminal.kill(number)
        assert terminal.wait() == 128 + number
        assert terminal.raw.rfind(b"\x1b[?1049l") > terminal.raw.rfind(b"\x1b[?1049h")
        assert terminal.raw.rfind(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")
    with start(training_file) as terminal:
        terminal.expect("1 edit of train.jsonl")


def test_a_vanished_terminal_ends_the_app(start: Start, training_file: Path) -> None:
    """When the terminal goes away the process ends by itself and the edits are kept."""
    with start(training_file) as terminal:
        ready(terminal)
        terminal.press("e", "~", "ctrl+s")
        terminal.expect("unsaved")
        terminal.hang_up()
        terminal.wait()
    with start(training_file) as terminal:
        terminal.expect("1 edit of train.jsonl")


def test_quitting_with_unsaved_edits_asks(start: Start, training_file: Path) -> None:
    """`q` with unsaved edits offers save, discard and cancel; discard leaves the file and no journal."""
    before = training_file.read_bytes()
    with start(training_file) as terminal:
        ready(terminal)
        terminal.press("d")
        terminal.expect("unsaved")
        terminal.press("q")
        terminal.expect("Discard d")
        terminal.press("d")
        assert terminal.wait() == 0
    assert training_file.read_bytes() == before
    with start(training_file) as terminal:
        ready(terminal)
        assert "Unsaved edits found" not in terminal.text


def test_nothing_from_a_file_reaches_the_terminal_raw(start: Start, tmp_path: Path) -> None:
    """Control characters in every field, in the file's name and in a broken line never arrive as such."""
    path = tmp_path / "evil [red]\x1b[31mname.jsonl"
    evil = {
        "messages": [
            {"role": f"user{EVIL}", "content": EVIL, "name": EVIL},
            {
                "role": "assistant",
                "content": EVIL,
                "tool_calls": [{"id": EVIL, "function": {"name": EVIL, "arguments": EVIL}}],
            },
        ]
    }
    broken = EVIL.encode("utf-8", "surrogatepass").replace(b"\n", b"")
    path.write_bytes(b"\n".join([json.dumps(evil, ensure_ascii=False).encode(), broken, *examples(10, "t")]))
    with start(path) as terminal:
        ready(terminal)
        terminal.press("down", "up", "tab", "e")
        terminal.settle(0.5)
        terminal.press("esc", "p")
        terminal.settle(1.5)
        # Textual's own: the shape of the mouse pointer.
        sent = bytes(terminal.raw).replace(b"\x1b]22;default\x07", b"")
    for forbidden in (
        b"\x1b]0;",
        b"\x1b[31mred",
        b"\xc2\x9b",
        "\u202e".encode(),
        "\u2028".encode(),
        b"\x00",
        b"\x7f",
        b"\x07",
    ):
        assert forbidden not in sent


def test_the_first_paint_stands_where_the_app_draws(start: Start, training_file: Path) -> None:
    """The rows painted before textual is loaded are the rows of the app: nothing moves on the hand-over."""
    with start(training_file, columns=80, rows=24) as terminal:
        terminal.expect("Example 1")
        first = terminal.text.splitlines()[1:9]
        ready(terminal)
        assert [row[:78].rstrip() for row in first] == [
            row[:78].rstrip() for row in terminal.text.splitlines()[1:9]
        ]


def test_keys_typed_before_the_app_is_there_are_kept(start: Start, training_file: Path) -> None:
    """Keys pressed at the first paint are done when the app is there."""
    with start(training_file) as terminal:
        terminal.expect("Example 1")
        terminal.press("down", "down", "down")
        terminal.expect("Example 4")


def test_the_off_switch_shows_the_same(start: Start, training_file: Path) -> None:
    """With the diff switched off the screen looks the same after the same keys."""
    screens = []
    for diff in ("1", "0"):
        with start(training_file, SENTITUI_DIFF=diff) as terminal:
            ready(terminal)
            terminal.expect("1 warning")
            for key, shown in (("down", "Example 2"), ("pagedown", "Example 12"), ("?", "Keys in Data")):
                terminal.press(key)
                terminal.expect(shown)
            terminal.press("q")
            terminal.gone("Keys in Data")
            terminal.press("up")
            terminal.expect("Example 11")
            terminal.settle(0.5)
            screens.append(terminal.text)
    assert screens[0] == screens[1]


def test_a_second_program_is_told(start: Start, training_file: Path) -> None:
    """The second app on one file may read and is told why it may not edit."""
    with start(training_file) as first:
        ready(first)
        with start(training_file) as second:
            second.expect("reading only")
