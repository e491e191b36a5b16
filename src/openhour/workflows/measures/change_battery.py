"""Change what a patient is asked and when: add a form, drop one with a reason, ask it more or less often.

The therapist's to decide. The version before stays. Forms that were laid down for a visit, that nobody has begun and that
are dropped now, are withdrawn. Refuses, all at once, what `care.battery_choice.battery_gaps` names, a page older than what
stands, and a course of treatment that has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.care.batteries import BatteryForm
from openhour.care.battery_choice import REASON_AT_MOST, battery_gaps, tidied_form
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.records.models import Battery, Response
from openhour.records.queries.due import forms_in, instruments_on, short_forms
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.batteries import battery_in_force, definition_of, indications_now, write_version
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write

MEANWHILE = Finding(
    "battery.changed-meanwhile",
    "Somebody changed this while your page was open. Your choices are kept below; compare them with what stands now.",
)


@transaction.atomic
def change_battery(
    actor: Actor, episode_id: UUID, forms: Sequence[BatteryForm], *, version: int, reason: str, at: datetime
) -> Battery | None:
    """The new version; None where nothing differs. version: of the page, 0 where nothing was written down yet.

    Raises NotAllowed, or Refused with places `form-<n>`, `reason` and `add`.
    """
    episode = episode_to_write(actor, episode_id, "chart.write")
    standing, today = battery_in_force(episode), practice_day(at)
    wanted = tuple(tidied_form(form) for form in forms)
    gaps = [] if version == (standing.version if standing else 0) else [MEANWHILE]
    gaps += [*closed_gaps(episode), *battery_gaps(wanted, _known(today, standing)), *_word_gaps(wanted, reason)]
    if gaps:
        raise Refused(gaps)
    if standing is not None and wanted == forms_in(standing.forms):
        return None
    indications = indications_now(episode, definition_of(episode), on=today)
    battery = write_version(
        actor, episode, standing, wanted, origin="therapist", indications=indications, reason=tidied(reason), at=at
    )
    withdrawn = _withdraw(battery, wanted, today)
    kept, dropped = _slugs(wanted, dropped=False), _slugs(wanted, dropped=True)
    trail.write(
        actor,
        "battery.changed",
        battery,
        at=at,
        version=battery.version,
        instruments=kept,
        dropped=dropped,
        withdrawn=withdrawn,
    )
    return battery


def _known(today: date, standing: Battery | None) -> frozenset[str]:
    """What is on the shelf, and what stands in the battery already: a form that left the shelf may stay and wait."""
    held = {form["instrument"] for form in standing.forms} if standing else set()
    return frozenset(instruments_on(today)) | held


def _word_gaps(forms: Iterable[BatteryForm], reason: str) -> Iterable[Finding]:
    yield from writable_gaps(reason, "reason", REASON_AT_MOST * 2)
    for number, form in enumerate(forms, start=1):
        yield from writable_gaps(form.reason, f"form-{number}", REASON_AT_MOST)


def _withdraw(battery: Battery, forms: Sequence[BatteryForm], today: date) -> int:
    """Forms that wait for a visit, begun by nobody, and are asked no more."""
    kept, short = _slugs(forms, dropped=False), short_forms(today)
    kept += [short[slug] for slug in kept if slug in short]
    waiting = Response.objects.filter(episode=battery.episode, state="open", visit__isnull=False, answers={})
    return waiting.filter(mode="self").exclude(instrument__in=kept).update(state="withdrawn")


def _slugs(forms: Iterable[BatteryForm], *, dropped: bool) -> list[str]:
    return [form.instrument for form in forms if form.dropped == dropped]
