"""Alerts: an answer that a person must see at once, decided the moment it is saved, finished form or not.

Called for each single answer by `record_response`. Which answers count stands in the instrument's own definition;
`measures.flags_of` reads them, and an unconfirmed flag raises nothing. How soon an alert is answered stands here, in one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from openhour.catalog.instrument import Instrument
from openhour.measures.flags import FlagRaised, flags_of

Severity = Literal["critical", "important"]


@dataclass(frozen=True, slots=True)
class AlertRule:
    """How soon a kind of alert is answered where no session is under way. source: where the number comes from."""

    severity: Severity
    answer_within: timedelta
    source: str


@dataclass(frozen=True, slots=True)
class AlertDue:
    """An alert to raise. kind: what the flag raises (`suicide-risk`); instrument: its pin's key; value: the answer's
    score; same_session: True where it must be answered before the session in which it arises ends."""

    kind: str
    instrument: str
    item: str
    value: int
    severity: Severity
    same_session: bool
    answer_within: timedelta
    source: str

    def due_at(self, recorded_at: datetime, session_ends: datetime | None = None) -> datetime:
        """When it must be answered at the latest. session_ends: the planned end of the session that is under way, or
        of the visit for which the patient has checked in; the alert waits no longer than that. Aware times."""
        latest = recorded_at + self.answer_within
        if self.same_session and session_ends is not None and recorded_at <= session_ends < latest:
            return session_ends
        return latest


RULES: dict[str, AlertRule] = {
    # Sources ask for an immediate notice to the clinician and a follow-up in 24 to 72 hours where the risk is high.
    # One answer doesn't tell how high it is, so the shortest of these stands until a clinician has looked.
    "suicide-risk": AlertRule("critical", timedelta(hours=24), "[local policy] the shorter end of 24 to 72 hours"),
}

DEFAULT_RULE = AlertRule("important", timedelta(hours=72), "[local policy] the longer end of 24 to 72 hours")


def risk_alerts(instrument: Instrument, item_id: str, value: int | None) -> tuple[AlertDue, ...]:
    """The alerts that one answer raises; at most one of each kind. value None (not answered, refused) raises none:
    it is seen in the session as an open question, never as a zero. Nor does a value that is none of the choices, which
    saving has refused before. Raises KeyError for an item the instrument lacks.
    """
    raised = {flag.raises: flag for flag in flags_of(instrument, item_id, value)}
    return tuple(_alert(instrument, flag) for flag in raised.values())


def _alert(instrument: Instrument, flag: FlagRaised) -> AlertDue:
    rule = RULES.get(flag.raises, DEFAULT_RULE)
    return AlertDue(
        kind=flag.raises,
        instrument=instrument.pin.key,
        item=flag.item,
        value=flag.value,
        severity=rule.severity,
        same_session=rule.severity == "critical",
        answer_within=rule.answer_within,
        source=rule.source,
    )
