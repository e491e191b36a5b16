"""Parameters of a named kind: monitors of a risk, edits of a payer. Read by `catalog.kinds`, never guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from openhour.catalog.kinds import Parameter
from openhour.catalog.places import place_is_known
from openhour.catalog.reading.table import SLUG, Table

# Literals, classes and counted repeats only, at most two of them open: nothing that can run away on a long text.
_PATTERN = re.compile(
    r"(?:(?:\[(?:[A-Za-z0-9](?:-[A-Za-z0-9])?)+\]|\\d|[A-Za-z0-9 ]|-)(?:\{\d{1,2}(?:,\d{1,2})?\}|\?)?)+"
)


def read_parameters(
    table: Table, kinds: Mapping[str, tuple[Parameter, ...]]
) -> tuple[str, tuple[tuple[str, object], ...]]:
    """The kind and its parameters, in the order in which `catalog.kinds` names them."""
    kind = table.one_of("kind", kinds)
    parameters = kinds.get(kind, ())
    found = tuple((one.name, _value(table, one)) for one in parameters if one.required or table.has(one.name))
    if parameters:
        table.close()
    return kind, found


def _value(table: Table, parameter: Parameter) -> object:
    if parameter.takes == "number":
        return table.number(parameter.name, least=parameter.minimum or 0, most=parameter.maximum or 1_000_000)
    if parameter.takes == "pattern":
        return _pattern(table, parameter.name)
    if parameter.takes == "places":
        return read_places(table, parameter.name)
    if parameter.takes in ("texts", "instruments"):
        return _texts(table, parameter)
    if parameter.one_of:
        return table.one_of(parameter.name, parameter.one_of)
    return _shaped(table, parameter, table.text(parameter.name), parameter.name)


def _texts(table: Table, parameter: Parameter) -> tuple[str, ...]:
    values = table.texts(parameter.name)
    if parameter.takes == "instruments" and not all(SLUG.fullmatch(value) for value in values):
        table.refuse("bad-slug", "An instrument is named by its slug, such as phq-9.", parameter.name)
    for place, value in enumerate(values, start=1):
        _shaped(table, parameter, value, f"{parameter.name}[{place}]")
    return values


def _shaped(table: Table, parameter: Parameter, value: str, key: str) -> str:
    if value and parameter.shape and not re.fullmatch(parameter.shape, value, re.ASCII):
        table.refuse("bad-shape", f"This looks like {parameter.like}.", key)
    return value


def _pattern(table: Table, key: str) -> str:
    pattern = table.text(key)
    open_counts = pattern.count(",") + pattern.count("?")
    if pattern and not (
        open_counts <= 2 and len(pattern) <= 80 and _PATTERN.fullmatch(pattern) and _compiles(pattern)
    ):
        sentence = (
            "A pattern is made of letters, digits, [A-Z], [0-9] and counts such as {9}; at most two are open, {6,9}."
        )
        table.refuse("bad-pattern", sentence, key)
    return pattern


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def read_places(table: Table, key: str) -> tuple[str, ...]:
    """Place-of-service codes, each known to `catalog.places`."""
    codes = table.texts(key)
    _refuse_unknown(table, key, codes)
    return codes


def _refuse_unknown(table: Table, key: str, codes: Collection[str]) -> None:
    for place, code in enumerate(codes, start=1):
        if not place_is_known(code):
            table.refuse("unknown-place", "This is no place-of-service code we know.", f"{key}[{place}]")
