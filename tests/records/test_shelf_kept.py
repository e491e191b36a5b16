"""What the shelf says of a day is found once, for each day and for each shelf."""

from __future__ import annotations

from datetime import date

from openhour.catalog.shelf import Shelf
from openhour.records import shelf as shelf_of_site
from openhour.records.shelf import once_a_day

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def test_each_day_is_asked_of_the_shelf_once():
    asked = []
    found = once_a_day(lambda on: asked.append(on) or on.isoformat())
    assert [found(MONDAY), found(TUESDAY), found(MONDAY)] == ["2026-03-02", "2026-03-03", "2026-03-02"]
    assert asked == [MONDAY, TUESDAY]


def test_another_shelf_is_asked_anew(monkeypatch):
    found = once_a_day(lambda on: len(shelf_of_site.shelf().procedures))
    assert found(MONDAY) > 0
    bare = Shelf((), (), (), (), (), (), ())
    monkeypatch.setattr(shelf_of_site, "_read", lambda local: bare)
    assert found(MONDAY) == 0


def test_two_shelves_are_two_though_they_hold_the_same():
    one, other = Shelf((), (), (), (), (), (), ()), Shelf((), (), (), (), (), (), ())
    assert one != other
    assert len({one, other, one}) == 2
