"""Distinct answers and how often each came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sentitui.playground.labels import Labels
from sentitui.playground.tally import Variant, as_json, by_label, folded, tally


def test_the_most_frequent_variant_comes_first() -> None:
    """Variants are counted, failed answers apart; agreement is the first one's share."""
    found = tally(["b", "a", "a", None])
    assert found.variants == (Variant("a", 2), Variant("b", 1))
    assert (found.total, found.failed, found.distinct) == (3, 1, 2)
    assert found.agreement == 2 / 3


def test_nothing_answered_agrees_on_nothing() -> None:
    """Without answers there are no variants and no agreement."""
    assert tally([None]).agreement == 0.0
    assert tally([]).variants == ()


def test_the_user_chooses_what_counts_as_equal() -> None:
    """Exactly, folded, by label, or as JSON; the first spelling seen is shown."""
    answers = ["Positive.", " positive", "It is POSITIVE", "Negative"]
    assert tally([*answers, " positive"]).variants[0] == Variant(" positive", 2)
    assert tally(answers, folded).variants[0] == Variant("Positive.", 2)
    assert tally(answers, by_label(Labels(("Positive", "Negative")))).variants[0] == Variant("Positive.", 3)
    assert tally(['{"a": 1, "b": 2}', '{"b":2,"a":1}', "no json"], as_json).distinct == 2


@given(st.lists(st.one_of(st.none(), st.sampled_from("abc "), st.text(max_size=4))))
def test_no_answer_is_lost(answers: list[str | None]) -> None:
    """Counts add up to the answers given, whatever they are."""
    for normalise in (None, folded, as_json):
        found = tally(answers, normalise)
        assert found.total + found.failed == len(answers)
        assert sum(variant.count for variant in found.variants) == found.total
        assert 0.0 <= found.agreement <= 1.0
