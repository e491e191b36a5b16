"""The checks of a session note: each looks at one thing and says what is missing of it.

Run in order by `care.notes.note_gaps`. A new check is a function and a line in CHECKS. No sentence holds a name or a
word of the note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from openhour.care.consents import consent_gaps
from openhour.care.credentials import licence_gaps
from openhour.care.note_facts import Asked, Gap, NoteFacts
from openhour.care.plans import ObjectiveFacts, plan_needed, review_gaps
from openhour.care.wording import list_in_words
from openhour.catalog.forms import ConsentForm
from openhour.catalog.procedure import Procedure, TimeRule
from openhour.kernel import Finding

NOT_HELD = ("cancelled", "missed")
"""States of a visit in which there was no hour to write about."""

TOO_LONG = 2
"""A session of more than so many times the planned minutes is asked about: the clock may have been left running.
[local policy] It is asked, never refused."""


def supported_procedures(minutes: int, family: Iterable[Procedure], procedure: Procedure) -> tuple[Procedure, ...]:
    """The procedures of the family whose code the minutes support, on the definitions of the day. A code that doesn't
    depend on time is supported by its own procedure only."""
    if procedure.time.billed_from is None:
        return (procedure,)
    return tuple(one for one in family if _holds(one.time, minutes))


def _gap(code: str, sentence: str, place: str, *, blocks: bool = True) -> tuple[Gap, ...]:
    return (Gap(Finding(code, sentence, place), blocks),)


def _visit(asked: Asked) -> tuple[Gap, ...]:
    if asked.facts.visit_state not in NOT_HELD:
        return ()
    return _gap("visit.not-held", "This visit didn't take place; a session note needs a session.", "visit")


def _author(asked: Asked) -> tuple[Gap, ...]:
    if asked.facts.author_is_session_therapist:
        return ()
    return _gap("author.not-therapist", "Only the therapist who held the session signs its note.", "author")


def _licence(asked: Asked) -> tuple[Gap, ...]:
    facts = asked.facts
    return tuple(Gap(one) for one in licence_gaps(facts.licences, state=facts.site_state, on=facts.day))


def _times(asked: Asked) -> tuple[Gap, ...]:
    facts = asked.facts
    missing = [word for word, at in (("start", facts.started_at), ("stop", facts.stopped_at)) if at is None]
    if missing:
        words = list_in_words(missing, "and")
        return _gap("times.missing", f"The {words} of the session {_is(missing)} still empty.", "times")
    if facts.minutes is None:
        return _gap("times.stop-before-start", "The session stops before it starts.", "times")
    if any(at is not None and at > asked.at for at in (facts.started_at, facts.stopped_at)):
        return _gap("times.in-future", "The session would still be going on: a time lies in the future.", "times")
    return _length(asked, facts.minutes)


def _length(asked: Asked, minutes: int) -> tuple[Gap, ...]:
    shortest = min((one.time.billed_from for one in asked.family if one.time.billed_from is not None), default=0)
    if asked.facts.procedure.time.billed_from is not None and minutes < shortest:
        sentence = f"{minutes} minutes are too short to charge; the note can be signed, the hour isn't billed."
        return _gap("times.too-short", sentence, "times", blocks=False)
    planned = asked.facts.procedure.time.planned_minutes
    if minutes > planned * TOO_LONG:
        sentence = f"{minutes} minutes for a session of {planned}: was the clock stopped in time?"
        return _gap("times.very-long", sentence, "times", blocks=False)
    return ()


def _code(asked: Asked) -> tuple[Gap, ...]:
    facts, minutes = asked.facts, asked.facts.minutes
    if facts.chosen_code is None or minutes is None:
        return ()
    supported = [one.code.value for one in supported_procedures(minutes, asked.family, facts.procedure)]
    if facts.chosen_code in supported:
        return ()
    instead = f"they support {list_in_words(supported)}" if supported else "they support no code"
    sentence = f"{minutes} minutes don't support {facts.chosen_code}; {instead}."
    return _gap("code.unsupported", sentence, "code")


def _diagnosis(asked: Asked) -> tuple[Gap, ...]:
    if asked.facts.diagnoses:
        return ()
    return _gap("diagnosis.missing", "No diagnosis is named yet.", "diagnoses")


def _plan(asked: Asked) -> tuple[Gap, ...]:
    facts = asked.facts
    if not plan_needed(facts.procedure):
        return ()
    if facts.plan is None or not facts.plan.active:
        return _gap("plan.missing", "There is no plan in force yet.", "plan")
    if facts.plan.agreed_on is None:
        return _gap("plan.not-agreed", "The plan hasn't been agreed to yet.", "plan")
    waived = bool(facts.review_waived_because.strip())
    return tuple(Gap(one, blocks=not waived) for one in review_gaps(facts.plan, on=facts.day))


def _objectives(asked: Asked) -> tuple[Gap, ...]:
    # Without a plan there is nothing to choose from: the missing plan is the one gap to mend first.
    if not _under_plan(asked.facts) or _worked(asked.facts):
        return ()
    return _gap("objective.missing", "Choose the objective of the plan that you worked on.", "objectives")


def _interventions(asked: Asked) -> tuple[Gap, ...]:
    if asked.facts.interventions or not asked.facts.procedure.interventions:
        return ()
    return _gap("intervention.missing", "Choose what you did in the session.", "interventions")


def _responses(asked: Asked) -> tuple[Gap, ...]:
    facts = asked.facts
    worked = _worked(facts)
    if _told_in_section(asked):
        return ()
    return tuple(
        gap
        for number, objective in enumerate(worked, start=1)
        if not facts.responses.get(objective.id, "").strip()
        for gap in _gap("response.missing", _response_words(number, len(worked)), f"responses.{objective.id}")
    )


def _risk(asked: Asked) -> tuple[Gap, ...]:
    if not asked.facts.risk_item_positive or asked.facts.risk_addressed.strip():
        return ()
    sentence = "An answer about self-harm was positive; say what you asked, found and did."
    return _gap("risk.unaddressed", sentence, "risk")


def _sections(asked: Asked) -> tuple[Gap, ...]:
    return tuple(
        gap
        for section in asked.layout.sections
        if section.required and not asked.facts.sections.get(section.slug, "").strip()
        for gap in _gap(
            f"section.empty:{section.slug}", f"“{section.title}” is still empty.", f"sections.{section.slug}"
        )
    )


def _consents(asked: Asked) -> tuple[Gap, ...]:
    facts = asked.facts
    # A changed text is gone through at the next visit, and a consent withdrawn on the day of the session may have
    # been withdrawn in it or after it: both are shown, neither keeps the hour from being written down.
    withdrawn_today = {one.slug for one in facts.consents if one.withdrawn_on == facts.day}
    return tuple(
        Gap(one, blocks=not (one.code == "consent.older-version" or _withdrawn(one, form, withdrawn_today)))
        for form in facts.consent_forms
        for one in consent_gaps(form, facts.consents, on=facts.day)
    )


def _withdrawn(finding: Finding, form: ConsentForm, slugs: set[str]) -> bool:
    return finding.code == "consent.withdrawn" and form.pin.slug in slugs


def _under_plan(facts: NoteFacts) -> bool:
    return plan_needed(facts.procedure) and facts.plan is not None and facts.plan.active


def _worked(facts: NoteFacts) -> tuple[ObjectiveFacts, ...]:
    """The active objectives of the plan that were worked on, in the plan's order."""
    if facts.plan is None or not _under_plan(facts):
        return ()
    return tuple(one for one in facts.plan.active_objectives if one.id in facts.objectives_worked)


def _told_in_section(asked: Asked) -> bool:
    """A format with a section of its own for the response (BIRP, GIRP) holds it there: its text is the response, and
    where the section must be filled its emptiness is told by the section, once."""
    own = dict(asked.layout.carries).get("response") == "response"
    section = next((one for one in asked.layout.sections if one.slug == "response"), None)
    if not own or section is None:
        return False
    return section.required or bool(asked.facts.sections.get("response", "").strip())


def _response_words(number: int, worked: int) -> str:
    which = "" if worked == 1 else f" to the work on objective {number} of {worked}"
    return f"How the patient responded{which} is still empty."


def _holds(rule: TimeRule, minutes: int) -> bool:
    if rule.billed_from is None:
        return False
    return rule.billed_from <= minutes and (rule.billed_to is None or minutes <= rule.billed_to)


def _is(words: list[str]) -> str:
    return "is" if len(words) == 1 else "are"


CHECKS: tuple[Callable[[Asked], tuple[Gap, ...]], ...] = (
    _visit,
    _author,
    _licence,
    _consents,
    _times,
    _code,
    _diagnosis,
    _plan,
    _objectives,
    _interventions,
    _responses,
    _risk,
    _sections,
)
"""What a note is checked for, in the order in which the gaps are shown."""
