"""Read a consent form: its clauses, and which of them the procedure's definition fills."""

from __future__ import annotations

from openhour.catalog.forms import Clause, ConsentForm
from openhour.catalog.kinds import CONSENT_FILLS
from openhour.catalog.reading.head import read_pin
from openhour.catalog.reading.table import Table


def read_consent(table: Table, digest: str) -> ConsentForm:
    """The consent in the file; complaints go to the table's findings."""
    rows = table.tables("clause")
    table.unique(rows, "slug")
    consent = ConsentForm(
        pin=read_pin(table, "consent", digest),
        title=table.text("title"),
        procedures=table.texts("procedures"),
        renew_after_days=table.maybe_number("renew_after_days", least=1, most=3_660),
        clauses=tuple(map(_clause, rows)),
    )
    table.close()
    return consent


def _clause(row: Table) -> Clause:
    clause = Clause(
        row.slug("slug"), row.text("title"), row.text("text"), row.one_of("fill", CONSENT_FILLS, default="")
    )
    row.close()
    return clause
