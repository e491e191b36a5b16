"""Who a patient is, as it was typed, and what keeps it from being written.

Used by `register_patient` and `change_patient`. Nothing but names and birth date is asked for: a phone number or an
address that isn't known yet is no reason to turn a person away; a claim says later what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from openhour.kernel import Finding
from openhour.kernel.writable import tidied, writable_gaps
from openhour.records.models import Patient

SEXES = (("F", "Female"), ("M", "Male"), ("U", "Not given"))
"""As a claim knows it (X12 DMG03); pronouns are a field of their own."""

OLDEST_YEARS = 130
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_AT_MOST = {
    "called": 60,
    "pronouns": 30,
    "phone": 30,
    "email": 254,
    "address": 55,
    "city": 30,
    "emergency_contact": 120,
}


@dataclass(frozen=True, slots=True)
class Demographics:
    """birth_date: None where it could not be read. sex: `F`, `M` or `U`. state: two letters; zip_code: five or nine
    digits, with or without the dash."""

    first_name: str
    last_name: str
    birth_date: date | None
    called: str = ""
    sex: str = "U"
    pronouns: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    emergency_contact: str = ""

    @property
    def sort_name(self) -> str:
        """Folded family name, then first name: the order of every list."""
        return f"{self.last_name} {self.first_name}".casefold()[:120]


def tidy(typed: Demographics) -> Demographics:
    """Without spaces around anything; the state in capitals, the ZIP code in digits alone."""
    lines = {name: tidied(getattr(typed, name)) for name in typed.__slots__ if name != "birth_date"}
    lines["state"] = lines["state"].upper()
    lines["zip_code"] = re.sub(r"(?<=^\d{5})-(?=\d{4}$)", "", lines["zip_code"])
    return replace(typed, **lines)  # type: ignore[arg-type]


def demographics_gaps(typed: Demographics, *, on: date) -> Iterator[Finding]:
    """Everything at once, each beside its field."""
    yield from writable_gaps(typed.first_name, "first_name", 35, asked="Give the first name.")
    yield from writable_gaps(typed.last_name, "last_name", 60, asked="Give the family name.")
    yield from _birth_gaps(typed.birth_date, on)
    if typed.sex not in dict(SEXES):
        yield Finding("sex.unknown", "Choose what a claim shall say.", "sex")
    for name, at_most in _AT_MOST.items():
        yield from writable_gaps(getattr(typed, name), name, at_most)
    if typed.phone and not 7 <= sum(letter.isdecimal() for letter in typed.phone) <= 15:
        yield Finding("phone.unreadable", "A phone number has seven to fifteen digits.", "phone")
    if typed.email and not _EMAIL.fullmatch(typed.email):
        yield Finding("email.unreadable", "This is no e-mail address.", "email")
    if typed.state and not re.fullmatch(r"[A-Z]{2}", typed.state):
        yield Finding("state.unreadable", "Write the state as two letters, such as IL.", "state")
    if typed.zip_code and not re.fullmatch(r"[0-9]{5}([0-9]{4})?", typed.zip_code):
        yield Finding("zip_code.unreadable", "A ZIP code has five or nine digits.", "zip_code")


def _birth_gaps(born: date | None, on: date) -> Iterator[Finding]:
    if born is None:
        yield Finding("birth_date.missing", "Give the birth date as a date, such as 1985-04-12.", "birth_date")
    elif born > on:
        yield Finding("birth_date.ahead", "This day is still to come.", "birth_date")
    elif on.year - born.year > OLDEST_YEARS:
        yield Finding("birth_date.too-long-ago", f"Nobody has lived {OLDEST_YEARS} years.", "birth_date")


def write_to(patient: Patient, typed: Demographics) -> None:
    """Onto the row, not yet saved; `typed` was tidied and has no gaps."""
    for name in typed.__slots__:
        setattr(patient, name, getattr(typed, name))
    patient.sort_name = typed.sort_name
