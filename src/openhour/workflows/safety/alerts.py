"""Load an alert that a clinician is about to deal with, and what they may say about it.

Shared by `see_alert` and `answer_alert`, and read by the page that offers the choices.
"""

from __future__ import annotations

from uuid import UUID

from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.records.models import Alert

RISK_LEVELS = {"none": "No risk found", "low": "Low", "moderate": "Moderate", "high": "High"}
"""The clinician's own judgement after they have spoken with the patient. Never computed, never filled in."""

FOLLOWED_UP = ("moderate", "high")
"""Levels that need a day on which somebody looks again. [local policy]"""

ACTION_AT_MOST = 4_000


def alert_to_answer(actor: Actor, alert_id: UUID) -> Alert:
    """The alert, locked. Raises NotAllowed where it isn't there or isn't theirs to answer."""
    rows = Alert.objects.select_for_update(of=("self",), no_key=True)
    alert = rows.select_related("owner", "response__visit__site").filter(pk=alert_id).first()
    if alert is None:
        raise NotAllowed("alert.answer")
    require(actor, "alert.answer", alert)
    return alert
