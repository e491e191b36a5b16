"""`openhour progress …`: the daily look, the practice's own course, and what patients see."""

from __future__ import annotations

import pytest

from openhour.records.models import Practice, Signal
from tests.project.command_line import openhour  # noqa: F401
from tests.workflows.progress.courses import go_through, in_use, usual

pytestmark = pytest.mark.django_db


def test_the_daily_look_says_what_it_did_and_twice_finds_nothing(cast, openhour):  # noqa: F811
    go_through(cast.ana_episode)
    said = openhour("progress", "look", "--json")
    assert said.exit == 0
    assert said.json["courses"] == 2
    assert said.json["raised"] == Signal.objects.count() >= 1
    assert openhour("progress", "look", "--json").json["raised"] == 0
    assert "Looked at 2 courses of treatment." in openhour("progress", "look").out


def test_too_few_treatments_are_refused_with_their_reason(cast, openhour):  # noqa: F811
    said = openhour("progress", "fit", "phq-9", "--json")
    assert said.exit == 2
    assert said.codes == ["course.too-few"]


def test_courses_are_listed_and_one_is_adopted(cast, openhour):  # noqa: F811
    assert "None was fitted yet." in openhour("progress", "courses").out
    row = in_use(usual())
    type(row).objects.filter(pk=row.pk).update(active_from=None)
    assert openhour("progress", "courses", "--json").json["courses"][0]["in_use"] is False
    assert "In use: phq-9-practice@1." in openhour("progress", "adopt", "phq-9-practice@1").out
    assert "400 patients, 2400 scores, 2024-01-01 to 2025-12-31. In use." in openhour("progress", "courses").out


def test_a_course_that_is_not_there_is_refused(cast, openhour):  # noqa: F811
    assert openhour("progress", "adopt", "phq-9-practice@7", "--json").codes == ["course.missing"]


def test_what_patients_see_is_switched(cast, openhour):  # noqa: F811
    assert openhour("progress", "show-patients", "no").exit == 0
    assert not Practice.objects.get().shows_course
    assert openhour("progress", "show-patients", "perhaps").exit == 2
