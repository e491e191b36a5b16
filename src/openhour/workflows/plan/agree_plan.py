"""Agree to a plan: the draft comes into force, and the version before it is kept as superseded.

Refuses, all at once, everything that `care.plans.plan_gaps` finds, an agreement from a day to come, a draft that somebody
changed meanwhile, and a plan that is no draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.care.plans import plan_gaps
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.records.models import Diagnosis, Plan
from openhour.records.queries.plan import facts_of
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write
from openhour.workflows.plan.save_plan import MEANWHILE

AGREED_HOW = (
    "Talked through and agreed in the session",
    "Signed together",
    "Agreed with a parent or guardian",
)
"""Offered; other words may be written."""


@transaction.atomic
def agree_plan(
    actor: Actor, plan_id: UUID, *, agreed_on: date | None, agreed_how: str, revision: int, at: datetime
) -> UUID:
    """The id of the episode. revision: of the draft on the page.

    Raises NotAllowed, or Refused with places as `care.plans` gives them, `plan.agreed_on` and `plan.agreed_how` among
    them.
    """
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise NotAllowed("chart.write")
    episode = episode_to_write(actor, plan.episode_id, "chart.write")
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan_id)
    plan.agreed_on, plan.agreed_how = agreed_on, tidied(agreed_how)
    today = practice_day(at)
    gaps = [*closed_gaps(episode), *_state_gaps(plan, revision), *_agreement_gaps(plan, today)]
    gaps += plan_gaps(facts_of(plan, _codes(plan, today)), on=today)
    if gaps:
        raise Refused(gaps)
    Plan.objects.filter(episode=episode, state="active").update(state="superseded")
    plan.state, plan.revision = "active", plan.revision + 1
    plan.save(update_fields=["state", "agreed_on", "agreed_how", "revision"])
    trail.write(actor, "plan.agreed", episode, at=at, plan=plan.pk, version=plan.version, agreed_on=agreed_on)
    return episode.pk


def _state_gaps(plan: Plan, revision: int) -> Iterator[Finding]:
    if plan.state != "draft":
        yield Finding("plan.no-draft", "This version was agreed already; write a new one to change it.")
    elif revision != plan.revision:
        yield MEANWHILE


def _agreement_gaps(plan: Plan, today: date) -> Iterator[Finding]:
    if plan.agreed_on is not None and plan.agreed_on > today:
        yield Finding("plan.agreed-ahead", "This day is still to come.", "plan.agreed_on")
    yield from writable_gaps(plan.agreed_how, "plan.agreed_how", 120)


def _codes(plan: Plan, today: date) -> tuple[str, ...]:
    standing = Diagnosis.objects.filter(episode_id=plan.episode_id, since__lte=today, until__isnull=True)
    return tuple(standing.order_by("rank").values_list("code", flat=True))
