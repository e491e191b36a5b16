"""The practice, its sites and rooms: made once, refused with every reason at once, each with its entry."""

from __future__ import annotations

from datetime import time

import pytest

from openhour.guard.actor import COMMAND_LINE
from openhour.guard.models import TrailEntry, User
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Practice, Room, Site
from openhour.workflows.practice.add_room import add_room
from openhour.workflows.practice.add_site import SiteWords, add_site
from openhour.workflows.practice.change_practice import change_practice
from openhour.workflows.practice.init_practice import init_practice
from openhour.workflows.practice.practice_words import PracticeWords
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db

SITE = {
    "name": "Oak Street",
    "place_of_service": "11",
    "address": "7 Oak St",
    "city": "Springfield",
    "state": "IL",
    "zip_code": "62701",
    "zone": "America/Chicago",
}


def begin(**more):
    words = PracticeWords(**{"name": "Elm Street", "npi": "1234567893", **more})
    return init_practice(COMMAND_LINE, words, owner_name="Olga Oak", owner_email="Olga@Example.test", at=NOW)


def codes(refusal) -> set[str]:
    return {finding.code for finding in refusal.value.findings}


def last_action() -> str:
    return TrailEntry.objects.latest("seq").action


def test_a_practice_begins_with_its_owner_and_a_one_time_password() -> None:
    begun = begin()
    owner = User.objects.get(email="olga@example.test")
    assert owner.roles == ["owner"]
    assert owner.check_password(begun.password)
    assert owner.temporary_until > NOW
    assert Practice.objects.get().name == "Elm Street"
    assert last_action() == "practice.begun"
    assert begun.password not in TrailEntry.objects.get().detail


def test_there_is_one_practice() -> None:
    begin()
    with pytest.raises(Refused) as refusal:
        begin()
    assert codes(refusal) == {"practice.exists", "staff.exists"}
    assert User.objects.count() == 1
    assert TrailEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "  ", "name.missing"),
        ("name", "x" * 61, "name.too-long"),
        ("name", "Elm\x00Street", "name.unreadable"),
        ("npi", "1234567890", "npi.invalid"),
        ("tax_id", "12-3456789", "tax_id.unreadable"),
        ("taxonomy", "103T", "taxonomy.unreadable"),
        ("phone", "555", "phone.unreadable"),
        ("phone", "٥٥٥٥٥٥٥٥٥٥", "phone.unreadable"),
        ("state", "Illinois", "state.unknown"),
        ("zip_code", "6270", "zip.unreadable"),
        ("crisis_text", "", "crisis_text.missing"),
        ("submitter_id", "x" * 16, "submitter_id.too-long"),
    ],
)
def test_a_practice_is_refused_for_each_reason(field: str, typed: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        begin(**{field: typed})
    assert codes(refusal) == {code}
    assert refusal.value.findings[0].place == field
    assert not Practice.objects.exists()
    assert not TrailEntry.objects.exists()


def test_what_is_not_named_stays_when_a_practice_is_changed() -> None:
    begin(phone="5555550100")
    change_practice(COMMAND_LINE, {"name": "Oak Street"}, at=NOW)
    practice = Practice.objects.get()
    assert (practice.name, practice.phone) == ("Oak Street", "5555550100")
    assert last_action() == "practice.changed"


def test_a_change_before_the_beginning_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        change_practice(COMMAND_LINE, {"name": "Oak"}, at=NOW)
    assert codes(refusal) == {"practice.missing"}


def test_a_site_is_added_with_its_entry(cast: Cast) -> None:
    site = add_site(cast.actor("olga"), SiteWords(**SITE), at=NOW)
    assert (site.name, site.zone, site.opens_at) == ("Oak Street", "America/Chicago", time(8))
    assert last_action() == "practice.site-added"


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "Main Street", "site.exists"),
        ("place_of_service", "99", "site.place-of-service"),
        ("zone", "Springfield", "zone.unknown"),
        ("zone", "../../etc/passwd", "zone.unknown"),
        ("zone", "", "zone.unknown"),
        ("zone", "America", "zone.unknown"),
        ("address", "", "address.missing"),
        ("city", "x" * 31, "city.too-long"),
        ("closes_at", time(7), "site.hours"),
    ],
)
def test_a_site_is_refused_for_each_reason(cast: Cast, field: str, typed, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        add_site(cast.actor("olga"), SiteWords(**{**SITE, field: typed}), at=NOW)
    assert codes(refusal) == {code}
    assert Site.objects.count() == 1
    assert not TrailEntry.objects.exists()


def test_every_reason_is_given_at_once(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        add_site(cast.actor("olga"), SiteWords("", "", "", "", "", "", ""), at=NOW)
    assert len(refusal.value.findings) == 7


def test_a_room_is_added_to_its_site(cast: Cast) -> None:
    room = add_room(cast.actor("olga"), "Main Street", "Attic", private=False, at=NOW)
    assert (room.site, room.private) == (cast.site, False)
    assert last_action() == "practice.room-added"


@pytest.mark.parametrize(
    ("site", "name", "code"),
    [
        ("Nowhere", "Attic", "site.unknown"),
        ("Main Street", "Blue room", "room.exists"),
        ("Main Street", "", "name.missing"),
    ],
)
def test_a_room_is_refused_for_each_reason(cast: Cast, site: str, name: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        add_room(cast.actor("olga"), site, name, at=NOW)
    assert codes(refusal) == {code}
    assert Room.objects.count() == 2


@pytest.mark.parametrize("who", ["ben", "dee", "eli", "sam"])
def test_only_the_owner_sets_up(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        add_site(cast.actor(who), SiteWords(**SITE), at=NOW)
    with pytest.raises(NotAllowed):
        add_room(cast.actor(who), "Main Street", "Attic", at=NOW)
    with pytest.raises(NotAllowed):
        change_practice(cast.actor(who), {"name": "Mine"}, at=NOW)
    assert not TrailEntry.objects.exists()
