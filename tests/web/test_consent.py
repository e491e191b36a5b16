"""The consent on its pages: read in full, signed, printed, taken back, and kept as it was."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from openhour.care.consents import filled_consent
from openhour.records.models import Consent
from openhour.records.shelf import shelf
from tests.cast import TODAY, Cast
from tests.web.charts import body_of, one_entry, queries_of, typed_in

SIGNED = {
    "form": "psychotherapy",
    "signer": "Ana “A.” Almond",
    "signer_is": "patient",
    "method": "in-person",
    "understood": "That I can stop.\nAnd a group is another way.",
    "signed_on": "2026-03-02",
}


def path_of(cast: Cast) -> str:
    return reverse("consent-take", args=[cast.ana_episode.pk])


def sign(cast: Cast, client, **more):
    digest = typed_in(client.get(path_of(cast)), "digest")
    return client.post(path_of(cast), SIGNED | {"digest": digest} | more)


def test_the_patient_reads_every_word_before_signing(cast, sign_in):
    body = body_of(sign_in("dee").get(path_of(cast)))
    hour = shelf().procedure("psychotherapy-60", on=TODAY)
    for clause in filled_consent(shelf().consent("psychotherapy", on=TODAY), hour):
        assert clause.title in body
        assert clause.text in body
        for item in clause.items:
            for words in (item.text, *item.benefits, *item.drawbacks):
                assert words in body


def test_it_is_signed_and_read_again_as_it_was(cast, sign_in):
    answer = sign(cast, sign_in("dee"))
    row = Consent.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("consent", args=[row.pk]))
    for who in ("dee", "ben", "sam"):
        with one_entry("consent.read"):
            body = body_of(sign_in(who).get(answer["Location"]))
        assert row.digest in body
        assert "Ana “A.” Almond" in body
        assert "no longer give the digest" not in body


def test_words_that_do_not_fit_their_digest_are_told(cast, sign_in):
    from tests.guard import access_records

    consent = access_records.make("consent", cast, "ana")
    body = body_of(sign_in("dee").get(reverse("consent", args=[consent])))
    assert "Synthetic words of a consent." in body
    assert "no longer give the digest" in body


def test_what_was_typed_is_kept(cast, sign_in):
    answer = sign(cast, sign_in("dee"), signer="", signed_on="tomorrow")
    assert answer.status_code == 422
    assert typed_in(answer, "understood") == SIGNED["understood"]
    assert typed_in(answer, "signed_on") == "tomorrow"
    assert not Consent.objects.exists()


def test_a_text_that_changed_meanwhile_is_gone_through_again(cast, sign_in):
    answer = sign_in("ben").post(path_of(cast), SIGNED | {"digest": "0" * 64})
    assert answer.status_code == 409
    assert typed_in(answer, "digest") != "0" * 64
    assert typed_in(answer, "signer") == SIGNED["signer"]


def test_it_is_taken_back_and_stays(cast, sign_in):
    client = sign_in("dee")
    sign(cast, client)
    row = Consent.objects.get()
    early = client.post(reverse("consent-withdraw", args=[row.pk]), {"withdrawn_on": "2026-03-01"})
    assert early.status_code == 422
    assert "wasn’t signed yet" in body_of(early)
    today = timezone.now().astimezone(cast.site.tz).date().isoformat()
    assert client.post(reverse("consent-withdraw", args=[row.pk]), {"withdrawn_on": today}).status_code == 302
    body = body_of(client.get(reverse("consent", args=[row.pk])))
    assert "Withdrawn" in body
    assert "The patient takes it back" not in body
    assert "Withdrawn" in body_of(client.get(reverse("patient", args=[cast.ana.pk])))


def test_it_is_printed_with_a_name_that_tells_nothing(cast, sign_in):
    sign(cast, sign_in("dee"))
    row = Consent.objects.get()
    answer = sign_in("ben").get(reverse("consent-pdf", args=[row.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == f'inline; filename="consent-{row.digest[:8]}.pdf"'


@pytest.mark.parametrize("name", ["consent", "consent-pdf"])
def test_carla_and_the_biller_find_nothing(cast, sign_in, name):
    sign(cast, sign_in("dee"))
    for who in ("carla", "eli", "olga"):
        assert sign_in(who).get(reverse(name, args=[Consent.objects.get().pk])).status_code == 404
        assert sign_in(who).get(path_of(cast)).status_code == 404


def test_queries_stay_few(cast, sign_in):
    client = sign_in("dee")
    sign(cast, client)
    assert queries_of(lambda: client.get(path_of(cast))) <= 8
    assert queries_of(lambda: client.get(reverse("consent", args=[Consent.objects.get().pk]))) <= 8
