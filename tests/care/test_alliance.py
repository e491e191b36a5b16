"""A word for the therapist where the work together is rated low, or lower than it was."""

from __future__ import annotations

import pytest

from openhour.care.alliance import FALLING, LOW, alliance_word
from tests.care.conftest import DAY


@pytest.mark.parametrize(
    ("totals", "word"),
    [((), ""), ((9,), ""), ((6,), LOW), ((7,), ""), ((9, 8), ""), ((9, 7), FALLING), ((3, 7), ""), ((2, 5), LOW)],
)
def test_our_own_form_is_told_when_low_and_when_falling(shelf, totals, word):
    assert alliance_word(shelf.instrument("session-feedback", on=DAY), totals) == word


@pytest.mark.parametrize(("totals", "word"), [((12,), ""), ((50, 41), ""), ((50, 40), FALLING)])
def test_a_published_form_without_a_level_is_told_only_when_falling(shelf, totals, word):
    assert alliance_word(shelf.instrument("wai-sr", on=DAY), totals) == word


def test_other_measures_say_nothing_of_it(phq9):
    assert alliance_word(phq9, (20, 0)) == ""
