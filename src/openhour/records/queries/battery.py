"""What a patient is asked and when: the battery in force, why a form can't be asked, its burden, and what it was before.

Called by the battery's page. Eight SQL queries with sign-in and trail, whatever the age of the chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from openhour.care.batteries import BatteryForm, forms_of
from openhour.care.battery_choice import indications_for
from openhour.care.burden import Month, burden_finding, expected_minutes, months_of
from openhour.catalog import Instrument
from openhour.guard.actor import Actor
from openhour.kernel import Finding
from openhour.records.models import Battery, Plan, Response
from openhour.records.queries.chart import EpisodeHead, diagnoses_in, episode_row, head_of
from openhour.records.queries.due import forms_in, instruments_on, short_forms, why_not_sent

_DAYS_BETWEEN = {"weekly": 7, "biweekly": 14}
Shelved = Mapping[str, Instrument]
_NOT_ON_SHELF = "This form is not on the shelf any more."


@dataclass(frozen=True, slots=True)
class FormLine:
    """One form of the battery. short: name of the short form that leads to it, empty where there is none. last: when it
    was answered last. why_not: why it can't be given to the patient, empty where it can. unasked: what is not asked at all
    while the short form is negative, because its answer would raise an alert; empty where nothing is lost so."""

    form: BatteryForm
    title: str
    minutes: int | None
    short: str
    last: date | None
    why_not: str
    unasked: str = ""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """An earlier version, or the one in force. by: empty where the definition chose it. forms: in words."""

    version: int
    made_at: datetime
    by: str
    origin: str
    reason: str
    forms: tuple[tuple[str, BatteryForm], ...]


@dataclass(frozen=True, slots=True)
class BatteryPage:
    """version: 0 where nothing was written down yet and the definition's own is shown. indications: titles it follows.
    to_add: slug, title and minutes of what is on the shelf and not in it; months: the newest first; expected: minutes a
    month once the intake is over; too_much: the warning, if any."""

    head: EpisodeHead
    version: int
    origin: str
    indications: tuple[str, ...]
    forms: tuple[FormLine, ...]
    to_add: tuple[tuple[str, str, int], ...]
    months: tuple[Month, ...]
    expected: int
    too_much: Finding | None
    versions: tuple[VersionLine, ...]


@transaction.atomic
def battery_page(actor: Actor, episode_id: UUID, *, at: datetime) -> BatteryPage:
    """With one trail entry. Raises NotAllowed."""
    row = episode_row(actor, "chart.read", episode_id, at=at, page="battery")
    head = head_of(actor, row, at=at)
    on_shelf = instruments_on(head.today)
    versions = list(_versions(episode_id))
    standing = next((one for one in versions if one.state == "active"), None)
    codes = [one.code for one in diagnoses_in(row) if one.stands_on(head.today)]
    indications = indications_for(head.procedure, row.indications, codes)
    forms = forms_in(standing.forms) if standing else forms_of(head.procedure, indications)
    answered = _answered(episode_id)
    short = short_forms(head.today)
    why_not = {slug: why_not_sent(one, on=head.today) for slug, one in on_shelf.items()}
    minutes = {slug: one.minutes for slug, one in on_shelf.items() if not why_not[slug]}
    expected = _expected(forms, minutes, short, versions[0].frequency if versions else _frequency(episode_id))
    return BatteryPage(
        head=head,
        version=standing.version if standing else 0,
        origin=standing.origin if standing else "definition",
        indications=tuple(one.title for one in head.procedure.indications if one.slug in indications),
        forms=tuple(_line(form, on_shelf, why_not, short, answered) for form in forms),
        to_add=_to_add(forms, on_shelf),
        months=months_of(_burdens(answered, on_shelf), on=head.today),
        expected=round(expected),
        too_much=burden_finding(expected),
        versions=tuple(_version(one, on_shelf) for one in versions),
    )


def _versions(episode_id: UUID) -> Iterable[Any]:
    frequency = Plan.objects.filter(episode=OuterRef("episode"), state="active").values("frequency")[:1]
    rows = Battery.objects.filter(episode=episode_id).select_related("by")
    return rows.annotate(frequency=Subquery(frequency)).order_by("-version")


def _frequency(episode_id: UUID) -> str | None:
    return Plan.objects.filter(episode=episode_id, state="active").values_list("frequency", flat=True).first()


def _answered(episode_id: UUID) -> list[tuple[str, date]]:
    """Instrument and day of every form of the episode with an answer."""
    rows = Response.objects.filter(episode=episode_id).exclude(state="withdrawn").exclude(answers={})
    return [(slug, day) for slug, day in rows.values_list("instrument", Coalesce("answered_on", "due_on"))]


def _expected(
    forms: Sequence[BatteryForm], minutes: Mapping[str, int], short: Mapping[str, str], frequency: str | None
) -> float:
    between = _DAYS_BETWEEN.get(frequency or "", 7)
    return expected_minutes(forms, minutes, days_between_visits=between, short_of=short)


def _line(
    form: BatteryForm,
    on_shelf: Shelved,
    why_not: Mapping[str, str],
    short: Mapping[str, str],
    answered: list[tuple[str, date]],
) -> FormLine:
    instrument = on_shelf.get(form.instrument)
    shorter = on_shelf.get(short.get(form.instrument, ""))
    return FormLine(
        form=form,
        title=instrument.short if instrument else form.instrument,
        minutes=instrument.minutes if instrument else None,
        short=shorter.short if shorter else "",
        last=max((day for slug, day in answered if slug == form.instrument), default=None),
        why_not=why_not[form.instrument] if instrument else _NOT_ON_SHELF,
        unasked=_unasked(instrument, shorter),
    )


def _unasked(instrument: Instrument | None, shorter: Instrument | None) -> str:
    """A therapist who chooses the short form must know which watched question goes unasked with it."""
    watched = [flag.item for flag in instrument.flags] if instrument and shorter else []
    if not watched:
        return ""
    which = " and ".join(dict.fromkeys(watched))
    return f"While the short form is negative, question {which} is not asked, and no answer to it can raise an alert."


def _to_add(forms: Iterable[BatteryForm], on_shelf: Shelved) -> tuple[tuple[str, str, int], ...]:
    held = {form.instrument for form in forms}
    free = [one for slug, one in on_shelf.items() if slug not in held]
    return tuple((one.pin.slug, f"{one.short}: {one.title}", one.minutes) for one in free)


def _burdens(answered: list[tuple[str, date]], on_shelf: Shelved) -> list[tuple[date, int]]:
    return [(day, on_shelf[slug].minutes if slug in on_shelf else 0) for slug, day in answered]


def _version(row: Battery, on_shelf: Shelved) -> VersionLine:
    names = {slug: one.short for slug, one in on_shelf.items()}
    forms = tuple((names.get(form.instrument, form.instrument), form) for form in forms_in(row.forms))
    by = row.by.name if row.by is not None and row.origin == "therapist" else ""
    return VersionLine(row.version, row.made_at, by, row.origin, row.reason, forms)
