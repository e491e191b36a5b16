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

_NO_NAMES: frozenset[str] = frozenset()


class PreparedFor:
    """A prepared query of what an actor may see, one for each set of roles that asks: `build` takes the actor, whose
    `user_id` is a value like the others; roles that may see any row have an SQL without it.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any]], /, *, spare: frozenset[str] = _NO_NAMES, **types: type
    ) -> None:
        """spare: names of values that are not asked for where a role may not know what hangs on them."""
        self._build, self._types, self._spare = build, types, spare | {"user"}
        self._held: dict[frozenset[Role], Prepared] = {}

    def rows(self, actor: Actor, **given: Any) -> list[Any]:
        """As `Prepared.rows`; nothing for an actor who isn't a user."""
        return [] if actor.user_id is None else self._of(actor).rows(user=actor.user_id, **given)

    def part(self, actor: Actor, first: int, most: int, /, **given: Any) -> list[Any]:
        """As `Prepared.part`; nothing for an actor who isn't a user."""
        return [] if actor.user_id is None else self._of(actor).part(first, most, user=actor.user_id, **given)

    def count(self, actor: Actor, **given: Any) -> int:
        """As `Prepared.count`; 0 for an actor who isn't a user."""
        return 0 if actor.user_id is None else self._of(actor).count(user=actor.user_id, **given)

    def _of(self, actor: Actor) -> Prepared:
        if actor.roles not in self._held:
            build = partial(self._for, actor.roles)
            self._held[actor.roles] = Prepared(build, spare=self._spare, user=int, **self._types)
        return self._held[actor.roles]

    def _for(self, roles: frozenset[Role], user: int, **stand_ins: Any) -> QuerySet[Any]:
        return self._build(Actor(user, "", roles, ""), **stand_ins)
