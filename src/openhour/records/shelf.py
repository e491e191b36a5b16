"""The shelf of this installation: what ships with Openhour, and the practice's own folder beside it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from openhour.catalog import shelf_with
from openhour.catalog.shelf import Shelf


def shelf() -> Shelf:
    """Every definition in force here; read once a process."""
    return _read(settings.LOCAL_SHELF)


@lru_cache(maxsize=4)
def _read(local: Path) -> Shelf:
    return shelf_with(local if local.is_dir() else None)
