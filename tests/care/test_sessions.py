"""The facts of the hour: minutes, marks on the clock, the agenda, and what a visit lacks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.batteries import DueMeasure
from openhour.care.consents import ConsentFacts
from openhour.care.sessions import VisitFacts, agenda, clock_marks, minutes_of, missing_for_visit
from openhour.kernel import Interval
from tests.care.conftest import DAY, NOON, PLAN

CHICAGO = ZoneInfo("America/Chicago")


def after(minutes, seconds=0):
    return NOON + timedelta(minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(("stop", "minutes"), [(after(53), 53), (after(52, 59), 52), (after(0, 30), 0)])
def test_minutes_are_whole_and_never_rounded_up(stop, minutes):
    assert minutes_of(NOON, stop) == minutes


@pytest.mark.parametrize(
    ("breaks", "minutes"),
    [
        ([(10, 15)], 55),
        ([(10, 15), (12, 20)], 50),
        ([(12, 20), (10, 15)], 50),
        ([(10, 30), (15, 20)], 40),
        ([(-20, 5)], 55),
        ([(50, 90)], 50),
        ([(70, 90)], 60),
        ([(-5, 65)], 0),
    ],
)
def test_breaks_count_once_and_only_inside_the_session(breaks, minutes):
    pauses = [Interval(after(begins), after(ends)) for begins, ends in breaks]
    assert minutes_of(NOON, after(60), pauses) == minutes


def test_seconds_of_breaks_add_up_before_they_are_dropped():
    pauses = [Interval(after(10), after(10, 30)), Interval(after(20), after(20, 30))]
    assert minutes_of(NOON, after(54), pauses) == 53


@pytest.mark.parametrize(("begins", "ends"), [((2026, 3, 8, 1, 30), (2026, 3, 8, 3, 30))])
def test_an_hour_in_which_the_clocks_go_forward_is_an_hour(begins, ends):
    assert minutes_of(datetime(*begins, tzinfo=CHICAGO), datetime(*ends, tzinfo=CHICAGO)) == 60


def test_an_hour_in_which_the_clocks_go_back_is_an_hour():
    begins = datetime(2026, 11, 1, 1, 30, tzinfo=CHICAGO)
    assert minutes_of(begins, begins.replace(fold=1)) == 60


@pytest.mark.parametrize(
    ("start", "stop"), [(NOON, NOON), (after(1), NOON), (NOON.replace(tzinfo=None), NOON.replace(tzinfo=None))]
)
def test_times_that_make_no_session_are_refused(start, stop):
    with pytest.raises(ValueError, match=r"interval|zone"):
        minutes_of(start, stop)


@given(st.lists(st.tuples(st.integers(-30, 90), st.integers(1, 60)), max_size=5), st.integers(1, 90))
def test_the_minutes_are_those_in_which_nobody_paused(breaks, length):
    pauses = [Interval(after(begins), after(begins + lasts)) for begins, lasts in breaks]
    there = [
        minute for minute in range(length) if not any(begins <= minute < begins + lasts for begins, lasts in breaks)
    ]
    assert minutes_of(NOON, after(length), pauses) == len(there)


def test_the_clock_marks_the_fifty_third_and_the_sixtieth_minute(hour, family):
    marks = clock_marks(family, hour)
    assert [(mark.minute, mark.kind, mark.code) for mark in marks] == [
        (53, "code", "90837"),
        (60, "planned", "90837"),
    ]


def test_a_shorter_hour_also_sees_where_the_next_code_begins(shelf, family):
    marks = clock_marks(family, shelf.procedure("psychotherapy-45", on=DAY))
    assert [(mark.minute, mark.kind) for mark in marks] == [(38, "code"), (45, "planned"), (53, "code")]


def test_the_marks_follow_the_definitions(hour, family):
    moved = replace(hour, time=replace(hour.time, billed_from=55, planned_minutes=70))
    others = tuple(moved if one is hour else one for one in family)
    assert [mark.minute for mark in clock_marks(others, moved)] == [55, 70]


def test_an_untimed_hour_has_its_planned_end_only(evaluation):
    assert [(mark.minute, mark.kind) for mark in clock_marks((evaluation,), evaluation)] == [(60, "planned")]


@given(st.integers(7, 240))
def test_the_agenda_fills_the_planned_time_and_every_step_has_a_minute(planned):
    steps = agenda(planned)
    assert sum(step.minutes for step in steps) == planned
    assert min(step.minutes for step in steps) >= 1
    assert max(steps, key=lambda step: step.minutes).minutes == next(s.minutes for s in steps if s.slug == "work")


def test_the_hour_begins_with_a_check_in_and_ends_with_what_the_patient_says():
    steps = agenda()
    assert [step.minutes for step in steps] == [5, 5, 5, 10, 25, 5, 5]
    assert (steps[0].slug, steps[-1].slug) == ("check-in", "summary")


def test_no_agenda_fits_into_six_minutes():
    with pytest.raises(ValueError, match="agenda"):
        agenda(6)


@pytest.fixture
def visit(hour, consent_form):
    """Ana's tenth visit; nothing is missing."""
    return VisitFacts(
        day=DAY,
        procedure=hour,
        visit_number=10,
        consent_forms=(consent_form,),
        consents=(ConsentFacts(consent_form.pin.key, DAY),),
        plan=PLAN,
        measures_due=(),
        unsigned_notes=(),
    )


def found(visit):
    return [(gap.code, gap.place) for gap in missing_for_visit(visit)]


def test_a_visit_that_lacks_nothing_shows_nothing(visit):
    assert missing_for_visit(visit) == ()


@pytest.mark.parametrize(
    ("lack", "gaps"),
    [
        ({"consents": ()}, [("consent.missing", "consents.psychotherapy")]),
        ({"plan": None}, [("plan.missing", "plan")]),
        ({"plan": replace(PLAN, active=False)}, [("plan.missing", "plan")]),
        ({"plan": replace(PLAN, review_by=DAY - timedelta(1))}, [("plan.review-overdue", "plan.review")]),
        ({"measures_due": (DueMeasure("phq-9", "session"),)}, [("measure.due", "measures.phq-9")]),
        ({"unsigned_notes": (date(2025, 12, 29),)}, [("note.unsigned", "notes.2025-12-29")]),
        ({"unsigned_notes": (DAY + timedelta(1),)}, []),
        ({"plan": None, "visit_number": 2}, []),
        ({"plan": None, "visit_number": 3}, [("plan.missing", "plan")]),
    ],
)
def test_only_what_is_missing_is_shown(visit, lack, gaps):
    assert found(replace(visit, **lack)) == gaps


def test_everything_missing_is_shown_together_notes_in_order_of_days(visit):
    bare = replace(
        visit,
        consents=(),
        plan=None,
        measures_due=(DueMeasure("phq-9", "session"), DueMeasure("gad-7", "session")),
        unsigned_notes=(date(2025, 12, 29), date(2025, 12, 22)),
    )
    assert [code for code, _ in found(bare)] == [
        "consent.missing",
        "plan.missing",
        "measure.due",
        "measure.due",
        "note.unsigned",
        "note.unsigned",
    ]
    assert found(bare)[-1] == ("note.unsigned", "notes.2025-12-29")
    assert "December 22, 2025" in missing_for_visit(bare)[-2].sentence


def test_an_evaluation_waits_for_no_plan(visit, evaluation):
    assert found(replace(visit, procedure=evaluation, plan=None)) == []


def test_the_cast_lives_in_utc():
    assert NOON.tzinfo is UTC
