"""Answer an alert: the clinician's judgement of the risk, what was done, and when somebody looks again.

Refuses without a judgement or without what was done, a day to look again that is past, none where the judgement asks
for one, and an alert that was answered meanwhile or that stands higher than on the page it is answered from.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Alert
from openhour.records.queries.alert import zone_of
from openhour.workflows.hour.typed import text_gaps, tidy
from openhour.workflows.safety.alerts import ACTION_AT_MOST, FOLLOWED_UP, RISK_LEVELS, alert_to_answer

_FAR_OFF = date(2200, 1, 1)


@transaction.atomic
def answer_alert(
    actor: Actor,
    alert_id: UUID,
    *,
    risk_level: str,
    action: str,
    follow_up_on: date | None,
    value_shown: int,
    unread: tuple[Finding, ...] = (),
    at: datetime,
) -> None:
    """risk_level: of `RISK_LEVELS`; value_shown: the answer that the page showed; unread: what the form
    sent and nobody could read, told together with the rest. Raises NotAllowed, or Refused with
    places `risk_level`, `action`, `follow_up_on`."""
    alert = alert_to_answer(actor, alert_id)
    words = tidy(action).strip()
    gaps = [*_standing(alert, value_shown), *unread]
    gaps += [gap for gap in _gaps(alert, risk_level, words, follow_up_on, at) if gap.place not in _places(unread)]
    if gaps:
        raise Refused(gaps)
    alert.state, alert.answered_at, alert.answered_by_id = "answered", at, actor.user_id
    alert.risk_level, alert.action, alert.follow_up_on = risk_level, words, follow_up_on
    if alert.seen_at is None and actor.user_id == alert.owner.user_id:
        alert.seen_at = at
    alert.save()
    trail.write(actor, "alert.answered", alert, at=at, risk_level=risk_level, follow_up_on=follow_up_on)


def _places(findings: tuple[Finding, ...]) -> frozenset[str]:
    return frozenset(finding.place for finding in findings)


def _standing(alert: Alert, value_shown: int) -> Iterator[Finding]:
    if alert.state == "answered":
        yield Finding("alert.answered", "This alert was answered meanwhile. Look at what stands there now.")
    elif alert.value != value_shown:
        yield Finding("alert.changed-meanwhile", "The patient gave a higher answer meanwhile. Look at it first.")


def _gaps(alert: Alert, risk_level: str, action: str, follow_up_on: date | None, at: datetime) -> Iterator[Finding]:
    if risk_level not in RISK_LEVELS:
        yield Finding("alert.risk-level", "Choose how you judge the risk.", "risk_level")
    if not action:
        yield Finding("alert.action", "Write what was done.", "action")
    yield from text_gaps(action, "action", ACTION_AT_MOST)
    if follow_up_on is None and risk_level in FOLLOWED_UP:
        yield Finding("alert.follow-up", "Give the day on which somebody looks again.", "follow_up_on")
    if follow_up_on is not None and not _today(alert, at) <= follow_up_on < _FAR_OFF:
        yield Finding("alert.follow-up-past", "The day to look again is today or later.", "follow_up_on")


def _today(alert: Alert, at: datetime) -> date:
    return at.astimezone(zone_of(alert.response)).date()
