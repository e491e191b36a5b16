"""Starting values of expected courses: what ships says openly that nobody confirmed it, and a wrong file is named."""

from __future__ import annotations

from datetime import date

import pytest

from openhour.catalog import shelf_with, shipped_folder, shipped_shelf

ON = date(2026, 6, 1)
PHQ = (shipped_folder() / "courses" / "phq-9-starting.v1.toml").read_text("utf-8")


def own(tmp_path, content: str):
    folder = tmp_path / "courses"
    folder.mkdir()
    (folder / "own.toml").write_text(content.replace('"phq-9-starting"', '"own"', 1), "utf-8")
    return shelf_with(tmp_path)


def complaints(tmp_path, old: str, new: str) -> list[tuple[str, str]]:
    assert old in PHQ
    shelf = own(tmp_path, PHQ.replace(old, new, 1))
    assert not [one for one in shelf.courses if one.pin.slug == "own"]
    return [(finding.code, finding.place) for finding in shelf.findings]


@pytest.mark.parametrize("slug", ["phq-9", "gad-7"])
def test_what_ships_is_unconfirmed_and_says_so(slug):
    values = shipped_shelf().starting_course(slug, on=ON)
    assert values.pin.key == f"{slug}-starting@1.0.0"
    assert values.confirmed is False
    assert values.patients == 0
    assert "Set by Openhour" in values.source
    assert "assumed" in values.made_by
    assert len(values.examples) >= 3


def test_an_instrument_without_values_has_none():
    assert shipped_shelf().starting_course("audit-c", on=ON) is None


def test_values_hold_from_their_day_on():
    assert shipped_shelf().starting_course("phq-9", on=date(2025, 12, 31)) is None


def test_a_site_can_lay_newer_confirmed_values_over_them(tmp_path):
    newer = PHQ.replace("2026-01-01", "2026-05-01").replace('"unconfirmed"', '"confirmed"')
    shelf = own(tmp_path, newer)
    assert shelf.findings == shipped_shelf().findings
    assert shelf.starting_course("phq-9", on=ON).confirmed
    assert shelf.starting_course("phq-9", on=date(2026, 4, 30)).pin.slug == "phq-9-starting"


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("level           = 13.2", "", "shelf.missing-key", "growth.level"),
        ("level           = 13.2", 'level = "much"', "shelf.wrong-type", "growth.level"),
        ("level           = 13.2", "level = true", "shelf.wrong-type", "growth.level"),
        ("level           = 13.2", "level = nan", "shelf.out-of-range", "growth.level"),
        ("slope            = 2.0", "slope = -2.0", "shelf.out-of-range", "spread.slope"),
        ("residual         = 7.0", "residual = 0", "shelf.out-of-range", "spread.residual"),
        ("level_with_slope = 0.0", "level_with_slope = 9.0", "shelf.out-of-range", "spread.level_with_slope"),
        ("mean    = 11.5", "mean = 12.5", "shelf.example-fails", "example[1]"),
        ('instrument = "phq-9"', 'instrument = "mood-ring"', "shelf.not-on-shelf", "instrument"),
        ('"unconfirmed"', '"perhaps"', "shelf.unknown-kind", "status"),
        ("until_session   = 20", "until_session = 1", "shelf.out-of-range", "growth.until_session"),
        ("slope_by_intake = -0.07", "slope_by_intake = -0.07\nbend = 2", "shelf.unknown-key", "growth.bend"),
    ],
    ids=[
        "no-level",
        "level-in-words",
        "level-yes",
        "level-no-number",
        "spread-below-zero",
        "no-noise",
        "more-than-wholly",
        "example-fails",
        "unknown-instrument",
        "unknown-status",
        "one-session",
        "unknown-key",
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path, old, new, code, key):
    assert (code, f"courses/own.toml: {key}") in complaints(tmp_path, old, new)
