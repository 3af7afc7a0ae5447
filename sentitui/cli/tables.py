"""Plain tables: columns as wide as what stands in them, numbers on the right."""

from __future__ import annotations

from collections.abc import Sequence

from sentitui.cli.terminal import cells, clip, pad


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1, width: int = 80) -> list[str]:
    """The lines of a table: the first `left` columns aligned left, the others right.

    When the table is wider than `width`, its first column gives way.
    """
    columns = list(zip(head, *rows, strict=True))
    widths = [max(map(cells, column)) for column in columns]
    over = sum(widths) + 2 * (len(widths) - 1) - width
    if over > 0:
        widths[0] = max(4, widths[0] - over)
    lines = []
    for row in (head, *rows):
        parts = [
            pad(clip(value, wide), wide, right=index >= left)
            for index, (value, wide) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    return lines
