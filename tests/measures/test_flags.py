"""A dangerous answer is seen at once: alone, in an unfinished form, and among a million."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openhour.catalog.instrument import Flag
from openhour.measures import FlagRaised, flag_columns, flags_of, score
from tests.measures.instruments import NINE


@pytest.mark.parametrize(("value", "raised"), [(None, 0), (0, 0), (1, 1), (2, 1), (3, 1), (7, 0), (9, 0), (-1, 0)])
def test_one_answer_saved_alone_raises_its_flag(value, raised):
    assert flags_of(NINE, "9", value) == (FlagRaised("9", value, "suicide-risk"),) * raised


def test_other_questions_raise_nothing():
    assert flags_of(NINE, "1", 3) == ()


def test_a_question_that_does_not_exist_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        flags_of(NINE, "11", 1)


def test_an_unfinished_form_raises_its_flag_without_a_total():
    found = score(NINE, {"9": 1})
    assert found.total is None
    assert found.flags == (FlagRaised("9", 1, "suicide-risk"),)


def test_a_flag_without_a_confirmed_source_raises_nothing():
    doubtful = replace(NINE, flags=(Flag("9", 1, "suicide-risk", "memory", False),))
    assert flags_of(doubtful, "9", 3) == ()
    assert score(doubtful, {"9": 3}).flags == ()
    assert flag_columns(doubtful, np.full((2, 9), 3)) == ()


def test_among_many_forms_each_is_flagged_by_its_own_answer():
    answers = np.zeros((5, 9))
    answers[:, 8] = [0, 1, np.nan, 7, 3]
    ((flag, mask),) = flag_columns(NINE, answers)
    assert flag.raises == "suicide-risk"
    assert mask.tolist() == [False, True, False, False, True]
