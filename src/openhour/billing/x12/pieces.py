"""The small pieces that segments are made of: amounts, days, names, numbers, addresses.

Used by the writer alone. A number that can't stand in a file as it is is refused, never changed.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from openhour.billing.claims import Address, Clinician, Person
from openhour.billing.x12.charset import is_writable, name
from openhour.kernel import Finding, Refused

_ICD = re.compile(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}").fullmatch
_CODE = re.compile(r"[A-Z0-9]{5}").fullmatch
_MODIFIER = re.compile(r"[A-Z0-9]{2}").fullmatch
_ZIP = re.compile(r"[0-9]{5}([0-9]{4})?").fullmatch
_STATE = re.compile(r"[A-Z]{2}").fullmatch


@lru_cache(maxsize=1024)
def amount(cents: int) -> str:
    """`180` or `180.50`; never negative."""
    if cents < 0:
        raise refused("amount", "An amount in a claim can't be negative.")
    return str(cents // 100) if cents % 100 == 0 else f"{cents // 100}.{cents % 100:02d}"


@lru_cache(maxsize=4096)
def day(on: date) -> str:
    """`20260102`"""
    return on.isoformat().replace("-", "")


def spelled(text: str, limit: int, place: str) -> str:
    """A name or an address line, cleaned. Refused where nothing is left of it."""
    cleaned = name(text, limit)
    if not cleaned:
        raise refused(place, "Nothing of this can be written in the letters that a claim allows.")
    return cleaned


def number(text: str, limit: int, place: str, *, least: int = 1) -> str:
    """An identifier, unchanged. Refused where it is empty, too long or holds a character that no claim may hold."""
    if least <= len(text) <= limit and is_writable(text):
        return text
    raise refused(place, f"This needs {least} to {limit} characters, without * : ~ ^ and without blanks at its ends.")


def person(who: Person, place: str) -> str:
    """`DOE*JANE*Q**JR`: NM103 to NM107, empty ends kept."""
    return f"{spelled(who.last, 60, place)}*{name(who.first, 35)}*{name(who.middle, 25)}**{name(who.suffix, 10)}"


def clinician(who: Clinician, entity: str, place: str) -> str:
    """An NM1 segment with an NPI."""
    return f"NM1*{entity}*1*{person(who.person, place)}*XX*{number(who.npi, 10, place, least=10)}~"


def address(where: Address, place: str) -> str:
    """N3 and N4."""
    second = name(where.line2, 55)
    street = spelled(where.line1, 55, place) + (f"*{second}" if second else "")
    zip_code = where.zip.replace("-", "")
    if not _ZIP(zip_code) or not _STATE(where.state) or len(city := name(where.city, 30)) < 2:
        raise refused(place, "This address needs a city, a state of two letters and a ZIP of five or nine digits.")
    return f"N3*{street}~N4*{city}*{where.state}*{zip_code}~"


@lru_cache(maxsize=4096)
def diagnoses(codes: tuple[str, ...]) -> str:
    """The HI segment; the first code is the principal one, dots dropped."""
    bare = [code.replace(".", "") for code in codes]
    if not 1 <= len(bare) <= 12 or not all(_ICD(code) for code in bare):
        raise refused("diagnoses", "A claim needs 1 to 12 ICD-10-CM codes.")
    return "HI*ABK:" + "*ABF:".join(bare) + "~"


@lru_cache(maxsize=4096)
def service(code: str, modifiers: tuple[str, ...]) -> str:
    """`HC:90837:95`"""
    if not _CODE(code) or len(modifiers) > 4 or not all(_MODIFIER(one) for one in modifiers):
        raise refused("code", "A service needs a code of five characters and at most four modifiers of two.")
    return ":".join(("HC", code, *modifiers))


def refused(place: str, sentence: str) -> Refused:
    return Refused(Finding("x12.not-writable", sentence, place))
