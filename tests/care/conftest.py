"""The shelf that ships, and Ben's hour with Ana as it should be: every test takes one thing away from it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from openhour.care.consents import ConsentFacts
from openhour.care.credentials import Licence
from openhour.care.notes import NoteFacts
from openhour.care.plans import GoalFacts, ObjectiveFacts, PlanFacts, Treatment
from openhour.catalog import shipped_shelf

DAY = date(2026, 1, 5)
NOON = datetime(2026, 1, 5, 18, 0, tzinfo=UTC)
LATER = datetime(2026, 1, 5, 23, 0, tzinfo=UTC)

BENS_LICENCE = Licence("IL", "149.000001", date(2024, 1, 1), date(2026, 12, 31))

OBJECTIVE = ObjectiveFacts(
    "o1",
    "g1",
    "Leave the house on most days",
    measure="phq-9",
    target=9,
    interventions=("behavioral-activation",),
)

PLAN = PlanFacts(
    active=True,
    review_by=date(2026, 3, 1),
    objectives=(OBJECTIVE,),
    goals=(GoalFacts("g1", "Feel better in mind overall", "overall-health"),),
    diagnoses=("F33.1",),
    treatment=Treatment("individual psychotherapy", "60 minutes", "weekly", "20 sessions"),
    agreed_on=date(2025, 12, 8),
    agreed_how="signed together",
)


@pytest.fixture(scope="session")
def shelf():
    return shipped_shelf()


@pytest.fixture(scope="session")
def hour(shelf):
    return shelf.procedure("psychotherapy-60", on=DAY)


@pytest.fixture(scope="session")
def family(shelf):
    return shelf.family("individual-psychotherapy", on=DAY)


@pytest.fixture(scope="session")
def evaluation(shelf):
    return shelf.procedure("diagnostic-evaluation", on=DAY)


@pytest.fixture(scope="session")
def dap(shelf):
    return shelf.note("dap", on=DAY)


@pytest.fixture(scope="session")
def consent_form(shelf):
    return shelf.consent("psychotherapy", on=DAY)


@pytest.fixture(scope="session")
def phq9(shelf):
    return shelf.instrument("phq-9", on=DAY)


@pytest.fixture(scope="session")
def gad7(shelf):
    return shelf.instrument("gad-7", on=DAY)


@pytest.fixture
def note(hour, consent_form):
    """A note that can be signed as it is."""
    return NoteFacts(
        day=DAY,
        procedure=hour,
        sections={"data": "Spoke of the week.", "assessment": "Moves forward.", "plan": "Next week."},
        started_at=NOON,
        stopped_at=NOON.replace(minute=55),
        chosen_code="90837",
        diagnoses=("F33.1",),
        plan=PLAN,
        objectives_worked=("o1",),
        interventions=("behavioral-activation",),
        responses={"o1": "Took it up with some doubt."},
        risk_item_positive=True,
        risk_addressed="Asked; no intent, no plan.",
        licences=(BENS_LICENCE,),
        site_state="IL",
        consent_forms=(consent_form,),
        consents=(ConsentFacts(consent_form.pin.key, date(2025, 12, 1)),),
    )
