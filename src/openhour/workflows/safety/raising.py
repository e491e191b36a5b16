"""Raise the alerts that one answer must raise, in the transaction of the answer itself.

Called by `record_answer` and by nobody else. One alert stands for one item of one form. It stays when the answer is
changed or taken back; its value keeps the highest that was given; and it is open again when a further answer tells more
than the clinician knew: a higher one, or any that raises it after it was answered.
"""

from __future__ import annotations

from datetime import datetime

from openhour.care.alerts import AlertDue, risk_alerts
from openhour.catalog import Instrument
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.records.models import Alert, Response


def raise_alerts(
    actor: Actor, form: Response, instrument: Instrument, item: str, value: int | None, *, news: bool, at: datetime
) -> tuple[Alert, ...]:
    """The alerts that the answer raises; empty where it raises none. news: it differs from the answer before."""
    return tuple(_raise(actor, form, due, news, at) for due in risk_alerts(instrument, item, value))


def _raise(actor: Actor, form: Response, due: AlertDue, news: bool, at: datetime) -> Alert:
    held = Alert.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
    alert = held.filter(response=form, item=due.item, kind=due.kind).first()
    if alert is None:
        return _first(actor, form, due, at)
    risen = due.value > alert.value
    alert.value = max(alert.value, due.value)
    if risen or (news and alert.state == "answered"):
        _open_again(actor, alert, form, due, at)
    return alert


def _first(actor: Actor, form: Response, due: AlertDue, at: datetime) -> Alert:
    alert = Alert.objects.create(
        patient_id=form.patient_id,
        episode_id=form.episode_id,
        response=form,
        owner=form.episode.therapist,
        kind=due.kind,
        item=due.item,
        value=due.value,
        due_at=due.due_at(at, _session_ends(form)),
        made_at=at,
    )
    trail.write(actor, "alert.raised", alert, at=at, item=due.item, value=due.value)
    return alert


def _open_again(actor: Actor, alert: Alert, form: Response, due: AlertDue, at: datetime) -> None:
    """Back to open with a time of its own; what was written about it before is kept beside it."""
    if alert.state == "answered":
        alert.earlier = [*alert.earlier, earlier_answer(alert)]
        alert.answered_at = alert.answered_by_id = alert.follow_up_on = None
        alert.risk_level = alert.action = ""
        alert.due_at = due.due_at(at, _session_ends(form))
    else:  # nobody has answered it yet, so the first time to answer stands unless a sooner one has come
        alert.due_at = min(alert.due_at, due.due_at(at, _session_ends(form)))
    alert.state, alert.seen_at = "open", None
    alert.save()
    trail.write(actor, "alert.raised", alert, at=at, item=due.item, value=due.value, again=True)


def earlier_answer(alert: Alert) -> dict[str, object]:
    """What a clinician wrote about the alert, as it is kept when the alert opens again."""
    follow_up = alert.follow_up_on
    return {
        "at": alert.answered_at.isoformat() if alert.answered_at else "",
        "by": alert.answered_by_id,
        "risk_level": alert.risk_level,
        "action": alert.action,
        "follow_up_on": follow_up.isoformat() if follow_up else "",
    }


def _session_ends(form: Response) -> datetime | None:
    """The planned end of the visit for which the patient is here; the alert waits no longer than that."""
    visit = form.visit
    return visit.ends_at if visit is not None and visit.state in ("arrived", "held") else None
