"""Who is asked, how often and with which system prompt: what stands around the panes of the Playground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from sentitui.errors import SentituiError
from sentitui.playground.questions import Lesson
from sentitui.tui.messages import ModelWanted
from sentitui.tui.question_desk import QuestionDesk, Tuned
from sentitui.tui.screens.dialogs import Choice, ChoiceDialog, LineDialog
from sentitui.tui.screens.place import Place
from sentitui.tui.widgets.completion_pane import CompletionPane, PaneHead
from sentitui.tui.widgets.line_input import LineInput
from sentitui.tui.widgets.status_line import StatusLine
from sentitui.tui.workspace import Workspace

SIDES = ("base", "tuned")


class PlaySetup(Place):
    """The fields and the choices."""

    name_of_mode = "playground"
    title_of_place = "Playground"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i,enter", "type", "Type a question", id="play.type", tooltip="Type what both are asked"),
        Binding("N", "repeats", "Repeats", id="play.repeats", tooltip="How often each is asked"),
        Binding("s", "system", "System prompt", id="play.system", tooltip="Edit the system prompt",
                show=False),
        Binding("m", "model", "Model", id="play.model", tooltip="Choose another tuned model"),
        Binding("tab", "other_pane", "Pane", id="play.pane", tooltip="To the other pane", show=False),
    ]  # fmt: skip

    @dataclass
    class Ready(Message):
        """The models and what the file teaches are known."""

        tuned: list[Tuned]
        lesson: Lesson | None
        problem: str = ""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._desk = QuestionDesk(workspace.services)
        self._tuned: list[Tuned] = []
        self._chosen: Tuned | None = None
        self._trained_prompt: str | None = None
        self._repeats = 10
        self._normaliser = "exact"
        self.system = LineInput(placeholder="no system prompt", id="system")
        self.question = LineInput(placeholder="i or enter: type what the models are asked", id="question")
        self.heading = StatusLine(id="play-heading")
        self.heads = {side: PaneHead(side) for side in SIDES}
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
            for side in SIDES:
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
        if self.is_mounted:
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
        self.refresh_bindings()

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
        self.heads["tuned"].show(chosen.model if chosen else "")
        if chosen is None:
            self.panes["tuned"].say("None yet: 2, then n trains one.")
        else:
            self.panes["tuned"].say("Nothing asked yet.")
        differs = self._trained_prompt is not None and self.system.value != self._trained_prompt
        note = " · system prompt differs from the training file's" if differs else ""
        self.heading.right = f"{self._repeats}x each, counted {self._normaliser}{note}"

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A tuned model is chosen where there is one."""
        return bool(self._tuned) if action == "model" else True

    async def action_model(self) -> None:
        """Offers the tuned models."""
        choices = tuple(Choice(str(at + 1), each.model, str(at)) for at, each in enumerate(self._tuned[:9]))
        await self.app.push_screen(
            ChoiceDialog("Which tuned model?", "The newest first.", choices), self._set_model
        )

    def _set_model(self, answer: str | None) -> None:
        if answer is not None:
            self._chosen = self._tuned[int(answer)]
            self._describe()

    def action_other_pane(self) -> None:
        """To the other pane."""
        self.set_focus(self.panes["tuned" if self.panes["base"].has_focus else "base"])
