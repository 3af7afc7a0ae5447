"""Lines, the status line, colours and bars."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from sentitui.cli.files import writable, write_json
from sentitui.cli.progress import bar, duration, progress, size
from sentitui.cli.tables import table
from sentitui.cli.terminal import Terminal, cells, clip, pad
from sentitui.errors import ConfigError


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_on_a_terminal_lines_pass_above_the_status() -> None:
    """The status line is taken away, the line written, the status put back."""
    screen = Screen()
    terminal = Terminal(screen, {})
    terminal.status("working")
    terminal.line("done one")
    terminal.end_status()
    assert screen.getvalue() == "working\r\x1b[Kdone one\nworking\r\x1b[K"


def test_the_window_gets_its_name_back() -> None:
    """The title is kept aside, set when it changes, and restored, whatever ends the command."""
    screen = Screen()

    def broken() -> None:
        with Terminal(screen, {}) as terminal:
            terminal.status("half")
            for _ in range(2):
                terminal.title("sentitui 50%")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert screen.getvalue() == "half\x1b[22;2t\x1b]2;sentitui 50%\x1b\\\r\x1b[K\x1b[23;2t"
    stream = io.StringIO()
    Terminal(stream, {}).title("x")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_are_for_those_who_want_them(environ: dict[str, str]) -> None:
    """`NO_COLOR` and dumb terminals get none; neither does a file."""
    assert Terminal(Screen(), {}).paint("good", "x") == "\x1b[32mx\x1b[0m"
    assert Terminal(Screen(), environ).paint("good", "x") == "x"
    assert Terminal(io.StringIO(), {}).paint("good", "x") == "x"


def test_a_file_gets_lines_only() -> None:
    """Where nothing can be redrawn no status is written."""
    stream = io.StringIO()
    terminal = Terminal(stream, {})
    terminal.status("working")
    terminal.line("done")
    assert stream.getvalue() == "done\n"


def test_text_is_measured_in_cells() -> None:
    """Wide characters take two cells, combining ones none; cutting leaves an ellipsis within the width."""
    assert cells("漢字e\u0301") == 5
    assert clip("漢字漢字", 5) == "漢字…"
    assert clip("short", 5) == "short"
    assert pad("漢", 4) == "漢  "
    assert pad("7", 3, right=True) == "  7"


def test_bars_are_exact_to_an_eighth() -> None:
    """Full, empty, and in between; ASCII where blocks cannot be shown."""
    assert bar(1.0, 4) == "████"
    assert bar(0.0, 4) == "    "
    assert bar(0.53125, 4) == "██▏ "
    assert bar(7.0, 2) == "██"
    assert bar(0.5, 4, blocks=False) == "##.."


def test_progress_shows_only_facts_that_are_known() -> None:
    """An unknown rate leaves no gap."""
    shown = progress(Terminal(Screen(), {}), 0.5, "step 1/2", "", "loss 1")
    assert shown.endswith(" 50%  step 1/2  loss 1")


def test_numbers_as_people_read_them() -> None:
    """Sizes and durations take the unit that fits."""
    assert [size(n) for n in (0, 999, 1500, 123_456, 5_000_000_000)] == [
        "0 B",
        "999 B",
        "1.5 KB",
        "123 KB",
        "5.0 GB",
    ]
    assert [duration(n) for n in (0.4, 59, 65, 7265)] == ["0 s", "59 s", "1:05 min", "2:01 h"]


def test_a_table_is_as_wide_as_it_may_be() -> None:
    """Numbers stand right; a first column that is too long gives way."""
    assert table(["", "n"], [["a", "1"], ["bb", "22"]]) == ["     n", "a    1", "bb  22"]
    assert table(["name", "n"], [["x" * 50, "1"]], width=20)[1] == "x" * 16 + "…  1"


def test_a_written_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """JSON replaces the old file at once; a place that cannot be written is known beforehand."""
    out = tmp_path / "out.json"
    write_json(out, {"ä": 1})
    assert out.read_text("utf-8") == '{\n  "ä": 1\n}\n'
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]
    writable(out)
    with pytest.raises(ConfigError, match="folder"):
        writable(tmp_path)
    with pytest.raises(ConfigError, match="missing"):
        writable(tmp_path / "nowhere" / "out.json")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_what_is_no_regular_file_is_written_to_not_replaced(tmp_path: Path) -> None:
    """A full device says so and stays a device; a link's target is replaced, not the link."""
    full = Path("/dev/full")
    with pytest.raises(ConfigError, match="/dev/full"):
        write_json(full, {})
    assert full.is_char_device()
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    link.symlink_to(target)
    write_json(link, [])
    assert link.is_symlink()
    assert target.read_text("utf-8") == "[]\n"
