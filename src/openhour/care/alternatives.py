"""When to talk about other kinds of help, and what speaks for and against each.

The source document names alternatives with benefits and drawbacks of their own; the definition says on which occasion
each is offered. Called by the consent page, the plan review and the page that shows no gain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from openhour.care.monitors import Signal
from openhour.care.plans import PlanFacts
from openhour.catalog.procedure import Alternative, Procedure

Occasion = Literal["consent", "plan-review", "no-gain"]

REVIEW_AHEAD_DAYS = 14
"""Days before the review at which it is prepared. [local policy] One biweekly visit ahead."""

_BECAUSE: dict[Occasion, str] = {
    "consent": "Consent is given with the other kinds of help in view.",
    "plan-review": "The plan is due for its review.",
    "no-gain": "The measures show no gain, or a change for the worse.",
}

_NO_GAIN_KINDS = ("long-without-gain", "reliable-worsening")


@dataclass(frozen=True, slots=True)
class Offer:
    """An alternative to talk about, the occasion, and the reason in words."""

    alternative: Alternative
    occasion: Occasion
    because: str


def alternatives_at(procedure: Procedure, occasion: Occasion) -> tuple[Alternative, ...]:
    """The alternatives whose `offer_when` names the occasion, in the definition's order."""
    return tuple(one for one in procedure.alternatives if occasion in one.offer_when)


def occasions(
    plan: PlanFacts | None, signals: Iterable[Signal], *, consent_open: bool, on: date
) -> tuple[Occasion, ...]:
    """Which occasions there are on the day. consent_open: whether a consent is still to be given or given again."""
    no_gain = any(signal.kind in _NO_GAIN_KINDS for signal in signals)
    found: list[Occasion] = []
    if no_gain:
        found.append("no-gain")
    if _review_is_near(plan, on):
        found.append("plan-review")
    if consent_open:
        found.append("consent")
    return tuple(found)


def offers(procedure: Procedure, now: Iterable[Occasion]) -> tuple[Offer, ...]:
    """Each alternative at most once, for the first occasion in `now` that calls for it."""
    found: dict[str, Offer] = {}
    for occasion in now:
        for alternative in alternatives_at(procedure, occasion):
            found.setdefault(alternative.slug, Offer(alternative, occasion, _BECAUSE[occasion]))
    return tuple(found.values())


def _review_is_near(plan: PlanFacts | None, on: date) -> bool:
    if plan is None or not plan.active or plan.review_by is None:
        return False
    return on >= plan.review_by - timedelta(days=REVIEW_AHEAD_DAYS)
