"""Keys of a burst do what they would do one by one.

Textual hands a key to the focused widget and looks for its binding when it has bubbled back; the next key
of a burst has then gone to the same widget, although the first may have opened an editor. Here a key that is
not typed text is done with before the next one is looked at.

Hooks `App.on_event` and `App._check_bindings` of the pinned Textual release.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input, TextArea

if TYPE_CHECKING:
    from textual.app import App

    _Base = App[int]
else:
    _Base = object


class OrderedKeys(_Base):
    """Mix into an App, before `App`: runs a key's binding before the next key is looked at."""

    async def on_event(self, event: events.Event) -> None:
        """Takes every event; a key that has a binding here is done with at once."""
        if isinstance(event, events.Key) and not event.is_forwarded and not self._is_text(event):
            key = event.key
            await self._typed()
            if await self._check_bindings(key, priority=True) or await self._check_bindings(key):
                return
        await super().on_event(event)

    async def _typed(self) -> None:
        """Waits until the text that has the focus has taken the characters typed before."""
        if isinstance(self.focused, Input | TextArea):
            taken = asyncio.Event()
            self.focused.call_later(taken.set)
            await taken.wait()

    def _is_text(self, event: events.Key) -> bool:
        """Whether the key is for a text that is being typed: characters, line ends, deleting, moving."""
        if not isinstance(self.focused, Input | TextArea):
            return False
        return event.is_printable or not event.key.startswith(("ctrl+", "escape", "f"))
