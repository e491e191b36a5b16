"""Queries that are written once a process: Django takes longer to put the SQL of a page together, and to make instances of
what comes back, than the database takes to answer it.

Called for what every request asks (`guard.sessions`) and by the queries of the pages that are opened most. A prepared
query is built from stand-ins of the types that it will be given, its SQL is kept, and each time only the values are
exchanged. It refuses a value that its SQL doesn't hold, and one whose type differs from its stand-in's.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from openhour.guard.instances import Converters, InstanceReader, converted, converters_of, reader_of

_FIRST_DAY = date(1807, 3, 1)  # nobody who is alive, and no visit, has a date near it


@dataclass(frozen=True, slots=True)
class _Written:
    """rows: the query as it was built. sql, values: as they go to the driver, with the names of what is exchanged.
    reader: makes the instances; None where the rows are tuples, which the queryset itself arranges."""

    rows: Any
    compiler: Any
    sql: str
    values: tuple[Any, ...]
    names: tuple[tuple[int, str], ...]
    converters: Converters
    reader: InstanceReader | None


class Prepared:
    """`Prepared(lambda episode: Goal.objects.filter(plan__episode=episode), episode=UUID).rows(episode=...)`.

    build: gives the queryset for arguments of the named types (`UUID`, `int`, `str`, `date`, `datetime`), each of which
    must reach the SQL unchanged: as the value of a comparison, not as a limit and not reckoned with. Nothing in it may
    hang on the time zone of the moment (`__date`). Rows come as the queryset gives them: instances with their joins, or
    tuples.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any]], /, *, spare: frozenset[str] = frozenset(), **types: type
    ) -> None:
        """spare: names of values that the SQL may do without."""
        self._build = build
        self._spare = spare
        self._types = types
        self._stand_ins = {name: _stand_in(kind, place) for place, (name, kind) in enumerate(types.items())}
        self._written: _Written | None = None

    def rows(self, **given: Any) -> list[Any]:
        """One SQL query. Raises TypeError for other names or types than were announced."""
        written, values = self._asked(given)
        return _read(written, written.sql, values)

    def part(self, first: int, most: int, /, **given: Any) -> list[Any]:
        """As `rows`, from the row at place `first` (0 for the first), at most so many. The query has an order."""
        written, values = self._asked(given)
        return _read(written, f"{written.sql} LIMIT %s OFFSET %s", [*values, most, first])

    def count(self, **given: Any) -> int:
        """How many rows there are."""
        written, values = self._asked(given)
        if not written.sql:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({written.sql}) AS counted", values)  # noqa: S608  Django's own SQL
            return int(cursor.fetchone()[0])

    def _asked(self, given: dict[str, Any]) -> tuple[_Written, list[Any]]:
        self._check(given)
        written = self._written = self._written or self._write()
        values = list(written.values)
        for place, name in written.names:
            values[place] = sent(given[name])
        return written, values

    def _check(self, given: dict[str, Any]) -> None:
        if {name: type(value) for name, value in given.items()} != self._types:
            raise TypeError(f"a prepared query takes {self._types}")

    def _write(self) -> _Written:
        try:
            rows = self._build(**self._stand_ins)
            compiler = rows.query.get_compiler(using=connection.alias)
            sql, values = compiler.as_sql()
        except EmptyResultSet:  # nobody with these roles may see any
            return _Written(None, None, "", (), (), (), None)
        sought = {sent(value): name for name, value in self._stand_ins.items()}
        names = tuple((place, sought[value]) for place, value in enumerate(values) if _known(value, sought))
        if missing := self._stand_ins.keys() - self._spare - {name for _, name in names}:
            raise TypeError(f"not in the SQL as a value: {sorted(missing)}")
        return _Written(rows, compiler, sql, tuple(values), names, converters_of(compiler), reader_of(rows, compiler))


def _stand_in(kind: type, place: int) -> Any:
    """A value that no row holds; different for each place."""
    day = _FIRST_DAY + timedelta(days=place)
    if kind is UUID:
        return UUID(int=(0xFEED << 112) + place)
    if kind is int:
        return 2_000_007_000 + place
    if kind is str:
        return f"no row holds these words, nor the number {place}"
    if kind is datetime:
        return datetime(day.year, day.month, day.day, 1, 2, 3, 456789, UTC)
    if kind is date:
        return day
    raise TypeError(f"a prepared query takes no {kind.__name__}")


def _known(value: object, sought: dict[Any, str]) -> bool:
    return isinstance(value, Hashable) and value in sought


def sent(value: Any) -> Any:
    """As Django hands it to the driver; a `build` that writes SQL of its own gives its values through this."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def _read(written: _Written, sql: str, values: list[Any]) -> list[Any]:
    """What the SQL answers on this thread's connection, as the queryset would give it."""
    if not written.sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    rows = converted(found, written.converters)
    if written.reader is not None:
        return written.reader.instances(rows, connection.alias)
    return _arranged(written, rows)


def _arranged(written: _Written, rows: list[list[Any]]) -> list[Any]:
    """Tuples in the order, and with the names, that `values_list` promises."""
    compiler = copy(written.compiler)
    compiler.execute_sql = lambda *args, **options: None
    compiler.results_iter = lambda *args, **options: map(tuple, rows)
    asked = written.rows.all()
    asked.query.get_compiler = lambda *args, **options: compiler
    return list(asked)
