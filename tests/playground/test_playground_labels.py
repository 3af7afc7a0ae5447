"""Which label an answer carries, and in which form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentitui.playground.labels import Labels, labels_of

SENTIMENT = Labels(("Positive", "Negative", "Neutral"))


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("Positive", "Positive"),
        ("The sentiment is positive.", "Positive"),
        ("NEUTRAL!", "Neutral"),
        ("**Negative**", "Negative"),
        ("positive, very positive", "Positive"),
        ("Positive or Negative", None),
        ("Positively charged", None),
        ("nonpositive", None),
        ("", None),
        ("positive_thing", None),
    ],
)
def test_one_whole_word_is_the_label(answer: str, label: str | None) -> None:
    """Exactly one label as a whole word, letter case folded; two different ones are none."""
    assert SENTIMENT.extract(answer) == label


def test_the_right_label_in_the_wrong_form() -> None:
    """A sentence carries the label; only the label itself has the form."""
    assert SENTIMENT.extract("The sentiment is positive.") == "Positive"
    assert not SENTIMENT.is_exact("The sentiment is positive.")
    assert not SENTIMENT.is_exact("positive")
    assert not SENTIMENT.is_exact(" Positive")
    assert SENTIMENT.extract(" Positive\n") == "Positive"
    assert SENTIMENT.is_exact("Positive")


def test_a_label_inside_a_longer_one_does_not_count() -> None:
    """ "Billing" within "Billing dispute" is not meant."""
    labels = Labels(("Billing", "Billing dispute", "C++"))
    assert labels.extract("It is a billing dispute.") == "Billing dispute"
    assert labels.extract("billing") == "Billing"
    assert labels.extract("billing dispute, so billing") is None
    assert labels.extract("I would say c++") == "C++"


@given(st.text(), st.sampled_from(SENTIMENT.names))
def test_every_exact_answer_carries_itself(noise: str, name: str) -> None:
    """Whatever is exact is also right, and no text breaks the search."""
    assert SENTIMENT.extract(name) == name
    assert SENTIMENT.extract(noise) in (*SENTIMENT.names, None)


def test_labels_are_few_short_and_repeated() -> None:
    """A classification's answers make labels in order of frequency; free text does not."""
    found = labels_of(["Yes", "No", "Yes", None, " Yes "])
    assert found is not None
    assert found.names == ("Yes", "No")
    assert labels_of(["a", "b", "c", "d", "d"]) is None
    assert labels_of(["x" * 61] * 4) is None
    assert labels_of(["a\nb"] * 4) is None
    assert labels_of([]) is None
