"""The Data place, driven by keys on real training files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from sentitui.tui.app import SentituiApp
from sentitui.tui.screens.data import DataScreen
from sentitui.tui.screens.dialogs import ChoiceDialog
from tests.tui.conftest import OpenApp, Until, data, example

SIZE = (120, 40)


def messages(path: Path, line: int) -> list[dict[str, Any]]:
    """The messages of one line of a file."""
    found: list[dict[str, Any]] = json.loads(path.read_bytes().splitlines()[line])["messages"]
    return found


async def test_the_sample_opens_with_its_first_example(app: SentituiApp) -> None:
    """Without a file a copy of the sample is open, its first example shown, and what to do is said."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        screen = data(app)
        assert screen.examples.line_count() == 60
        assert screen.conversation.message_count == 3
        assert "2 trains a model" in screen.heading.words


async def test_fifty_keys_in_a_burst_move_fifty_lines(app: SentituiApp) -> None:
    """No key of a burst is lost."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*["down"] * 50)
        assert data(app).examples.cursor == 50


async def test_vim_keys_and_arrows_move_alike(app: SentituiApp) -> None:
    """`j k g G` and the arrows, home and end are the same moves."""
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "down", "k")
        assert data(app).examples.cursor == 1
        await pilot.press("G")
        assert data(app).examples.cursor == 59
        await pilot.press("g")
        assert data(app).examples.cursor == 0


async def test_an_answer_is_edited_from_the_list(
    open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """`e` on the list edits the answer; ctrl+s takes it over, a second one saves the file."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "e", "!", "ctrl+s")
        await pilot.pause()
        assert app.workspace.file.edited(1)
        assert data(app).examples.has_focus
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not app.workspace.file.modified)
    assert messages(training_file, 1)[2]["content"] == "Positive!"


async def test_leaving_the_editor_untouched_edits_nothing(open_app: OpenApp, training_file: Path) -> None:
    """Opening and keeping without typing is no edit, whatever characters the text holds."""
    training_file.write_bytes(example(0, "a\u2028b\x0bc\r\nd\x85"))
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("e", "ctrl+s")
        await pilot.pause()
        assert not app.workspace.file.modified


async def test_odd_characters_survive_an_edit(open_app: OpenApp, training_file: Path) -> None:
    """Typing at the end changes the end alone: what a text area would unify stays as it was."""
    odd = "a\u2028b\x0bc\r\nd\x85e\u200b\x1b[31m\\u0041"
    training_file.write_bytes(example(0, odd))
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("e", "!", "ctrl+s")
        await pilot.pause()
        assert app.workspace.file.example(0).answer == odd + "!"


async def test_escape_drops_typed_text_only_at_the_second_press(
    open_app: OpenApp, training_file: Path
) -> None:
    """The first escape warns, the second drops."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("e", "x", "escape")
        assert data(app).is_editing
        assert "Esc again" in data(app).editor.status.words
        await pilot.press("escape")
        assert not data(app).is_editing
        assert not app.workspace.file.modified


async def test_diagnostics_come_while_typing(open_app: OpenApp, training_file: Path, until: Until) -> None:
    """An emptied answer is called a problem before it is taken over."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: data(app).rules_loaded)
        await pilot.press("r")
        await pilot.press("backspace")
        await until(pilot, lambda: data(app).editor.status.kind == "error")
        assert "J0" in data(app).editor.status.words


async def test_examples_are_added_copied_moved_and_deleted_and_all_of_it_undone(
    open_app: OpenApp, training_file: Path
) -> None:
    """`o D J d` change the file, `u` takes each back, in order."""
    app = open_app(training_file)
    before = training_file.read_bytes()
    async with app.run_test(size=SIZE) as pilot:
        file = app.workspace.file
        await pilot.press("o", "D", "J", "d")
        assert len(file) == 13
        await pilot.press(*"uuuu")
        assert b"".join(line + b"\n" for line in file.lines()) == before
        assert not file.modified


async def test_messages_are_added_turned_moved_and_deleted(open_app: OpenApp, training_file: Path) -> None:
    """In the conversation the same keys work on messages."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        file = app.workspace.file
        await pilot.press("enter", "o", "t")
        assert [m.role for m in file.example(0).messages] == ["system", "user", "assistant", "assistant"]
        await pilot.press("K")
        await pilot.press("d")
        assert len(file.example(0).messages) == 3


async def test_search_goes_to_the_next_hit_and_wraps(
    open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """`/` finds without regard to case, `n` goes on, `N` back."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"MESSAGE", "space", "1", "enter")
        await until(pilot, lambda: data(app).examples.cursor == 1)
        await pilot.press("n")
        await until(pilot, lambda: data(app).examples.cursor == 10)
        await pilot.press("N")
        await until(pilot, lambda: data(app).examples.cursor == 1)


async def test_go_to_takes_a_number(open_app: OpenApp, training_file: Path) -> None:
    """`:` and a number go to that example."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", "7", "enter")
        await pilot.pause()
        assert data(app).examples.cursor == 6


async def test_problems_are_listed_and_lead_to_their_place(
    open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """`p` lists what is wrong with the file; enter goes to the message."""
    lines = training_file.read_bytes().splitlines(keepends=True)
    training_file.write_bytes(b"".join(lines[:5]) + example(5).replace(b"assistant", b"asistant") + lines[6])
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: data(app).findings.report is not None)
        assert "error" in data(app).heading.right
        await pilot.press("p")
        role = next(i for i, d in enumerate(data(app).problems.diagnostics) if d.location.line == 6)
        await pilot.press(*["j"] * role, "enter")
        await pilot.pause()
        assert data(app).examples.cursor == 5
        assert data(app).conversation.selected == 2


async def test_a_changed_file_is_not_overwritten_unasked(
    open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """When another program wrote the file, saving asks; cancel leaves both as they are."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("d")
        other = training_file.with_name("other")
        other.write_bytes(example(99))
        other.replace(training_file)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
    assert training_file.read_bytes() == example(99)


async def test_save_as_goes_on_in_the_new_file(open_app: OpenApp, training_file: Path, until: Until) -> None:
    """`S` writes to another name, and the app then edits that file."""
    app = open_app(training_file)
    before = training_file.read_bytes()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("d", "S")
        await until(pilot, lambda: not isinstance(app.screen, DataScreen))
        await pilot.press("end", *["backspace"] * len("train.jsonl"), *"new.jsonl", "enter")
        await until(pilot, lambda: not app.workspace.file.modified)
        assert app.workspace.path.name == "new.jsonl"
    assert training_file.read_bytes() == before
    assert len(training_file.with_name("new.jsonl").read_bytes().splitlines()) == 11


async def test_quitting_with_edits_asks_and_cancel_stays(
    open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """`q` with unsaved edits asks; cancel goes back to work."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("d", "q")
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        assert app.is_running


async def test_a_broken_line_is_shown_and_can_be_mended(open_app: OpenApp, training_file: Path) -> None:
    """A line that is no JSON is shown as text; `e` edits it as it stands."""
    training_file.write_bytes(example(0) + b'{"messages": [}\n' + example(2))
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j")
        assert data(app).heading.kind == "error"
        await pilot.press("e")
        assert data(app).is_editing
        assert data(app).editor.area.text == '{"messages": [}'


async def test_an_empty_file_says_what_to_do(open_app: OpenApp, training_file: Path) -> None:
    """A file without examples is no dead end."""
    training_file.write_bytes(b"")
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "o adds one" in data(app).heading.words
        await pilot.press("o")
        assert len(app.workspace.file) == 1


async def test_every_size_has_room(open_app: OpenApp, training_file: Path) -> None:
    """From 20x5 to 250x70 nothing breaks, resizing included."""
    app = open_app(training_file)
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((20, 5), (80, 24), (200, 60), (250, 70), (40, 10), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.press("j", "e", "escape")
            await pilot.pause()
        assert data(app).examples.cursor == 6


async def test_a_terminal_too_small_says_so_and_keeps_the_place(
    open_app: OpenApp, training_file: Path
) -> None:
    """Below 40x10 one line says what is needed; larger again everything is where it was."""
    app = open_app(training_file)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j")
        notice = app.screen.query_one(".too-small")
        for size, shown in (((39, 24), True), ((80, 9), True), ((40, 10), False), ((80, 24), False)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert notice.display is shown, size
        await pilot.press("j")
        assert data(app).examples.cursor == 3
        assert data(app).examples.has_focus


async def checked(pilot: Pilot[int], app: SentituiApp, until: Until) -> None:
    """Waits until the rules are loaded and the file has been checked."""
    await until(pilot, lambda: data(app).rules_loaded)
    await pilot.press("c")
    await until(pilot, lambda: data(app).findings.report is not None)


async def test_a_label_is_set_by_its_number(open_app: OpenApp, training_file: Path, until: Until) -> None:
    """`L` offers the labels of the set, the most frequent first; a digit sets one."""
    lines = [example(n, "Negative" if n % 3 == 0 else "Positive") for n in range(12)]
    training_file.write_bytes(b"".join(lines))
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog))
        await pilot.press("1")
        await until(pilot, lambda: app.workspace.file.modified)
        assert app.workspace.file.example(0).answer == "Positive"


async def test_a_fix_is_shown_before_it_is_applied(
    open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """`x` shows what would change; applying it cures the example, and one undo takes it back."""
    lines = [example(n) for n in range(12)]
    lines[0] = lines[0].replace(b'"message 0"', b'" message 0 \\u200b"')
    training_file.write_bytes(b"".join(lines))
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await checked(pilot, app, until)
        assert data(app).check_action("fix", ())
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog))
        await pilot.press("a")
        await until(pilot, lambda: app.workspace.file.modified)
        assert app.workspace.file.line(0) != lines[0].rstrip(b"\n")
        await pilot.press("u")
        assert app.workspace.file.line(0) == lines[0].rstrip(b"\n")


async def test_a_rule_is_explained(open_app: OpenApp, training_file: Path, until: Until) -> None:
    """`i` shows what the rule behind the problem is about."""
    lines = training_file.read_bytes().splitlines(keepends=True)
    training_file.write_bytes(lines[0].replace(b'"assistant"', b'"asistant"') + b"".join(lines[1:]))
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await checked(pilot, app, until)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, ChoiceDialog))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))


async def test_copying_sends_the_line_and_says_so(open_app: OpenApp, training_file: Path) -> None:
    """`y` hands the line to the terminal; nobody knows whether it took it, so that is what is said."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("y")
        assert app.clipboard.encode() + b"\n" == example(0)
        assert "Sent to the terminal" in data(app).heading.words


async def test_filters_narrow_the_list_and_combine(
    open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """`f` shows only what all terms hold for; what is chosen and edited is the example of the file."""
    training_file.write_bytes(
        b"".join(example(n, "Negative" if n % 3 == 0 else "Positive") for n in range(12))
    )
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f", *"label:negative", "space", *"re:[369]$", "enter")
        await until(pilot, lambda: data(app).examples.is_narrowed)
        assert data(app).examples.line_count() == 3
        assert data(app).index == 3
        assert "[label:negative]" in data(app).heading.right
        await pilot.press("j", "e", "!", "ctrl+s")
        assert app.workspace.file.edited(6)
        assert data(app).examples.is_narrowed
        await pilot.press("d")
        assert not data(app).examples.is_narrowed
        assert len(app.workspace.file) == 11
