"""The practice's own expected course: fitted on closed treatments from 300 on, kept with its quality, adopted by the owner."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from openhour.guard.actor import COMMAND_LINE
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.measures.course import Course
from openhour.records.models import CourseModel, Episode, Patient, Response, Session, Visit
from openhour.records.queries.course import models_in_use
from openhour.records.queries.expected import course_of
from openhour.records.shelf import shelf
from openhour.workflows.progress.adopt_course import adopt_course
from openhour.workflows.progress.fit_course import fit_course
from tests.cast import NOW
from tests.workflows.hours import trail_of
from tests.workflows.progress.courses import in_use, usual

pytestmark = pytest.mark.django_db

BEGAN = NOW - timedelta(days=700)
SESSIONS = (1, 2, 4, 6)


def closed_treatments(cast, count: int) -> None:
    """So many that have ended: PHQ-9 falls with ln(session), give or take."""
    from math import log

    chance = Random("closed")
    phq = shelf().instrument("phq-9", on=date(2026, 1, 1))
    patients, episodes, visits, sessions, forms = [], [], [], [], []
    for number in range(count):
        one = Patient(
            number=f"C-{number}", first_name="Closed", last_name=f"N{number}", sort_name=f"n{number}",
            birth_date=date(1980, 1, 1), sex="F", made_at=BEGAN,
        )  # fmt: skip
        episode = Episode(
            patient=one, therapist=cast.ben, procedure="psychotherapy-60", procedure_key="psychotherapy-60@1.0.0",
            opened_on=BEGAN.date(), closed_on=NOW.date(), state="closed", indications=["depression"], made_at=BEGAN,
        )  # fmt: skip
        patients.append(one)
        episodes.append(episode)
        level, slope = chance.gauss(16, 3), chance.gauss(-3, 1)
        for session in range(1, max(SESSIONS) + 1):
            start = BEGAN + timedelta(hours=2 * number, weeks=session * 8)
            visit = Visit(
                episode=episode, patient=one, therapist=cast.ben, site=cast.site, procedure="psychotherapy-60",
                starts_at=start, ends_at=start + timedelta(hours=1), state="held", made_at=start,
            )  # fmt: skip
            visits.append(visit)
            sessions.append(
                Session(
                    visit=visit,
                    patient=one,
                    episode=episode,
                    therapist=cast.ben,
                    started_at=start,
                    stopped_at=start + timedelta(minutes=55),
                    made_at=start,
                )
            )
            if session in SESSIONS:
                total = min(27, max(0, round(level + slope * log(session) + chance.gauss(0, 2))))
                forms.append(
                    Response(
                        patient=one,
                        episode=episode,
                        instrument="phq-9",
                        instrument_key=phq.pin.key,
                        instrument_digest=phq.pin.digest,
                        due_on=start.date(),
                        state="complete",
                        total=total,
                        completed_at=start,
                        made_at=start,
                    )
                )
    for rows in (patients, episodes, visits, sessions, forms):
        type(rows[0]).objects.bulk_create(rows)


def codes(refusal):
    return {finding.code for finding in refusal.value.findings}


def test_from_three_hundred_on_it_is_fitted_and_kept_with_where_it_came_from(cast):
    closed_treatments(cast, 300)
    row = fit_course(COMMAND_LINE, "phq-9", at=NOW)
    assert (row.instrument, row.kind, row.version) == ("phq-9", "growth", "phq-9-practice@1")
    assert (row.size, row.scores) == (300, 900)
    assert row.data_from < row.data_until <= NOW.date()
    assert 0.6 < row.quality["covered80"]["share"] < 0.95
    kept = Course.from_json(row.parameters)
    assert kept.source == "Elm Street Therapy (synthetic)"
    assert -4 < kept.model.slope[0] < -2
    assert row.active_from is None
    assert models_in_use() == {}
    assert trail_of("course.fitted") == 1
    adopt_course(COMMAND_LINE, row.version, at=NOW)
    phq = shelf().instrument("phq-9", on=NOW.date())
    assert course_of(phq, models_in_use(), on=NOW.date()).key == "phq-9-practice@1"


def test_below_three_hundred_nothing_is_fitted_and_nothing_is_kept(cast):
    closed_treatments(cast, 12)
    with pytest.raises(Refused) as refusal:
        fit_course(COMMAND_LINE, "phq-9", at=NOW)
    assert codes(refusal) == {"course.too-few"}
    assert not CourseModel.objects.exists()


def test_without_any_closed_treatment_it_says_so(cast):
    with pytest.raises(Refused) as refusal:
        fit_course(COMMAND_LINE, "phq-9", at=NOW)
    assert codes(refusal) == {"course.too-few"}


@pytest.mark.parametrize(
    ("instrument", "kind", "code"),
    [("no-such", "growth", "course.instrument"), ("phq-9", "oracle", "course.kind")],
    ids=["instrument", "kind"],
)
def test_what_there_is_not_is_refused(cast, instrument, kind, code):
    with pytest.raises(Refused) as refusal:
        fit_course(COMMAND_LINE, instrument, kind=kind, at=NOW)
    assert codes(refusal) == {code}


@pytest.mark.parametrize("who", ["ben", "sam", "dee", "eli"])
def test_only_the_owner_fits_and_adopts(cast, who):
    with pytest.raises(NotAllowed):
        fit_course(cast.actor(who), "phq-9", at=NOW)
    with pytest.raises(NotAllowed):
        adopt_course(cast.actor(who), "phq-9-practice@1", at=NOW)


def kept(course, **more):
    row = in_use(course)
    CourseModel.objects.filter(pk=row.pk).update(active_from=None, **more)
    return row.version


def test_adopting_one_ends_the_one_before(cast):
    first = in_use()
    CourseModel.objects.filter(pk=first.pk).update(active_from=None)
    in_use(usual(version="2"))
    adopt_course(COMMAND_LINE, first.version, at=NOW)
    assert {slug: row.version for slug, row in models_in_use().items()} == {"phq-9": "phq-9-practice@1"}
    assert CourseModel.objects.get(version="phq-9-practice@2").active_until == NOW
    assert trail_of("course.adopted") == 1


def test_adopting_the_one_in_use_changes_nothing(cast):
    row = in_use()
    adopt_course(COMMAND_LINE, row.version, at=NOW)
    assert trail_of("course.adopted") == 0


def test_one_whose_band_did_not_hold_is_not_adopted(cast):
    version = kept(usual(confirmed=False))
    with pytest.raises(Refused) as refusal:
        adopt_course(COMMAND_LINE, version, at=NOW)
    assert codes(refusal) == {"course.not-confirmed"}
    assert models_in_use() == {}


def test_one_that_is_not_there_is_refused(cast):
    with pytest.raises(Refused) as refusal:
        adopt_course(COMMAND_LINE, "phq-9-practice@9", at=NOW)
    assert codes(refusal) == {"course.missing"}
