"""Issue a link: signed, dated, once to be seen, and the older ones stop working."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import PatientLink, Response, Visit
from openhour.records.queries.link import LinkClosed, link_of, read_token, token_of
from openhour.workflows.safety.issue_link import issue_link
from tests.care.plain import ask_two_measures
from tests.cast import NOW
from tests.workflows.answers import BEFORE, issue
from tests.workflows.hours import trail_of

MIDNIGHT = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)  # the end of 2 March in Springfield


@pytest.fixture(autouse=True)
def two_measures(monkeypatch):
    ask_two_measures(monkeypatch)


def test_the_link_opens_the_forms_of_the_visit(cast):
    link = issue(cast)
    assert link.open_forms == 2
    opened = link_of(link.token, at=BEFORE)
    assert (opened.visit_id, opened.patient_id, opened.alerted) == (cast.ana_visit.pk, cast.ana.pk, False)
    assert Response.objects.filter(visit=cast.ana_visit).count() == 2


def test_it_works_until_the_day_of_the_visit_ends_at_the_site(cast):
    link = issue(cast)
    assert link.expires_at == MIDNIGHT
    assert link_of(link.token, at=MIDNIGHT - timedelta(seconds=1))
    with pytest.raises(LinkClosed):
        link_of(link.token, at=MIDNIGHT)


def test_it_never_works_longer_than_seven_days(cast):
    early = NOW - timedelta(days=20)
    link = issue(cast, at=early)
    assert link.expires_at == early + timedelta(days=7)


def test_either_end_closes_it_the_row_s_and_the_signature_s(cast):
    link = issue(cast)
    PatientLink.objects.update(expires_at=BEFORE)
    with pytest.raises(LinkClosed):
        link_of(link.token, at=BEFORE + timedelta(seconds=1))
    PatientLink.objects.update(expires_at=MIDNIGHT)
    short = token_of(link.id, BEFORE)
    with pytest.raises(LinkClosed):
        link_of(short, at=BEFORE)
    assert link_of(link.token, at=BEFORE)


def test_a_new_link_withdraws_the_older_one(cast):
    first, second = issue(cast), issue(cast, "ben", BEFORE + timedelta(minutes=5))
    assert second.withdrawn == 1
    with pytest.raises(LinkClosed):
        link_of(first.token, at=BEFORE + timedelta(minutes=6))
    assert link_of(second.token, at=BEFORE + timedelta(minutes=6))
    assert Response.objects.count() == 2


def test_another_visit_s_link_goes_on_working(cast):
    cleo = issue_link(cast.actor("dee"), cast.cleo_visit.pk, at=BEFORE)
    issue(cast)
    assert link_of(cleo.token, at=BEFORE).patient_id == cast.cleo.pk


def test_a_cancelled_visit_closes_it_and_a_missed_one_does_not(cast):
    link = issue(cast)
    for state, closed in (("arrived", False), ("held", False), ("missed", False), ("cancelled", True)):
        Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
        if closed:
            with pytest.raises(LinkClosed):
                link_of(link.token, at=BEFORE)
        else:
            assert link_of(link.token, at=BEFORE)


def test_the_address_holds_nothing_about_anybody(cast):
    token = issue(cast).token
    for word in ("ana", "almond", "P-1001", str(cast.ana.pk), str(cast.ana_visit.pk)):
        assert word.lower() not in token.lower()
    assert len(token) < 100


@pytest.mark.parametrize("state", ["held", "cancelled", "missed"])
def test_a_visit_that_is_over_gets_no_link(cast, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    with pytest.raises(Refused, match=r"link\.visit-over"):
        issue(cast)
    assert not PatientLink.objects.exists()
    assert not Response.objects.exists()


def test_a_day_that_is_past_gets_no_link(cast):
    with pytest.raises(Refused, match=r"link\.day-past"):
        issue(cast, at=MIDNIGHT)


@pytest.mark.parametrize("who", ["carla", "eli", "olga", "sam"])
def test_who_may_not_issue_one_is_told_nothing(cast, who):
    with pytest.raises(NotAllowed):
        issue(cast, who)
    with pytest.raises(NotAllowed):
        issue_link(cast.actor("dee"), uuid4(), at=BEFORE)


def test_the_trail_names_the_visit_and_never_the_address(cast):
    link = issue(cast)
    entry = TrailEntry.objects.get(action="link.issued")
    assert entry.subject_id == str(link.id)
    assert entry.patient_id == str(cast.ana.pk)
    assert link.token not in entry.detail
    assert trail_of("measures.requested") == 1


@given(st.uuids(), st.datetimes(datetime(2020, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_what_was_signed_is_read_back_to_the_second(link_id, end):
    assert read_token(token_of(link_id, end)) == (link_id, end.replace(microsecond=0))


@given(st.text(max_size=300))
def test_no_text_opens_anything_or_breaks_anything(text):
    assert read_token(text) is None


@given(st.integers(0, 200), st.characters(codec="ascii", categories=("L", "N")))
def test_no_letter_of_an_address_can_be_changed(place, letter):
    token = token_of(UUID(int=7), NOW)
    at = place % len(token)
    changed = token[:at] + letter + token[at + 1 :]
    read = read_token(changed)
    assert changed == token or read is None or read == read_token(token)
