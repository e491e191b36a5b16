"""Each signal: when it is raised, when not, when it clears, what it says; and none from a single score."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.measures.signals import (
    DROPOUT_RISK,
    KINDS,
    LONG_WITHOUT_GAIN,
    MEASURES_MISSING,
    NO_GAIN,
    NOT_ON_TRACK,
    RELIABLY_WORSE,
    STRENGTHS,
    Reading,
    SignalRule,
    Situation,
    clears_of,
    signals_of,
    signals_of_all,
    situation_findings,
)
from tests.measures.courses import PHQ, RULE, START, course, day, treatment

COURSE = course()
LONG = replace(RULE, without_gain=5)


def kinds(situation, *, of=COURSE, rule=RULE) -> list[str]:
    return [seen.kind for seen in signals_of(situation, of, rule)]


def only(situation, kind, *, of=COURSE, rule=RULE):
    (seen,) = [seen for seen in signals_of(situation, of, rule) if seen.kind == kind]
    return seen


# -- not on track ------------------------------------------------------------


def test_a_score_beyond_the_usual_is_not_on_track():
    seen = only(treatment(15, 14, 19), NOT_ON_TRACK)
    assert seen.sentence == "PHQ-9 is 19 at session 3, worse than expected for a start at 15."
    assert seen.against.startswith(
        "10.3 is expected then, and up to 14.9 is usual: own closed episodes (412 patients,"
    )
    assert "about 1 in 10" in seen.sureness
    assert (seen.strength, seen.model, seen.instrument) == ("clear", "phq-9-practice@2", "phq-9")
    assert [(one.session, one.score) for one in seen.evidence] == [(1, 15.0), (3, 19.0)]
    assert seen.evidence[1].limit == pytest.approx(14.93, abs=0.01)


def test_two_scores_in_a_row_make_it_strong():
    seen = only(treatment(15, 18, 19), NOT_ON_TRACK)
    assert seen.strength == "strong"
    assert seen.sureness.startswith("2 scores in a row")


def test_a_score_within_the_usual_is_on_track():
    assert kinds(treatment(15, 14, 12)) == []


def test_one_score_alone_raises_nothing():
    assert kinds(treatment(27)) == []
    assert kinds(treatment(27), rule=replace(LONG, without_gain=1)) == []


def test_session_1_is_not_judged():
    again = (Reading(START, 1, 5), Reading(START + timedelta(days=1), 1, 27))
    assert NOT_ON_TRACK not in kinds(Situation.of(PHQ, again))


def test_without_a_course_nothing_is_off_it():
    assert NOT_ON_TRACK not in kinds(treatment(15, 20, 26), of=None)


def test_an_unconfirmed_course_drives_nothing_unless_the_practice_says_so():
    loose = course(confirmed=False)
    assert NOT_ON_TRACK not in kinds(treatment(15, 18, 19), of=loose)
    seen = only(treatment(15, 18, 19), NOT_ON_TRACK, of=loose, rule=replace(RULE, unconfirmed=True))
    assert seen.strength == "soft"
    assert "No source confirmed" in seen.sureness


def test_who_began_later_than_session_1_is_held_against_no_course():
    late = Situation.of(PHQ, (Reading(day(4), 4, 10), Reading(day(5), 5, 26)))
    assert kinds(late) == [RELIABLY_WORSE]


def test_it_clears_after_two_scores_on_track_and_not_after_one():
    opened = frozenset({NOT_ON_TRACK})
    assert clears_of(treatment(15, 19, 12, open_kinds=opened), COURSE, RULE) == ()
    assert clears_of(treatment(15, 19, 12, 11, open_kinds=opened), COURSE, RULE) == (NOT_ON_TRACK,)
    assert clears_of(treatment(15, 19, 12, None, open_kinds=opened), COURSE, RULE) == ()
    assert clears_of(treatment(15, 19, 12, 19, 12, open_kinds=opened), COURSE, RULE) == ()


# -- reliably worse ----------------------------------------------------------


def test_six_points_more_are_reliably_worse_and_five_are_not():
    seen = only(treatment(8, 14), RELIABLY_WORSE)
    assert seen.sentence == "PHQ-9 went from 8 at the start to 14 at session 2: 6 points worse."
    assert seen.against == "6 points or more are a reliable change."
    assert seen.strength == "clear"
    assert RELIABLY_WORSE not in kinds(treatment(8, 13))


def test_it_needs_no_course():
    assert kinds(treatment(8, 14), of=None) == [RELIABLY_WORSE]


def test_points_that_nobody_confirmed_raise_nothing():
    without = replace(RULE, points=None)
    assert kinds(treatment(8, 27, 27, 27, 27, 27, 27), of=None, rule=replace(without, without_gain=3)) == []
    loose = replace(PHQ, change=replace(PHQ.change, confirmed=False))
    assert SignalRule.of(loose).points is None


def test_who_is_reliably_worse_is_not_told_also_that_there_is_no_gain():
    worse = treatment(12, 13, 14, 14, 15, 20)
    assert NO_GAIN not in kinds(worse)
    assert NO_GAIN not in kinds(replace(worse, open_kinds=frozenset({RELIABLY_WORSE})))


# -- no gain by session 6 ----------------------------------------------------


def test_no_gain_by_session_6_while_still_clinical():
    seen = only(treatment(15, 15, 15, 14, 14, 13), NO_GAIN, of=None)
    assert seen.sentence == (
        "At session 6 PHQ-9 is 13, not reliably better than 15 at the start, and still in the clinical range."
    )
    assert seen.strength == "soft"


@pytest.mark.parametrize(
    "scores",
    [(15, 15, 15, 14, 14), (15, 15, 15, 14, 14, 9), (19, 15, 15, 14, 14, 13), (9, 9, 9, 9, 9, 12)],
    ids=["session-5", "no-case-any-more", "reliably-better", "no-case-at-the-start"],
)
def test_no_sign_of_it(scores):
    assert NO_GAIN not in kinds(treatment(*scores), of=None)


def test_after_it_was_looked_at_it_comes_again_after_six_more_sessions():
    scores = [15] * 12
    for sessions, again in ((11, []), (12, [NO_GAIN])):
        situation = treatment(*scores[:sessions], looked=((NO_GAIN, day(6)),))
        assert kinds(situation, of=None) == again


# -- long without gain -------------------------------------------------------


def test_a_long_stretch_without_gain_is_told():
    seen = only(treatment(12, 9, 9, 9, 9, 9), LONG_WITHOUT_GAIN, of=None, rule=LONG)
    assert seen.sentence == "5 sessions without a reliable gain on PHQ-9: 9 when they began, 9 now."
    assert seen.on == day(6)


def test_a_gain_within_the_stretch_is_no_stretch_without_gain():
    assert kinds(treatment(20, 19, 15, 12, 11, 9), rule=LONG) == []


def test_a_gain_on_another_instrument_counts():
    still, gained = treatment(9, 9, 9, 9, 9, 9), replace(treatment(20, 19, 15, 12, 11, 9), instrument="gad-7")
    assert [one.kind for one in signals_of_all([(still, None, LONG)])] == [LONG_WITHOUT_GAIN]
    assert signals_of_all([(still, None, LONG), (gained, None, LONG)]) == ()


# -- measures missing --------------------------------------------------------


def test_three_sessions_without_a_form():
    seen = only(treatment(15, 14, None, None, None), MEASURES_MISSING)
    assert seen.sentence == "No finished PHQ-9 for the last 3 sessions (3 begun and not finished)."
    assert day(2).isoformat() in seen.against
    assert MEASURES_MISSING not in kinds(treatment(15, 14, None, None))


def test_a_form_up_to_three_days_before_the_session_counts():
    attended = tuple(day(session) for session in range(1, 5))
    for days, missing in ((3, []), (4, [MEASURES_MISSING])):
        form = Reading(day(2) - timedelta(days=days), 2, 12)
        assert kinds(Situation.of(PHQ, (form,), attended=attended)) == missing


def test_none_was_ever_finished():
    seen = only(Situation.of(PHQ, (), attended=(day(1), day(2), day(3))), MEASURES_MISSING)
    assert "None was ever finished." in seen.against


def test_a_form_that_is_not_asked_each_session_is_not_missing():
    assert kinds(treatment(15, 14, None, None, None), rule=replace(RULE, missing_after=None)) == []


def test_it_clears_with_the_next_form():
    opened = frozenset({MEASURES_MISSING})
    assert clears_of(treatment(15, None, None, None, 12, open_kinds=opened), COURSE, RULE) == (MEASURES_MISSING,)
    assert clears_of(treatment(15, None, None, None, None, open_kinds=opened), COURSE, RULE) == ()


# -- dropout risk ------------------------------------------------------------


def test_missed_visits_without_a_new_one():
    seen = only(treatment(15, 12, missed=(day(3), day(4))), DROPOUT_RISK)
    assert seen.sentence == "The last 2 visits were missed, and no new one is planned."
    assert (seen.instrument, seen.strength, seen.on) == ("", "clear", day(4))


@pytest.mark.parametrize(
    "more",
    [{"missed": (day(3),), "next_visit": day(5)}, {"missed": (day(1),)}, {"missed": ()}, {"missed": None}],
    ids=["a-visit-is-planned", "seen-since", "none-missed", "not-recorded"],
)
def test_no_risk_of_dropout(more):
    assert DROPOUT_RISK not in kinds(treatment(15, 12, **more))


def test_it_clears_when_a_visit_is_planned_or_took_place():
    opened, missed = frozenset({DROPOUT_RISK}), (day(3),)
    assert clears_of(treatment(15, 12, missed=missed, open_kinds=opened), COURSE, RULE) == ()
    for more in ({"next_visit": day(6)}, {"attended": (day(1), day(4))}):
        situation = treatment(15, 12, missed=missed, open_kinds=opened, **more)
        assert clears_of(situation, COURSE, RULE) == (DROPOUT_RISK,)


# -- all of them -------------------------------------------------------------

EVERYTHING = treatment(8, 9, 20, 20, 21, None, None, None, missed=(day(9),))
EVERY_RULE = replace(RULE, without_gain=6)


def test_every_kind_speaks_in_whole_sentences_and_names_its_strength():
    seen = [*signals_of(EVERYTHING, COURSE, EVERY_RULE), *signals_of(treatment(*[15] * 6), COURSE, RULE)]
    assert {one.kind for one in seen} == set(KINDS)
    for one in seen:
        for words in (one.sentence, one.against, one.sureness, one.clears_when):
            assert words[0].isupper() or words[0].isdigit()
            assert words.endswith(".")
        assert one.strength in STRENGTHS
        json.dumps(one.facts(), allow_nan=False)


def test_nothing_is_repeated_while_one_of_its_kind_stands_open():
    assert kinds(replace(EVERYTHING, open_kinds=frozenset(KINDS)), rule=EVERY_RULE) == []


def test_nothing_is_repeated_on_the_same_reading_after_it_was_put_away():
    looked = tuple((kind, day(9)) for kind in KINDS)
    assert kinds(replace(EVERYTHING, looked=looked), rule=EVERY_RULE) == []


def test_signals_on_visits_are_told_once_for_all_instruments():
    other = replace(EVERYTHING, instrument="gad-7", short="GAD-7")
    found = signals_of_all([(EVERYTHING, COURSE, RULE), (other, None, RULE)])
    assert [one.kind for one in found].count(DROPOUT_RISK) == 1
    assert [one.kind for one in found].count(MEASURES_MISSING) == 2


def test_bad_readings_are_named_and_passed_over():
    readings = (
        Reading(day(1), 1, 15),
        Reading(day(2), 2, 99),
        Reading(day(3), -1, 27),
        Reading(day(1), 1, 15),
        Reading(day(5), 4, float("nan")),
        Reading(day(2), 6, 14),
    )
    situation = Situation.of(PHQ, readings)
    assert [(finding.code, finding.place) for finding in situation_findings(situation)] == [
        ("signals.impossible-score", "reading 2"),
        ("signals.session", "reading 3"),
        ("signals.duplicate", "reading 4"),
        ("signals.impossible-score", "reading 5"),
        ("signals.out-of-order", "reading 6"),
    ]
    assert kinds(situation) == [NOT_ON_TRACK, NO_GAIN]


@pytest.mark.parametrize("readings", [(), (Reading(START, 1, None, complete=False),)], ids=["none", "unfinished"])
def test_nothing_to_judge_raises_nothing(readings):
    assert kinds(Situation.of(PHQ, readings), rule=EVERY_RULE) == []


SCORES = st.lists(st.integers(0, 27) | st.none(), min_size=1, max_size=10)
SCORE_KINDS = (NOT_ON_TRACK, RELIABLY_WORSE)


@given(SCORES, st.randoms(use_true_random=False))
@settings(max_examples=80)
def test_the_order_of_rows_is_irrelevant(scores, shuffler):
    situation = treatment(*scores)
    mixed, attended = list(situation.readings), list(situation.attended)
    shuffler.shuffle(mixed)
    shuffler.shuffle(attended)
    other = replace(situation, readings=tuple(mixed), attended=tuple(attended))
    assert signals_of(other, COURSE, LONG) == signals_of(situation, COURSE, LONG)


@given(st.lists(st.integers(0, 27), min_size=2, max_size=10), st.integers(0, 27))
@settings(max_examples=100)
def test_a_worse_newest_score_never_silences_and_never_clears(scores, worse):
    *before, last = scores
    heavier = max(last, worse)
    opened = frozenset(SCORE_KINDS)
    now, then = treatment(*before, last), treatment(*before, heavier)
    assert set(kinds(now)) & set(SCORE_KINDS) <= set(kinds(then))
    cleared = clears_of(replace(now, open_kinds=opened), COURSE, RULE)
    assert set(clears_of(replace(then, open_kinds=opened), COURSE, RULE)) <= set(cleared)


@given(st.lists(st.integers(0, 27), min_size=1, max_size=9))
@settings(max_examples=80)
def test_a_score_on_track_never_raises(scores):
    from openhour.measures.course import expected

    usual = float(expected(COURSE, scores[0], [len(scores) + 1]).mean[0])
    assert NOT_ON_TRACK not in kinds(treatment(*scores, round(usual)))
