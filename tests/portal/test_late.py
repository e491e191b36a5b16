"""A form that was open while its link ended: an answer that a person must see is passed on, and nothing else is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.records.models import Alert, Answer, Response, Visit
from openhour.workflows.safety.issue_link import issue_link
from openhour.workflows.safety.record_late_answer import LATE_FOR, record_late_answer
from tests.cast import NOW
from tests.portal.test_door import cancelled, expired, lengthened, never_issued, tampered, withdrawn
from tests.workflows.answers import BEFORE

PASSED = "What you just marked was passed on to your therapist"


def at_nine(token, form):
    return reverse("portal-question", args=[token, form.pk, 9])


@pytest.mark.parametrize("spoil", [expired, withdrawn, cancelled])
def test_the_alert_is_raised_and_that_is_said(phone, cast, link, phq, clock, spoil):
    token = spoil(cast, link, clock)
    page = phone.post(at_nine(token, phq), {"q9": "2", "go": "next"})
    words = page.content.decode()
    assert page.status_code == 404
    assert PASSED in words
    assert 'href="tel:988"' in words
    assert "Ana" not in words
    assert "Ben" not in words
    alert = Alert.objects.get()
    assert (alert.value, alert.owner, alert.state) == (2, cast.ben, "open")
    assert TrailEntry.objects.filter(action="alert.raised").count() == 1
    assert Response.objects.get(pk=phq.pk).answers == {}, "the form stays as it was"


@pytest.mark.parametrize("spoil", [expired, withdrawn, cancelled])
def test_the_therapist_reads_it(phone, cast, link, phq, clock, spoil, sign_in):
    phone.post(at_nine(spoil(cast, link, clock), phq), {"q9": "3"})
    ben = sign_in("ben")
    assert "Ana Almond" in ben.get(reverse("alerts")).content.decode()
    page = ben.get(reverse("alert", args=[Alert.objects.get().pk])).content.decode()
    assert "Nearly every day" in page


@pytest.mark.parametrize("spoil", [expired, withdrawn, cancelled])
def test_the_script_is_told_too(phone, cast, link, phq, clock, spoil):
    here = at_nine(spoil(cast, link, clock), phq)
    told = phone.post(here, {"q9": "1"}, headers={"accept": "application/json"})
    assert told.status_code == 404
    assert "passed on to your therapist" in str(told.json()["errors"])
    assert Alert.objects.count() == 1


def test_of_all_questions_at_once_only_that_one_is_kept(phone, cast, link, phq, clock):
    token = cancelled(cast, link, clock)
    page = phone.post(reverse("portal-all", args=[token, phq.pk]), {"q1": "3", "q2": "2", "q9": "1", "go": "send"})
    assert PASSED in page.content.decode()
    assert [(one.item, one.value) for one in Answer.objects.all()] == [("9", 1)]


def test_what_stood_on_the_page_already_is_not_given_again(phone, send, at, cast, link, phq, clock):
    send(at("portal-question", phq, 9), {"q9": "1"})
    page = phone.post(
        reverse("portal-all", args=[cancelled(cast, link, clock), phq.pk]),
        {"q9": "1", "w9": "1", "q1": "2", "w1": ""},
    )
    assert PASSED not in page.content.decode()
    assert Answer.objects.count() == 1


def test_a_form_that_was_withdrawn_with_its_visit_still_raises_it(phone, cast, link, phq, clock):
    Response.objects.update(state="withdrawn")
    assert PASSED in phone.post(at_nine(cancelled(cast, link, clock), phq), {"q9": "3"}).content.decode()
    assert Alert.objects.count() == 1


@pytest.mark.parametrize("spoil", [tampered, lengthened, never_issued])
def test_an_address_that_was_never_ours_raises_nothing(phone, cast, link, phq, clock, spoil):
    page = phone.post(at_nine(spoil(cast, link, clock), phq), {"q9": "3"})
    assert PASSED not in page.content.decode()
    assert not Answer.objects.exists()


def test_another_patient_s_form_is_not_touched(phone, cast, link, phq, clock):
    cleo = issue_link(cast.actor("dee"), cast.cleo_visit.pk, at=BEFORE)
    Visit.objects.update(state="cancelled")
    page = phone.post(at_nine(cleo.token, phq), {"q9": "3"})
    assert PASSED not in page.content.decode()
    assert not Answer.objects.exists()


def test_after_a_week_nobody_listens_any_more(phone, cast, link, phq, clock):
    clock.at = NOW + LATE_FOR + timedelta(days=2)
    assert PASSED not in phone.post(at_nine(link.token, phq), {"q9": "3"}).content.decode()
    assert not Alert.objects.exists()


def test_reading_an_ended_link_raises_nothing(phone, cast, link, phq, clock):
    assert PASSED not in phone.get(at_nine(cancelled(cast, link, clock), phq) + "?q9=3").content.decode()
    assert not Answer.objects.exists()


def test_the_same_again_opens_no_answered_alert_and_a_further_one_does(phone, cast, link, phq, clock):
    here = at_nine(cancelled(cast, link, clock), phq)
    phone.post(here, {"q9": "2"})
    Alert.objects.update(state="answered", answered_at=NOW, answered_by=cast.ben_user, action="Called her.")
    phone.post(here, {"q9": "2"})
    assert Alert.objects.get().state == "answered"
    phone.post(here, {"q9": "3"})
    assert (Alert.objects.get().state, Alert.objects.get().value) == ("open", 3)


def test_no_member_of_staff_uses_this_way(cast, link, phq):
    for who in ("ben", "olga"):
        with pytest.raises(NotAllowed):
            record_late_answer(cast.actor(who), phq.pk, "9", 3, at=BEFORE)
