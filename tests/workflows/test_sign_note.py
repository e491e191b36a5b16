"""Signing: every gap at once, then one frozen text, one charge for the minutes that were held, and no way back."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from openhour.guard import trail
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Charge, Licence, Note, Session, Visit
from openhour.records.queries.note_content import canonical, content_of, digest_of
from openhour.records.queries.session import hour_for_signing
from openhour.records.shelf import shelf
from openhour.workflows.hour.correct_times import Times, correct_times
from openhour.workflows.hour.fields import Typed
from openhour.workflows.hour.save_note import save_note
from openhour.workflows.hour.sign_note import sign_note
from openhour.workflows.hour.start_session import start_session
from openhour.workflows.hour.typed import base_of
from tests.cast import NOW
from tests.workflows.hours import answer, minutes, ready_to_sign, trail_of


def sign(cast, who="ben", at=None, **more):
    return sign_note(cast.actor(who), cast.ana_visit.pk, at=at or minutes(90), **more)


def codes(refused) -> set[str]:
    return {finding.code for finding in refused.value.findings}


def test_a_signed_note_is_frozen_held_and_charged(cast):
    ready_to_sign(cast)
    signed = sign(cast)
    cast.ana_visit.refresh_from_db()
    note = Note.objects.get()
    assert (note.state, note.signed_at, cast.ana_visit.state) == ("signed", minutes(90), "held")
    assert note.digest == hashlib.sha256(note.content.encode()).hexdigest()
    assert note.signature == "Ben Brook, PsyD, licence IL IL-1876"
    assert signed.charge == Charge.objects.get()
    assert trail_of("note.signed") == 1


def test_the_frozen_text_holds_every_fact_of_the_hour(cast):
    cast.ana_visit.site.refresh_from_db()
    answer(cast.ana_episode, "phq-9", (2, 2, 2, 2, 2, 2, 2, 2, 0), date(2026, 2, 23))
    answer(cast.ana_episode, "phq-9", (1, 1, 1, 1, 1, 1, 1, 1, 0), date(2026, 3, 2))
    objective = ready_to_sign(cast)
    sign(cast)
    content = json.loads(Note.objects.get().content)
    assert content["patient"] == {"name": "Ana Almond", "number": "P-1001", "birth_date": "1985-04-12"}
    assert (content["day"], content["zone"]) == ("2026-03-02", "America/Chicago")
    assert (content["started"], content["stopped"]) == ("2026-03-02T10:00-06:00", "2026-03-02T10:55-06:00")
    assert (content["minutes"], content["code"]) == (55, "90837")
    assert content["place"]["place_of_service"] == "11"
    assert content["diagnoses"] == [{"code": "F32.1", "title": "Major depressive disorder, moderate"}]
    assert content["objectives"][0]["text"] == objective.text
    assert content["objectives"][0]["response"] == "Proud of the four walks."
    assert content["interventions"] == [{"slug": "behavioral-activation", "title": "Behavioral activation"}]
    (measure,) = content["measures"]
    assert (measure["total"], measure["since_last"], measure["reliable"]) == (8, -8, "better")
    assert [one["text"] for one in content["sections"]] == [
        "She left the house four times.",
        "Moving more; mood follows.",
        "Go on with the schedule.",
    ]
    assert content["signature"]["licence_number"] == "IL-1876"
    assert content["signature"]["signed_at"] == "2026-03-02T11:30:00-06:00"


@pytest.mark.parametrize(
    ("held", "code", "cents"),
    [(16, "90832", 9000), (37, "90832", 9000), (38, "90834", 13000), (52, "90834", 13000), (53, "90837", 18000)],
)
def test_the_minutes_choose_the_code_not_the_appointment(cast, held, code, cents):
    ready_to_sign(cast, held)
    charge = sign(cast).charge
    assert (charge.code, charge.minutes, charge.amount_cents) == (code, held, cents)
    assert (
        charge.procedure_key
        == {"90832": "psychotherapy-30", "90834": "psychotherapy-45"}.get(code, "psychotherapy-60") + "@1.0.0"
    )


def test_the_charge_carries_payer_place_and_diagnoses_of_the_day(cast):
    ready_to_sign(cast)
    charge = sign(cast).charge
    assert (charge.payer, charge.payer_key) == ("example-payer", "example-payer@1.0.0")
    assert charge.coverage.member_id == "MEM1001"
    assert (charge.place_of_service, charge.diagnoses) == ("11", ["F32.1"])
    assert (charge.served_on, charge.state) == (date(2026, 3, 2), "ready")


def test_without_coverage_on_the_day_the_patient_pays(cast):
    cast.ana.coverages.update(valid_to=date(2026, 3, 1))
    ready_to_sign(cast)
    charge = sign(cast).charge
    assert (charge.payer, charge.coverage) == ("self-pay", None)


def test_a_payer_that_left_the_shelf_does_not_lose_the_hour(cast):
    cast.ana.coverages.update(payer="gone-payer")
    ready_to_sign(cast)
    charge = sign(cast).charge
    assert (charge.payer, charge.code, charge.amount_cents) == ("gone-payer", "90837", 0)


def test_under_sixteen_minutes_the_note_is_signed_and_nothing_charged(cast):
    ready_to_sign(cast, 15)
    signed = sign(cast)
    assert signed.note.state == "signed"
    assert signed.charge is None
    assert not Charge.objects.exists()
    assert json.loads(signed.note.content)["code"] == ""


def test_a_code_that_the_minutes_do_not_support_cannot_be_signed(cast):
    ready_to_sign(cast, 52)
    with pytest.raises(Refused) as refused:
        sign(cast, code="90837")
    assert codes(refused) == {"code.unsupported"}
    assert not Charge.objects.exists()


def test_an_empty_hour_is_told_everything_at_once(cast):
    start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    with pytest.raises(Refused) as refused:
        sign(cast)
    assert codes(refused) == {
        "consent.missing",
        "times.missing",
        "diagnosis.missing",
        "plan.missing",
        "intervention.missing",
        "section.empty:data",
        "section.empty:assessment",
        "section.empty:plan",
    }
    assert Note.objects.get().state == "draft"
    assert trail_of("note.signed") == 0


def test_without_an_objective_or_a_response_the_golden_thread_is_broken(cast):
    objective = ready_to_sign(cast)
    Session.objects.update(objectives=[])
    with pytest.raises(Refused) as refused:
        sign(cast)
    assert codes(refused) == {"objective.missing"}
    Session.objects.update(objectives=[{"thread": str(objective.thread), "response": " "}])
    with pytest.raises(Refused) as refused:
        sign(cast)
    assert [(one.code, one.place) for one in refused.value.findings] == [
        ("response.missing", f"responses.{objective.thread}")
    ]


def test_a_positive_item_nine_has_to_be_addressed(cast):
    answer(cast.ana_episode, "phq-9", (1, 1, 1, 1, 1, 1, 1, 1, 1), date(2026, 3, 2))
    ready_to_sign(cast)
    with pytest.raises(Refused) as refused:
        sign(cast)
    assert codes(refused) == {"risk.unaddressed"}
    typed = {"risk": Typed("Asked; no plan, no intent; safety steps gone through.", base_of(""))}
    save_note(cast.actor("ben"), cast.ana_visit.pk, typed, at=minutes(80))
    content = json.loads(sign(cast).note.content)
    assert content["risk"] == {"asked_for": True, "text": "Asked; no plan, no intent; safety steps gone through."}


def test_an_answer_from_before_the_last_signed_session_was_addressed_there(cast):
    answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 23), saved_at=NOW - timedelta(days=7))
    _signed_week_before(cast)
    ready_to_sign(cast)
    assert sign(cast).note.state == "signed"


def test_an_answer_given_after_the_hour_belongs_to_the_next_one(cast):
    ready_to_sign(cast)
    answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 3, 2), saved_at=minutes(70))
    assert sign(cast).note.state == "signed"


def _signed_week_before(cast) -> None:
    start = NOW - timedelta(days=7)
    visit = Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        state="held",
        made_at=start,
    )
    session = Session.objects.create(
        visit=visit,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=start,
        stopped_at=start + timedelta(minutes=55),
        made_at=start,
    )
    Note.objects.create(
        session=session,
        patient=cast.ana,
        author=cast.ben,
        layout="dap",
        layout_key="dap@1.0.0",
        state="signed",
        signed_at=start + timedelta(hours=2),
        content="{}",
        digest="0" * 64,
        made_at=start,
    )


def test_without_a_licence_in_force_that_day_nothing_is_signed(cast):
    ready_to_sign(cast)
    Licence.objects.filter(therapist=cast.ben).update(valid_to=date(2026, 3, 1))
    with pytest.raises(Refused) as refused:
        sign(cast)
    assert codes(refused) == {"licence.none-in-force"}
    assert "IL" in refused.value.findings[0].sentence


def test_a_licence_of_another_state_does_not_count(cast):
    ready_to_sign(cast)
    Licence.objects.filter(therapist=cast.ben).update(state="MO")
    with pytest.raises(Refused, match=r"licence\.none-in-force"):
        sign(cast)


def test_an_overdue_review_blocks_until_the_reason_is_given(cast):
    ready_to_sign(cast)
    plan = cast.ana_episode.plans.get()
    plan.review_by = date(2026, 3, 1)
    plan.save()
    with pytest.raises(Refused, match=r"plan\.review-overdue"):
        sign(cast)
    typed = {"review_waiver": Typed("Review set for next week with her sister", base_of(""))}
    save_note(cast.actor("ben"), cast.ana_visit.pk, typed, at=minutes(80))
    assert json.loads(sign(cast).note.content)["review_waiver"].startswith("Review set")


def test_two_hours_that_share_minutes_are_not_both_signed(cast):
    ready_to_sign(cast)
    other = Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=minutes(60),
        ends_at=minutes(120),
        made_at=NOW,
    )
    Session.objects.create(
        visit=other,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=minutes(54),
        stopped_at=minutes(80),
        made_at=NOW,
    )
    with pytest.raises(Refused, match=r"times\.overlap"):
        sign(cast)


def test_what_is_signed_is_what_was_read(cast):
    ready_to_sign(cast)
    read = digest_of(canonical(content_of(hour_for_signing(cast.ana_visit.pk))))
    typed = {"sections.plan": Typed("Another plan.", base_of("Go on with the schedule."))}
    save_note(cast.actor("ben"), cast.ana_visit.pk, typed, at=minutes(80))
    with pytest.raises(Refused, match=r"note\.read-again"):
        sign(cast, reading=read)
    read = digest_of(canonical(content_of(hour_for_signing(cast.ana_visit.pk))))
    assert sign(cast, reading=read).note.state == "signed"


def test_words_of_another_format_are_signed_too(cast):
    from openhour.workflows.hour.choose_layout import choose_layout

    ready_to_sign(cast)
    choose_layout(cast.actor("ben"), cast.ana_visit.pk, "birp", at=minutes(80))
    typed = {
        f"sections.{slug}": Typed(f"The {slug}.", base_of("")) for slug in ("behavior", "intervention", "response")
    }
    save_note(cast.actor("ben"), cast.ana_visit.pk, typed, at=minutes(81))
    sections = json.loads(sign(cast).note.content)["sections"]
    assert [(one["title"], one["carried"]) for one in sections] == [
        ("Behavior", False),
        ("Intervention", False),
        ("Response", False),
        ("Plan", False),
        ("Assessment (DAP)", True),
        ("Data (DAP)", True),
    ]


def test_a_second_signature_changes_nothing(cast):
    ready_to_sign(cast)
    digest = sign(cast).note.digest
    with pytest.raises(Refused, match=r"note\.signed"):
        sign(cast)
    assert Note.objects.get().digest == digest
    assert Charge.objects.count() == trail_of("note.signed") == 1


def test_after_the_signature_nothing_of_the_hour_moves(cast):
    ready_to_sign(cast)
    sign(cast)
    before = (Note.objects.values().get(), Session.objects.values().get())
    attempts = [
        lambda: save_note(cast.actor("ben"), cast.ana_visit.pk, {"risk": Typed("x", base_of(""))}, at=minutes(91)),
        lambda: correct_times(cast.actor("ben"), cast.ana_visit.pk, Times(NOW, minutes(60), "x"), at=minutes(91)),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=r"note\.signed"):
            attempt()
    assert (Note.objects.values().get(), Session.objects.values().get()) == before


@pytest.mark.parametrize(
    "change", ["sections = '{}'", "content = 'x'", "digest = 'x'", "state = 'draft'", "signed_at = NULL"]
)
def test_the_database_itself_refuses_to_change_a_signed_note(cast, change):
    ready_to_sign(cast)
    sign(cast)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_note SET {change}")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_note")


@pytest.mark.parametrize("change", ["risk = 'x'", "agenda = '[]'", "stopped_at = NULL", "sealed_at = NULL"])
def test_the_database_itself_refuses_to_change_the_hour_of_a_signed_note(cast, change):
    ready_to_sign(cast)
    sign(cast)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_session SET {change}")


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_signs(cast, who):
    ready_to_sign(cast)
    with pytest.raises(NotAllowed):
        sign(cast, who)
    assert Note.objects.get().state == "draft"


def test_the_trail_holds_and_knows_no_word_of_the_note(cast):
    from openhour.guard.models import TrailEntry

    ready_to_sign(cast)
    sign(cast)
    assert list(trail.verify_trail()) == []
    kept = " ".join(TrailEntry.objects.values_list("detail", flat=True))
    assert not any(word in kept for word in ("walks", "house", "Ana", "Almond", "forgotten"))


def test_a_refused_signature_leaves_no_charge_and_no_trace(cast):
    ready_to_sign(cast)
    Licence.objects.all().delete()
    length = trail_of("note.signed")
    with pytest.raises(Refused):
        sign(cast)
    cast.ana_visit.refresh_from_db()
    assert (Charge.objects.count(), trail_of("note.signed"), cast.ana_visit.state) == (0, length, "booked")


def test_an_evaluation_is_signed_without_plan_and_charged_without_minutes_of_a_code(cast):
    ready_to_sign(cast, 12)
    Visit.objects.filter(pk=cast.ana_visit.pk).update(procedure="diagnostic-evaluation")
    cast.ana_episode.plans.get().goals.get().objectives.all().update(state="dropped")
    charge = sign(cast).charge
    assert charge.code == shelf().procedure("diagnostic-evaluation", on=date(2026, 3, 2)).code.value
    assert charge.minutes == 12


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_sign_once(transactional_db, cast):
    ready_to_sign(cast)
    ben, visit_id, results = cast.actor("ben"), cast.ana_visit.pk, []
    together = threading.Barrier(2)

    def attempt():
        together.wait()
        try:
            sign_note(ben, visit_id, at=minutes(90))
            results.append("signed")
        except Refused as refusal:
            results.append(refusal.findings[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["note.signed", "signed"]
    assert Charge.objects.count() == 1
    assert list(trail.verify_trail()) == []
