"""Starting values as an expected course: the file's own examples, and the published shares they were set to give."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from openhour.catalog import shipped_shelf
from openhour.measures.course import Course
from openhour.measures.starting import starting_course

ON = date(2026, 6, 1)


def course_of(slug: str) -> Course:
    shelf = shipped_shelf()
    return starting_course(shelf.starting_course(slug, on=ON), shelf.instrument(slug, on=ON))


def examples():
    return [(one.instrument, example) for one in shipped_shelf().courses for example in one.examples]


@pytest.mark.parametrize(("slug", "example"), examples(), ids=[f"{slug}-{e.intake:g}" for slug, e in examples()])
def test_the_examples_of_the_file_come_out(slug, example):
    mean, sd = course_of(slug).foretold(np.array([example.intake]), np.array(example.session))
    told = (example.mean, example.low, example.high)
    assert (float(mean), float(mean - 1.2815516 * sd), float(mean + 1.2815516 * sd)) == pytest.approx(told, abs=0.051)


@pytest.mark.parametrize(("slug", "spread"), [("phq-9", 5.5), ("gad-7", 4.5)])
def test_the_published_shares_come_out_roughly(slug, spread):
    """66.4 % reliable improvement and 50.8 % recovery by session 7 (NHS Talking Therapies 2017/18, two measures together)."""
    course, rule = course_of(slug), shipped_shelf().instrument(slug, on=ON).change
    chance = np.random.default_rng(7)
    intake = np.clip(np.rint(chance.normal(course.model.centres[0], spread, 40_000)), 0, course.highest)
    intake = intake[intake >= rule.caseness_at]
    mean, sd = course.foretold(intake[:, None], np.full(len(intake), 7.0))
    last = np.clip(np.rint(chance.normal(mean, sd)), 0, course.highest)
    assert (intake - last >= rule.reliable_points).mean() == pytest.approx(0.664, abs=0.06)
    assert (last < rule.caseness_at).mean() == pytest.approx(0.508, abs=0.08)


def test_they_drive_nothing_and_say_where_they_come_from():
    course = course_of("phq-9")
    assert not course.confirmed
    assert course.quality is None
    assert (course.key, course.patients, course.lowest, course.highest) == ("phq-9-starting@1.0.0", 0, 0, 27)


def test_values_of_another_instrument_are_refused():
    shelf = shipped_shelf()
    with pytest.raises(ValueError, match="gad-7"):
        starting_course(shelf.starting_course("gad-7", on=ON), shelf.instrument("phq-9", on=ON))
