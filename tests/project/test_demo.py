"""The demo practice: believable, whole, made through the verbs, and apart from every real practice."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from openhour.kernel import Refused
from openhour.records.shelf import shelf
from tests.project.command_line import openhour  # noqa: F401

# Monday noon in Springfield: the ten o'clock hour of today is over, the one o'clock hour lies ahead.
NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
WHO = ("Robin", "Noor", "Ines", "Theo", "Maya", "Otis", "Lena", "Greta", "Wren", "Iris")


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The demo at noon, filled once for this module and rolled back after it. Half of the people are enough."""
    from django.db import transaction

    from openhour.project.demo.fill import fill
    from openhour.project.demo.people import PEOPLE

    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        yield fill(NOON, tuple(one for one in PEOPLE if one.first in WHO))
        transaction.set_rollback(True)
        block.__exit__(None, None, None)


def _visits_of(name: str) -> Any:
    from openhour.records.models import Visit

    return Visit.objects.filter(patient__first_name=name).order_by("starts_at")


def test_the_trail_of_the_demo_holds(filled):
    from openhour.guard.models import TrailEntry
    from openhour.guard.trail import verify_trail

    assert list(verify_trail()) == []
    assert TrailEntry.objects.count() > 1000


def test_no_moment_of_the_demo_lies_ahead(filled):
    from openhour.guard.models import TrailEntry

    assert TrailEntry.objects.filter(at__gt=NOON).count() == 0
    assert filled.today == date(2026, 11, 23)


def test_the_trail_is_told_in_the_order_of_time(filled):
    from openhour.guard.models import TrailEntry

    moments = list(TrailEntry.objects.order_by("seq").values_list("at", flat=True))
    # Within one step of a life some minutes pass, so two lives may cross by minutes, never by hours.
    assert all(later > earlier - timedelta(minutes=45) for earlier, later in itertools.pairwise(moments))


def test_every_sign_in_that_is_printed_works(filled):
    from openhour.guard.models import User
    from openhour.project.demo.people import PASSWORD, SIGN_INS

    for _, email, _ in SIGN_INS:
        user = User.objects.get(email=email)
        assert user.check_password(PASSWORD), email
        assert user.temporary_until is None
    assert len({role for role, _, _ in SIGN_INS}) == 5


def test_today_shows_every_state_of_a_visit(filled):
    from openhour.records.models import Visit

    on_the_day = Visit.objects.filter(starts_at__date="2026-11-23")
    states = dict(on_the_day.values_list("patient__first_name", "state"))
    assert states == {"Robin": "held", "Noor": "held", "Ines": "arrived", "Otis": "booked", "Greta": "cancelled"}
    assert _visits_of("Wren").filter(state="missed").count() == 1
    assert _visits_of("Iris").filter(changes__kind="moved").count() == 1


def test_who_sits_in_the_waiting_room_has_answered_everything_and_brings_a_topic(filled):
    from openhour.records.models import Response, Topic

    visit = _visits_of("Ines").get(state="arrived")
    forms = Response.objects.filter(visit=visit)
    assert set(forms.values_list("state", flat=True)) == {"complete"}
    assert forms.filter(total__isnull=True).count() == 0
    assert Topic.objects.get(visit=visit).text


def test_one_note_of_the_day_before_waits_for_its_signature(filled):
    from openhour.records.models import Note

    draft = Note.objects.get(state="draft", session__stopped_at__isnull=False)
    assert draft.patient.first_name == "Theo"
    assert draft.session.started_at.date() == date(2026, 11, 20)  # the Friday before the Monday
    assert Note.objects.filter(state="signed").count() > 40


def test_an_alert_is_open_for_the_therapist_and_an_older_one_was_answered(filled):
    from openhour.records.models import Alert

    fresh = Alert.objects.get(state="open")
    assert (fresh.patient.first_name, fresh.owner.user.email) == ("Maya", "ben@example.test")
    assert NOON - timedelta(hours=2) < fresh.made_at < NOON
    older = Alert.objects.get(state="answered")
    assert older.patient.first_name == "Noor"
    assert older.action
    assert older.answered_at - older.made_at < timedelta(hours=1)


def test_what_is_missing_is_missing_on_purpose(filled):
    from openhour.records.models import Consent, Plan

    assert not Consent.objects.filter(patient__first_name="Otis").exists()
    assert Consent.objects.values("patient").distinct().count() == len(WHO) - 1
    due = Plan.objects.get(episode__patient__first_name="Lena", state="active")
    assert due.review_by < filled.today


def test_hours_are_charged_claimed_and_billed(filled):
    from openhour.billing.x12 import validate_837p
    from openhour.records.models import Charge, ClaimBatch, Note, Superbill

    assert Charge.objects.count() == Note.objects.filter(state="signed").count()
    assert set(Charge.objects.values_list("state", flat=True)) == {"ready", "claimed", "billed"}
    batch = ClaimBatch.objects.get()
    assert list(validate_837p(batch.content)) == []
    bill = Superbill.objects.get()
    assert bytes(bill.file)[:5] == b"%PDF-"
    assert bill.paid_cents == bill.total_cents > 0


def test_a_signed_note_has_words_in_every_section_and_one_has_an_addendum(filled):
    from openhour.records.models import Addendum, Note

    for note in Note.objects.filter(state="signed"):
        assert all(len(one["text"]) > 10 for one in note.sections.values())
    assert {note.layout for note in Note.objects.all()} == {"dap", "soap", "birp", "girp"}
    assert Addendum.objects.get().note.patient.first_name == "Robin"


def test_homework_is_given_and_looked_at(filled):
    from openhour.records.models import Assignment

    states = set(Assignment.objects.values_list("state", flat=True))
    assert states == {"given", "reviewed"}


def test_the_curves_go_where_the_course_says(filled):
    from openhour.records.models import Response

    def totals(name: str) -> list[int]:
        rows = Response.objects.filter(patient__first_name=name, instrument="phq-9", total__isnull=False)
        return list(rows.order_by("due_on").values_list("total", flat=True))

    better, worse = totals("Robin"), totals("Maya")
    assert len(better) == 13
    assert better[0] - better[-1] >= 8
    assert worse[-1] - worse[0] >= 6
    assert max(worse) <= 27


def test_a_second_fill_is_refused_and_a_real_practice_left_alone(filled):
    from openhour.project.demo.fill import fill
    from openhour.project.demo.standing import is_filled
    from openhour.records.models import Practice

    assert is_filled()
    with pytest.raises(Refused, match="filled"):
        fill(NOON)
    Practice.objects.update(name="Somebody's own practice")
    with pytest.raises(Refused, match="real-practice"):
        is_filled()
    Practice.objects.update(name="Linden Street Therapy (demo)")


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 21, 8, 30, tzinfo=UTC),  # a Saturday, half past two in the night in Springfield
        datetime(2026, 11, 23, 5, 30, tzinfo=UTC),  # still Sunday there, nearly midnight
        datetime(2026, 11, 24, 6, 3, tzinfo=UTC),  # three minutes past midnight
        datetime(2027, 3, 15, 20, 0, tzinfo=UTC),  # the day after the clocks went forward
    ],
)
def test_at_any_hour_of_any_day_somebody_waits_and_an_alert_is_open(db, now):
    from openhour.project.demo.fill import fill
    from openhour.project.demo.people import PEOPLE
    from openhour.records.models import Alert, Visit

    stage = fill(now, tuple(one for one in PEOPLE if one.first in ("Ines", "Maya")))
    waiting = Visit.objects.get(state="arrived")
    assert waiting.starts_at.astimezone(stage.zone).date() == stage.today
    assert waiting.arrived_at <= now
    assert Alert.objects.filter(state="open").count() == 1


@pytest.mark.parametrize("days", range(14))
def test_nobody_is_in_two_hours_at_once(days):
    from openhour.project.demo.days import starts_of
    from openhour.project.demo.people import PEOPLE

    today = date(2026, 11, 23) + timedelta(days=days)
    taken: dict[tuple[str, datetime], str] = {}
    for person in PEOPLE:
        starts = starts_of(person, today)
        assert list(starts) == sorted(set(starts))
        for start in starts:
            assert taken.setdefault((person.therapist, start), person.first) == person.first


def test_answers_add_up_and_stay_within_their_choices():
    from openhour.measures import score
    from openhour.project.demo.courses import COURSES, answers_at

    for slug in ("phq-9", "gad-7"):
        instrument = shelf().instrument(slug, on=date(2026, 1, 1))
        for course in COURSES:
            for step in range(11):
                given = answers_at(instrument, course, step / 10, Random(step), risk=1)
                result = score(instrument, given)
                assert result.total is not None
                assert result.total <= instrument.scoring.maximum
                assert {item: value for item, value in given.items() if not 0 <= value <= 3} == {}


def test_the_same_seed_gives_the_same_answers():
    from openhour.project.demo.courses import answers_at

    instrument = shelf().instrument("phq-9", on=date(2026, 1, 1))
    assert answers_at(instrument, "dip", 0.4, Random(3)) == answers_at(instrument, "dip", 0.4, Random(3))


def test_the_next_free_port_is_taken_where_somebody_listens():
    from openhour.project.cli.demo import free_port

    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        assert free_port(taken) > taken


def test_the_welcome_names_the_address_each_role_and_the_password():
    from openhour.project.cli.demo import welcome

    words = welcome(8123)
    assert "http://127.0.0.1:8123/" in words
    for word in ("Therapist", "Supervisor", "Front desk", "Biller", "Owner", "linden-street-demo", "synthetic"):
        assert word in words


def test_the_demo_keeps_away_from_other_settings(openhour):  # noqa: F811
    done = openhour("demo", "--no-serve", "--json")
    assert done.exit == 2
    assert done.codes == ["demo.settings"]


def test_signals_came_about_one_was_answered_and_looked_at_again_one_went_to_the_supervisor(filled):
    from openhour.project.demo.progress import WORDS
    from openhour.records.models import Signal, SignalAnswer

    said = SignalAnswer.objects.filter(words=WORDS)
    assert said.exists()
    looked = Signal.objects.filter(patient__first_name="Noor", state="looked-again")
    assert looked.exists()
    assert all(one.happened_words for one in looked)
    passed = Signal.objects.filter(patient__first_name="Wren", state="passed-to-supervisor")
    assert passed.filter(kind="no-gain-by-session-6").exists()
    assert all(one.owner.supervisor_id for one in passed)
    assert Signal.objects.filter(patient__first_name="Maya", kind="reliably-worse", state="open").exists()
    assert Signal.objects.count() < 40
