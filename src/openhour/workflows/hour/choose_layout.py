"""Write a note in another format: DAP, SOAP, BIRP or GIRP.

No word is lost: a section that both formats have keeps its text, and the text of one that the new format lacks is
carried along and shown below. Refuses a format that isn't on the shelf, and a signed note.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.catalog import NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Note
from openhour.records.shelf import shelf
from openhour.workflows.hour.opening import open_hour


@transaction.atomic
def choose_layout(actor: Actor, visit_id: UUID, slug: str, *, at: datetime) -> Note:
    """The note in the format of that slug. Raises Refused, NotAllowed."""
    hour = open_hour(actor, visit_id, at=at)
    try:
        layout = shelf().note(slug, on=hour.day)
    except NotOnShelf as unknown:
        raise Refused(Finding("layout.unknown", "There is no such format for a note.", "layout")) from unknown
    note = hour.note_in_hand(at)
    if note.layout_key == layout.pin.key:
        return note
    was, note.layout, note.layout_key = note.layout_key, layout.pin.slug, layout.pin.key
    note.save(update_fields=["layout", "layout_key"])
    trail.write(actor, "note.layout-chosen", note, at=at, layout=layout.pin.key, was=was)
    return note
