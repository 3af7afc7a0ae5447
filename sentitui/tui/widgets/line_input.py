"""One line of text to type, without a blinking cursor and without a box."""

from __future__ import annotations

from textual.widgets import Input


class LineInput(Input):
    """Textual's input as this app uses it."""

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(value, placeholder=placeholder, compact=True, id=id, select_on_focus=False)
        # A blinking cursor sends 2.6 KB a second over the line for nothing.
        self.cursor_blink = False
