"""Intervals and exact tests in closed form: shorter than importing scipy, and tested against it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

_Z95 = 1.959963984540054  # the 97.5 % point of the normal distribution


def wilson(successes: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a proportion after Wilson (1927); honest at small totals. (0, 1) when total is
    0."""
    if total == 0:
        return 0.0, 1.0
    share = successes / total
    square = _Z95 * _Z95
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z95 / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == total else middle + half
    return max(0.0, low), min(1.0, high)


def entropy(counts: Sequence[int]) -> float:
    """Shannon's entropy of a distribution in bits; 0 for one variant or none."""
    total = sum(counts)
    shares = [count / total for count in counts if count]
    return max(0.0, -math.fsum(share * math.log2(share) for share in shares))


def fisher(a: int, b: int, c: int, d: int) -> float:
    """The two-sided p of Fisher's exact test on the table [[a, b], [c, d]]: unpaired proportions."""
    row, column, total = a + b, a + c, a + b + c + d
    low, high = max(0, row + column - total), min(row, column)
    logs = [_log_choose(column, k) + _log_choose(total - column, row - k) for k in range(low, high + 1)]
    top = max(logs)
    weights = [math.exp(value - top) for value in logs]
    # Tables as likely as the observed one count too; the tolerance (scipy's) absorbs rounding.
    limit = weights[a - low] * (1 + 1e-7)
    return min(1.0, math.fsum(weight for weight in weights if weight <= limit) / math.fsum(weights))


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided p of McNemar's exact test: pairs that only the first, or only the second, got right."""
    return sign_test(only_first, only_second)


def sign_test(first: int, second: int) -> float:
    """The two-sided p of the exact sign test: is one preferred over the other, ties left out."""
    total = first + second
    if total == 0:
        return 1.0
    tail = math.fsum(
        math.exp(_log_choose(total, k) - total * math.log(2)) for k in range(min(first, second) + 1)
    )
    return min(1.0, 2 * tail)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def enough(successes: int, total: int, *, against: float = 0.5, most: int = 100_000) -> int | None:
    """How many answers settle on which side of `against` a share lies, if it stays as it is now.

    The smallest N at which the 95 % Wilson interval of the same share leaves `against` outside; at most the
    total itself when it does already. None when the share equals `against` or more than `most` are needed.
    """
    if total == 0 or successes / total == against:
        return None
    share = successes / total
    low, high = 1, most
    if _straddles(share, most, against):
        return None
    while low < high:
        middle = (low + high) // 2
        if _straddles(share, middle, against):
            low = middle + 1
        else:
            high = middle
    return low


def _straddles(share: float, total: int, against: float) -> bool:
    square = _Z95 * _Z95
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z95 / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    return middle - half <= against <= middle + half
