"""The Playground: base and tuned side by side, the same question N times, and the tally of the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import Worker

from sentitui.errors import SentituiError
from sentitui.playground.contender import Contender
from sentitui.playground.run import Prompt, RunEvent
from sentitui.playground.tally import Tally
from sentitui.tui.play_state import NORMALISERS, Saying, contender_of, rows_of
from sentitui.tui.screens.play_setup import SIDES, PlaySetup
from sentitui.tui.workspace import Workspace

_RATE = 0.1
"""Seconds between two updates of the panes while answers stream."""


class PlaygroundScreen(PlaySetup):
    """Ask base and tuned."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "example", "Example", id="play.example", tooltip="Ask the example chosen in Data"),
        Binding("a", "ask", "Ask again", id="play.ask", tooltip="Ask the same again"),
        Binding("v", "variants", "Count as", id="play.variants", tooltip="Count answers exactly, or folded",
                show=False),
        Binding("escape", "leave", "Stop", id="play.stop", tooltip="Leave the field, or stop asking",
                show=False),
    ]  # fmt: skip

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._sayings = {side: Saying() for side in SIDES}
        self._expected: str | None = None
        self._inbox: list[RunEvent] = []
        self._flushing: Timer | None = None
        self._asking: Worker[None] | None = None

    @dataclass
    class Ended(Message):
        """All answers are there, or `problem` says why not."""

        problem: str = ""

    @on(Input.Submitted, "#question")
    def _question_typed(self) -> None:
        self._expected = None
        self.set_focus(self.panes["base"])
        self.action_ask()

    def action_example(self) -> None:
        """Asks what the example chosen in Data asks."""
        file, index = self.workspace.file, self.workspace.index
        if len(file) == 0:
            self.heading.say("The file has no examples yet: 1, then o adds one.", "hint")
            return
        try:
            example = file.example(index)
        except SentituiError as error:
            self.heading.say(error.message, "warning")
            return
        asked = [message.text for message in example.prompt_messages if message.role == "user"]
        self.question.value = (asked or [""])[-1].replace("\n", " ")
        self._expected = (example.answer or "").strip() or None
        self.action_ask()

    def action_ask(self) -> None:
        """Asks every contender, N times at once."""
        if not self.question.value.strip():
            self.set_focus(self.question)
            return
        try:
            contenders = self._desk.contenders(self._chosen, self.system.value)
        except SentituiError as error:
            self.heading.say(f"{error.message} {error.hint}", "error")
            return
        asked = {each.name for each in contenders}
        self._sayings = {side: Saying(self._repeats if side in asked else 0) for side in SIDES}
        self._inbox.clear()
        for pane in self.panes.values():
            pane.show([])
        prompt = Prompt(({"role": "user", "content": self.question.value},), self._expected)
        self.heading.say("Asking; the model loads at the first question…", "hint")
        self._asking = self._ask(contenders, prompt)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _ask(self, contenders: list[Contender], prompt: Prompt) -> None:
        try:
            await self._desk.ask(contenders, prompt, self._repeats, self._hear)
        except SentituiError as error:
            self.post_message(self.Ended(f"{error.message} {error.hint}"))
            return
        self.post_message(self.Ended())

    def _hear(self, event: RunEvent) -> None:
        self._inbox.append(event)
        if self._flushing is None:
            self._flushing = self.set_timer(_RATE, self._flush)

    def _flush(self) -> None:
        """One update of both panes for everything that came meanwhile."""
        self._flushing = None
        for event in self._inbox:
            self._sayings[contender_of(event)].take(event)
        self._inbox.clear()
        with self.app.batch_update():
            self._draw()
            if self._asking is not None:
                done = sum(len(saying.finished) for saying in self._sayings.values())
                self.heading.say(
                    f"{done} of {sum(s.repeats for s in self._sayings.values())} answers…", "hint"
                )

    def _draw(self) -> None:
        for side, pane in self.panes.items():
            normalise = NORMALISERS[self._normaliser]
            pane.show(rows_of(self._sayings[side], normalise, self._expected, max(pane.size.width - 3, 10)))

    @on(Ended)
    def _show_end(self, event: Ended) -> None:
        self._asking = None
        self._flush()
        if event.problem:
            self.heading.say(event.problem, "error")
            return
        said = []
        for side in SIDES:
            counts = self.tally(side)
            if counts.total:
                said.append(f"{side}: {counts.distinct} different, agreement {counts.agreement:.0%}")
        reasons = [
            each.error for saying in self._sayings.values() for each in saying.finished.values() if each.error
        ]
        if reasons:
            said.append(f"{len(reasons)} failed: {reasons[0]}")
        self.heading.say(" · ".join(said) or "No answers.", "warning" if reasons or not said else "done")

    def show_saying(self, side: str, saying: Saying) -> None:
        """Shows what a side has said."""
        self._sayings[side] = saying
        self._draw()

    def tally(self, side: str) -> Tally:
        """The answers of a side so far, counted as chosen."""
        return self._sayings[side].tally(NORMALISERS[self._normaliser])

    def action_leave(self) -> None:
        """Leaves the field; when no field is open, stops asking."""
        if self.question.has_focus or self.system.has_focus:
            self.set_focus(self.panes["base"])
            self._describe()
        elif self._asking is not None:
            self._asking.cancel()
            self._asking = None
            self.heading.say("Stopped.", "hint")

    def action_variants(self) -> None:
        """Counts answers another way."""
        names = list(NORMALISERS)
        self._normaliser = names[(names.index(self._normaliser) + 1) % len(names)]
        self._describe()
        self._draw()
