"""The Playground: base and tuned side by side, the same question N times, and the tally of the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static
from textual.worker import Worker

from sentitui.errors import SentituiError
from sentitui.playground.contender import Contender
from sentitui.playground.questions import Lesson
from sentitui.playground.run import Prompt, RunEvent
from sentitui.playground.tally import Tally
from sentitui.tui.messages import ModelWanted
from sentitui.tui.play_state import NORMALISERS, Saying, contender_of, rows_of
from sentitui.tui.question_desk import QuestionDesk, Tuned
from sentitui.tui.screens.dialogs import Choice, ChoiceDialog, LineDialog
from sentitui.tui.screens.place import Place
from sentitui.tui.widgets.completion_pane import CompletionPane, PaneHead
from sentitui.tui.widgets.line_input import LineInput
from sentitui.tui.widgets.status_line import StatusLine
from sentitui.tui.workspace import Workspace

_RATE = 0.1
"""Seconds between two updates of the panes while answers stream."""
_SIDES = ("base", "tuned")


class PlaygroundScreen(Place):
    """Ask base and tuned."""

    name_of_mode = "playground"
    title_of_place = "Playground"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i,enter", "type", "Type a question", id="play.type", tooltip="Type what both are asked"),
        Binding("x", "example", "Example", id="play.example", tooltip="Ask the example chosen in Data"),
        Binding("a", "ask", "Ask again", id="play.ask", tooltip="Ask the same again"),
        Binding("N", "repeats", "Repeats", id="play.repeats", tooltip="How often each is asked"),
        Binding("s", "system", "System prompt", id="play.system", tooltip="Edit the system prompt",
                show=False),
        Binding("m", "model", "Model", id="play.model", tooltip="Choose another tuned model"),
        Binding("v", "variants", "Count as", id="play.variants", tooltip="Count answers exactly, or folded",
                show=False),
        Binding("tab", "other_pane", "Pane", id="play.pane", tooltip="To the other pane", show=False),
        Binding("escape", "leave", "Stop", id="play.stop", tooltip="Leave the field, or stop asking",
                show=False),
    ]  # fmt: skip

    @dataclass
    class Ready(Message):
        """The models and what the file teaches are known."""

        tuned: list[Tuned]
        lesson: Lesson | None
        problem: str = ""

    @dataclass
    class Ended(Message):
        """All answers are there, or `problem` says why not."""

        problem: str = ""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._desk = QuestionDesk(workspace.services)
        self._tuned: list[Tuned] = []
        self._chosen: Tuned | None = None
        self._trained_prompt: str | None = None
        self._sayings = {side: Saying() for side in _SIDES}
        self._expected: str | None = None
        self._repeats = 10
        self._normaliser = "exact"
        self._inbox: list[RunEvent] = []
        self._flushing: Timer | None = None
        self._asking: Worker[None] | None = None
        self.system = LineInput(placeholder="no system prompt", id="system")
        self.question = LineInput(placeholder="i or enter: type what both models are asked", id="question")
        self.heading = StatusLine(id="play-heading")
        self.heads = {side: PaneHead(side) for side in _SIDES}
        self.panes = {
            "base": CompletionPane("Nothing asked yet.", id="pane-base"),
            "tuned": CompletionPane("Nothing asked yet.", id="pane-tuned"),
        }

    def body(self) -> ComposeResult:
        """System prompt, question, a row of words, the two panes."""
        with Horizontal(classes="play--row"):
            yield Static(Content(" system"), classes="play--label")
            yield self.system
        with Horizontal(classes="play--row"):
            yield Static(Content(" ask"), classes="play--label")
            yield self.question
        yield self.heading
        with Horizontal(id="play-panes"):
            for side in _SIDES:
                with Vertical(classes=f"play--side play--{side}"):
                    yield self.heads[side]
                    yield self.panes[side]

    def on_mount(self) -> None:
        """Looks up the models and what the file teaches."""
        self.set_focus(self.panes["base"])
        self._describe()
        self._look_up()

    def on_screen_resume(self) -> None:
        """A job may have ended since."""
        if self.is_mounted and self._asking is None:
            self._look_up()

    @work(exclusive=True, group="look-up", exit_on_error=False)
    async def _look_up(self) -> None:
        lesson, problem = None, ""
        try:
            tuned = await self._desk.tuned()
            lesson = await self._desk.lesson(self.workspace.path)
        except SentituiError as error:
            tuned, problem = [], error.message
        self.post_message(self.Ready(tuned, lesson, problem))

    @on(Ready)
    def _take_models(self, event: Ready) -> None:
        if self._chosen is None or self._tuned != event.tuned:
            self._tuned = event.tuned
            self._chosen = event.tuned[0] if event.tuned else None
        if event.lesson is not None and self._trained_prompt is None:
            self._trained_prompt = event.lesson.system_prompt or ""
            self.system.value = self._trained_prompt
        if event.problem:
            self.heading.say(event.problem, "warning")
        self._describe()

    @on(ModelWanted)
    def _take_model(self, event: ModelWanted) -> None:
        event.stop()
        wanted = (event.provider, event.model)
        known = next((each for each in self._tuned if (each.provider, each.model) == wanted), None)
        if known is not None:
            self._chosen = known
            self._describe()

    def _describe(self) -> None:
        """Says which models answer, how often, and whether the system prompt is the trained one."""
        chosen = self._chosen
        base = chosen.base if chosen else self.workspace.services.provider().default_model
        self.heads["base"].show(base)
        self.heads["tuned"].show(chosen.model if chosen else "no tuned model yet")
        if chosen is None:
            self.panes["tuned"].say("2 trains one on the open file.")
        else:
            self.panes["tuned"].say("Nothing asked yet.")
        differs = self._trained_prompt is not None and self.system.value != self._trained_prompt
        note = " · system prompt differs from the training file's" if differs else ""
        self.heading.right = f"{self._repeats}x each, counted {self._normaliser}{note}"

    @on(Input.Submitted, "#question")
    def _question_typed(self) -> None:
        self._expected = None
        self.set_focus(self.panes["base"])
        self.action_ask()

    @on(Input.Submitted, "#system")
    def _system_typed(self) -> None:
        self.set_focus(self.panes["base"])
        self._describe()

    def action_type(self) -> None:
        """Into the question."""
        self.set_focus(self.question)

    def action_system(self) -> None:
        """Into the system prompt."""
        self.set_focus(self.system)

    def action_example(self) -> None:
        """Asks what the example chosen in Data asks."""
        file, index = self.workspace.file, self.workspace.index
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
        self._sayings = {side: Saying(self._repeats if side in asked else 0) for side in _SIDES}
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
        for side in _SIDES:
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

    async def action_repeats(self) -> None:
        """Asks how often each contender is asked."""
        dialog = LineDialog("How often is each asked?", value=str(self._repeats), hint="1 to 1000")
        await self.app.push_screen(dialog, self._set_repeats)

    def _set_repeats(self, answer: str | None) -> None:
        if answer and answer.strip().isdigit() and 1 <= int(answer) <= 1000:
            self._repeats = int(answer)
        elif answer:
            self.heading.say(f"{answer} is no number from 1 to 1000.", "warning")
        self._describe()

    async def action_model(self) -> None:
        """Offers the tuned models."""
        if not self._tuned:
            self.heading.say("No tuned model yet: 2 trains one.", "hint")
            return
        choices = tuple(Choice(str(at + 1), each.model, str(at)) for at, each in enumerate(self._tuned[:9]))
        await self.app.push_screen(
            ChoiceDialog("Which tuned model?", "The newest first.", choices), self._set_model
        )

    def _set_model(self, answer: str | None) -> None:
        if answer is not None:
            self._chosen = self._tuned[int(answer)]
            self._describe()

    def action_variants(self) -> None:
        """Counts answers another way."""
        names = list(NORMALISERS)
        self._normaliser = names[(names.index(self._normaliser) + 1) % len(names)]
        self._describe()
        self._draw()

    def action_other_pane(self) -> None:
        """To the other pane."""
        self.set_focus(self.panes["tuned" if self.panes["base"].has_focus else "base"])
