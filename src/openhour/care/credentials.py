"""Who may hold the hour: a licence in force on the day in the state of the site, and a profession the procedure names.

Asked when a visit is booked, when a session starts and when a note is signed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openhour.care.wording import day_in_words, list_in_words
from openhour.catalog.procedure import Personnel, Procedure
from openhour.kernel import Finding


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of one state (`IL`). Both end days are included: it holds on valid_from and still on valid_to.

    Raises ValueError where it ends before it begins.
    """

    state: str
    number: str
    valid_from: date
    valid_to: date

    def __post_init__(self) -> None:
        if self.valid_to < self.valid_from:
            raise ValueError("a licence ends on or after the day it begins")

    def holds_on(self, day: date) -> bool:
        """True from the first day to the last, both included."""
        return self.valid_from <= day <= self.valid_to


def licence_gaps(licences: Iterable[Licence], *, state: str, on: date) -> tuple[Finding, ...]:
    """Nothing where one licence of that state holds on the day; else the one reason, with when the last one ended."""
    of_state = [licence for licence in licences if _same_state(licence.state, state)]
    if any(licence.holds_on(on) for licence in of_state):
        return ()
    sentence = f"No licence is in force in {state} on {day_in_words(on)}{_nearest(of_state, on)}."
    return (Finding("licence.none-in-force", sentence, "licences"),)


def personnel_gaps(procedure: Procedure, profession: str, taxonomy: str) -> tuple[Finding, ...]:
    """What keeps this profession and its NUCC taxonomy code from holding the procedure (heading `Personnel`)."""
    allowed = [personnel for personnel in procedure.personnel if personnel.profession == profession]
    if not allowed:
        titles = list_in_words([personnel.title for personnel in procedure.personnel])
        return (Finding("personnel.profession", f"This kind of hour is held by: {titles}.", "profession"),)
    if not taxonomy or not any(_goes_with(personnel, taxonomy) for personnel in allowed):
        sentence = f"The taxonomy code doesn't belong to the profession {allowed[0].title}."
        return (Finding("personnel.taxonomy", sentence, "taxonomy"),)
    return ()


def _same_state(one: str, other: str) -> bool:
    return one.strip().upper() == other.strip().upper()


def _nearest(licences: list[Licence], on: date) -> str:
    ended = [licence.valid_to for licence in licences if licence.valid_to < on]
    coming = [licence.valid_from for licence in licences if licence.valid_from > on]
    parts = []
    if ended:
        parts.append(f"the last one ended on {day_in_words(max(ended))}")
    if coming:
        parts.append(f"the next one begins on {day_in_words(min(coming))}")
    return "".join(f"; {part}" for part in parts)


def _goes_with(personnel: Personnel, taxonomy: str) -> bool:
    return any(taxonomy.startswith(prefix) for prefix in personnel.taxonomy)
