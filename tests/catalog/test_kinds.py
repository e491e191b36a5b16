"""A kind that a definition may name is a kind that code knows, with the same parameters, and the other way round."""

from __future__ import annotations

from dataclasses import fields

import pytest

from openhour.billing.edits import payers
from openhour.care import consents, monitors
from openhour.catalog import kinds, shipped_shelf
from openhour.catalog.reading import instrument_scoring
from openhour.catalog.scoring_terms import WITHOUT_TOTAL
from openhour.measures import scoring


def test_every_monitor_is_watched_by_code():
    assert set(kinds.MONITORS) == set(monitors.KINDS)


@pytest.mark.parametrize("kind", sorted(kinds.MONITORS))
def test_a_monitor_takes_the_parameters_that_its_code_takes(kind):
    typed, _ = monitors.KINDS[kind]
    assert {one.name for one in kinds.MONITORS[kind]} == {field.name for field in fields(typed)}


def test_every_payer_edit_is_checked_by_code():
    assert set(kinds.PAYER_EDITS) == set(payers.KINDS)


def test_every_scoring_is_computed_by_code():
    assert set(kinds.SCORING) == set(scoring.KINDS)


def test_every_scoring_is_read_with_its_own_terms():
    assert set(kinds.SCORING) == set(instrument_scoring.TERMS)
    assert set(WITHOUT_TOTAL) < set(kinds.SCORING)


def test_the_monitors_of_every_shipped_risk_are_understood():
    for procedure in shipped_shelf().procedures:
        for risk in procedure.risks:
            assert monitors.parameters_of(risk.monitor)


def test_every_part_that_a_consent_may_be_filled_with_has_words():
    assert set(kinds.CONSENT_FILLS) == set(consents.FILLS)
