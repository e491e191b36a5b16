"""Write a batch: hours become claims and one file, once, all of it or nothing; whatever is in the way is named at once."""

from __future__ import annotations

import hashlib
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.billing.x12 import read_837p, validate_837p
from openhour.guard import trail
from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Charge, Claim, ClaimBatch, ClaimLine, Counter, Coverage, Patient, Practice, Site
from openhour.workflows.hour.sign_note import sign_note
from openhour.workflows.money import write_batch as verb
from openhour.workflows.money.write_batch import write_batch, write_ready
from tests.billing.cast import pyx12_accepts
from tests.cast import NOW
from tests.workflows.bills import SENT, hour, insure, nothing_written, states
from tests.workflows.hours import minutes, ready_to_sign, trail_length, trail_of

pytestmark = pytest.mark.django_db
PAYER = "example-payer"


@pytest.fixture
def insured(cast):
    insure(cast)
    return cast


def write(cast, *rows, payer=PAYER, at=SENT, who="eli"):
    return write_batch(cast.actor(who), payer, [row.pk for row in rows], at=at).batch


def refusal(cast, *rows, **how):
    with pytest.raises(Refused) as refused:
        write(cast, *rows, **how)
    return refused.value.findings


def codes(findings):
    return [finding.code for finding in findings]


# --- it works


def test_a_signed_hour_becomes_a_claim_that_the_independent_validator_accepts(insured):
    ready_to_sign(insured)
    charge = sign_note(insured.actor("ben"), insured.ana_visit.pk, at=minutes(60)).charge
    batch = write(insured, charge)
    accepted, answer = pyx12_accepts(batch.content)
    assert accepted, answer
    (claim,) = read_837p(batch.content).claims
    assert (claim.control, claim.patient.person.full, claim.coverage.member_id) == ("B1-1", "ANA ALMOND", "MEM123456")
    (line,) = claim.lines
    assert (line.code, line.amount.cents, line.day) == ("90837", 18000, NOW.date())
    assert claim.diagnoses == ("F321",)
    assert claim.rendering.npi == "1876543210"
    assert claim.facility is None
    for word in ("walks", "mood", "schedule", "agenda", "risk"):
        assert word not in batch.content.lower()


def test_the_batch_its_claims_and_lines_are_kept_with_the_digest_of_the_file(insured):
    rows = [hour(insured, days=day) for day in (7, 0)] + [hour(insured, "cleo")]
    batch = write(insured, *rows)
    assert (batch.control, batch.payer, batch.claim_count, batch.total_cents) == (1, PAYER, 2, 54000)
    assert batch.digest == hashlib.sha256(ClaimBatch.objects.get().content.encode()).hexdigest()
    assert validate_837p(batch.content) == ()
    assert [claim.number for claim in Claim.objects.order_by("number")] == ["B1-1", "B1-2"]
    assert sorted(ClaimLine.objects.values_list("charge_id", flat=True)) == sorted(row.pk for row in rows)
    assert states() == ["claimed"] * 3
    assert batch.by == insured.eli_user
    assert not any(name in batch.file_name.lower() for name in ("ana", "almond", "p-1001"))


def test_the_file_states_the_practices_own_time(insured):
    batch = write(insured, hour(insured))
    assert "*260303*1000*^*" in batch.content  # 16:00 UTC is 10:00 in Springfield


def test_an_hour_at_another_site_names_it_and_one_at_home_does_not(insured):
    Site.objects.update(name="Annex", address="9 Oak St", zip_code="627020001")
    assert "NM1*77*2*ANNEX~" in write(insured, hour(insured)).content


def test_a_child_on_a_parents_policy_is_claimed_as_the_parents_child(insured):
    Coverage.objects.filter(patient=insured.ana).update(
        relation="child", subscriber_last_name="Almond", subscriber_first_name="Pia"
    )
    batch = write(insured, hour(insured))
    assert "PAT*19~" in batch.content
    assert "NM1*IL*1*ALMOND*PIA*" in batch.content
    assert pyx12_accepts(batch.content)[0]


def test_numbers_count_up_without_gaps_also_after_a_refusal(insured):
    first, second, third = (hour(insured, days=day) for day in (0, 1, 2))
    assert write(insured, first).control == 1
    refusal(insured, first)
    refusal(insured, second, hour(insured, days=3, diagnoses=[]))
    assert write(insured, second).control == 2
    assert write(insured, third).control == 3
    assert Counter.objects.get(name="batch").value == 3


def test_the_trail_has_one_entry_that_names_the_patients_by_id(insured):
    before = trail_length()
    batch = write(insured, hour(insured), hour(insured, "cleo"))
    assert trail_length() == before + 1
    entry = TrailEntry.objects.get(action="batch.written")
    assert (entry.kind, entry.subject_id) == ("batch", str(batch.pk))
    assert str(insured.ana.pk) in entry.detail
    assert batch.digest in entry.detail
    assert "Almond" not in entry.detail
    assert list(trail.verify_trail()) == []


@pytest.mark.parametrize("demo", [True, False])
def test_a_demo_marks_its_files_as_tests(insured, settings, demo):
    settings.DEMO = demo
    assert f"*000000001*0*{'T' if demo else 'P'}*:~" in write(insured, hour(insured)).content


# --- who may


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga", "sam"])
def test_nobody_but_a_biller_writes_claims(insured, who):
    row = hour(insured)
    for call in (
        lambda: write(insured, row, who=who),
        lambda: write_ready(insured.actor(who), PAYER, at=SENT),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert nothing_written()


# --- it refuses, all at once


def test_every_hour_that_is_held_is_named_with_every_reason_and_nothing_is_written(insured):
    good, bare, short = hour(insured), hour(insured, days=1, diagnoses=[]), hour(insured, days=2, held=40)
    findings = refusal(insured, good, bare, short)
    told = {(finding.place, finding.code) for finding in findings}
    assert told == {
        (str(bare.pk), "claim.diagnosis-missing"),
        (str(bare.pk), "claim.pointer-missing"),
        (str(short.pk), "claim.minutes"),
    }
    assert all(
        finding.sentence.startswith("P-1001, March 1, 2026: ")
        for finding in findings
        if finding.place == str(good.pk)
    )
    assert not any("Ana" in finding.sentence or "Almond" in finding.sentence for finding in findings)
    assert nothing_written()
    assert trail_of("batch.written") == 0


@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        (Coverage, {"member_id": ""}, "claim.member-missing"),
        (Coverage, {"member_id": "MEM1001"}, "claim.member-pattern"),
        (Coverage, {"payer": "self-pay"}, "claim.payer"),
        (Patient, {"zip_code": ""}, "claim.zip"),
        (Patient, {"last_name": "Мария"}, "claim.letters"),
        (Practice, {"npi": "1234567890"}, "claim.npi"),
        (Practice, {"tax_id": ""}, "claim.tax-id"),
        (Practice, {"submitter_id": ""}, "practice.submitter"),
        (Practice, {"phone": ""}, "practice.phone"),
        (Charge, {"amount_cents": 0}, "claim.amount"),
        (Charge, {"diagnoses": ["F32"]}, "diagnosis.not-billable"),
        (Charge, {"place_of_service": "12"}, "claim.place"),
        (Charge, {"procedure_key": "gone@1.0.0"}, "claim.procedure-unknown"),
    ],
)
def test_what_an_edit_holds_is_refused_by_name(insured, table, change, code):
    row = hour(insured)
    table.objects.update(**change)
    assert code in codes(refusal(insured, row))
    assert nothing_written()


def test_a_claim_after_the_payers_deadline_is_refused(insured):
    row = hour(insured)
    assert codes(refusal(insured, row, at=NOW + timedelta(days=200))) == ["claim.late"]


def test_no_practice_no_batch(insured):
    row = hour(insured)
    Practice.objects.all().delete()
    assert "practice.missing" in codes(refusal(insured, row))


def test_an_empty_choice_a_forged_id_and_an_unknown_payer_are_refused(insured):
    row = hour(insured)
    assert codes(refusal(insured)) == ["hours.none"]
    with pytest.raises(Refused) as refused:
        write_batch(insured.actor("eli"), PAYER, [row.pk, uuid.uuid4(), uuid.uuid4()], at=SENT)
    (finding,) = refused.value.findings
    assert finding.code == "hours.unknown"
    assert finding.sentence.startswith("2 of the hours")
    assert {"payer.unknown", "batch.mixed"} == set(codes(refusal(insured, row, payer="nobody")))
    assert nothing_written()


def test_a_batch_goes_to_one_payer_and_never_to_a_patient(insured):
    mine, theirs = hour(insured), hour(insured, days=1, payer="other-payer")
    findings = refusal(insured, mine, theirs)
    assert [(finding.code, finding.place) for finding in findings] == [("batch.mixed", str(theirs.pk))]
    paid = hour(insured, days=2, payer="self-pay")
    assert codes(refusal(insured, paid, payer="self-pay")) == ["claim.self-pay"]
    assert nothing_written()


def test_the_same_service_on_one_day_is_refused_within_and_across_batches(insured):
    first = hour(insured)
    same = hour(insured, at_hour=2)
    assert codes(refusal(insured, first, same)) == ["claim.twice-in-claim"]
    elsewhere = hour(insured, at_hour=4, place_of_service="53")
    assert codes(refusal(insured, first, elsewhere)) == ["claim.duplicate"]
    write(insured, first)
    (finding,) = refusal(insured, same)
    assert (finding.code, finding.place) == ("claim.duplicate", str(same.pk))


def test_a_file_that_our_own_validator_finds_fault_with_is_never_kept(insured, monkeypatch):
    row = hour(insured)
    from openhour.kernel import Finding

    monkeypatch.setattr(verb, "validate_837p", lambda text: (Finding("x12.count", "The count is wrong."),))
    assert codes(refusal(insured, row)) == ["x12.count"]
    assert nothing_written()


# --- once


def test_the_same_hour_is_not_claimed_twice_and_the_batch_is_named(insured):
    row = hour(insured)
    write(insured, row)
    (finding,) = refusal(insured, row)
    assert finding.code == "hours.claimed"
    assert "was claimed before in batch 1" in finding.sentence
    assert ClaimBatch.objects.count() == 1


def test_an_hour_on_a_superbill_is_not_claimed(insured):
    row = hour(insured, state="billed")
    assert codes(refusal(insured, row)) == ["hours.billed"]


def test_the_database_itself_refuses_a_second_live_line(insured, monkeypatch):
    """As if two looked at once and both saw the hour waiting: then no form can help."""
    row = hour(insured)
    write(insured, row)
    Charge.objects.update(state="ready")
    monkeypatch.setattr(verb, "services_claimed", lambda rows: frozenset())
    assert codes(refusal(insured, row)) == ["hours.claimed"]
    assert (ClaimBatch.objects.count(), ClaimLine.objects.count()) == (1, 1)
    assert Counter.objects.get(name="batch").value == 1


def at_once(*works):
    line, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            line.wait(timeout=20)
            outcomes[place] = work()
        except Exception as error:  # noqa: BLE001  the test looks at it
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_of_two_billers_at_once_one_claims_the_hour_and_the_other_is_told(transactional_db, cast):
    insure(cast)
    for day in range(4):
        row, other = hour(cast, days=day), hour(cast, "cleo", days=day)
        outcomes = at_once(lambda row=row: write(cast, row), lambda row=row, other=other: write(cast, other, row))
        lost = [one for one in outcomes if isinstance(one, Refused)]
        assert len(lost) == 1, outcomes
        assert "hours.claimed" in codes(lost[0].findings)
        assert ClaimLine.objects.filter(charge=row).count() == 1
    assert sorted(ClaimBatch.objects.values_list("control", flat=True)) == [1, 2, 3, 4]
    assert list(trail.verify_trail()) == []


# --- everything that is ready


def test_everything_ready_is_written_and_what_is_held_stays_and_is_counted(insured):
    good = [hour(insured, days=day) for day in range(3)]
    held = hour(insured, days=4, diagnoses=[])
    other = hour(insured, days=5, payer="other-payer")
    written = write_ready(insured.actor("eli"), PAYER, at=SENT)
    assert (written.left, written.batch.claim_count) == (1, 1)
    assert set(Charge.objects.filter(state="claimed")) == set(good)
    assert set(Charge.objects.filter(state="ready")) == {held, other}


def test_of_two_same_services_the_first_goes_and_the_second_stays(insured):
    first, second = hour(insured), hour(insured, at_hour=2)
    assert write_ready(insured.actor("eli"), PAYER, at=SENT).left == 1
    assert Charge.objects.get(state="claimed") == first
    assert Charge.objects.get(state="ready") == second


def test_where_nothing_is_ready_the_reason_is_told(insured):
    with pytest.raises(Refused) as refused:
        write_ready(insured.actor("eli"), PAYER, at=SENT)
    assert codes(refused.value.findings) == ["batch.empty"]
    hour(insured, diagnoses=[])
    with pytest.raises(Refused) as refused:
        write_ready(insured.actor("eli"), PAYER, at=SENT)
    (finding,) = refused.value.findings
    assert finding.code == "batch.held"
    assert "The claim needs at least one diagnosis." in finding.sentence
    assert nothing_written()


DRAWN = st.lists(
    st.tuples(
        st.sampled_from(["ana", "cleo"]),
        st.sampled_from([("90837", 55), ("90834", 45), ("90832", 20)]),
        st.sampled_from([["F32.1"], ["F32.1", "F41.1"], ["Z63.0"], []]),
        st.sampled_from([0, 18000, 13050]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(DRAWN)
def test_whatever_waits_the_file_is_accepted_or_nothing_is_written(insured, drawn):
    """Hours of any kind: what is claimed is in the file to the cent, and the independent validator takes it."""
    with transaction.atomic():
        rows = [
            hour(insured, who, days=place * 5 + day, held=held, code=code, diagnoses=diagnoses, amount_cents=cents)
            for place, (who, (code, held), diagnoses, cents, day) in enumerate(drawn)
        ]
        good = [row for row in rows if row.diagnoses and row.amount_cents]
        try:
            batch = write_ready(insured.actor("eli"), PAYER, at=SENT).batch
        except Refused:
            assert not good
        else:
            assert set(Charge.objects.filter(state="claimed")) == set(good)
            assert batch.total_cents == sum(row.amount_cents for row in good)
            accepted, answer = pyx12_accepts(batch.content)
            assert accepted, answer
            claims = list(read_837p(batch.content).claims)
            assert sum(line.amount.cents for claim in claims for line in claim.lines) == batch.total_cents
        transaction.set_rollback(True)
