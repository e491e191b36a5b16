"""The shelf that comes with the package, and the same shelf with a site's own folder laid over it.

Called at start by settings and the command line. A site's folder has the same sub-folders as the shipped shelf; it can add
slugs and new versions of shipped ones, and never shadows a version that is shipped.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from openhour.catalog.reading import read_shelf
from openhour.catalog.shelf import Shelf


def shipped_folder() -> Path:
    """The folder of the definitions in the package."""
    return Path(str(files("openhour.catalog").joinpath("shelf")))


@cache
def shipped_shelf() -> Shelf:
    """The shipped definitions, read once in a process."""
    return read_shelf(shipped_folder())


def shelf_with(local: Path | None) -> Shelf:
    """The shipped definitions and those in a site's own folder, read anew at each call; None = shipped only."""
    return shipped_shelf() if local is None else read_shelf(shipped_folder(), local)
