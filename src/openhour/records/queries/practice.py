"""What the owner sees of the practice: itself, sites, rooms, staff, licences. No patient stands in it.

Called by the page "Practice" and by `openhour practice show`. Refuses everyone but the owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch

from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.guard.policy import require
from openhour.guard.roles import TITLES
from openhour.records.models import Licence, Practice, Room, Site, Therapist


@dataclass(frozen=True, slots=True)
class LicenceLine:
    """days_left: whole days on which it still holds, today included; 0 or less where it is over."""

    state: str
    number: str
    valid_from: date
    valid_to: date
    days_left: int

    @property
    def standing(self) -> str:
        """`over`, `soon` (60 days or less), `later` (not begun), `holds`."""
        if self.days_left <= 0:
            return "over"
        if (self.valid_to - self.valid_from).days + 1 < self.days_left:
            return "later"
        return "soon" if self.days_left <= 60 else "holds"


@dataclass(frozen=True, slots=True)
class StaffLine:
    """roles: in words; therapist: None for who holds no hours; waiting: their one-time password is not replaced yet."""

    name: str
    email: str
    roles: tuple[str, ...]
    active: bool
    waiting: bool
    second_factor: bool
    last_login: datetime | None
    therapist: Therapist | None
    licences: tuple[LicenceLine, ...]


@dataclass(frozen=True, slots=True)
class PracticeView:
    """practice: None before `openhour practice init`. sites: with their rooms."""

    practice: Practice | None
    sites: tuple[tuple[Site, tuple[Room, ...]], ...]
    staff: tuple[StaffLine, ...]


def practice_view(actor: Actor, *, on: date) -> PracticeView:
    """Everything at once, in five queries however many people there are. Raises NotAllowed."""
    require(actor, "practice.read")
    sites = Site.objects.order_by("name").prefetch_related(Prefetch("rooms", Room.objects.order_by("name")))
    return PracticeView(
        Practice.objects.first(),
        tuple((site, tuple(site.rooms.all())) for site in sites),
        tuple(_line(user, on) for user in _users()),
    )


def _users() -> list[User]:
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=["totp", "webauthn"])
    rows = User.objects.select_related("therapist__supervisor").annotate(second_factor=Exists(factors))
    licences = Prefetch("therapist__licences", Licence.objects.order_by("state", "valid_from"))
    return list(rows.prefetch_related(licences).order_by("-is_active", "name"))


def _line(user: User, on: date) -> StaffLine:
    therapist: Therapist | None = getattr(user, "therapist", None)
    licences = therapist.licences.all() if therapist else ()
    return StaffLine(
        name=user.name,
        email=user.email,
        roles=tuple(title for role, title in TITLES.items() if role in user.roles),
        active=user.is_active,
        waiting=user.temporary_until is not None,
        second_factor=user.second_factor,  # type: ignore[attr-defined]
        last_login=user.last_login,
        therapist=therapist,
        licences=tuple(licence_line(licence, on) for licence in licences),
    )


def licence_line(licence: Licence, on: date) -> LicenceLine:
    """How it stands on the day."""
    days = (licence.valid_to - on).days + 1
    return LicenceLine(licence.state, licence.number, licence.valid_from, licence.valid_to, days)
