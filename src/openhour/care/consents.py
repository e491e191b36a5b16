"""Informed consent: whether it is given and still holds, and its text filled from the procedure's own definition.

Asked at check-in, on the Today page and before a note is signed. The risks, benefits and alternatives that a patient
reads are those of the definition on the shelf, so the consent can't drift away from what is monitored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from openhour.care.wording import day_in_words, list_in_words
from openhour.catalog.forms import Clause, ConsentForm
from openhour.catalog.procedure import Alternative, Procedure
from openhour.kernel import Finding

_FREQUENCY = {"weekly": "once a week", "biweekly": "every other week"}


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """A consent as it was given. key: the pin of the form that was signed (`informed-consent@1.0.0`).
    withdrawn_on: the first day on which it no longer holds."""

    key: str
    signed_on: date
    withdrawn_on: date | None = None

    @property
    def slug(self) -> str:
        """The form's name without its version."""
        return self.key.partition("@")[0]

    def given_on(self, day: date) -> bool:
        """True from the day it was signed until the day before it is withdrawn."""
        return self.signed_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


@dataclass(frozen=True, slots=True)
class ClauseItem:
    """One line below a clause. benefits and drawbacks are for alternatives; examples for what has any."""

    text: str
    examples: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()
    drawbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilledClause:
    """A clause as the patient reads it: its own words, then the items from the procedure."""

    slug: str
    title: str
    text: str
    items: tuple[ClauseItem, ...]


def consent_gaps(form: ConsentForm, given: Iterable[ConsentFacts], *, on: date) -> tuple[Finding, ...]:
    """At most one finding: `consent.missing`, `consent.withdrawn`, `consent.expired` or, where what was signed is
    another version of the form, `consent.older-version`. Place: `consents.<slug>`.

    A form with `renew_after_days` = 365 that was signed on day 0 still holds on day 365 and not on day 366.
    """
    place = f"consents.{form.pin.slug}"
    of_form = [facts for facts in given if facts.slug == form.pin.slug and facts.signed_on <= on]
    if not of_form:
        return (Finding("consent.missing", f"“{form.title}” isn't signed yet.", place),)
    in_force = [facts for facts in of_form if facts.given_on(on)]
    if not in_force:
        ended = max(facts.withdrawn_on for facts in of_form if facts.withdrawn_on is not None)
        return (Finding("consent.withdrawn", f"“{form.title}” was withdrawn on {day_in_words(ended)}.", place),)
    latest = max(in_force, key=lambda facts: (facts.signed_on, facts.key == form.pin.key))
    return _age_gaps(form, latest, on, place)


def filled_consent(
    form: ConsentForm, procedure: Procedure, alternatives: tuple[Alternative, ...] | None = None
) -> tuple[FilledClause, ...]:
    """The clauses in order, each with the items that its `fill` names.

    alternatives: those to show, in place of the definition's own with `consent` in `offer_when`.
    Raises ValueError where a clause asks for a fill that doesn't exist (`consent_form_findings` tells it beforehand).
    """
    if broken := consent_form_findings(form):
        raise ValueError("; ".join(str(finding) for finding in broken))
    chosen = alternatives if alternatives is not None else _offered_at_consent(procedure)
    return tuple(
        FilledClause(clause.slug, clause.title, clause.text, _items(clause, procedure, chosen))
        for clause in form.clauses
    )


def consent_form_findings(form: ConsentForm) -> tuple[Finding, ...]:
    """Clauses that ask for a fill that isn't one of FILLS: code `consent-form.unknown-fill`."""
    return tuple(
        Finding("consent-form.unknown-fill", f"“{clause.fill}” is none of {list_in_words(sorted(FILLS))}.", place)
        for number, clause in enumerate(form.clauses, start=1)
        if clause.fill and clause.fill not in FILLS
        for place in [f"clause {number}, fill"]
    )


def _age_gaps(form: ConsentForm, facts: ConsentFacts, on: date, place: str) -> tuple[Finding, ...]:
    if form.renew_after_days is not None:
        last_day = facts.signed_on + timedelta(days=form.renew_after_days)
        if on > last_day:
            sentence = f"“{form.title}” held until {day_in_words(last_day)}; it is time to go through it again."
            return (Finding("consent.expired", sentence, place),)
    if facts.key != form.pin.key:
        sentence = f"“{form.title}” has changed since it was signed; go through the new text together."
        return (Finding("consent.older-version", sentence, place),)
    return ()


def _items(clause: Clause, procedure: Procedure, alternatives: tuple[Alternative, ...]) -> tuple[ClauseItem, ...]:
    return FILLS[clause.fill](procedure, alternatives) if clause.fill else ()


def _offered_at_consent(procedure: Procedure) -> tuple[Alternative, ...]:
    return tuple(alternative for alternative in procedure.alternatives if "consent" in alternative.offer_when)


def _risks(procedure: Procedure, _: tuple[Alternative, ...]) -> tuple[ClauseItem, ...]:
    return tuple(ClauseItem(risk.text) for risk in procedure.risks if risk.consent)


def _benefits(procedure: Procedure, _: tuple[Alternative, ...]) -> tuple[ClauseItem, ...]:
    # The limits stand in the same list: a benefit is never told without them.
    return (
        *(ClauseItem(benefit.text) for benefit in procedure.benefits),
        ClauseItem(procedure.benefit_limits.text),
    )


def _alternatives(_: Procedure, alternatives: tuple[Alternative, ...]) -> tuple[ClauseItem, ...]:
    return tuple(ClauseItem(one.title, one.examples, one.benefits, one.drawbacks) for one in alternatives)


def _summary(procedure: Procedure, _: tuple[Alternative, ...]) -> tuple[ClauseItem, ...]:
    return (ClauseItem(procedure.summary),)


def _time(procedure: Procedure, _: tuple[Alternative, ...]) -> tuple[ClauseItem, ...]:
    return (ClauseItem(f"A session is planned for {procedure.time.planned_minutes} minutes."),)


def _cadence(procedure: Procedure, _: tuple[Alternative, ...]) -> tuple[ClauseItem, ...]:
    often = list_in_words([_FREQUENCY.get(name, name) for name in procedure.recovery.cadence])
    told = (ClauseItem(procedure.recovery.tell_patient),) if procedure.recovery.tell_patient else ()
    return (*((ClauseItem(f"Sessions take place {often}."),) if often else ()), *told)


def _experience(procedure: Procedure, _: tuple[Alternative, ...]) -> tuple[ClauseItem, ...]:
    return tuple(ClauseItem(text) for text in (procedure.experience.text, procedure.experience.support) if text)


Fill = Callable[[Procedure, tuple[Alternative, ...]], tuple[ClauseItem, ...]]

FILLS: dict[str, Fill] = {
    "risks": _risks,
    "benefits": _benefits,
    "alternatives": _alternatives,
    "summary": _summary,
    "time": _time,
    "cadence": _cadence,
    "experience": _experience,
}
"""What a clause may ask to have filled in; the names that a consent file may use."""
