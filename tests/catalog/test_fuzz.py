"""No bytes break the shelf: whatever stands in a file, reading gives definitions and findings, never an error."""

from __future__ import annotations

import json
import tomllib
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.catalog import Shelf, shipped_folder
from openhour.catalog.reading import shelf_from
from openhour.catalog.reading.source import FOLDERS, Source, source_from
from openhour.kernel import Finding
from tests.catalog.broken import SHIPPED, own_text
from tests.shared_data import shared

FILES = {path: path.read_bytes() for path in sorted(shipped_folder().glob("*/*.toml"))}
PIECES = (
    b'"',
    b"[",
    b"]",
    b"{",
    b"}",
    b"\n",
    b"=",
    b"-1",
    b"0",
    b"99999999",
    b"true",
    b"\xff",
    b"\x00",
    b"'''",
    b"[[x]]\n",
    b"1979-05-27",
)
ONLY_A_FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(kind: str, content: bytes) -> Shelf:
    return shelf_from([*_shipped(), source_from(content, kind, "own.toml")])


@cache
def _shipped() -> tuple[Source | Finding, ...]:
    """What an own file refers to: the instruments, and the procedures that the consent names."""
    needed = {path: content for path, content in FILES.items() if path.parent.name in ("instruments", "procedures")}
    return tuple(source_from(content, FOLDERS[path.parent.name], path.name) for path, content in needed.items())


def assert_whole(shelf: Shelf) -> None:
    """Every finding has a code, a sentence that can be read in one line, and a place."""
    for finding in shelf.findings:
        assert finding.code.startswith("shelf.")
        assert finding.place.startswith("own.toml")
        assert finding.sentence
        assert finding.sentence.isprintable()
        assert len(finding.sentence) < 400


@ONLY_A_FEW
@given(st.sampled_from(sorted(SHIPPED)), st.binary(max_size=300))
def test_random_bytes_give_findings(kind, content):
    shelf = read(kind, content)
    assert_whole(shelf)
    assert shelf.findings


@ONLY_A_FEW
@given(st.sampled_from(sorted(SHIPPED)), st.data())
def test_a_shipped_file_with_pieces_cut_and_pasted_gives_findings_or_is_good(kind, data):
    content = bytearray(own_text(kind).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 30)))
        content[start:end] = data.draw(st.sampled_from(PIECES))
    assert_whole(read(kind, bytes(content)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(value: object, path: tuple = ()) -> list[tuple]:
    """Every place in nested tables and lists."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in paths(one, (*path, key)))]


@ONLY_A_FEW
@given(st.sampled_from(sorted(SHIPPED)), st.data(), JSON)
def test_any_value_in_any_place_gives_findings_or_is_good(kind, data, value):
    values = tomllib.loads(own_text(kind))
    *way, last = data.draw(st.sampled_from(paths(values)[1:]))
    inner = values
    for key in way:
        inner = inner[key]
    inner[last] = value
    source = Source(kind, "own.toml", b"", "0" * 64, values)
    assert_whole(shelf_from([*_shipped(), source]))


@ONLY_A_FEW
@given(st.sampled_from(sorted(SHIPPED)), st.data())
def test_a_key_taken_out_or_misspelt_gives_findings_or_is_good(kind, data):
    values = tomllib.loads(own_text(kind))
    *way, last = data.draw(st.sampled_from([path for path in paths(values) if path and isinstance(path[-1], str)]))
    inner = values
    for key in way:
        inner = inner[key]
    taken = inner.pop(last)
    if data.draw(st.booleans()):
        inner[f"{last}s"] = taken
        shelf = shelf_from([*_shipped(), Source(kind, "own.toml", b"", "0" * 64, values)])
        assert {finding.code for finding in shelf.findings} & {"shelf.unknown-key", "shelf.missing-key"}
    else:
        shelf = shelf_from([*_shipped(), Source(kind, "own.toml", b"", "0" * 64, values)])
    assert_whole(shelf)


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_bad_strings_in_every_text_give_findings_or_are_good(kind):
    strings = [text for text in json.loads(shared("badinput/blns.json").read_text()) if text]
    values = tomllib.loads(own_text(kind))
    texts = [path for path in paths(values) if path and isinstance(_at(values, path), str)]
    for number, text in enumerate(strings):
        path = texts[number % len(texts)]
        own = tomllib.loads(own_text(kind))
        _at(own, path[:-1])[path[-1]] = text
        assert_whole(shelf_from([*_shipped(), Source(kind, "own.toml", b"", "0" * 64, own)]))


def test_a_bad_string_is_kept_as_it_is_where_words_may_stand():
    strings = [text for text in json.loads(shared("badinput/blns.json").read_text()) if text.strip()]
    kept = 0
    for text in strings:
        values = tomllib.loads(own_text("homework"))
        values["purpose"] = text
        shelf = shelf_from([Source("homework", "own.toml", b"", "0" * 64, values)])
        if not shelf.findings:
            kept += 1
            assert shelf.homework[0].purpose == text.strip()
        else:
            assert {finding.code for finding in shelf.findings} <= {"shelf.control-character", "shelf.empty"}
    assert kept > len(strings) * 0.9


def _at(values: object, path: tuple) -> object:
    for key in path:
        values = values[key]  # type: ignore[index]
    return values
