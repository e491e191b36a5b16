"""Add a member of staff with their roles; for a therapist also profession, NPI, taxonomy and supervisor.

Called by `openhour practice add-staff`. Refuses an address that is taken, unknown roles, an NPI whose check digit fails
or that another has, a profession or taxonomy that no procedure on the shelf names, and a supervisor without the role.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.guard.policy import require
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused, npi_finding
from openhour.records.models import Therapist
from openhour.records.shelf import shelf
from openhour.workflows.practice import checks
from openhour.workflows.practice.passwords import give_one_time_password


@dataclass(frozen=True, slots=True)
class TherapistWords:
    """profession: a `personnel` slug of a procedure; supervisor: an e-mail address, or empty."""

    first_name: str
    last_name: str
    profession: str
    npi: str
    taxonomy: str
    credential: str = ""
    supervisor: str = ""
    note_format: str = "dap"


@dataclass(frozen=True, slots=True)
class StaffWords:
    """roles: words of `guard.roles`; therapist: given where, and only where, they hold hours."""

    name: str
    email: str
    roles: tuple[str, ...]
    therapist: TherapistWords | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Added:
    """password: shown once, then known to nobody. therapist: None for who holds no hours."""

    user: User
    therapist: Therapist | None
    password: str


@transaction.atomic
def add_staff(actor: Actor, words: StaffWords, *, at: datetime) -> Added:
    """The new user with a one-time password. Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    if gaps := (*_gaps(words), *_therapist_gaps(words, at.date())):
        raise Refused(gaps)
    roles = [role.value for role in Role if role in words.roles]
    user = User.objects.create_user(words.email, name=words.name.strip(), roles=roles)
    password = give_one_time_password(user, at=at)
    therapist = _therapist(user, words.therapist) if words.therapist else None
    trail.write(actor, "practice.staff-added", user, at=at, roles=roles)
    return Added(user, therapist, password)


def _therapist(user: User, words: TherapistWords) -> Therapist:
    return Therapist.objects.create(
        user=user,
        name=user.name,
        first_name=words.first_name.strip(),
        last_name=words.last_name.strip(),
        credential=words.credential.strip(),
        profession=words.profession,
        npi=words.npi,
        taxonomy=words.taxonomy,
        supervisor=_supervisor(words.supervisor),
        note_format=words.note_format,
    )


def _supervisor(email: str) -> User | None:
    found = User.objects.filter(email=email.strip().lower(), is_active=True).first() if email else None
    return found if found is not None and found.actor().holds(Role.SUPERVISOR) else None


def _gaps(words: StaffWords) -> Iterator[Finding]:
    yield from checks.text(words.name, "name", "their name", 120)
    yield from checks.email(words.email)
    if User.objects.filter(email=words.email.strip().lower()).exists():
        yield Finding("staff.exists", "Somebody has this e-mail address already.", "email")
    if not words.roles:
        yield Finding("roles.missing", "Give at least one role.", "roles")
    for word in words.roles:
        yield from checks.one_of(word, (role.value for role in Role), "roles", "A role is")
    if (Role.THERAPIST in words.roles) != (words.therapist is not None):
        yield Finding("roles.therapist", "Profession, NPI and taxonomy go with the role therapist.", "roles")


def _therapist_gaps(words: StaffWords, on: date) -> Iterator[Finding]:
    typed = words.therapist
    if typed is None:
        return
    yield from checks.text(typed.first_name, "first_name", "the first name", 35)
    yield from checks.text(typed.last_name, "last_name", "the last name", 60)
    yield from checks.text(typed.credential, "credential", "the credential", 30, required=False)
    if wrong := npi_finding(typed.npi):
        yield wrong
    elif Therapist.objects.filter(npi=typed.npi).exists():
        yield Finding("npi.taken", "Another therapist has this NPI.", "npi")
    yield from checks.taxonomy(typed.taxonomy)
    yield from _profession_gaps(typed, on)
    layouts = sorted({layout.pin.slug for layout in shelf().notes if layout.pin.effective <= on})
    yield from checks.one_of(typed.note_format, layouts, "note_format", "A note format is")
    if typed.supervisor and _supervisor(typed.supervisor) is None:
        yield Finding("supervisor.unknown", "Nobody with this address holds the role supervisor.", "supervisor")


def _profession_gaps(typed: TherapistWords, on: date) -> Iterator[Finding]:
    known = {
        one.profession: one
        for procedure in shelf().procedures
        if procedure.pin.effective <= on
        for one in procedure.personnel
    }
    if typed.profession not in known:
        yield from checks.one_of(typed.profession, sorted(known), "profession", "A profession is")
    elif not typed.taxonomy.startswith(tuple(known[typed.profession].taxonomy)):
        begins = ", ".join(known[typed.profession].taxonomy)
        yield Finding(
            "taxonomy.profession", f"For this profession the taxonomy code begins with {begins}.", "taxonomy"
        )
