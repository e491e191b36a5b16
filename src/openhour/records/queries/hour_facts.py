"""From the rows of an hour to the facts that a note is judged by, and to the gaps that stand in the way of its signature.

The room shows these gaps while the note is written; `sign_note` refuses with the very same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from openhour.care.notes import Gap, NoteFacts, note_gaps
from openhour.care.plans import GoalFacts, ObjectiveFacts, PlanFacts, Treatment
from openhour.catalog import ConsentForm
from openhour.kernel import Finding
from openhour.records.queries.hour_measures import flagged_items
from openhour.records.queries.session import Hour
from openhour.records.shelf import shelf


def gaps_of(hour: Hour, *, at: datetime, code: str | None = None) -> tuple[Gap, ...]:
    """Every gap at once. code: the billing code that the therapist was shown, None = whatever the minutes support."""
    return (*_clash(hour), *note_gaps(facts_of(hour, code), hour.layout, hour.family, at=at))


def facts_of(hour: Hour, code: str | None = None) -> NoteFacts:
    """What `care.notes` looks at."""
    session, note = hour.session, hour.note
    sections = {slug: one["text"] for slug, one in note.sections.items()} if note else {}
    worked = session.objectives if session else []
    return NoteFacts(
        day=hour.day,
        procedure=hour.procedure,
        sections=sections,
        started_at=session.started_at if session else None,
        stopped_at=session.stopped_at if session else None,
        visit_state=hour.visit.state,
        chosen_code=code,
        diagnoses=tuple(one.code for one in hour.diagnoses),
        plan=plan_facts(hour),
        review_waived_because=session.review_waiver if session else "",
        objectives_worked=tuple(entry["thread"] for entry in worked),
        interventions=tuple(session.interventions) if session else (),
        responses={entry["thread"]: entry["response"] for entry in worked},
        risk_item_positive=risk_to_address(hour),
        risk_addressed=session.risk if session else "",
        licences=hour.licences,
        site_state=hour.visit.site.state,
        consent_forms=consent_forms(hour),
        consents=hour.consents,
        author_is_session_therapist=note is None or note.author_id == hour.visit.therapist_id,
    )


def plan_facts(hour: Hour) -> PlanFacts | None:
    """The plan in force; None where there is none."""
    plan = hour.plan
    if plan is None:
        return None
    goals = {objective.goal_id: objective.goal for objective in hour.objectives}
    return PlanFacts(
        active=plan.state == "active",
        review_by=plan.review_by,
        objectives=tuple(
            ObjectiveFacts(
                id=str(one.thread),
                goal_id=str(one.goal_id),
                text=one.text,
                active=one.state == "active",
                measure=one.measure,
                target=one.target,
                interventions=tuple(one.interventions),
            )
            for one in hour.objectives
        ),
        goals=tuple(GoalFacts(str(goal.pk), goal.text, goal.purpose) for goal in goals.values()),
        diagnoses=tuple(one.code for one in hour.diagnoses),
        treatment=Treatment(plan.approach, plan.amount, plan.frequency, plan.duration),
        agreed_on=plan.agreed_on,
        agreed_how=plan.agreed_how,
    )


def consent_forms(hour: Hour) -> tuple[ConsentForm, ...]:
    """The consents that the procedure asks for, in the version of the day."""
    slugs = dict.fromkeys(form.pin.slug for form in shelf().consents if hour.procedure.pin.slug in form.procedures)
    on_the_shelf = [form for form in shelf().consents if form.pin.effective <= hour.day]
    known = {form.pin.slug for form in on_the_shelf}
    return tuple(shelf().consent(slug, on=hour.day) for slug in slugs if slug in known)


def risk_to_address(hour: Hour) -> bool:
    """True where an answer about self-harm came after the last signed session and not after the end of this one.

    An alert counts too: it stays although the patient changed the answer.
    """
    until = hour.session.stopped_at if hour.session else None
    answered = (row for row in hour.responses if row.saved_at and _between(hour.risk_since, row.saved_at, until))
    return any(_between(hour.risk_since, alert.made_at, until) for alert in hour.alerts) or any(
        flagged_items(shelf().instrument_pinned(row.instrument_key), row.answers) for row in answered
    )


def _between(since: datetime | None, moment: datetime, until: datetime | None) -> bool:
    return (since is None or moment > since) and (until is None or moment <= until)


def _clash(hour: Hour) -> Iterator[Gap]:
    if hour.overlapping:
        sentence = "Another hour of yours shares minutes with this one; correct the times of the one or the other."
        yield Gap(Finding("times.overlap", sentence, "times"))
