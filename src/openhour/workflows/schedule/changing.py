"""Load a visit that is about to change, and refuse what a stale page or its state forbids.

Shared by the verbs that move, cancel, check in and mark as missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from openhour.care.visits import Step, step_gaps
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding
from openhour.records.models import Session, Visit, VisitChange

LONGEST_REMARK = 200
_MEANWHILE = Finding(
    "visit.changed-meanwhile", "Somebody changed this visit while your page was open. Look at it as it stands now."
)


def visit_to_write(actor: Actor, visit_id: UUID) -> Visit:
    """The visit, locked. Raises NotAllowed where it isn't there or isn't theirs to change."""
    rows = Visit.objects.select_for_update(of=("self",), no_key=True).select_related("therapist", "site")
    visit = rows.filter(pk=visit_id).first()
    if visit is None:
        raise NotAllowed("schedule.write")
    require(actor, "schedule.write", visit)
    return visit


def change_gaps(step: Step, visit: Visit, *, at: datetime, revision: int | None = None) -> Iterator[Finding]:
    """What speaks against the step: an older page (revision None: none was shown), then the visit's state."""
    if revision is not None and revision != visit.revision:
        yield _MEANWHILE
    zone = visit.site.tz
    yield from step_gaps(
        step,
        visit.state,
        visit.starts_at,
        at=at,
        today=at.astimezone(zone).date(),
        day=visit.starts_at.astimezone(zone).date(),
        begun=Session.objects.filter(visit_id=visit.pk, started_at__isnull=False).exists(),
    )


def remark_gaps(remark: str) -> Iterator[Finding]:
    """A remark that is too long, or that no database can hold."""
    if len(remark) > LONGEST_REMARK:
        yield Finding("remark.long", f"The remark has room for {LONGEST_REMARK} characters.", "remark")
    if "\x00" in remark or any("\ud800" <= letter <= "\udfff" for letter in remark):
        yield Finding("remark.unreadable", "The remark holds a character that can’t be kept.", "remark")


def record_change(actor: Actor, visit: Visit, kind: str, reason: str, remark: str, *, at: datetime) -> None:
    """Keep where the visit was before; called before it is changed."""
    VisitChange.objects.create(
        visit=visit,
        kind=kind,
        was_starts_at=visit.starts_at,
        was_ends_at=visit.ends_at,
        was_room_id=visit.room_id,
        reason=reason,
        remark=remark.strip(),
        by_id=actor.user_id,
        made_at=at,
    )
