"""The shelf in memory: every definition that could be read, and the findings for those that could not.

Lookups are by slug and day. A definition that is broken is left out with a finding; the rest keeps working.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeVar

from openhour.catalog.course import StartingCourse
from openhour.catalog.forms import ConsentForm, HomeworkForm, NoteFormat, Payer
from openhour.catalog.instrument import Instrument
from openhour.catalog.pin import Pin
from openhour.catalog.procedure import Procedure
from openhour.catalog.wording import Wording, offered
from openhour.kernel import Finding


class _Pinned(Protocol):
    @property
    def pin(self) -> Pin: ...


Definition = TypeVar("Definition", bound=_Pinned)


class NotOnShelf(LookupError):
    """No definition of that kind and slug is in force on the day. The message names kind, slug and day."""


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """All definitions, every version. findings: what was refused, with file, key and reason.

    A shelf equals itself alone, so that what was found on it can be kept by it without comparing every file.
    """

    procedures: tuple[Procedure, ...]
    instruments: tuple[Instrument, ...]
    notes: tuple[NoteFormat, ...]
    homework: tuple[HomeworkForm, ...]
    consents: tuple[ConsentForm, ...]
    payers: tuple[Payer, ...]
    findings: tuple[Finding, ...]
    wordings: tuple[Wording, ...] = ()
    courses: tuple[StartingCourse, ...] = ()

    def procedure(self, slug: str, *, on: date) -> Procedure:
        """The version in force on the day. Raises NotOnShelf."""
        return _in_force(self.procedures, "procedure", slug, on)

    def instrument(self, slug: str, *, on: date) -> Instrument:
        """The version in force on the day. Raises NotOnShelf."""
        return _in_force(self.instruments, "instrument", slug, on)

    def wording_of(self, instrument: Instrument) -> Wording | None:
        """The site's words that stand in the instrument; None where it brings its own or has none."""
        return next((one for one in self.wordings if one.mark == instrument.wording), None)

    def offered(self, *, on: date) -> tuple[Instrument, ...]:
        """The instruments that may be asked on the day, by slug: in force, with words, and the right to show them."""
        slugs = sorted({instrument.pin.slug for instrument in self.instruments})
        found = (_newest(self.instruments, slug, on) for slug in slugs)
        return tuple(one for one in found if one is not None and offered(one, self.wording_of(one), on))

    def short_forms(self, *, on: date) -> dict[str, str]:
        """Slug of a long form to the slug of the short one that leads to it, among those offered on the day."""
        asked = {one.pin.slug: one for one in self.offered(on=on)}
        then = ((one.leads_to.instrument, slug) for slug, one in asked.items() if one.leads_to is not None)
        return {long: short for long, short in then if long in asked}

    def note(self, slug: str, *, on: date) -> NoteFormat:
        """The version in force on the day. Raises NotOnShelf."""
        return _in_force(self.notes, "note", slug, on)

    def homework_form(self, slug: str, *, on: date) -> HomeworkForm:
        """The version in force on the day. Raises NotOnShelf."""
        return _in_force(self.homework, "homework", slug, on)

    def consent(self, slug: str, *, on: date) -> ConsentForm:
        """The version in force on the day. Raises NotOnShelf."""
        return _in_force(self.consents, "consent", slug, on)

    def payer(self, slug: str, *, on: date) -> Payer:
        """The version in force on the day. Raises NotOnShelf."""
        return _in_force(self.payers, "payer", slug, on)

    def starting_course(self, instrument: str, *, on: date) -> StartingCourse | None:
        """The starting values for the instrument's expected course in force on the day, the newest; None where there are
        none. instrument: slug."""
        known = [one for one in self.courses if one.instrument == instrument and one.pin.effective <= on]
        return max(known, key=lambda one: one.pin.effective, default=None)

    def family(self, family: str, *, on: date) -> tuple[Procedure, ...]:
        """The procedures of a family in force on the day, one version each, by slug."""
        slugs = sorted({procedure.pin.slug for procedure in self.procedures if procedure.family == family})
        return tuple(found for slug in slugs for found in [_newest(self.procedures, slug, on)] if found is not None)

    def pinned(self, kind: str, key: str) -> Procedure | Instrument | NoteFormat | HomeworkForm | ConsentForm | Payer:
        """The very version that a row refers to (`phq-9@1.0.0`). Raises NotOnShelf."""
        definitions = self._of(kind)
        if key not in (places := _places_of(self, kind)):
            raise NotOnShelf(f"the shelf holds no {kind} {key}")
        return definitions[places[key]]

    def instrument_pinned(self, key: str) -> Instrument:
        """The very version of an instrument that a row refers to. Raises NotOnShelf."""
        if key not in (places := _places_of(self, "instrument")):
            raise NotOnShelf(f"the shelf holds no instrument {key}")
        return self.instruments[places[key]]

    def _of(self, kind: str) -> tuple[Procedure | Instrument | NoteFormat | HomeworkForm | ConsentForm | Payer, ...]:
        shelves: dict[str, tuple[Procedure | Instrument | NoteFormat | HomeworkForm | ConsentForm | Payer, ...]] = {
            "procedure": self.procedures,
            "instrument": self.instruments,
            "note": self.notes,
            "homework": self.homework,
            "consent": self.consents,
            "payer": self.payers,
        }
        return shelves[kind]


@lru_cache(maxsize=64)
def _places_of(held: Shelf, kind: str) -> dict[str, int]:
    """Key -> where it stands, the first of several. A page asks for a definition with each row that refers to one."""
    places: dict[str, int] = {}
    for place, definition in enumerate(held._of(kind)):
        places.setdefault(definition.pin.key, place)
    return places


def _newest(definitions: tuple[Definition, ...], slug: str, on: date) -> Definition | None:
    known = [one for one in definitions if one.pin.slug == slug and one.pin.effective <= on]
    return max(known, key=lambda one: one.pin.effective) if known else None


def _in_force(definitions: tuple[Definition, ...], kind: str, slug: str, on: date) -> Definition:
    found = _newest(definitions, slug, on)
    if found is None:
        raise NotOnShelf(f"the shelf holds no {kind} {slug} in force on {on.isoformat()}")
    return found
