"""Alerts that may be seen by nobody: those of a therapist who was switched off, and those that wait too long.

Read by the owner's page, so that somebody knows that an alert waits and whom to ask. Numbers and names of staff only:
the owner treats nobody, so no patient, no answer and no measure stands here. Refuses everyone but the owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q

from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.guard.roles import Role
from openhour.records.models import Alert


@dataclass(frozen=True, slots=True)
class Unwatched:
    """therapist, email: to whom the alerts are addressed; switched_off: they can't sign in, or are no therapist any more;
    supervisor: who may answer in their place, empty where nobody may; waiting, overdue: how many; since: when the
    oldest was raised, UTC."""

    therapist: str
    email: str
    switched_off: bool
    supervisor: str
    waiting: int
    overdue: int
    since: datetime

    @property
    def by_nobody(self) -> bool:
        """There is no one who could answer them."""
        return self.switched_off and not self.supervisor


def _supervisor(row: Mapping[str, Any]) -> str:
    may = row["supervises"] and Role.SUPERVISOR in (row["supervisor_roles"] or ())
    return str(row["supervisor"]) if may else ""


def unwatched_alerts(actor: Actor, *, at: datetime) -> tuple[Unwatched, ...]:
    """One line a therapist, those that nobody can answer first; one query. Raises NotAllowed."""
    require(actor, "practice.read")
    rows = Alert.objects.exclude(state="answered").values(
        name=F("owner__name"),
        email=F("owner__user__email"),
        books=F("owner__active"),
        signs_in=F("owner__user__is_active"),
        supervisor=F("owner__supervisor__name"),
        supervises=F("owner__supervisor__is_active"),
        roles=F("owner__user__roles"),
        supervisor_roles=F("owner__supervisor__roles"),
    )
    counted = rows.annotate(waiting=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=at)), since=Min("made_at"))
    lines = [
        Unwatched(
            therapist=row["name"],
            email=row["email"] or "",
            switched_off=not (row["books"] and row["signs_in"] and Role.THERAPIST in row["roles"]),
            supervisor=_supervisor(row),
            waiting=row["waiting"],
            overdue=row["overdue"],
            since=row["since"],
        )
        for row in counted
    ]
    lines = [line for line in lines if line.switched_off or line.overdue]
    return tuple(sorted(lines, key=lambda line: (not line.by_nobody, not line.switched_off, line.since)))
