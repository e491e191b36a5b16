"""Text that can be kept: refused where no database holds it or its place is too small, never cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.kernel.writable import mark_of, tidied, writable_gaps


def codes(text: str, **more) -> list[str]:
    return [finding.code for finding in writable_gaps(text, "called", 10, **more)]


def test_plain_words_are_kept():
    assert codes("Ana") == []
    assert codes("") == []


def test_what_is_asked_for_may_not_be_empty():
    (finding,) = writable_gaps("  \n", "called", 10, asked="Give the name.")
    assert (finding.code, finding.sentence, finding.place) == ("called.missing", "Give the name.", "called")


@pytest.mark.parametrize(("text", "refused"), [("x" * 10, []), ("x" * 11, ["called.too-long"]), (" " * 20 + "x", [])])
def test_the_length_counts_what_is_kept(text, refused):
    assert codes(text) == refused


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\udfff"])
@pytest.mark.parametrize("one_line", [True, False])
def test_what_no_database_holds_is_refused(text, one_line):
    assert codes(text, one_line=one_line) == ["called.unreadable"]


def test_a_line_holds_no_line_breaks_and_a_text_does():
    assert codes("a\nb") == ["called.unreadable"]
    assert codes("a\nb", one_line=False) == []
    assert tidied("a\r\nb\rc \n", one_line=False) == "a\nb\nc"


def test_everything_wrong_is_told_at_once():
    assert codes("\x00" * 11) == ["called.too-long", "called.unreadable"]


@given(st.text(), st.text())
def test_a_mark_tells_words_apart(one, other):
    assert mark_of(one, "b") == mark_of(one, "b")
    assert (mark_of(one) == mark_of(other)) == (one == other)


def test_a_mark_tells_where_one_field_ends():
    assert mark_of("a", "b") != mark_of("ab")
    assert mark_of(None) == mark_of("")
