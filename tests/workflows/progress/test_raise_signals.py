"""What is noticed becomes a signal: once, with an owner and a due date, in the transaction of what happened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.guard.models import TrailEntry
from openhour.records.models import Alert, Episode, Signal
from openhour.workflows.progress.raise_signals import raise_signals
from openhour.workflows.progress.take_stock import take_stock
from openhour.workflows.safety.finish_response import finish_response
from tests.cast import NOW
from tests.web.schedule_desk import counting
from tests.workflows.answers import by_link, form_of, give
from tests.workflows.at_once import at_once
from tests.workflows.hours import trail_of
from tests.workflows.progress.courses import go_through, hold, in_use, score, usual

pytestmark = pytest.mark.django_db


def look(cast, at=NOW):
    return raise_signals(cast.actor("ben"), cast.ana_episode.pk, at=at)


def kinds():
    return set(Signal.objects.values_list("instrument", "kind"))


def test_a_course_that_leaves_the_expected_one_is_raised_with_owner_and_due_date(cast):
    in_use()
    go_through(cast.ana_episode, (14, 17, 20, 22))
    raised = look(cast)
    signal = Signal.objects.get(kind="not-on-track")
    assert signal.pk in raised
    assert (signal.owner, signal.patient, signal.episode) == (cast.ben, cast.ana, cast.ana_episode)
    assert signal.state == "open"
    assert signal.due_at == NOW + timedelta(days=7)
    assert signal.sentence == "PHQ-9 is 22 at session 4, worse than expected for a start at 14."
    assert "Elm Street Therapy (400 patients" in signal.against
    assert "2 scores in a row" in signal.sureness or "3 scores in a row" in signal.sureness
    assert signal.model_version == "phq-9-practice@1"
    assert [one["score"] for one in signal.evidence["readings"]] == [14, 22]


def test_reliably_worse_needs_no_expected_course(cast):
    go_through(cast.ana_episode, (14, 17, 20, 22))
    look(cast)
    assert kinds() == {("phq-9", "reliably-worse")}


@pytest.mark.parametrize("totals", [(20,), (14, 13), (14, 12, 10, 9)])
def test_a_single_score_and_a_usual_course_raise_nothing(cast, totals):
    in_use()
    go_through(cast.ana_episode, totals)
    assert look(cast) == ()


def test_a_course_that_no_source_confirmed_raises_nothing(cast):
    in_use(usual(confirmed=False))
    go_through(cast.ana_episode, (14, 15, 16, 17))
    look(cast)
    assert ("phq-9", "not-on-track") not in kinds()


def test_a_stored_course_that_cannot_be_read_judges_nobody(cast):
    row = in_use()
    type(row).objects.filter(pk=row.pk).update(active_until=NOW)
    broken = {"schema": "another"}
    type(row).objects.create(
        **{
            name: getattr(row, name)
            for name in (
                "instrument",
                "instrument_key",
                "kind",
                "data_from",
                "data_until",
                "size",
                "scores",
                "made_at",
            )
        },
        version="phq-9-practice@2",
        parameters=broken,
        active_from=NOW,
    )
    go_through(cast.ana_episode)
    look(cast)
    assert ("phq-9", "not-on-track") not in kinds()


def test_it_is_not_raised_again_while_it_stands(cast):
    in_use()
    go_through(cast.ana_episode)
    assert look(cast)
    score(cast.ana_episode, 24, NOW.date())
    assert look(cast) == ()
    assert Signal.objects.filter(kind="not-on-track").count() == 1


def test_measures_that_are_missing_are_noticed_where_they_are_asked_each_session(cast):
    go_through(cast.ana_episode, (14, None, None, None))
    look(cast)
    assert ("phq-9", "measures-missing") in kinds()
    assert {instrument for instrument, kind in kinds() if kind == "measures-missing"} <= {"phq-9", "gad-7"}


def test_a_form_clears_what_said_that_forms_are_missing(cast):
    go_through(cast.ana_episode, (14, None, None, None))
    look(cast)
    score(cast.ana_episode, 13, NOW.date())
    hold(cast.ana_episode, NOW + timedelta(hours=2))
    look(cast, NOW + timedelta(hours=4))
    signal = Signal.objects.get(kind="measures-missing", instrument="phq-9")
    assert signal.state == "cleared"
    assert signal.cleared_at == NOW + timedelta(hours=4)
    assert trail_of("signal.cleared") >= 1


def test_two_scores_on_track_clear_it_one_does_not(cast):
    in_use()
    go_through(cast.ana_episode, (14, 17, 22))
    look(cast)
    score(cast.ana_episode, 10, NOW.date())
    hold(cast.ana_episode, NOW + timedelta(hours=2))
    look(cast)
    assert Signal.objects.get(kind="not-on-track").state == "open"
    score(cast.ana_episode, 10, (NOW + timedelta(weeks=1)).date())
    look(cast, NOW + timedelta(weeks=1))
    assert Signal.objects.get(kind="not-on-track").state == "cleared"


def test_what_cleared_comes_back_with_a_new_score_and_not_with_the_old_one(cast):
    go_through(cast.ana_episode, (10, 20))
    look(cast)
    first = Signal.objects.get()
    Signal.objects.filter(pk=first.pk).update(state="cleared", cleared_at=NOW)
    assert look(cast, NOW) == ()
    score(cast.ana_episode, 21, (NOW + timedelta(days=7)).date())
    assert len(look(cast, NOW + timedelta(days=7))) == 1


def test_a_treatment_that_ended_is_left_alone(cast):
    go_through(cast.ana_episode)
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed")
    assert look(cast) == ()


def test_another_patients_scores_count_for_nobody_else(cast):
    go_through(cast.cleo_episode)
    assert look(cast) == ()
    raise_signals(cast.actor("carla"), cast.cleo_episode.pk, at=NOW)
    assert Signal.objects.get().owner == cast.carla


def test_the_trail_names_kind_and_instrument_and_no_word(cast):
    go_through(cast.ana_episode)
    look(cast)
    entry = TrailEntry.objects.get(action="signal.raised")
    assert entry.patient_id == str(cast.ana.pk)
    assert "reliably-worse" in entry.detail
    assert "PHQ-9 went" not in entry.detail


def test_a_patient_who_finishes_a_form_raises_it_in_that_moment(cast):
    go_through(cast.ana_episode, (6, 6, 6))
    ana = by_link(cast)
    form = form_of_open(cast)
    for item in range(1, 9):
        give(ana, form.pk, str(item), 3)
    give(ana, form.pk, "9", 0)
    finish_response(ana, form.pk, at=NOW)
    signal = Signal.objects.get()
    assert (signal.kind, signal.seen_at) == ("reliably-worse", NOW)
    assert TrailEntry.objects.get(action="signal.raised").actor.startswith("link:")


def form_of_open(cast):
    from openhour.records.models import Response

    return Response.objects.get(patient=cast.ana, instrument="phq-9", state="open")


def test_an_alert_comes_with_its_answer_and_has_nothing_to_do_with_signals(cast):
    ana = by_link(cast)
    give(ana, form_of(cast).pk, "9", 1)
    finish_response(ana, form_of(cast).pk, at=NOW)
    assert Alert.objects.count() == 1
    assert not Signal.objects.exists()


def test_how_many_queries_it_takes_does_not_grow_with_the_chart(cast):
    def counted():
        take_stock(cast.actor("ben"), cast.ana_episode.pk, at=NOW)  # what it raises is raised once
        with counting() as queries:
            take_stock(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
        return len(queries)

    go_through(cast.ana_episode, (14, 13))
    few = counted()
    for number in range(2, 9):
        score(cast.ana_episode, 12, (NOW - timedelta(weeks=number + 20)).date())
        hold(cast.ana_episode, NOW - timedelta(weeks=number + 20))
    assert counted() == few <= 6


def test_two_requests_at_once_raise_it_once(transactional_db, cast):
    go_through(cast.ana_episode)
    outcomes = at_once(lambda: look(cast), lambda: look(cast), lambda: look(cast))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert Signal.objects.count() == 1
    assert sum(len(one) for one in outcomes) == 1
    assert trail_of("signal.raised") == 1
