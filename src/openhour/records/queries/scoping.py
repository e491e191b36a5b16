"""From the policy's relations to filters, so that no query can forget who asks."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from openhour.guard.actor import Actor
from openhour.guard.policy import Relation, scope

Rows = TypeVar("Rows", bound=Model)


def within(actor: Actor, action: str, rows: QuerySet[Rows], *, therapist: str = "therapist") -> QuerySet[Rows]:
    """What of `rows` the actor may do `action` on. therapist: the path from a row to its therapist
    (`therapist`, `episode__therapist`, `author`). Nothing where the policy names no relation.
    """
    relations = scope(actor, action)
    if Relation.ANY in relations:
        return rows
    if actor.user_id is None:
        return rows.none()
    theirs = Q(pk__in=[])
    if relations & {Relation.CARE, Relation.AUTHOR}:
        theirs |= Q(**{f"{therapist}__user_id": actor.user_id})
    if Relation.SUPERVISED in relations:
        theirs |= Q(**{f"{therapist}__supervisor_id": actor.user_id})
    return rows.filter(theirs)
