"""Who may do what, as one table. Whatever isn't in it is refused.

Each action names the roles that may do it and the relation they need to the subject:
any · care (the patient is in their care) · supervised (in the care of someone they supervise) · author (they wrote it).
Queries ask `scope` for the relations and turn them into filters; verbs ask `require` about one subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from openhour.guard.actor import Actor
from openhour.guard.roles import Role
from openhour.kernel.guarded import NOTHING, Guarded, Subject


class Relation(StrEnum):
    """How an actor stands to a subject."""

    ANY = "any"
    CARE = "care"
    SUPERVISED = "supervised"
    AUTHOR = "author"


class NotAllowed(Exception):
    """The guard said no. Doors answer as if the thing did not exist."""


_ANY, _CARE, _SUPERVISED, _AUTHOR = Relation.ANY, Relation.CARE, Relation.SUPERVISED, Relation.AUTHOR
_CLINICAL = {Role.THERAPIST: _CARE, Role.SUPERVISOR: _SUPERVISED}

POLICY: Mapping[str, Mapping[Role, Relation]] = {
    # the practice itself
    "practice.read": {Role.OWNER: _ANY},
    "practice.write": {Role.OWNER: _ANY},
    "trail.read": {Role.OWNER: _ANY},
    # names, addresses, coverage: what a front desk and a biller need, and no word of a session
    "patient.read": {Role.FRONT_DESK: _ANY, Role.BILLER: _ANY, **_CLINICAL},
    "patient.write": {Role.FRONT_DESK: _ANY, Role.THERAPIST: _CARE},
    "patient.register": {Role.FRONT_DESK: _ANY},
    "coverage.read": {Role.FRONT_DESK: _ANY, Role.BILLER: _ANY, Role.THERAPIST: _CARE},
    "coverage.write": {Role.FRONT_DESK: _ANY, Role.BILLER: _ANY},
    "consent.read": {Role.FRONT_DESK: _ANY, **_CLINICAL},
    "consent.take": {Role.FRONT_DESK: _ANY, Role.THERAPIST: _CARE},
    # the calendar
    "schedule.read": {Role.FRONT_DESK: _ANY, **_CLINICAL},
    "schedule.write": {Role.FRONT_DESK: _ANY, Role.THERAPIST: _CARE},
    "link.issue": {Role.FRONT_DESK: _ANY, Role.THERAPIST: _CARE},
    # the chart
    "chart.read": dict(_CLINICAL),
    "chart.write": {Role.THERAPIST: _CARE},
    "paper.check": dict(_CLINICAL),
    "measures.import": {Role.OWNER: _ANY},
    "session.run": {Role.THERAPIST: _CARE},
    "note.read": dict(_CLINICAL),
    "note.write": {Role.THERAPIST: _AUTHOR},
    "note.sign": {Role.THERAPIST: _AUTHOR},
    "note.amend": {Role.THERAPIST: _AUTHOR},
    "alert.read": dict(_CLINICAL),
    "alert.answer": dict(_CLINICAL),
    "signal.read": dict(_CLINICAL),
    "signal.answer": dict(_CLINICAL),
    "signal.pass": {Role.THERAPIST: _CARE, Role.OWNER: _ANY},
    # the daily look at all courses, from the command line
    "progress.look": {Role.OWNER: _ANY},
    # the course that is expected, of all patients together
    "course.fit": {Role.OWNER: _ANY},
    # reports: numbers that tell of no one, for the practice; a therapist's own cases, for them alone
    "report.practice": {Role.OWNER: _ANY, Role.SUPERVISOR: _ANY},
    "report.own": {Role.THERAPIST: _CARE},
    # money
    "charge.read": {Role.BILLER: _ANY},
    "claim.write": {Role.BILLER: _ANY},
}


def scope(actor: Actor, action: str) -> frozenset[Relation]:
    """Every relation through which the actor may do the action; empty = never. Raises KeyError for an unknown action."""
    table = POLICY[action]
    return frozenset(table[role] for role in actor.roles if role in table)


def may(actor: Actor, action: str, thing: Guarded | None = None) -> bool:
    """True where one of the actor's roles allows the action on the subject."""
    subject = thing.subject() if thing is not None else NOTHING
    return any(_stands(actor, relation, subject) for relation in scope(actor, action))


def require(actor: Actor, action: str, thing: Guarded | None = None) -> None:
    """Raises NotAllowed where the actor may not."""
    if not may(actor, action, thing):
        raise NotAllowed(action)


def _stands(actor: Actor, relation: Relation, subject: Subject) -> bool:
    if relation is Relation.ANY:
        return True
    if actor.user_id is None:
        return False
    if relation is Relation.CARE:
        return actor.user_id in subject.care
    if relation is Relation.SUPERVISED:
        return actor.user_id in subject.supervisors
    return actor.user_id == subject.author
