"""What the tests of the queries share: everybody who may ask, what one reading leaves in the trail, what it costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhour.guard.actor import Actor
from openhour.guard.models import TrailEntry, User
from openhour.guard.policy import NotAllowed
from tests.cast import Cast

EVERYBODY = ("ben", "carla", "sam", "dee", "eli", "olga", "nobody")
"""The cast and Nia, who signs in and holds no role."""


def actor_of(cast: Cast, who: str) -> Actor:
    """The actor by name; `nobody` is a user without a role."""
    if who != "nobody":
        return cast.actor(who)
    user, _ = User.objects.get_or_create(email="nia@example.test", defaults={"name": "Nia None", "roles": []})
    return user.actor()


def those_who_may(cast: Cast, call: Callable[[Actor], Any]) -> set[str]:
    """Who is answered; everybody else is refused as if there were nothing, and leaves nothing in the trail."""
    answered = set()
    for who in EVERYBODY:
        actor, before = actor_of(cast, who), TrailEntry.objects.count()
        try:
            call(actor)
        except NotAllowed:
            assert TrailEntry.objects.count() == before, f"{who} was refused and yet stands in the trail"
        else:
            answered.add(who)
    return answered


def entry_of(call: Callable[[], Any]) -> TrailEntry:
    """The one entry that the call leaves."""
    last = TrailEntry.objects.count()
    call()
    return TrailEntry.objects.get(seq__gt=last)


def named_in(entry: TrailEntry) -> set[str]:
    """Ids of the patients whom the entry names."""
    listed = json.loads(entry.detail).get("patients", [])
    return {*listed, *([entry.patient_id] if entry.patient_id else [])}


def queries_of(call: Callable[[], Any]) -> int:
    """How many SQL queries the call takes once everything that is kept in memory is there."""
    call()
    with CaptureQueriesContext(connection) as found:
        call()
    return len([one for one in found if "SAVEPOINT" not in one["sql"].upper()])
