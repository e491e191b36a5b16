"""Instances of models, with their joins, from the rows of a query that is asked again and again.

Called by `guard.prepared`. Django finds out anew for each query, and in part for each row, how columns become values and
values become instances; here that is found out once. What comes out equals what the queryset gives. It refuses a model
that makes its instances in a way of its own, or that somebody listens to, by giving no reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable
from django.db.models.signals import post_init, pre_init

Converter = Callable[[Any], Any]
Converters = tuple[tuple[int, Converter], ...]


def converters_of(compiler: Any) -> Converters:
    """For each column that needs it, from what the driver gives to what the model says."""
    held = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
    return tuple((place, _chained(steps, expression)) for place, (steps, expression) in held.items())


def _chained(steps: list[Any], expression: Any) -> Converter:
    if len(steps) == 1:
        return partial(_step, steps[0], expression)
    return partial(_steps, tuple(steps), expression)


def _step(step: Any, expression: Any, value: Any) -> Any:
    return step(value, expression, connection)


def _steps(steps: tuple[Any, ...], expression: Any, value: Any) -> Any:
    for step in steps:
        value = step(value, expression, connection)
    return value


def converted(rows: Iterable[Any], converters: Converters) -> list[list[Any]]:
    """Each row with its columns converted. NULL stays None in every column that Django has."""
    made = [list(row) for row in rows]
    for place, convert in converters:
        for row in made:
            if row[place] is not None:
                row[place] = convert(row[place])
    return made


@dataclass(frozen=True, slots=True)
class _Joined:
    """A model in the row: its columns stand from `start` to before `end`, that of its key at `key`."""

    model: type[Model]
    start: int
    end: int
    names: tuple[str, ...]
    key: int
    joined: tuple[_Joined, ...]
    local: Callable[[Any, Any], None]
    remote: Callable[[Any, Any], None]

    def made(self, row: list[Any], alias: str) -> Any:
        """None where the join found no row."""
        if row[self.key] is None:
            return None
        instance = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, alias
        held = instance.__dict__
        held["_state"] = state
        held.update(zip(self.names, row[self.start : self.end], strict=True))
        for other in self.joined:
            joined = other.made(row, alias)
            other.local(instance, joined)
            if joined is not None:
                other.remote(joined, instance)
        return instance


@dataclass(frozen=True, slots=True)
class InstanceReader:
    """root: the query's own model. annotations: names with their places in the row."""

    root: _Joined
    annotations: tuple[tuple[str, int], ...]

    def instances(self, rows: list[list[Any]], alias: str) -> list[Any]:
        """One for each row. alias: of the database that they come from."""
        made = [self.root.made(row, alias) for row in rows]
        for name, place in self.annotations:
            for instance, row in zip(made, rows, strict=True):
                instance.__dict__[name] = row[place]
        return made


def reader_of(rows: QuerySet[Any], compiler: Any) -> InstanceReader | None:
    """None for a query of tuples. compiler: after it has written its SQL.

    Raises TypeError for a query whose instances can't be made here.
    """
    if rows._iterable_class is not ModelIterable:
        return None
    if rows._prefetch_related_lookups or rows._known_related_objects:  # type: ignore[attr-defined]
        raise TypeError("a prepared query fetches nothing besides its own rows")
    return InstanceReader(_joined(compiler.klass_info, compiler.select), tuple(compiler.annotation_col_map.items()))


def _joined(info: dict[str, Any], select: Any) -> _Joined:
    model, places = info["model"], info["select_fields"]
    if info.get("from_parent") or _made_otherwise(model) or _listened_to(model):
        raise TypeError(f"{model.__name__} makes its instances in a way of its own")
    start, end = places[0], places[-1] + 1
    names = tuple(one[0].target.attname for one in select[start:end])
    others = tuple(_joined(other, select) for other in info.get("related_klass_infos", ()))
    key = start + names.index(model._meta.pk.attname)
    return _Joined(
        model, start, end, names, key, others, info.get("local_setter", _none), info.get("remote_setter", _none)
    )


def _none(one: Any, other: Any) -> None:
    """The query's own model is joined to nothing."""


def _made_otherwise(model: type[Model]) -> bool:
    return any("from_db" in vars(one) for one in model.__mro__ if one is not Model)


def _listened_to(model: type[Model]) -> bool:
    return pre_init.has_listeners(model) or post_init.has_listeners(model)
