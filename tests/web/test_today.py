"""Today: each visit with what it lacks, alerts first, notes left behind, and eight queries at most."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Alert, Note, Response, Session, Topic, Visit
from openhour.records.queries.today import today_of
from tests.care.plain import ask_two_measures
from tests.cast import NOW, TODAY
from tests.web.schedule_desk import counting, stop_clock
from tests.workflows.answers import BEFORE, by_link, form_of, give
from tests.workflows.hours import agree_plan, answer, give_consent


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


def day(cast, who="ben", at=NOW):
    return today_of(cast.actor(who), at=at)


def page(sign_in, who="ben"):
    return sign_in(who).get(reverse("today")).content.decode()


def hour(visit, started=NOW, stopped=None, signed=None):
    session = Session.objects.create(
        visit=visit,
        patient=visit.patient,
        episode=visit.episode,
        therapist=visit.therapist,
        started_at=started,
        stopped_at=stopped,
        made_at=started,
    )
    if signed is not None:
        Note.objects.create(
            session=session,
            patient=visit.patient,
            author=visit.therapist,
            layout="dap",
            layout_key="dap@1.0.0",
            state="signed" if signed else "draft",
            signed_at=NOW if signed else None,
            digest="0" * 64 if signed else "",
            content="{}" if signed else "",
            made_at=started,
        )
    return session


def earlier_visit(cast, days, **more):
    start = more.get("starts_at", NOW - timedelta(days=days))
    return Visit.objects.create(
        **{
            "episode": cast.ana_episode,
            "patient": cast.ana,
            "therapist": cast.ben,
            "site": cast.site,
            "room": cast.room,
            "procedure": "psychotherapy-60",
            "starts_at": start,
            "ends_at": start + timedelta(hours=1),
            "state": "held",
            "made_at": start,
            **more,
        }
    )


def test_the_visits_of_the_day_stand_there_with_patient_room_and_state(cast, sign_in):
    words = page(sign_in)
    assert "Ana Almond" in words
    assert "Blue room" in words
    assert "10:00 am" in words
    assert "Booked" in words
    assert "Cleo" not in words


def test_the_day_is_the_one_on_the_wall_of_the_site(cast):
    evening = NOW + timedelta(hours=13)  # the third of March in UTC, still the second in Springfield
    assert [visit.patient for visit in day(cast, at=evening).visits] == ["Ana Almond"]
    assert day(cast, at=evening).day == TODAY
    assert day(cast, at=NOW + timedelta(hours=15)).visits == ()


def test_two_sites_in_two_zones_have_each_their_own_day(cast):
    from openhour.records.models import Site

    far = Site.objects.create(
        name="Far site",
        place_of_service="11",
        address="1 Palm Ave",
        city="Honolulu",
        state="HI",
        zip_code="968010001",
        zone="Pacific/Honolulu",
    )
    earlier_visit(cast, 0, site=far, room=None, state="booked", starts_at=NOW + timedelta(hours=12))
    assert [visit.site for visit in day(cast, at=NOW + timedelta(hours=17)).visits] == ["Far site"]
    assert len(day(cast).visits) == 2


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda visit: None, "booked"),
        (lambda visit: Visit.objects.filter(pk=visit.pk).update(state="arrived"), "arrived"),
        (lambda visit: hour(visit), "in-session"),
        (lambda visit: hour(visit, stopped=NOW + timedelta(minutes=53)), "held"),
        (lambda visit: hour(visit, stopped=NOW + timedelta(minutes=53), signed=False), "held"),
        (lambda visit: hour(visit, stopped=NOW + timedelta(minutes=53), signed=True), "signed"),
        (lambda visit: Visit.objects.filter(pk=visit.pk).update(state="cancelled"), "cancelled"),
        (lambda visit: Visit.objects.filter(pk=visit.pk).update(state="missed"), "missed"),
    ],
)
def test_each_state_is_told(cast, sign_in, change, state):
    change(cast.ana_visit)
    assert day(cast).visits[0].state == state
    assert sign_in("ben").get(reverse("today")).status_code == 200


def test_what_is_missing_is_told_and_what_is_there_is_not(cast, monkeypatch):
    ask_two_measures(monkeypatch)
    codes = [gap.code for gap in day(cast).visits[0].missing]
    assert codes == ["consent.missing", "measure.due", "measure.due"]
    give_consent(cast.ana_episode)
    answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY)
    answer(cast.ana_episode, "gad-7", (1,) * 7, TODAY)
    assert day(cast).visits[0].missing == ()


def test_from_the_third_visit_a_plan_is_missed_and_its_review_when_it_is_overdue(cast):
    for days in (14, 7):
        earlier_visit(cast, days)
    assert "plan.missing" in [gap.code for gap in day(cast).visits[0].missing]
    assert day(cast).visits[0].number == 3
    agree_plan(cast.ana_episode, review_by=TODAY - timedelta(days=1))
    assert [gap.code for gap in day(cast).visits[0].missing if "plan" in gap.code] == ["plan.review-overdue"]
    assert "review of the plan was due" in next(
        gap.sentence for gap in day(cast).visits[0].missing if "plan" in gap.code
    )


def test_what_is_shown_as_due_is_what_a_link_would_ask(cast, monkeypatch):
    ask_two_measures(monkeypatch)
    answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY - timedelta(days=7))
    answer(cast.ana_episode, "gad-7", (1,) * 7, TODAY - timedelta(days=7))
    earlier_visit(cast, 7)
    shown = {gap.place.partition(".")[2] for gap in day(cast).visits[0].missing if gap.code == "measure.due"}
    by_link(cast)
    assert shown == set(Response.objects.filter(state="open").values_list("instrument", flat=True)) == {"phq-9"}


def test_measures_show_what_was_answered_and_the_change_since_last_time(cast, sign_in):
    answer(cast.ana_episode, "phq-9", (2,) * 9, TODAY - timedelta(days=14))
    earlier_visit(cast, 14)
    ana = by_link(cast)
    form = form_of_today()
    give(ana, form.pk, "1", 1)
    (one,) = [measure for measure in day(cast).visits[0].measures if measure.short == "PHQ-9"]
    assert (one.answered, one.of, one.total) == (1, 9, None)
    assert "PHQ-9: 1 of 9 answered" in page(sign_in)
    for item in range(2, 10):
        give(ana, form.pk, str(item), 1 if item < 9 else 0)
    (one,) = [measure for measure in day(cast).visits[0].measures if measure.short == "PHQ-9"]
    assert (one.total, one.since_last) == (8, -10)
    assert "PHQ-9 8 (−10)" in page(sign_in)
    assert reverse("response", args=[form.pk]) in page(sign_in)


def form_of_today():
    return Response.objects.get(instrument="phq-9", state="open")


def test_alerts_stand_first_until_they_are_answered(cast, sign_in):
    ana = by_link(cast)
    give(ana, form_of(cast).pk, "9", 2)
    words = page(sign_in)
    assert words.index("1 alert for you") < words.index("Visits")
    assert reverse("alert", args=[Alert.objects.get().pk]) in words
    Alert.objects.update(state="seen")
    assert "1 alert for you" in page(sign_in)
    Alert.objects.update(state="answered")
    assert "alert for you" not in page(sign_in)


def test_the_supervisor_sees_the_alerts_of_those_they_supervise_and_no_visits(cast, sign_in):
    assert "No alerts are waiting among those you supervise." in page(sign_in, "sam")
    give(by_link(cast), form_of(cast).pk, "9", 1)
    words = page(sign_in, "sam")
    assert "Alerts of those you supervise" in words
    assert "Ben Brook" in words
    assert "Next free hour" not in words
    assert "alert for you" not in words


def test_another_therapist_sees_nothing_of_it(cast, sign_in):
    give(by_link(cast), form_of(cast).pk, "9", 1)
    hour(earlier_visit(cast, 3))
    words = page(sign_in, "carla")
    assert "Ana" not in words
    assert "alert" not in words.lower().replace("alerts", "")


@pytest.mark.parametrize("who", ["dee", "eli", "olga"])
def test_for_everybody_else_it_isn_t_there(sign_in, who):
    assert sign_in(who).get(reverse("today")).status_code == 404


def test_it_is_read_and_never_posted_to(sign_in, client, db):
    assert sign_in("ben").post(reverse("today")).status_code == 405
    assert client.get(reverse("today")).status_code == 302


def test_notes_of_earlier_days_that_are_not_signed_have_their_age(cast, sign_in):
    hour(earlier_visit(cast, 10), signed=False)
    hour(earlier_visit(cast, 5))
    hour(earlier_visit(cast, 3), signed=True)
    hour(cast.ana_visit)
    found = [(note.age_days, note.begun) for note in day(cast).unsigned]
    assert found == [(10, True), (5, False)]
    words = page(sign_in)
    assert "10 days old" in words
    assert "5 days old, not begun" in words
    assert [gap.code for gap in day(cast).visits[0].missing].count("note.unsigned") == 2


def test_the_next_free_hour_is_neither_past_nor_taken(cast):
    assert day(cast).free.start == NOW + timedelta(hours=1)
    assert day(cast, at=NOW + timedelta(hours=1, minutes=1)).free.start == NOW + timedelta(hours=2)
    assert day(cast, at=NOW + timedelta(hours=10)).free is None
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    assert day(cast).free.start == NOW


def test_a_day_without_visits_says_so(cast, sign_in):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(
        starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=9.1)
    )
    assert "No visits today." in page(sign_in)


def test_a_written_topic_is_hinted_at_and_not_quoted(cast, sign_in):
    Topic.objects.create(visit=cast.ana_visit, patient=cast.ana, text="My sister", saved_at=NOW, made_at=NOW)
    words = page(sign_in)
    assert "wrote what to talk about" in words
    assert "My sister" not in words


def test_one_entry_in_the_trail_names_every_patient_shown(cast, sign_in):
    page(sign_in)
    entry = TrailEntry.objects.get(action="chart.read")
    assert str(cast.ana.pk) in entry.detail
    assert str(cast.cleo.pk) not in entry.detail


def test_a_kind_of_hour_that_left_the_shelf_is_told_and_breaks_nothing(cast, sign_in):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(procedure="gone")
    assert "holds no such kind of hour" in page(sign_in)


def fill(cast, visits, weeks):
    """A full day, with so many weeks of visits, answers and alerts behind each patient."""
    from openhour.records.models import Episode, Patient

    for number in range(visits):
        patient = Patient.objects.create(
            number=f"P-2{number:03}",
            first_name=f"Test{number}",
            last_name="Person",
            sort_name=f"person test{number}",
            birth_date=TODAY.replace(year=1980),
            made_at=NOW,
        )
        episode = Episode.objects.create(
            patient=patient,
            therapist=cast.ben,
            procedure="psychotherapy-60",
            procedure_key="psychotherapy-60@1.0.0",
            opened_on=TODAY - timedelta(days=300),
            indications=["depression"],
            made_at=NOW,
        )
        start = NOW + timedelta(minutes=61 * (number + 1) - 9 * 61)
        for week in range(weeks + 1):
            begins = start - timedelta(weeks=week)
            visit = Visit.objects.create(
                episode=episode,
                patient=patient,
                therapist=cast.ben,
                site=cast.site,
                procedure="psychotherapy-60",
                starts_at=begins,
                ends_at=begins + timedelta(minutes=60),
                state="held" if week else "booked",
                made_at=NOW,
            )
            if week:
                hour(visit, begins, begins + timedelta(minutes=55), signed=week % 2 == 0)
                answer(episode, "phq-9", (1,) * 9, TODAY - timedelta(weeks=week))


def test_eight_queries_at_most_for_one_visit_and_for_fifteen(cast, sign_in):
    client = sign_in("ben")
    give(by_link(cast), form_of(cast).pk, "9", 1)
    client.get(reverse("today"))
    with counting() as one:
        assert client.get(reverse("today")).status_code == 200
    Visit.objects.filter(pk=cast.ana_visit.pk).update(starts_at=BEFORE - timedelta(hours=6), ends_at=BEFORE)
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    fill(cast, 14, 6)
    with counting() as many:
        shown = client.get(reverse("today"))
    assert shown.content.decode().count("Person") >= 14
    assert len(one) == len(many) <= 8, "\n".join(sql[:140] for sql in many)


def test_what_is_missing_is_a_word_with_a_link_to_where_it_is_mended(cast, sign_in):
    unsigned = earlier_visit(cast, 7)
    hour(unsigned)
    earlier_visit(cast, 14)
    words = page(sign_in)
    for name, row, short in (
        ("consent-take", cast.ana_episode, "consent"),
        ("plan", cast.ana_episode, "plan"),
        ("link-issue", cast.ana_visit, "PHQ-9"),
        ("session-room", unsigned, "note of 23 Feb"),
    ):
        assert f'<a href="{reverse(name, args=[row.pk])}">{short}<span class="vh">' in words
