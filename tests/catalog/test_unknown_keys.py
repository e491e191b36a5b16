"""A key that nobody knows is refused in every table of every kind of file: a typing mistake can't go unnoticed."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator

import pytest

from openhour.catalog import shipped_folder
from openhour.catalog.reading import shelf_from
from openhour.catalog.reading.source import FOLDERS, Source, source_from
from tests.catalog.broken import SHIPPED, own_text

BESIDE = tuple(
    source_from(path.read_bytes(), FOLDERS[path.parent.name], path.name)
    for path in sorted(shipped_folder().glob("*/*.toml"))
    if path.parent.name in ("instruments", "procedures")
)


def tables(value: object, path: str = "") -> Iterator[tuple[str, dict]]:
    """Every table in the values with its path, rows counted from 1; of an array of tables the first and the last."""
    if isinstance(value, dict):
        yield path, value
        for key, one in value.items():
            yield from tables(one, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place in sorted({1, len(value)}) if value else ():
            yield from tables(value[place - 1], f"{path}[{place}]")


PLACES = [(kind, path) for kind in SHIPPED for path, _ in tables(tomllib.loads(own_text(kind)))]


@pytest.mark.parametrize(("kind", "path"), PLACES)
def test_an_unknown_key_is_refused_wherever_it_stands(kind, path):
    values = copy.deepcopy(tomllib.loads(own_text(kind)))
    dict(tables(values))[path]["surprise"] = 1
    shelf = shelf_from([*BESIDE, Source(kind, "own.toml", b"", "0" * 64, values)])
    key = f"{path}.surprise".lstrip(".")
    assert [(finding.code, finding.place) for finding in shelf.findings] == [
        ("shelf.unknown-key", f"own.toml: {key}")
    ]


@pytest.mark.parametrize(("kind", "path"), PLACES)
def test_an_empty_table_is_refused_wherever_it_stands(kind, path):
    values = copy.deepcopy(tomllib.loads(own_text(kind)))
    dict(tables(values))[path].clear()
    shelf = shelf_from([*BESIDE, Source(kind, "own.toml", b"", "0" * 64, values)])
    assert any(finding.code == "shelf.missing-key" for finding in shelf.findings)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("procedure", "indication"),
        ("procedure", "personnel"),
        ("procedure", "risk"),
        ("instrument", "item"),
        ("instrument", "band"),
        ("instrument", "example"),
        ("note", "section"),
        ("homework", "field"),
        ("consent", "clause"),
        ("consent", "procedures"),
    ],
)
def test_a_list_that_must_hold_something_may_not_be_empty(kind, key):
    values = tomllib.loads(own_text(kind)) | {key: []}
    shelf = shelf_from([*BESIDE, Source(kind, "own.toml", b"", "0" * 64, values)])
    assert ("shelf.empty", f"own.toml: {key}") in {(finding.code, finding.place) for finding in shelf.findings}
