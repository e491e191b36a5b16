"""Add a room to a site.

Called by `openhour practice add-room`. Refuses an unknown site and a name that the site has already.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Room, Site
from openhour.workflows.practice import checks


@transaction.atomic
def add_room(actor: Actor, site: str, name: str, *, private: bool = True, at: datetime) -> Room:
    """site: its name. private: nobody outside hears or sees; only such rooms are offered for an hour.

    Raises Refused, NotAllowed.
    """
    require(actor, "practice.write")
    found = Site.objects.filter(name=site.strip()).first()
    gaps = [*checks.text(name, "name", "the name of the room", 60)]
    if found is None:
        gaps.append(Finding("site.unknown", "There is no site of this name.", "site"))
    elif found.rooms.filter(name=name.strip()).exists():
        gaps.append(Finding("room.exists", "The site has a room of this name already.", "name"))
    if gaps or found is None:
        raise Refused(gaps)
    room = Room.objects.create(site=found, name=name.strip(), private=private)
    trail.write(actor, "practice.room-added", None, at=at, room=room.pk, site=found.pk)
    return room
