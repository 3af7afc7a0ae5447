"""The closed formulas agree with scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sentitui.playground.statistics import entropy, fisher, mcnemar, sign_test, wilson

counts = st.integers(0, 60)


@settings(deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(case: tuple[int, int]) -> None:
    """The 95 % interval equals scipy's, also at the edges."""
    successes, total = case
    theirs = stats.binomtest(successes, total).proportion_ci(0.95, method="wilson")
    assert wilson(successes, total) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_nothing_asked_says_nothing() -> None:
    """Without answers every share is possible."""
    assert wilson(0, 0) == (0.0, 1.0)


@settings(deadline=None)
@given(counts, counts, counts, counts)
def test_fisher_is_scipys(a: int, b: int, c: int, d: int) -> None:
    """The two-sided p equals scipy's on every table."""
    assert fisher(a, b, c, d) == pytest.approx(stats.fisher_exact([[a, b], [c, d]])[1], abs=1e-9)


@settings(deadline=None)
@given(counts, counts)
def test_the_sign_test_is_scipys(a: int, b: int) -> None:
    """McNemar's exact test and the sign test are the binomial test at one half."""
    theirs = stats.binomtest(a, a + b, 0.5).pvalue if a + b else 1.0
    assert sign_test(a, b) == pytest.approx(theirs, abs=1e-9)
    assert mcnemar(a, b) == sign_test(a, b)


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_entropy_is_scipys(values: list[int]) -> None:
    """Entropy in bits equals scipy's."""
    assert entropy(values) == pytest.approx(float(stats.entropy(values, base=2)), abs=1e-9)


def test_large_counts_stay_finite() -> None:
    """Figures of big evaluations neither overflow nor lose their meaning."""
    assert 0.0 <= fisher(5000, 5000, 5100, 4900) <= 1.0
    assert math.isclose(sign_test(5000, 5000), 1.0)
    assert entropy([]) == 0.0
