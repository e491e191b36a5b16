"""Read a homework form: its fields, and how many rows are offered at first."""

from __future__ import annotations

from openhour.catalog.forms import Field, HomeworkForm
from openhour.catalog.kinds import HOMEWORK_FIELDS
from openhour.catalog.reading.head import read_pin
from openhour.catalog.reading.table import Table


def read_homework(table: Table, digest: str) -> HomeworkForm:
    """The homework form in the file; complaints go to the table's findings."""
    rows = table.tables("field")
    table.unique(rows, "slug")
    form = HomeworkForm(
        pin=read_pin(table, "homework", digest),
        title=table.text("title"),
        purpose=table.text("purpose"),
        instructions=table.text("instructions"),
        rows=table.number("rows", least=1, most=100),
        fields=tuple(map(_field, rows)),
    )
    table.close()
    return form


def _field(row: Table) -> Field:
    field = Field(
        slug=row.slug("slug"),
        title=row.text("title"),
        kind=row.one_of("kind", HOMEWORK_FIELDS),
        hint=row.text("hint", ""),
        minimum=row.maybe_number("minimum", most=1_000),
        maximum=row.maybe_number("maximum", most=1_000),
    )
    row.close()
    _check_scale(row, field)
    return field


def _check_scale(row: Table, field: Field) -> None:
    bounds = (field.minimum, field.maximum)
    if field.kind != "scale" and bounds != (None, None):
        row.refuse("unknown-key", "Only a scale has a minimum and a maximum.", "minimum")
    if field.kind == "scale" and None in bounds:
        row.refuse("missing-key", "A scale needs a minimum and a maximum.", "maximum")
    if field.minimum is not None and field.maximum is not None and field.maximum <= field.minimum:
        row.refuse("out-of-range", "The scale ends before it begins.", "maximum")
