"""Save what was typed into an hour, field by field, as it is typed.

What is acknowledged is on disk. Two tabs on different fields never meet; two tabs on one field do: the later one is told
the other's words and nothing is overwritten. The very same save sent again, because its answer was lost, is saved.
The trail gets one entry a save, with names of fields and sizes, never a word of them.
Refuses a signed note, a field that isn't there, and text that can't be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Refused
from openhour.records.models import Note
from openhour.records.shelf import shelf
from openhour.workflows.hour.fields import Desk, Typed, Value, settled
from openhour.workflows.hour.opening import OpenHour, open_hour

_OF_SESSION = ("interventions", "objectives", "set_aside", "risk", "people", "review_waiver")


class Overtaken(Exception):
    """Somebody else wrote other words first. theirs: field -> what stands there now. Nothing was saved."""

    def __init__(self, theirs: Mapping[str, Value]) -> None:
        self.theirs = dict(theirs)
        super().__init__(f"{len(self.theirs)} fields were written meanwhile")


@dataclass(frozen=True, slots=True)
class Saved:
    """values: what now stands in each field that was sent. changed: names of those that this save changed."""

    values: Mapping[str, Value]
    changed: tuple[str, ...]


@transaction.atomic
def save_note(actor: Actor, visit_id: UUID, typed: Mapping[str, Typed], *, at: datetime) -> Saved:
    """All fields or none. Raises Overtaken, Refused with every reason (places: names of fields), NotAllowed."""
    hour = open_hour(actor, visit_id, at=at)
    desk = _desk(hour, at)
    if gaps := tuple(gap for name, one in typed.items() for gap in desk.gaps(name, one.value)):
        raise Refused(gaps)
    before = {name: desk.read(name) for name in typed}
    after = {name: settled(before[name], one) for name, one in typed.items()}
    if theirs := {name: before[name] for name, value in after.items() if value is None}:
        raise Overtaken(theirs)
    values = {name: value for name, value in after.items() if value is not None}
    changed = tuple(name for name, value in values.items() if value != before[name])
    if changed:
        _write(desk, {name: values[name] for name in changed}, at)
        sizes = {name: len(values[name]) for name in changed}
        trail.write(actor, "note.saved", desk.note, at=at, revision=desk.note.revision, sizes=sizes)
    return Saved(values, changed)


def _desk(hour: OpenHour, at: datetime) -> Desk:
    note = hour.note_in_hand(at)
    layout = shelf().pinned("note", note.layout_key)
    return Desk(hour.session, note, layout, shelf().procedure(hour.visit.procedure, on=hour.day))  # type: ignore[arg-type]


def _write(desk: Desk, values: Mapping[str, Value], at: datetime) -> None:
    # Responses after objectives: a response is laid where its objective stands when the save is over.
    for name in sorted(values, key=lambda name: name != "objectives"):
        desk.write(name, values[name])
    note: Note = desk.note
    note.saved_at, note.revision = at, note.revision + 1
    note.save(update_fields=["sections", "saved_at", "revision"])
    desk.session.save(update_fields=list(_OF_SESSION))
