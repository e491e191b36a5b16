"""The head of every definition file: schema, slug, version, the day it holds from."""

from __future__ import annotations

import re

from openhour.catalog.pin import Pin
from openhour.catalog.reading.table import Table

_VERSION = re.compile(r"(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})", re.ASCII)


def read_pin(table: Table, kind: str, digest: str) -> Pin:
    """The pin of the file; the schema must be the one this reader reads (`procedure/1`)."""
    table.one_of("schema", (f"{kind}/1",))
    slug = table.slug("slug")
    version = table.text("version")
    if version and not _VERSION.fullmatch(version):
        table.refuse("bad-version", "A version has three numbers, such as 1.0.0.", "version")
    return Pin(kind, slug, version, table.day("effective"), digest)
