"""The shelf that comes with the package is whole: every file is read, and every lookup by day finds one version."""

from __future__ import annotations

from datetime import date

import pytest

from openhour.catalog import NotOnShelf, shelf_with, shipped_folder, shipped_shelf

TODAY = date(2026, 11, 23)


def test_no_shipped_file_is_refused():
    assert shipped_shelf().findings == ()


def test_every_shipped_file_is_on_the_shelf():
    shelf = shipped_shelf()
    own = (shelf.procedures, shelf.instruments, shelf.notes, shelf.homework, shelf.consents, shelf.payers)
    kinds = (*own, shelf.courses)
    assert sum(map(len, kinds)) == len(list(shipped_folder().glob("*/*.toml")))


def test_the_shipped_shelf_is_read_once():
    assert shipped_shelf() is shipped_shelf() is shelf_with(None)


def test_an_hour_of_any_day_since_2020_finds_its_definition():
    assert shipped_shelf().procedure("psychotherapy-60", on=TODAY).code.value == "90837"


def test_before_its_first_day_a_definition_is_not_in_force():
    with pytest.raises(NotOnShelf, match="psychotherapy-60 in force on 2019-12-31"):
        shipped_shelf().procedure("psychotherapy-60", on=date(2019, 12, 31))


@pytest.mark.parametrize(("slug", "items", "highest"), [("phq-9", 9, 27), ("gad-7", 7, 21)])
def test_the_instruments_have_their_items_and_range(slug, items, highest):
    instrument = shipped_shelf().instrument(slug, on=TODAY)
    assert len(instrument.scored_items) == items
    assert (instrument.scoring.minimum, instrument.scoring.maximum) == (0, highest)
    assert instrument.scoring.missing_at_most == 0
