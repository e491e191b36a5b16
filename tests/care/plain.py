"""Batteries of two measures, so that the rules of asking can be told apart from what the shelf happens to ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openhour.catalog.procedure import Battery, Procedure

TWO = ("phq-9", "gad-7")
PLAIN = {
    "depression": Battery(TWO, ("phq-9",), ("gad-7",)),
    "anxiety": Battery(("gad-7", "phq-9"), ("gad-7",), ("phq-9",)),
    "ptsd": Battery(TWO, ("phq-9",), ("gad-7",)),
    "ocd": Battery(TWO, TWO, ()),
    "relationship": Battery(TWO, ("phq-9",), ()),
    "grief": Battery(TWO, ("phq-9",), ()),
    "stress": Battery(TWO, TWO, ()),
    "behavior": Battery(TWO, (), TWO),
}


def with_two_measures(procedure: Procedure) -> Procedure:
    """The procedure with PHQ-9 and GAD-7 as everything that is asked."""
    indications = (replace(one, battery=PLAIN[one.slug]) for one in procedure.indications)
    return replace(procedure, indications=tuple(indications))


def ask_two_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked of a patient is PHQ-9 and GAD-7, whatever else stands in the definition of the hour."""
    from openhour.care import battery_choice
    from openhour.records.queries import due

    forms = due.forms_of
    for room in (due, battery_choice):
        monkeypatch.setattr(room, "forms_of", lambda procedure, slugs: forms(with_two_measures(procedure), slugs))
