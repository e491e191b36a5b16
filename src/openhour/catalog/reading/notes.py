"""Read a note format: its sections, the facts shown above each, and which section carries which judgement."""

from __future__ import annotations

from openhour.catalog.forms import NoteFormat, Section
from openhour.catalog.kinds import JUDGEMENTS, NOTE_FACTS
from openhour.catalog.reading.head import read_pin
from openhour.catalog.reading.table import Table

_NEEDED = ("intervention", "response")


def read_note(table: Table, digest: str) -> NoteFormat:
    """The note format in the file; complaints go to the table's findings."""
    rows = table.tables("section")
    table.unique(rows, "slug")
    sections = tuple(map(_section, rows))
    note = NoteFormat(
        pin=read_pin(table, "note", digest),
        title=table.text("title"),
        short=table.text("short"),
        sections=sections,
        carries=_carries(table.table("carries"), {section.slug for section in sections}),
    )
    table.close()
    return note


def _section(row: Table) -> Section:
    section = Section(
        slug=row.slug("slug"),
        title=row.text("title"),
        required=row.yes("required"),
        facts=row.some_of("facts", NOTE_FACTS, needed=False),
        prompts=row.texts("prompts", needed=False),
    )
    row.close()
    return section


def _carries(table: Table, sections: set[str]) -> tuple[tuple[str, str], ...]:
    named = [name for name in JUDGEMENTS if table.has(name) or name in _NEEDED]
    pairs = tuple((name, table.slug(name)) for name in named)
    for name, section in pairs:
        if section and section not in sections:
            table.refuse("unknown-section", "The note has no section of that name.", name)
    table.close()
    return pairs
