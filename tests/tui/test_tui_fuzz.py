"""Random keys in all three places: what differences made of the terminal is what a whole frame would show."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyte
import pytest
from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.pilot import Pilot
from textual.screen import Screen

from sentitui.tui.app import SentituiApp
from sentitui.tui.terminal.output import DiffOutput, pieces
from sentitui.tui.terminal.shadow import Shadow
from tests.tui.conftest import OpenApp

WIDTH, HEIGHT = 80, 24
KEYS = (
    *"123123jjkkgGdDouJKtcp?/nxviNmLf", "down", "up", "pagedown", "pageup", "end", "home", "enter", "tab",
    "escape", "escape", "ctrl+s", "ctrl+r", "e", "left", "right", "backspace", "y",
)  # fmt: skip
"""Keys of the three places, moving around most often; none that leaves the app or opens another program."""

Cells = list[list[tuple[str, str, str, bool, bool]]]


class Emulated:
    """A terminal that gets the differences of an app, beside what it would get whole."""

    def __init__(self) -> None:
        self.shadow = Shadow()
        self.screen, self._stream = terminal()

    def take(self, app: SentituiApp, update: LayoutUpdate | ChopsUpdate) -> None:
        """Writes one frame of the app as a difference."""
        found = pieces(update, ColorSystem.TRUECOLOR)
        self._stream.feed(self.shadow.update(found, app.size.width, app.size.height))

    def differences(self, app: SentituiApp) -> list[tuple[int, str, str]]:
        """The rows where the terminal shows something else than a whole frame of the app would."""
        whole = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
        assert isinstance(whole, LayoutUpdate)
        fresh, stream = terminal()
        stream.feed(Shadow().update(pieces(whole, ColorSystem.TRUECOLOR), WIDTH, HEIGHT))
        ours, theirs = cells(self.screen), cells(fresh)
        return [(y, self.screen.display[y], fresh.display[y]) for y in range(HEIGHT) if ours[y] != theirs[y]]


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    """An emulated terminal as the app leaves it: line feeds return the carriage, no wrapping."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.set_mode(pyte.modes.LNM)
    screen.reset_mode(pyte.modes.DECAWM)
    return screen, pyte.Stream(screen)


def cells(screen: pyte.Screen) -> Cells:
    """Text and look of every cell; the foreground of a bare blank is nobody's business."""
    rows = []
    for y in range(HEIGHT):
        row = []
        for x in range(WIDTH):
            cell = screen.buffer[y][x]
            bare = cell.data == " " and not cell.underscore
            row.append((cell.data, "" if bare else cell.fg, cell.bg, cell.bold and not bare, cell.underscore))
        rows.append(row)
    return rows


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> Emulated:
    """Every frame that the app displays goes to the emulated terminal."""
    emulated = Emulated()

    def display(self: SentituiApp, screen: Screen[Any], renderable: object) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and not self._batch_count:
            emulated.take(self, renderable)

    monkeypatch.setattr(DiffOutput, "_display", display)
    return emulated


async def drawn(pilot: Pilot[int]) -> None:
    """Waits until what the keys caused is drawn."""
    for _ in range(3):
        await pilot.pause()


async def play(app: SentituiApp, emulated: Emulated, seed: int, presses: int) -> None:
    """Presses random keys and compares after each; a failure says the seed and the keys so far."""
    chance = random.Random(seed)
    pressed: list[str] = []
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await drawn(pilot)
        for _ in range(presses):
            pressed.append(chance.choice(KEYS))
            await pilot.press(pressed[-1])
            await drawn(pilot)
            differences = emulated.differences(app)
            assert not differences, (seed, pressed, differences)


@pytest.mark.parametrize("seed", range(2))
async def test_random_keys_leave_what_a_whole_frame_shows(
    open_app: OpenApp, training_file: Path, emulated: Emulated, seed: int
) -> None:
    """Forty keys of each of two seeds."""
    await play(open_app(training_file), emulated, seed, 40)


async def test_random_keys_on_a_file_without_examples(
    open_app: OpenApp, training_file: Path, emulated: Emulated
) -> None:
    """Every key of every place finds nothing to work on, and does no harm."""
    training_file.write_bytes(b"")
    await play(open_app(training_file), emulated, 7, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 112))
async def test_many_random_keys_leave_what_a_whole_frame_shows(
    open_app: OpenApp, training_file: Path, emulated: Emulated, seed: int
) -> None:
    """More seeds, more keys."""
    await play(open_app(training_file), emulated, seed, 150)
