"""The shelf of this installation: what ships with Openhour, and the practice's own folder beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from openhour.catalog import shelf_with
from openhour.catalog.shelf import Shelf


def shelf() -> Shelf:
    """Every definition in force here; read once a process."""
    return _read(settings.LOCAL_SHELF)


Found = TypeVar("Found")
_DAYS_KEPT = 64


def once_a_day(find: Callable[[date], Found]) -> Callable[[date], Found]:
    """For what the shelf alone says about a day: it is found once, and kept for the days that were asked for last.

    find: asks nothing but the shelf and the day, and gives a value that nobody changes.
    """

    @lru_cache(maxsize=_DAYS_KEPT)
    def kept(_: Shelf, on: date) -> Found:
        return find(on)

    @wraps(find)
    def found(on: date) -> Found:
        return kept(shelf(), on)

    return found


@lru_cache(maxsize=4)
def _read(local: Path) -> Shelf:
    return shelf_with(local if local.is_dir() else None)
