"""The demo's patients answer every form that can be asked: with its own choices, whole, and in the course that is told."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from openhour.catalog import shipped_shelf
from openhour.measures import score
from openhour.project.demo.courses import COURSES, answers_at

ASKED = shipped_shelf().offered(on=date(2026, 11, 23))


@pytest.mark.parametrize("instrument", ASKED, ids=lambda one: one.pin.slug)
@pytest.mark.parametrize("course", sorted(COURSES))
def test_every_form_is_answered_whole_and_with_its_own_choices(instrument, course):
    for stage in (0.0, 0.45, 1.0):
        for seed in range(8):
            answers = answers_at(instrument, course, stage, Random(seed))
            found = score(instrument, answers)
            assert found.complete
            assert {one.code for one in found.findings} <= {"score.no-total", "score.needs-fact"}


@pytest.mark.parametrize("slug", ["phq-9", "pcl-5", "session-feedback"])
def test_a_course_that_gets_better_does_so_on_each_form(slug):
    (one,) = [two for two in ASKED if two.pin.slug == slug]
    first = score(one, answers_at(one, "better", 0.0, Random(3))).total
    last = score(one, answers_at(one, "better", 1.0, Random(3))).total
    assert (last < first) is (one.change.better == "lower")


def test_a_screen_for_risk_alone_is_answered_with_no():
    (asq,) = [one for one in ASKED if one.pin.slug == "asq"]
    for course in COURSES:
        assert set(answers_at(asq, course, 0.0, Random(1)).values()) == {0}
