"""A value that no source confirmed is shown as such and decides nothing: walked through every file on the shelf."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from openhour.care.alerts import risk_alerts
from openhour.care.monitors import Instruments, parameters_of
from openhour.catalog import Instrument, shipped_folder, shipped_shelf
from openhour.measures import flags_of, points_rule, score
from tests.catalog.broken import changed, own_shelf

DAY = date(2026, 11, 23)
INSTRUMENTS = shipped_shelf().instruments
MARKED = [one for one in INSTRUMENTS if one.unconfirmed]

NUMBERS = {"reliable_points", "caseness_at", "strict_points", "important_points", "remission_at", "response_percent"}


def written(one: Instrument) -> dict:
    return tomllib.loads((shipped_folder() / f"instruments/{one.pin.slug}.v1.toml").read_text("utf-8"))


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.pin.slug)
def test_an_unconfirmed_flag_raises_no_alert(instrument):
    doubtful = {(flag.item, flag.raises) for flag in instrument.flags if not flag.confirmed}
    for item in instrument.items:
        for value in item.values:
            raised = {(one.item, one.raises) for one in flags_of(instrument, item.id, value)}
            assert not raised & doubtful
            assert {alert.kind for alert in risk_alerts(instrument, item.id, value)} <= {
                flag.raises for flag in instrument.flags if flag.confirmed
            }


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.pin.slug)
def test_an_unconfirmed_number_of_a_change_rule_is_nowhere_to_be_had(instrument):
    marks = {place.split(".")[1] for place in written(instrument).get("unconfirmed", ()) if "change." in place}
    assert marks <= NUMBERS
    assert {key for key in marks if getattr(instrument.change, key) is not None} == set()
    assert {f"change.{key}" for key in marks} <= {one.place for one in instrument.unconfirmed}
    if "reliable_points" in marks:
        assert points_rule(instrument) is None


@pytest.mark.parametrize(
    "instrument",
    [one for one in INSTRUMENTS if any(mark.place == "change.caseness_at" for mark in one.unconfirmed)],
    ids=lambda one: one.pin.slug,
)
def test_an_unconfirmed_cut_off_makes_nobody_a_case(instrument):
    for end in (min, max):
        answers = {item.id: end(item.values) for item in instrument.items}
        assert score(instrument, answers).at_case is None


def test_no_monitor_of_a_shipped_procedure_uses_an_instrument_without_a_confirmed_rule():
    held: Instruments = {one.pin.slug: one for one in INSTRUMENTS}
    for procedure in shipped_shelf().procedures:
        for risk in procedure.risks:
            for slug in getattr(parameters_of(risk.monitor), "of", ()):
                assert points_rule(held[slug]) is not None


@pytest.mark.parametrize("instrument", MARKED, ids=lambda one: one.pin.slug)
def test_what_is_marked_in_a_file_is_told(instrument):
    places = {one.place for one in instrument.unconfirmed}
    assert set(written(instrument).get("unconfirmed", ())) <= places
    assert {f"flag.{flag.item}" for flag in instrument.flags if not flag.confirmed} <= places


def test_a_marked_number_is_told_with_its_value():
    wsas = shipped_shelf().instrument("wsas", on=DAY)
    assert [(one.place, one.value) for one in wsas.unconfirmed] == [("change.reliable_points", "8")]
    assert wsas.change.unconfirmed == wsas.unconfirmed
    assert (wsas.change.reliable_points, wsas.change.caseness_at) == (None, 10)


@pytest.mark.parametrize(
    ("slug", "confirmed"), [("phq-9", True), ("pss-10", False), ("c-ssrs-screener", False), ("asq", True), ("core-10", False)]
)  # fmt: skip
def test_bands_that_no_source_confirmed_are_given_and_told_as_such(slug, confirmed):
    one = shipped_shelf().instrument(slug, on=DAY)
    found = score(one, {item.id: min(item.values) for item in one.items})
    assert found.band is not None
    assert (found.confirmed, one.bands_confirmed) == (confirmed, confirmed)


def test_a_domain_whose_items_are_not_confirmed_says_so():
    level1 = shipped_shelf().instrument("dsm-5-level-1", on=DAY)
    assert {part.slug for part in level1.subscales if part.confirmed} == {
        "depression", "anger", "mania", "anxiety", "somatic", "suicidal-ideation",
    }  # fmt: skip


@pytest.mark.parametrize("place", ["nowhere", "change.nothing", "item.99.loinc", "subscale.none", "band.lofty", "change.better.x"])  # fmt: skip
def test_a_mark_at_a_place_that_is_not_in_the_file_is_refused(tmp_path, place):
    text = changed("instrument", 'unconfirmed = ["change.important_points"]', f'unconfirmed = ["{place}"]')
    shelf = own_shelf(tmp_path, "instrument", text)
    assert [(one.code, one.place.split(": ")[1]) for one in shelf.findings] == [
        ("shelf.no-such-place", "unconfirmed[1]")
    ]


def test_a_change_rule_that_says_unconfirmed_keeps_its_numbers_only_as_marks(tmp_path):
    text = changed("instrument", "reliable_points  = 6", "reliable_points  = 6\nconfirmed = false")
    text = text.replace('unconfirmed = ["change.important_points"]\n', "")
    own = own_shelf(tmp_path, "instrument", text).instrument("own", on=DAY)
    assert {getattr(own.change, key) for key in NUMBERS} == {None}
    assert {one.place for one in own.unconfirmed} == {f"change.{key}" for key in NUMBERS - {"strict_points"}}
    assert points_rule(own) is None
