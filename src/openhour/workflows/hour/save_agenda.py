"""The agenda of an hour: add a point, tick it off, take it away.

Points are named by ids of their own, so two tabs never tick the wrong one; what is done twice is done once.
Refuses an empty or over-long point, more points than an hour holds, and a signed note.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Session
from openhour.workflows.hour.opening import open_hour
from openhour.workflows.hour.typed import text_gaps

POINTS_AT_MOST, POINT_AT_MOST = 40, 200

Points = list[dict[str, Any]]


@transaction.atomic
def save_agenda(actor: Actor, visit_id: UUID, step: str, value: str, *, at: datetime) -> Session:
    """step: `add` (value: its words), `tick`, `untick`, `remove` (value: the point's id). Raises Refused, NotAllowed."""
    session = open_hour(actor, visit_id, at=at).session
    if gaps := tuple(_agenda_gaps(session, step, value)):
        raise Refused(gaps)
    points = STEPS[step](session.agenda, value)
    if points != session.agenda:
        session.agenda = points
        session.save(update_fields=["agenda"])
        trail.write(actor, "session.agenda", session, at=at, step=step, points=len(points))
    return session


def _add(points: Points, words: str) -> Points:
    return [*points, {"id": uuid.uuid4().hex[:12], "text": words.strip(), "done": False}]


def _tick(points: Points, point: str) -> Points:
    return [{**one, "done": True} if one["id"] == point else one for one in points]


def _untick(points: Points, point: str) -> Points:
    return [{**one, "done": False} if one["id"] == point else one for one in points]


def _remove(points: Points, point: str) -> Points:
    return [one for one in points if one["id"] != point]


STEPS: dict[str, Callable[[Points, str], Points]] = {
    "add": _add,
    "tick": _tick,
    "untick": _untick,
    "remove": _remove,
}


def _agenda_gaps(session: Session, step: str, value: str) -> Iterator[Finding]:
    if step not in STEPS:
        yield Finding("agenda.step", "An agenda can be added to, ticked off, and taken from.", "agenda")
        return
    if step != "add":
        return
    if not value.strip():
        yield Finding("agenda.empty", "Write what to talk about.", "agenda")
    yield from text_gaps(value, "agenda", POINT_AT_MOST)
    if len(session.agenda) >= POINTS_AT_MOST:
        yield Finding("agenda.full", f"{POINTS_AT_MOST} points are more than an hour holds.", "agenda")
