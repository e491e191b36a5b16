"""Read a payer: its ids, fees with the day each holds from, and the edits it asks for."""

from __future__ import annotations

import re

from openhour.catalog.forms import Fee, Payer, PayerEdit
from openhour.catalog.kinds import PAYER_EDITS, PAYER_KINDS
from openhour.catalog.reading.head import read_pin
from openhour.catalog.reading.parameters import read_parameters
from openhour.catalog.reading.table import Table

_CODE = re.compile(r"[0-9A-Z]{5}", re.ASCII)
_X12_TEXT = re.compile(r"[A-Za-z0-9 ]+", re.ASCII)
_PART_OF_ADDRESS = {
    "street": (re.compile(r"[A-Za-z0-9 .,'#/-]{1,55}", re.ASCII), "a street and number, in plain letters"),
    "city": (re.compile(r"[A-Za-z .'-]{2,30}", re.ASCII), "a city, in plain letters"),
    "state": (re.compile(r"[A-Z]{2}", re.ASCII), "two capital letters"),
    "zip": (re.compile(r"\d{5}(?:\d{4})?", re.ASCII), "five or nine digits"),
}


def read_payer(table: Table, digest: str) -> Payer:
    """The payer in the file; complaints go to the table's findings."""
    kind = table.one_of("kind", PAYER_KINDS)
    claims = kind == "insurer"
    payer = Payer(
        pin=read_pin(table, "payer", digest),
        title=table.text("title"),
        kind=kind,
        payer_id=_x12(table, "payer_id", claims, most=80),
        filing_indicator=_x12(table, "filing_indicator", claims, most=2),
        receiver_id=_x12(table, "receiver_id", claims, most=15),  # ISA08 has fifteen places
        receiver_name=_x12(table, "receiver_name", claims, most=60),
        address=_address(table, claims),
        filing_days=table.maybe_number("filing_days", least=1, most=3_660),
        fees=_fees(table),
        edits=tuple(map(_edit, table.tables("edit", needed=False))),
    )
    table.close()
    return payer


def _x12(table: Table, key: str, needed: bool, *, most: int) -> str:
    value = table.text(key, None if needed else "")
    if value and not (_X12_TEXT.fullmatch(value) and len(value) <= most):
        table.refuse("bad-name", f"A claim file takes at most {most} letters, digits and spaces here.", key)
    return value


def _address(table: Table, needed: bool) -> tuple[str, str, str, str]:
    if not needed and not table.has("address"):
        return ("", "", "", "")
    address = table.table("address")
    street, city, state, code = (_part(address, key) for key in _PART_OF_ADDRESS)
    address.close()
    return (street, city, state, code)


def _part(address: Table, key: str) -> str:
    value = address.text(key)
    shape, words = _PART_OF_ADDRESS[key]
    if value and not shape.fullmatch(value):
        address.refuse("bad-address", f"A claim file takes {words} here.", key)
    return value


def _fees(table: Table) -> tuple[Fee, ...]:
    rows = table.tables("fee", needed=False)
    fees = tuple(map(_fee, rows))
    seen: set[tuple[str, object]] = set()
    for row, fee in zip(rows, fees, strict=True):
        if (fee.code, fee.since) in seen:
            row.refuse("duplicate", "Two fees for this code begin on the same day.", "since")
        seen.add((fee.code, fee.since))
    return fees


def _fee(row: Table) -> Fee:
    fee = Fee(row.text("code"), row.money("amount"), row.day("since"), row.text("source"))
    row.close()
    if fee.code and not _CODE.fullmatch(fee.code):
        row.refuse("bad-code", "A billing code has five capital letters and digits.", "code")
    return fee


def _edit(row: Table) -> PayerEdit:
    return PayerEdit(*read_parameters(row, PAYER_EDITS))
