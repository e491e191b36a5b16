"""The demo practice before its first patient: sites, rooms, staff, licences. Every password is the one that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from openhour.care.cadence import on_the_clock
from openhour.guard.actor import COMMAND_LINE, Actor
from openhour.guard.models import User
from openhour.guard.roles import Role
from openhour.project.demo import people
from openhour.records.models import Room, Therapist
from openhour.workflows.practice.add_room import add_room
from openhour.workflows.practice.add_site import add_site
from openhour.workflows.practice.add_staff import add_staff
from openhour.workflows.practice.init_practice import init_practice
from openhour.workflows.practice.record_licence import record_licence


@dataclass(frozen=True, slots=True)
class Stage:
    """What the lives of the demo's patients need: who acts, where, and when now is."""

    now: datetime
    zone: ZoneInfo
    actors: dict[str, Actor]
    therapists: dict[str, int]
    rooms: dict[str, int]

    @property
    def today(self) -> date:
        """The date on the wall of the practice."""
        return self.now.astimezone(self.zone).date()

    def moment(self, wall: datetime) -> datetime:
        """A time on the wall of the practice as a moment."""
        return on_the_clock(wall, self.zone).astimezone(UTC)

    def on(self, day: date, hour: int, minute: int = 0) -> datetime:
        """The moment at which the wall shows this time on that day."""
        return self.moment(datetime.combine(day, time(hour, minute)))


def set_up(now: datetime) -> Stage:
    """Write the practice, some weeks before its first patient."""
    at = now - timedelta(weeks=18)
    init_practice(COMMAND_LINE, people.PRACTICE, owner_name=people.OWNER, owner_email=people.OWNER_EMAIL, at=at)
    for site in people.SITES:
        add_site(COMMAND_LINE, site, at=at)
    for site_name, room, private in people.ROOMS:
        add_room(COMMAND_LINE, site_name, room, private=private, at=at)
    for words in people.STAFF:
        add_staff(COMMAND_LINE, words, at=at)
        if Role.THERAPIST in words.roles:
            _license(words.email, now, at)
    # One hash for all: the password is printed anyway, and hashing well takes its time.
    User.objects.update(password=make_password(people.PASSWORD), temporary_until=None)
    return _stage(now)


def _license(email: str, now: datetime, at: datetime) -> None:
    soon = email.startswith("tess")  # so that the owner sees one that must be renewed
    ends = now.date() + timedelta(days=70) if soon else date(now.year + 2, 12, 31)
    number = f"IL-DEMO-{len(email)}{ends:%y}"
    record_licence(
        COMMAND_LINE, email, state="IL", number=number, valid_from=date(now.year - 2, 1, 1), valid_to=ends, at=at
    )


def _stage(now: datetime) -> Stage:
    users = {user.email.partition("@")[0]: user for user in User.objects.all()}
    return Stage(
        now=now,
        zone=ZoneInfo(people.SITES[0].zone),
        actors={name: user.actor() for name, user in users.items()},
        therapists={one.user.email.partition("@")[0]: one.pk for one in Therapist.objects.select_related("user")},
        rooms={room.name: room.pk for room in Room.objects.all()},
    )
