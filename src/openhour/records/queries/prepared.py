"""Queries that are written once a process: Django takes longer to put the SQL of a page together than the database takes
to answer it.

Called by the queries of the pages that are opened most. A prepared query is built from stand-ins of the types that it
will be given, its SQL is kept, and each time only the values are exchanged. It refuses a value that its SQL doesn't hold,
and one whose type differs from its stand-in's.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from openhour.guard.actor import Actor
from openhour.guard.roles import Role

_FIRST_DAY = date(1807, 3, 1)  # nobody who is alive, and no visit, has a date near it


@dataclass(frozen=True, slots=True)
class _Written:
    """rows: the query as it was built. sql, values: as they go to the driver, with the names of what is exchanged."""

    rows: QuerySet[Any]
    compiler: Any
    sql: str
    values: tuple[Any, ...]
    names: dict[int, str]


class Prepared:
    """`Prepared(lambda episode: Goal.objects.filter(plan__episode=episode), episode=UUID).rows(episode=...)`.

    build: gives the queryset for arguments of the named types (`UUID`, `int`, `date`, `datetime`), each of which must
    reach the SQL unchanged: as the value of a comparison, not as a limit and not reckoned with. Nothing in it may hang on
    the time zone of the moment (`__date`). Rows come as the queryset gives them: instances with their joins, or tuples.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], /, **types: type) -> None:
        self._build = build
        self._stand_ins = {name: _stand_in(kind, place) for place, (name, kind) in enumerate(types.items())}
        self._written: _Written | None = None

    def rows(self, **given: Any) -> list[Any]:
        """One SQL query. Raises TypeError for other names or types than were announced."""
        self._check(given)
        written = self._written = self._written or self._write()
        if not written.sql:
            return []
        values = list(written.values)
        for place, name in written.names.items():
            values[place] = _sent(given[name])
        return _read(written, values)

    def _check(self, given: dict[str, Any]) -> None:
        kinds = {name: type(value) for name, value in self._stand_ins.items()}
        if {name: type(value) for name, value in given.items()} != kinds:
            raise TypeError(f"a prepared query takes {kinds}")

    def _write(self) -> _Written:
        rows = self._build(**self._stand_ins)
        compiler = rows.query.get_compiler(using=connection.alias)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:  # nobody with these roles may see any
            return _Written(rows.none(), None, "", (), {})
        sought = {_sent(value): name for name, value in self._stand_ins.items()}
        names = {place: sought[value] for place, value in enumerate(values) if _known(value, sought)}
        if missing := sought.keys() - {_sent(self._stand_ins[name]) for name in names.values()}:
            raise TypeError(f"not in the SQL as a value: {sorted(sought[one] for one in missing)}")
        return _Written(rows, compiler, sql, tuple(values), names)


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


def _stand_in(kind: type, place: int) -> Any:
    """A value that no row holds; different for each place."""
    day = _FIRST_DAY + timedelta(days=place)
    if kind is UUID:
        return UUID(int=(0xFEED << 112) + place)
    if kind is int:
        return 2_000_007_000 + place
    if kind is datetime:
        return datetime(day.year, day.month, day.day, 1, 2, 3, 456789, UTC)
    if kind is date:
        return day
    raise TypeError(f"a prepared query takes no {kind.__name__}")


def _known(value: object, sought: dict[Any, str]) -> bool:
    return isinstance(value, Hashable) and value in sought


def _sent(value: Any) -> Any:
    """As Django hands it to the driver."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def _read(written: _Written, values: list[Any]) -> list[Any]:
    """The rows made by the queryset itself, from what the kept SQL answers on this thread's connection."""
    compiler = copy(written.compiler)
    compiler.connection = connection
    compiler.execute_sql = lambda *args, **options: _answer(written.sql, values)  # what it would write anew
    rows = written.rows.all()
    rows.query.get_compiler = lambda *args, **options: compiler  # type: ignore[method-assign]
    return list(rows)


def _answer(sql: str, values: list[Any]) -> list[list[Any]]:
    """One chunk with all rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [cursor.fetchall()]
