"""Fitting text into cells: clip, pad, wrap. Pure; the text is already safe (see `sentitui.safe`)."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells, set_cell_size


def cells(text: str) -> int:
    """How many columns the text takes."""
    return cell_len(text)


def clip(text: str, width: int) -> str:
    """The text in at most `width` cells, its end replaced by an ellipsis when it is longer."""
    # A prefix decides: safe text stacks at most three zero-width marks on a character.
    head = text[: width * 4 + 4]
    if len(head) == len(text) and cell_len(text) <= width:
        return text
    return set_cell_size(head, max(width - 1, 0)).rstrip() + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """The text in exactly `width` cells, clipped or filled with blanks on the right."""
    clipped = clip(text, width)
    return clipped + " " * (width - cell_len(clipped))


def pad_left(text: str, width: int) -> str:
    """The text in exactly `width` cells, filled with blanks on the left."""
    clipped = clip(text, width)
    return " " * (width - cell_len(clipped)) + clipped


def wrap(text: str, width: int) -> list[str]:
    """The rows of a text of several lines, broken at blanks where possible; an empty line stays a row."""
    rows: list[str] = []
    for line in text.split("\n"):
        rows.extend(_wrap_line(line, max(width, 2)))
    return rows


def _wrap_line(line: str, width: int) -> list[str]:
    if cell_len(line) <= width:
        return [line]
    rows, row, used = [], "", 0
    for word in _words(line):
        if used + cell_len(word.rstrip(" ")) > width and row:
            rows.append(row.rstrip(" "))
            row, used = "", 0
        *full, rest = chop_cells(word, width) if cell_len(word.rstrip(" ")) > width else [word]
        rows.extend(full)
        row += rest
        used += cell_len(rest)
    return [*rows, row.rstrip(" ")]


def _words(line: str) -> list[str]:
    """The words of a line, each with the blanks that follow it; nothing is lost."""
    words: list[str] = []
    start = 0
    for position in range(1, len(line)):
        if line[position] != " " and line[position - 1] == " ":
            words.append(line[start:position])
            start = position
    return [*words, line[start:]]


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 example", "12,345 examples"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_NAMES = {
    "down": "↓", "up": "↑", "left": "←", "right": "→", "pagedown": "pgdn", "pageup": "pgup", "slash": "/",
    "question_mark": "?", "colon": ":", "escape": "esc",
    "left_square_bracket": "[", "right_square_bracket": "]",
}  # fmt: skip


def key_name(key: str) -> str:
    """A key as people write it."""
    return _NAMES.get(key, key.replace("ctrl+", "^"))
