"""The shelf as the command line sees it: shipped definitions, and the practice's own where there are any."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

from openhour.catalog import Instrument, NotOnShelf, Shelf, shelf_with
from openhour.outcomes.places import refuse


def the_shelf() -> Shelf:
    """With the folder named by OPENHOUR_SHELF laid over the shipped definitions, where it is set and there."""
    folder = os.environ.get("OPENHOUR_SHELF")
    return shelf_with(Path(folder) if folder and Path(folder).is_dir() else None)


def today() -> date:
    """The day for which definitions are looked up."""
    return datetime.now(UTC).date()


def in_force(shelf: Shelf) -> tuple[Instrument, ...]:
    """Today's version of every measure, by name."""
    slugs = sorted({instrument.pin.slug for instrument in shelf.instruments if instrument.pin.effective <= today()})
    return tuple(shelf.instrument(slug, on=today()) for slug in slugs)


def instrument_named(slug: str) -> Instrument:
    """Today's version. Raises Refused with the names there are."""
    shelf = the_shelf()
    try:
        return shelf.instrument(slug.strip().lower(), on=today())
    except NotOnShelf:
        known = ", ".join(instrument.pin.slug for instrument in in_force(shelf))
        raise refuse(
            "instrument.unknown", f"There is no such measure on the shelf. There are: {known}.", "INSTRUMENT"
        ) from None
