"""What was done, where, for what: diagnoses, lines, minutes, money, places, and nothing claimed twice."""

from __future__ import annotations

import re
from functools import lru_cache

from openhour.billing.claims import (
    DIAGNOSES_PER_CLAIM,
    LINES_PER_CLAIM,
    POINTERS_PER_LINE,
    Claim,
    ServiceLine,
    sum_of,
)
from openhour.billing.codes import FREQUENCIES, ORIGINAL, PLACES_OF_SERVICE
from openhour.billing.edits.edit import Edit, EditContext, ServiceKey, hold, warn
from openhour.billing.edits.parties import identifier, title
from openhour.billing.timecode import supports

_ICD = re.compile(r"[A-Z][0-9][0-9A-Z]\.?[0-9A-Z]{0,4}").fullmatch
_CODE = re.compile(r"[A-Z0-9]{5}").fullmatch
_MODIFIER = re.compile(r"[A-Z0-9]{2}").fullmatch
MOST_CENTS = 99_999_999_99
"""The largest amount that a claim form's money field holds."""


def number_edits(claim: Claim, _: EditContext) -> tuple[Edit, ...]:
    """The claim's own number, the claim it replaces, referral, note, release."""
    found = identifier(claim.control, 20, "claim.number", "The claim's number")
    if claim.frequency not in FREQUENCIES:
        found += (hold("claim.frequency", "A claim is an original, a replacement or a void.", "claim.frequency"),)
    if (claim.frequency != ORIGINAL) != bool(claim.replaces):
        sentence = "A replacement or void needs the payer's number of the old claim; an original has none."
        found += (hold("claim.replaces", sentence, "claim.replaces"),)
    if claim.may_release not in ("Y", "I"):
        found += (hold("claim.release", "The patient's consent to release is missing.", "claim.release"),)
    if not (claim.replaces or claim.authorization or claim.referral or claim.note):
        return found
    return (
        *found,
        *identifier(claim.replaces, 50, "claim.replaces", "The payer's number of the old claim", needed=False),
        *identifier(claim.authorization, 50, "claim.authorization", "The authorization number", needed=False),
        *identifier(claim.referral, 50, "claim.referral", "The referral number", needed=False),
        *(title(claim.note, 80, "claim.note", "The note of the claim") if claim.note else ()),
    )


def diagnosis_edits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """1 to 12 diagnoses, each valid on each day of service; a first-listed Z or R code is warned about."""
    codes = claim.diagnoses
    if not codes:
        return (hold("claim.diagnosis-missing", "The claim needs at least one diagnosis.", "diagnoses"),)
    found: tuple[Edit, ...] = ()
    if len(codes) > DIAGNOSES_PER_CLAIM:
        found += (hold("claim.diagnosis-many", "A claim holds at most twelve diagnoses.", "diagnoses"),)
    if len(set(codes)) != len(codes):
        found += (hold("claim.diagnosis-twice", "A diagnosis stands twice in the claim.", "diagnoses"),)
    if codes[0][:1] in ("Z", "R"):
        sentence = f"{codes[0]} stands first: payers seldom pay psychotherapy for a Z or R code listed first."
        found += (warn("claim.diagnosis-first-listed", sentence, "diagnoses"),)
    days = {line.day for line in claim.lines}
    for code in codes:
        if not _ICD(code):
            found += (hold("claim.diagnosis-form", "A diagnosis isn't written as an ICD-10-CM code.", "diagnoses"),)
            continue
        for day in days:
            if (finding := context.diagnosis_finding(code, on=day)) is not None:
                found += (Edit(finding),)
                break
    return found


def line_edits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """1 to 50 lines, each signed, coded, charged, pointing at a diagnosis, and supported by its minutes."""
    if not 1 <= len(claim.lines) <= LINES_PER_CLAIM:
        return (hold("claim.lines", "A claim holds one to fifty lines.", "lines"),)
    found: tuple[Edit, ...] = ()
    for place, line in enumerate(claim.lines, start=1):
        found += _line(line, f"line {place}", len(claim.diagnoses), context)
    return found


def _line(line: ServiceLine, place: str, diagnoses: int, context: EditContext) -> tuple[Edit, ...]:
    found = _service_form(line.code, line.modifiers, place)
    if not line.signed:
        found += (hold("claim.unsigned", "The note of this hour isn't signed yet.", place),)
    if line.day > context.on:
        found += (hold("claim.day-in-future", "The day of service lies in the future.", place),)
    if not 0 < line.amount.cents <= MOST_CENTS:
        found += (hold("claim.amount", "The line has no charge, or one too large for a claim.", place),)
    if not 1 <= line.units <= 999:
        found += (hold("claim.units", "A line has one unit or more.", place),)
    return (
        *found,
        *_pointers(line.pointers, diagnoses, place),
        *identifier(line.control, 30, place, "The line's number"),
        *_minutes(line, place, context),
    )


@lru_cache(maxsize=4096)
def _service_form(code: str, modifiers: tuple[str, ...], place: str) -> tuple[Edit, ...]:
    found: tuple[Edit, ...] = ()
    if not _CODE(code):
        found += (hold("claim.code", "The service code needs five characters.", place),)
    if len(modifiers) > 4 or not all(_MODIFIER(one) for one in modifiers):
        found += (hold("claim.modifier", "A line has at most four modifiers of two characters.", place),)
    return found


def _pointers(pointers: tuple[int, ...], diagnoses: int, place: str) -> tuple[Edit, ...]:
    if not pointers:
        return (hold("claim.pointer-missing", "The line points at no diagnosis.", place),)
    if len(pointers) > POINTERS_PER_LINE or any(not 1 <= one <= diagnoses for one in pointers):
        return (hold("claim.pointer", "A line points at one to four diagnoses of the claim.", place),)
    return ()


def _minutes(line: ServiceLine, place: str, context: EditContext) -> tuple[Edit, ...]:
    procedure = context.procedures.get(line.procedure)
    if procedure is None:
        return (hold("claim.procedure-unknown", "The shelf doesn't hold this hour's procedure.", place),)
    if procedure.code.value != line.code:
        return (hold("claim.code-procedure", "The code isn't that of the procedure that was held.", place),)
    if line.minutes is None:
        if procedure.time.billed_from is None:
            return ()
        return (hold("claim.minutes-missing", "The hour has no start and stop time.", place),)
    finding = supports(procedure, line.minutes)
    return () if finding is None else (hold("claim.minutes", finding.sentence, place),)


def total_edits(claim: Claim, _: EditContext) -> tuple[Edit, ...]:
    """The total is the sum of the lines, and the patient hasn't paid more."""
    found: tuple[Edit, ...] = ()
    if claim.total != sum_of(claim.lines):
        found += (hold("claim.total", "The claim's total isn't the sum of its lines.", "claim.total"),)
    if claim.total.cents > MOST_CENTS:
        found += (hold("claim.total-large", "The claim's total is too large for a claim.", "claim.total"),)
    if claim.patient_paid.cents < 0:
        found += (hold("claim.paid", "What the patient paid can't be negative.", "claim.patient-paid"),)
    elif claim.patient_paid > claim.total:
        found += (warn("claim.paid-more", "The patient paid more than the claim's total.", "claim.patient-paid"),)
    return found


def place_edits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """The place of service is on the list and allowed for what was done there."""
    found: tuple[Edit, ...] = ()
    for at, line in enumerate(claim.lines, start=1):
        where = line.place or claim.place
        procedure = context.procedures.get(line.procedure)
        if where not in PLACES_OF_SERVICE:
            found += (hold("claim.place-unknown", "The place of service isn't on the list of places.", f"line {at}"),)
        elif procedure is not None and where not in procedure.setting.place_of_service:
            sentence = f"Place of service {where} isn't one of those in which {line.code} may take place."
            found += (hold("claim.place", sentence, f"line {at}"),)
    return found


def duplicate_edits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """The same hour can't be claimed twice: same patient, therapist, code and day."""
    if len(claim.lines) == 1 and (not context.claimed or claim.frequency != ORIGINAL):
        return ()
    found: tuple[Edit, ...] = ()
    seen: set[ServiceKey] = set()
    for at, key in enumerate(services_of(claim), start=1):
        if key in seen:
            found += (hold("claim.twice-in-claim", "This code stands twice on the same day.", f"line {at}"),)
        elif claim.frequency == ORIGINAL and key in context.claimed:
            sentence = "This code of this day was claimed before. To correct it, send a replacement."
            found += (hold("claim.duplicate", sentence, f"line {at}"),)
        seen.add(key)
    return found


def services_of(claim: Claim) -> tuple[ServiceKey, ...]:
    """What this claim claims, line by line: remember these once it is sent."""
    return tuple((claim.patient.key, claim.rendering.npi, line.code, line.day) for line in claim.lines)
