"""Prepared queries (`guard.prepared`) of what an actor may see.

Called by the queries of the pages that are opened most.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import QuerySet

from openhour.guard.actor import Actor
from openhour.guard.prepared import Prepared
from openhour.guard.roles import Role

__all__ = ["Prepared", "PreparedFor"]


class PreparedFor:
    """A prepared query of what an actor may see, one for each set of roles that asks: `build` takes the actor, whose
    `user_id` is a value like the others.

    The policy has to turn every role into a relation to the user (`CARE`, `SUPERVISED`), or to nothing.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], /, **types: type) -> None:
        self._build, self._types = build, types
        self._held: dict[frozenset[Role], Prepared] = {}

    def rows(self, actor: Actor, **given: Any) -> list[Any]:
        """As `Prepared.rows`; nothing for an actor who isn't a user."""
        if actor.user_id is None:
            return []
        if actor.roles not in self._held:
            self._held[actor.roles] = Prepared(partial(self._for, actor.roles), user=int, **self._types)
        return self._held[actor.roles].rows(user=actor.user_id, **given)

    def _for(self, roles: frozenset[Role], user: int, **stand_ins: Any) -> QuerySet[Any]:
        return self._build(Actor(user, "", roles, ""), **stand_ins)
