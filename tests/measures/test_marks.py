"""The table form of the signals: what it says of many patients is what the plain form says of each, session by session."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.measures import marks
from openhour.measures.signals import NO_GAIN, NOT_ON_TRACK, RELIABLY_WORSE, clears_of, signals_of
from tests.measures.courses import RULE, course, treatment

COURSE = course()
ROWS = st.lists(st.lists(st.integers(0, 27) | st.none(), min_size=8, max_size=8), min_size=1, max_size=4)


def told_one_by_one(scores, kind) -> list[bool]:
    """Live the treatment session by session: raise, keep open, clear. True where the kind is raised."""
    opened, raised = frozenset(), []
    for session in range(1, len(scores) + 1):
        situation = treatment(*scores[:session], open_kinds=opened)
        newest = scores[session - 1] is not None
        seen = newest and any(one.kind == kind for one in signals_of(situation, COURSE, RULE))
        raised.append(seen)
        opened = opened | {kind} if seen else opened
        if newest and kind in clears_of(replace(situation, open_kinds=opened), COURSE, RULE):
            opened = frozenset()
    return raised


def called(kind, intake, scores):
    sessions = np.arange(1, scores.shape[1] + 1)
    if kind == NOT_ON_TRACK:
        return marks.off_track(COURSE, intake[:, None], sessions, scores)
    if kind == RELIABLY_WORSE:
        return marks.worse(RULE.points, intake, scores)
    return marks.without_gain(RULE.points, intake, sessions, scores, RULE.no_gain_by) & ~marks.worse(
        RULE.points, intake, scores
    )


@given(ROWS, st.sampled_from([NOT_ON_TRACK, RELIABLY_WORSE]))
@settings(max_examples=60)
def test_the_table_says_what_the_plain_form_says(rows, kind):
    rows = [[row[0] or 0, *row[1:]] for row in rows]
    scores = np.array([[np.nan if one is None else one for one in row] for row in rows], float)
    later = scores.copy()
    later[:, 0] = np.nan  # the score at intake is held against, and isn't judged
    raised, _ = marks.standing(called(kind, scores[:, 0], later), ~np.isnan(later))
    assert raised.tolist() == [told_one_by_one(row, kind) for row in rows]


@given(st.lists(st.integers(0, 27), min_size=8, max_size=8))
@settings(max_examples=60)
def test_no_gain_is_called_where_the_plain_form_calls_it(row):
    scores = np.array([row], float)
    table = called(NO_GAIN, scores[:, 0], scores)[0].tolist()
    plain = [
        any(one.kind == NO_GAIN for one in signals_of(treatment(*row[: place + 1]), None, RULE)) for place in range(8)
    ]
    assert table == plain


def test_a_signal_stands_until_two_calm_scores_in_a_row():
    called = np.array([[0, 1, 0, 1, 0, 0, 0, 1]], bool)
    measured = np.array([[1, 1, 1, 1, 1, 0, 1, 1]], bool)
    raised, stands = marks.standing(called, measured)
    assert raised[0].tolist() == [False, True, False, False, False, False, False, True]
    assert stands[0].tolist() == [False, True, True, True, True, True, False, True]


def test_a_gap_calls_for_nothing_and_clears_nothing():
    nothing = np.full((2, 3), np.nan)
    assert not marks.off_track(COURSE, np.array([[12.0], [20.0]]), np.array([2, 3, 4]), nothing).any()
    assert not marks.worse(RULE.points, np.array([12.0, 20.0]), nothing).any()
    assert not marks.without_gain(RULE.points, np.array([12.0, 20.0]), np.array([6, 7, 8]), nothing, 6).any()
