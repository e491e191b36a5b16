"""Take a consent word for word, and write down that it is taken back."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from openhour.care.consents import filled_consent
from openhour.guard.policy import NotAllowed
from openhour.records.models import Consent, Episode
from openhour.records.queries.consent import consents_to_take
from openhour.records.shelf import shelf
from openhour.workflows.intake.consent_words import digest_of, shown, words_of
from openhour.workflows.intake.take_consent import Signature, take_consent
from openhour.workflows.intake.withdraw_consent import withdraw_consent
from tests.cast import NOW, TODAY, Cast
from tests.workflows.charts import codes_of, entry, nobody_but

FORM = shelf().consent("psychotherapy", on=TODAY)
HOUR = shelf().procedure("psychotherapy-60", on=TODAY)
WORDS = words_of(FORM, HOUR)
SIGNED = Signature("Ana Almond", "patient", "in-person", "I can stop when I want.", TODAY, digest_of(WORDS))


def take(cast: Cast, who: str = "dee", form: str = "psychotherapy", **more) -> Consent:
    signed = replace(SIGNED, **more)
    return Consent.objects.get(pk=take_consent(cast.actor(who), cast.ana_episode.pk, form, signed, at=NOW))


def state(cast: Cast) -> str:
    with transaction.atomic():
        return consents_to_take(cast.actor("dee"), cast.ana_episode.pk, at=NOW)[1][0].word


def test_the_words_are_kept_as_they_were_shown(cast):
    row = take(cast)
    assert row.words == WORDS
    assert row.digest == hashlib.sha256(WORDS.encode()).hexdigest()
    assert (row.form_key, row.form_digest, row.procedure_key) == (FORM.pin.key, FORM.pin.digest, HOUR.pin.key)
    assert (row.signer, row.understood, row.signed_on) == ("Ana Almond", "I can stop when I want.", TODAY)


def test_the_words_hold_every_risk_benefit_and_alternative_of_the_definition():
    told = shown(WORDS)
    text = json.dumps(json.loads(WORDS), ensure_ascii=False)
    for clause in filled_consent(FORM, HOUR):
        assert clause.title in text
        for item in clause.items:
            for words in (item.text, *item.benefits, *item.drawbacks):
                assert json.dumps(words, ensure_ascii=False)[1:-1] in text
    choices = [choice for clause in told.clauses for choice in clause.choices]
    assert len(choices) == 3
    assert all(choice.benefits and choice.drawbacks for choice in choices)
    assert told.title == FORM.title


def test_words_that_were_kept_in_another_way_are_shown_as_they_are():
    assert shown("Synthetic words.").plain == "Synthetic words."
    assert shown('{"a": 1}').plain == '{"a": 1}'
    assert shown("[]").plain == "[]"


def test_a_consent_makes_the_state_signed(cast):
    assert state(cast) == "missing"
    take(cast)
    assert state(cast) == "signed"


def test_an_older_one_is_kept_beside_the_new(cast):
    first = take(cast, signed_on=TODAY - timedelta(days=400))
    assert state(cast) == "renew"
    take(cast)
    assert Consent.objects.filter(pk=first.pk).exists()
    assert (Consent.objects.count(), state(cast)) == (2, "signed")


def test_the_trail_has_one_entry_with_the_digest_and_no_word(cast):
    row = take(cast)
    found = entry("consent.taken")
    assert row.digest in found.detail
    assert "Almond" not in found.detail
    assert "stop" not in found.detail


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"signer": " "}, ["signer.missing"]),
        ({"signer": "x" * 121}, ["signer.too-long"]),
        ({"signer_is": "uncle"}, ["signer_is.unknown"]),
        ({"method": "fax"}, ["method.unknown"]),
        ({"understood": ""}, ["understood.missing"]),
        ({"understood": "\x00"}, ["understood.unreadable"]),
        ({"signed_on": None}, ["signed_on.missing"]),
        ({"signed_on": TODAY + timedelta(days=1)}, ["signed_on.ahead"]),
        ({"digest": "0" * 64}, ["consent.other-words"]),
        ({"form": "no-such"}, ["consent.unknown-form"]),
        ({"signer": "", "understood": "", "method": ""}, ["signer.missing", "method.unknown", "understood.missing"]),
    ],
)
def test_each_reason_refuses(cast, typed, codes):
    assert codes_of(lambda: take(cast, **typed)) == codes
    assert not Consent.objects.exists()


def test_what_has_ended_needs_no_consent(cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=TODAY)
    assert codes_of(lambda: take(cast)) == ["episode.closed"]


def test_front_desk_and_therapist_take_it(cast):
    take(cast, "ben", signer_is="guardian", method="paper")
    nobody_but({"dee", "ben"}, lambda who: take(cast, who))
    with pytest.raises(NotAllowed):
        take_consent(cast.actor("dee"), uuid.uuid4(), "psychotherapy", SIGNED, at=NOW)


def withdraw(cast: Cast, consent: Consent, on: date | None = TODAY, who: str = "dee") -> Consent:
    withdraw_consent(cast.actor(who), consent.pk, on=on, at=NOW)
    return Consent.objects.get(pk=consent.pk)


def test_a_withdrawal_stands_beside_the_consent(cast):
    before = take(cast)
    after = withdraw(cast, before)
    assert (after.withdrawn_at, after.words, after.digest) == (NOW, before.words, before.digest)
    assert state(cast) == "withdrawn"
    assert entry("consent.withdrawn").subject_id == str(cast.ana_episode.pk)


def test_an_earlier_day_is_the_same_day_in_every_zone_of_the_country(cast):
    consent = take(cast, signed_on=date(2026, 1, 5))
    after = withdraw(cast, consent, date(2026, 2, 1))
    for zone in ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu"):
        assert after.withdrawn_at.astimezone(ZoneInfo(zone)).date() == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (None, "withdrawn_on.missing"),
        (TODAY + timedelta(days=1), "withdrawn_on.ahead"),
        (TODAY - timedelta(days=1), "withdrawn_on.early"),
    ],
)
def test_a_withdrawal_is_refused(cast, on, code):
    consent = take(cast)
    assert codes_of(lambda: withdraw(cast, consent, on)) == [code]


def test_a_withdrawal_is_written_once(cast):
    consent = take(cast)
    withdraw(cast, consent)
    assert codes_of(lambda: withdraw(cast, consent)) == ["consent.withdrawn-already"]


def test_nobody_else_withdraws(cast):
    consent = take(cast)
    nobody_but({"dee", "ben"}, lambda who: withdraw(cast, consent, who=who))
    with pytest.raises(NotAllowed):
        withdraw_consent(cast.actor("dee"), uuid.uuid4(), on=TODAY, at=NOW)


def test_the_database_refuses_other_words_under_a_signature(cast):
    consent = take(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(words="Other words.")
