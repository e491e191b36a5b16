"""What the verbs of this chapter check of what was typed, each as a finding beside its field.

Pure, apart from the shelf that is handed in. Refuses nothing itself: verbs gather the findings and refuse once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from openhour.catalog import Shelf
from openhour.kernel import Finding

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+")
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X")


def text(value: str, place: str, called: str, longest: int, *, required: bool = True) -> Iterator[Finding]:
    """Written, not too long, and of letters that print. called: the field in a person's words ("the name")."""
    if required and not value.strip():
        yield Finding(f"{place}.missing", f"Give {called}.", place)
    if len(value) > longest:
        yield Finding(f"{place}.too-long", f"At most {longest} characters fit here.", place)
    if _CONTROL.search(value):
        yield Finding(f"{place}.unreadable", "This holds characters that can't be printed.", place)


def address(street: str, city: str, state: str, zip_code: str, *, required: bool = True) -> Iterator[Finding]:
    """A US address: two letters for the state, five or nine digits for the ZIP code."""
    yield from text(street, "address", "the street address", 55, required=required)
    yield from text(city, "city", "the city", 30, required=required)
    if (required or state) and not re.fullmatch(r"[A-Z]{2}", state):
        yield Finding("state.unknown", "Write the state as two letters, such as IL.", "state")
    if (required or zip_code) and not re.fullmatch(r"[0-9]{5}([0-9]{4})?", zip_code, re.ASCII):
        yield Finding("zip.unreadable", "The ZIP code has five or nine digits.", "zip_code")


def phone(value: str) -> Iterator[Finding]:
    """Ten digits; empty is allowed."""
    if value and not re.fullmatch(r"[0-9]{10}", value, re.ASCII):
        yield Finding("phone.unreadable", "A phone number has ten digits.", "phone")


def digits(value: str, place: str, count: int, called: str) -> Iterator[Finding]:
    """Exactly so many digits; empty is allowed."""
    if value and not re.fullmatch(rf"[0-9]{{{count}}}", value, re.ASCII):
        yield Finding(f"{place}.unreadable", f"{called} has {count} digits.", place)


def email(value: str) -> Iterator[Finding]:
    """An address with one @ and a dot behind it."""
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        yield Finding("email.unreadable", "This is no e-mail address.", "email")


def zone(value: str) -> Iterator[Finding]:
    """An IANA name, such as America/Chicago."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # an unknown name is a KeyError, a path a ValueError, a folder an OSError
        yield Finding("zone.unknown", "Write the time zone as in America/Chicago.", "zone")


def taxonomy(value: str, *, required: bool = True) -> Iterator[Finding]:
    """The shape of a NUCC code: nine letters and digits, then X."""
    if (value or required) and not _TAXONOMY.fullmatch(value):
        yield Finding(
            "taxonomy.unreadable", "A taxonomy code has ten characters and ends in X, as in 103TC0700X.", "taxonomy"
        )


def place_of_service(value: str, shelf: Shelf, *, on: date) -> Iterator[Finding]:
    """A CMS code in which some procedure on the shelf may take place."""
    held = sorted(
        {code for one in shelf.procedures if one.pin.effective <= on for code in one.setting.place_of_service}
    )
    if value not in held:
        known = ", ".join(held)
        yield Finding(
            "site.place-of-service", f"The procedures on the shelf are held at: {known}.", "place_of_service"
        )


def one_of(value: str, known: Iterable[str], place: str, called: str) -> Iterator[Finding]:
    """One of the words there are."""
    words = list(known)
    if value not in words:
        yield Finding(f"{place}.unknown", f"{called} one of {', '.join(words)}.", place)
