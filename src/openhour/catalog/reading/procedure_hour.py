"""Parts of a procedure that shape the hour itself: preparation, phases, room, time, setting, personnel."""

from __future__ import annotations

import re

from openhour.catalog.kinds import LICENCES, PHASE_NEEDS
from openhour.catalog.procedure import Personnel, Phase, Preparation, RoomNeeds, Setting, TimeRule
from openhour.catalog.reading.parameters import read_places
from openhour.catalog.reading.table import Table

_TAXONOMY = re.compile(r"[0-9A-Z]{3,10}")


def read_preparation(table: Table) -> Preparation:
    """Before the first visit."""
    preparation = Preparation(
        heading=table.text("from"),
        instructions=table.texts("instructions", needed=False),
        ask_patient=table.texts("ask_patient", needed=False),
        helpful=table.texts("helpful", needed=False),
    )
    table.close()
    return preparation


def read_phase(row: Table) -> Phase:
    """One step of the course of treatment."""
    phase = Phase(
        heading=row.text("from"),
        slug=row.slug("slug"),
        title=row.text("title"),
        text=row.text("text"),
        needs=row.some_of("needs", PHASE_NEEDS, needed=False),
        methods=row.texts("methods", needed=False),
        optional=row.yes("optional", False),
    )
    row.close()
    return phase


def read_room(table: Table) -> RoomNeeds:
    """What the place must offer."""
    room = RoomNeeds(
        heading=table.text("from"),
        private=table.yes("private"),
        tools=table.texts("tools", needed=False),
        anesthesia=table.yes("anesthesia"),
        text=table.text("text"),
    )
    table.close()
    return room


def read_time(table: Table) -> TimeRule:
    """Slot length and the minutes that support the code."""
    time = TimeRule(
        heading=table.text("from"),
        planned_minutes=table.number("planned_minutes", least=5, most=480),
        billed_from=table.maybe_number("billed_from", least=1, most=480),
        billed_to=table.maybe_number("billed_to", least=1, most=480),
        source=table.text("source"),
    )
    table.close()
    if time.billed_to is not None and time.billed_to < (time.billed_from or 0):
        table.refuse("out-of-range", "The minutes end before they begin.", "billed_to")
    if time.billed_to is not None and time.billed_from is None:
        table.refuse("missing-key", "A window of minutes that ends must also begin.", "billed_from")
    return time


def read_setting(table: Table) -> Setting:
    """Where the hour may be held."""
    setting = Setting(table.text("from"), read_places(table, "place_of_service"), table.text("text"))
    table.close()
    return setting


def read_personnel(row: Table) -> Personnel:
    """A profession that may hold the hour."""
    personnel = Personnel(
        heading=row.text("from"),
        profession=row.slug("profession"),
        title=row.text("title"),
        taxonomy=row.texts("taxonomy"),
        licence=row.one_of("licence", LICENCES),
    )
    row.close()
    for place, prefix in enumerate(personnel.taxonomy, start=1):
        if prefix and not _TAXONOMY.fullmatch(prefix):
            sentence = "A taxonomy prefix has three to ten capital letters and digits."
            row.refuse("bad-taxonomy", sentence, f"taxonomy[{place}]")
    return personnel
