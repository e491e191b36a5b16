"""A therapist's day as it is read: whose visits, which day it is at each site, what waits from earlier days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from openhour.records.models import Alert, Response, Room, Session, Site, Topic, Visit
from openhour.records.queries.due import answered_of, askable, history_of
from openhour.records.queries.today import today_of
from tests.cast import NOW, TODAY
from tests.guard import access_records as rows
from tests.records.reading import EVERYBODY, actor_of, entry_of, named_in, queries_of
from tests.workflows.hours import answer, weekly_visits

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
VISITS = {"ben": ["Ana Almond"], "carla": ["Cleo Quince"]}
ALERTS = {"ben": ["Ana Almond"], "sam": ["Ana Almond"], "carla": ["Cleo Quince"]}


def booked(cast, starts_at, site=None, **other):
    usual = {"room": None, "procedure": "psychotherapy-60", "made_at": NOW, "ends_at": starts_at + HOUR}
    return Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=site or cast.site,
        starts_at=starts_at,
        **(usual | other),
    )


def ben(cast, at=NOW):
    return today_of(cast.actor("ben"), at=at)


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_day_holds_ones_own_visits_and_the_alerts_of_those_one_answers_for(cast, who):
    for patient in ("ana", "cleo"):
        rows.alert(cast, patient)
    today = today_of(actor_of(cast, who), at=NOW)
    assert [one.patient for one in today.visits] == VISITS.get(who, [])
    assert [one.patient for one in (*today.alerts, *today.supervised)] == ALERTS.get(who, [])
    assert bool(today.supervised) == (who == "sam")


@pytest.mark.parametrize("who", EVERYBODY)
def test_one_entry_names_everybody_who_is_shown(cast, who):
    for patient in ("ana", "cleo"):
        rows.alert(cast, patient)
    entry = entry_of(lambda: today_of(actor_of(cast, who), at=NOW))
    shown = {"Ana Almond": str(cast.ana.pk), "Cleo Quince": str(cast.cleo.pk)}
    assert named_in(entry) == {shown[name] for name in ALERTS.get(who, [])}


def test_the_entry_names_whose_note_waits_as_well(cast):
    earlier = weekly_visits(cast, 1)[0]
    Session.objects.create(
        visit=earlier,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=earlier.starts_at,
        made_at=NOW,
    )
    Visit.objects.filter(pk=cast.ana_visit.pk).update(starts_at=NOW + 48 * HOUR, ends_at=NOW + 49 * HOUR)
    entry = entry_of(lambda: ben(cast))
    assert named_in(entry) == {str(cast.ana.pk)}


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        # the site is six hours behind UTC until the eighth of March, and five from then on
        (datetime(2026, 3, 8, 5, 30, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 8, 6, 30, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 4, 30, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 5, 30, tzinfo=UTC), date(2026, 3, 9)),
        # the first of November is twenty-five hours long
        (datetime(2026, 11, 1, 5, 0, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 5, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 6, 0, tzinfo=UTC), date(2026, 11, 2)),
    ],
)
def test_a_visit_is_of_the_day_on_the_wall_of_its_site_also_when_the_clocks_change(cast, starts_at, day):
    visit = booked(cast, starts_at)
    for noon in (date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 1), date(2026, 11, 2)):
        today = ben(cast, datetime(noon.year, noon.month, noon.day, 18, tzinfo=UTC))
        assert (visit.pk in {one.id for one in today.visits}) == (noon == day)
        assert today.day == noon


def test_each_site_has_its_own_day(cast):
    far = Site.objects.create(
        name="Far", place_of_service="11", address="", city="", state="HI", zip_code="", zone="Pacific/Honolulu"
    )
    at = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)  # one at night of the third in Springfield, nine of the second there
    here = booked(cast, at + HOUR)
    there = booked(cast, at - 4 * HOUR, far)
    booked(cast, at + 5 * HOUR, far)  # the third, there
    assert {one.id for one in ben(cast, at).visits} == {here.pk, there.pk}


def test_visits_come_in_the_order_of_the_clock_with_their_number_in_the_treatment(cast):
    weekly_visits(cast, 3)
    Visit.objects.filter(starts_at=NOW - timedelta(weeks=2)).update(state="cancelled")
    later = booked(cast, NOW + 2 * HOUR, room=Room.objects.get(name="Garden room"))
    first, second = ben(cast).visits
    assert (first.id, first.number, first.room) == (cast.ana_visit.pk, 3, "Blue room")
    assert (second.id, second.number, second.room) == (later.pk, 4, "Garden room")
    assert (first.patient_number, first.site, first.zone.key) == ("P-1001", "Main Street", "America/Chicago")


STATES = {
    "booked": {},
    "in-session": {"started_at": NOW},
    "held": {"started_at": NOW, "stopped_at": NOW + HOUR},
}


@pytest.mark.parametrize("state", STATES)
def test_the_state_of_a_visit_is_that_of_its_hour(cast, state):
    Session.objects.create(
        visit=cast.ana_visit,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        made_at=NOW,
        **STATES[state],
    )
    assert ben(cast).visits[0].state == state


@pytest.mark.parametrize("state", ["cancelled", "missed"])
def test_a_visit_that_is_not_held_lacks_nothing(cast, state):
    assert ben(cast).visits[0].missing
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    (visit,) = ben(cast).visits
    assert (visit.state, visit.missing) == (state, ())


def test_the_forms_of_the_visit_are_shown_with_the_change_since_the_one_before(cast):
    answer(cast.ana_episode, "phq-9", (2,) * 9, date(2026, 2, 16))  # 18
    answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 23))  # 9
    answer(cast.cleo_episode, "phq-9", (3,) * 9, date(2026, 2, 24))
    now = answer(cast.ana_episode, "phq-9", (1, 1, 1, 1, 1, 0, 0, 0, 0), TODAY)
    Response.objects.filter(pk=now.pk).update(visit=cast.ana_visit)
    (measure,) = ben(cast).visits[0].measures
    assert (measure.short, measure.total, measure.band, measure.since_last) == ("PHQ-9", 5, "mild", -4)
    assert (measure.answered, measure.of) == (9, 9)


def test_a_form_that_was_withdrawn_is_not_shown_and_one_half_done_has_no_change(cast):
    form = rows.response(cast, "ana")
    answer(cast.ana_episode, "phq-9", (2,) * 9, date(2026, 2, 16))
    (measure,) = ben(cast).visits[0].measures
    assert (measure.state, measure.answered, measure.since_last) == ("open", 2, None)
    Response.objects.filter(pk=form.pk).update(state="withdrawn")
    assert ben(cast).visits[0].measures == ()


def test_a_topic_is_told_of_only_where_there_are_words(cast):
    topic = Topic.objects.create(visit=cast.ana_visit, patient=cast.ana, text="  ", saved_at=NOW, made_at=NOW)
    assert ben(cast).visits[0].has_topic is False
    Topic.objects.filter(pk=topic.pk).update(text="My sister")
    today = ben(cast)
    assert today.visits[0].has_topic is True
    assert "My sister" not in repr(today)


def test_an_answered_alert_no_longer_waits(cast):
    rows.alert(cast, "ana")
    assert (len(ben(cast).alerts), ben(cast).visits[0].alerts) == (1, 1)
    Alert.objects.update(state="answered")
    assert (ben(cast).alerts, ben(cast).visits[0].alerts) == ((), 0)


def test_hours_of_earlier_days_without_a_signature_wait_the_oldest_first_with_their_age_in_days(cast):
    for visit in (*weekly_visits(cast, 2), cast.ana_visit):
        Session.objects.create(
            visit=visit,
            patient=cast.ana,
            episode=cast.ana_episode,
            therapist=cast.ben,
            started_at=visit.starts_at,
            made_at=NOW,
        )
    waits = ben(cast, NOW + 2 * HOUR).unsigned
    assert [(one.day, one.age_days, one.begun) for one in waits] == [
        (date(2026, 2, 16), 14, False),
        (date(2026, 2, 23), 7, False),
    ]
    assert today_of(cast.actor("carla"), at=NOW).unsigned == ()
    assert [one.age_days for one in ben(cast, NOW + 14 * HOUR).unsigned][-1] == 1  # past midnight in Springfield


def test_the_next_free_hour_is_after_now_and_beside_what_is_booked(cast):
    assert ben(cast, NOW).free.start == NOW + HOUR
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    assert ben(cast, NOW).free.start == NOW
    assert ben(cast, datetime(2026, 3, 3, 4, 0, tzinfo=UTC)).free is None  # ten at night, the site is closed


def test_a_longer_day_and_an_older_chart_take_no_more_queries(cast):
    answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 2))
    few = queries_of(lambda: ben(cast))
    for place in range(1, 7):
        booked(cast, NOW + place * HOUR)
        answer(cast.ana_episode, "gad-7", (1,) * 7, date(2026, 2, place))
    for visit in weekly_visits(cast, 10):
        Session.objects.create(
            visit=visit,
            patient=cast.ana,
            episode=cast.ana_episode,
            therapist=cast.ben,
            started_at=visit.starts_at,
            made_at=NOW,
        )
    rows.alert(cast, "ana")
    assert len(ben(cast).visits) == 7
    assert queries_of(lambda: ben(cast)) == few <= 8


# --- what is due


def test_what_was_finished_late_at_night_counts_for_that_day_at_the_site(cast):
    form = answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 23), datetime(2026, 2, 24, 5, 30, tzinfo=UTC))
    (one,) = answered_of([form], cast.ana_visit, on=TODAY)
    assert one.day == date(2026, 2, 23)


def test_nothing_counts_as_answered_after_the_visit_itself(cast):
    form = answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 3, 9))
    (one,) = answered_of([form], cast.ana_visit, on=TODAY)
    assert one.day == TODAY


def test_the_history_is_that_of_this_treatment_before_this_visit(cast):
    weekly_visits(cast, 2)
    answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 23))
    answer(cast.cleo_episode, "gad-7", (1,) * 7, date(2026, 2, 23))
    history = history_of(cast.ana_visit, on=TODAY)
    assert history.visits_held == (date(2026, 2, 23), date(2026, 2, 16))
    assert len(history.answered) == 1


def test_before_an_instrument_is_in_force_it_is_not_asked():
    assert "phq-9" in askable(TODAY)
    assert askable(date(1990, 1, 1)) == frozenset()
