"""Parts of a procedure that say whom it helps and how: indications, risks, benefits, recovery, alternatives, experience."""

from __future__ import annotations

import re

from openhour.catalog.kinds import ASK_AFTER, CADENCES, MONITORS, OFFER_WHEN
from openhour.catalog.procedure import (
    Alternative,
    Battery,
    Benefit,
    BenefitLimits,
    Experience,
    Indication,
    Monitor,
    Recovery,
    Risk,
    Turn,
)
from openhour.catalog.reading.parameters import read_parameters
from openhour.catalog.reading.table import Table

_ICD10_PREFIX = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?", re.ASCII)


def read_indication(row: Table) -> Indication:
    """A reason for the procedure, with the diagnoses that support it and what is measured."""
    indication = Indication(
        heading=row.text("from"),
        slug=row.slug("slug"),
        title=row.text("title"),
        icd10=row.texts("icd10"),
        battery=_battery(row.table("battery")),
    )
    row.close()
    for place, prefix in enumerate(indication.icd10, start=1):
        if prefix and not _ICD10_PREFIX.fullmatch(prefix):
            row.refuse("bad-diagnosis", "A diagnosis family looks like F32 or F43.1.", f"icd10[{place}]")
    return indication


def _battery(table: Table) -> Battery:
    turns = _turns(table)
    battery = Battery(
        intake=table.texts("intake"),
        session=table.texts("session", needed=False),
        periodic=tuple(turn.instrument for turn in turns),
        turns=tuple(turn for turn in turns if turn != Turn(turn.instrument)),
    )
    table.close()
    return battery


def _turns(table: Table) -> tuple[Turn, ...]:
    """`periodic`: slugs, or tables that also say how often."""
    written = table.raw("periodic")
    if written is None or not isinstance(written, list) or all(isinstance(one, str) for one in written):
        return tuple(Turn(slug) for slug in table.texts("periodic", needed=False))
    rows = table.tables("periodic")
    table.unique(rows, "instrument")
    return tuple(map(_turn, rows))


def _turn(row: Table) -> Turn:
    turn = Turn(
        instrument=row.slug("instrument"),
        every_sessions=row.maybe_number("every_sessions", least=1, most=30),
        every_days=row.maybe_number("every_days", least=1, most=366),
        from_session=row.maybe_number("from_session", least=1, most=30),
    )
    row.close()
    if turn.every_sessions is None and turn.every_days is None:
        row.refuse("missing-key", "Say after how many sessions or days it comes again.", "every_sessions")
    return turn


def read_risk(row: Table) -> Risk:
    """A risk with the monitor that watches it."""
    watch = row.table("monitor")
    source, confirmed = watch.text("source"), watch.yes("confirmed", True)
    risk = Risk(
        heading=row.text("from"),
        slug=row.slug("slug"),
        text=row.text("text"),
        monitor=Monitor(*read_parameters(watch, MONITORS), source=source, confirmed=confirmed),
        consent=row.yes("consent"),
    )
    row.close()
    return risk


def read_benefit(row: Table) -> Benefit:
    """A benefit and how it is measured."""
    benefit = Benefit(row.text("from"), row.slug("slug"), row.text("text"), row.texts("measured_by"))
    row.close()
    return benefit


def read_benefit_limits(table: Table) -> BenefitLimits:
    """What the benefits are not."""
    limits = BenefitLimits(table.text("from"), table.text("text"))
    table.close()
    return limits


def read_recovery(table: Table) -> Recovery:
    """After the hour."""
    recovery = Recovery(
        heading=table.text("from"),
        physical_days=table.number("physical_days", most=365),
        tell_patient=table.text("tell_patient"),
        cadence=table.some_of("cadence", CADENCES),
    )
    table.close()
    return recovery


def read_alternative(row: Table) -> Alternative:
    """Another kind of help, with what speaks for and against it."""
    alternative = Alternative(
        heading=row.text("from"),
        slug=row.slug("slug"),
        title=row.text("title"),
        examples=row.texts("examples", needed=False),
        benefits=row.texts("benefits"),
        drawbacks=row.texts("drawbacks"),
        offer_when=row.some_of("offer_when", OFFER_WHEN),
    )
    row.close()
    return alternative


def read_experience(table: Table) -> Experience:
    """What a patient may feel, and how the therapist helps."""
    experience = Experience(
        heading=table.text("from"),
        text=table.text("text"),
        support=table.text("support"),
        ask_after=table.one_of("ask_after", ASK_AFTER, default=""),
    )
    table.close()
    return experience
