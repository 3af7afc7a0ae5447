"""Sends only the cells that changed.

Hooks `App._display`, a private part of the pinned Textual release; a test guards each upgrade. Switched off
(`SENTITUI_DIFF=0`) every frame goes out whole, still through the guard against control characters.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate

from sentitui.tui.terminal.cells import cells_of
from sentitui.tui.terminal.shadow import Piece, Shadow

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from textual.app import App
    from textual.screen import Screen

    _Base = App[int]
else:
    _Base = object


def diff_wanted(environ: Mapping[str, str]) -> bool:
    """Whether frames are diffed; `SENTITUI_DIFF=0` switches it off."""
    return environ.get("SENTITUI_DIFF", "1") != "0"


def erases_with_background(environ: Mapping[str, str]) -> bool:
    """Whether the terminal fills erased cells with the background colour; GNU screen and its kin do not."""
    return not environ.get("TERM", "").startswith(("screen", "vt", "ansi"))


class DiffUpdate(CompositorUpdate):
    """One frame, written as its difference from the shadow."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate, shadow: Shadow, size: tuple[int, int]) -> None:
        self._update = update
        self._shadow = shadow
        self._size = size

    def render_segments(self, console: Console) -> str:
        """The escape sequences of this frame; also moves the shadow on."""
        colors = _color_system(console)
        return self._shadow.update(pieces(self._update, colors), *self._size)


def _color_system(console: Console) -> ColorSystem:
    name = console.color_system
    systems = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}
    return systems.get(name or "", ColorSystem.TRUECOLOR)


def pieces(update: LayoutUpdate | ChopsUpdate, colors: ColorSystem) -> Iterator[Piece]:
    """The cells that an update of Textual's compositor brings, with their places."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            yield update.region.x, y, [cell for strip in line for cell in cells_of(strip, colors)]
        return
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= last and end > first:
                yield x, y, cells_of(strip, colors)[: min(end, last) - x]


class DiffOutput(_Base):
    """Mix into an App, before `App`: keeps the shadow and swaps Textual's frames for their differences."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.shadow = Shadow(erases=erases_with_background(os.environ))
        """What the terminal shows; whoever writes to the terminal past us makes it `forget`."""
        self._diffs = diff_wanted(os.environ)
        self._held = False
        super().__init__(*args, **options)

    def hold_output(self) -> None:
        """Keeps frames back, so that what stands on the terminal stays until `release_output`."""
        self.shadow.forget()
        self._held = True

    def release_output(self) -> None:
        """Shows the screen as it is now, and every frame from here on."""
        if self._held:
            self._held = False
            self._display(self.screen, self.screen._compositor.render_update(full=True))

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._held:
            return
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and self._driver and not self._batch_count:
            if not self._diffs:
                self.shadow.forget()
            # Textual itself passes compositor updates here, though its annotation does not name them.
            super()._display(screen, cast(Any, DiffUpdate(renderable, self.shadow, self.size)))
        else:
            super()._display(screen, renderable)
