"""Who bills, who held the hour, who was treated, who is insured: are they complete, and can they be written?"""

from __future__ import annotations

import re
from functools import lru_cache

from openhour.billing.claims import Address, Claim, Clinician, Coverage, Facility, Organisation, PayerParty, Person
from openhour.billing.codes import FILING_INDICATORS, RELATIONS, SEXES, STATES
from openhour.billing.edits.edit import Edit, EditContext, hold, warn
from openhour.billing.x12.charset import is_writable, loses_letters, name
from openhour.kernel import npi_is_valid

_TAXONOMY = re.compile(r"[0-9]{3}[0-9A-Z]{6}X").fullmatch
_plain = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 '.,/#&-]*[A-Za-z0-9.])?").fullmatch
_ZIP = re.compile(r"[0-9]{5}(?:-?[0-9]{4})?").fullmatch
_LONG_ZIP = re.compile(r"[0-9]{5}-?[0-9]{4}").fullmatch


def practice_edits(claim: Claim, _: EditContext) -> tuple[Edit, ...]:
    """The billing provider: name, NPI, taxonomy, tax number, nine-digit ZIP, phone."""
    found = _practice(claim.billing)
    return found if claim.pay_to is None else (*found, *address(claim.pay_to, "practice.pay-to", long_zip=True))


def staff_edits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """Therapist, supervisor, referrer and place: NPIs hold, names can be written, the therapist's taxonomy fits."""
    found = (*_clinician(claim.rendering, "therapist", "therapist"), *_taxonomy_fits(claim, context))
    if claim.supervising is not None:
        found += _clinician(claim.supervising, "supervisor", "supervisor")
    if claim.referring is not None:
        found += _clinician(claim.referring, "referring", "referring clinician")
    return found if claim.facility is None else found + _facility(claim.facility)


def patient_edits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """The patient: name, day of birth, sex code, address."""
    patient = claim.patient
    found = (*person(patient.person, "patient.name", "patient"), *address(patient.address, "patient.address"))
    if patient.birth > context.on:
        found += (hold("claim.birth-in-future", "The patient's day of birth lies in the future.", "patient.birth"),)
    elif patient.birth > min((line.day for line in claim.lines), default=context.on):
        found += (hold("claim.born-later", "The patient was born after the day of service.", "patient.birth"),)
    if patient.sex not in SEXES:
        found += (hold("claim.sex", "The insurer needs F, M or U for the patient's sex.", "patient.sex"),)
    return found


def coverage_edits(claim: Claim, _: EditContext) -> tuple[Edit, ...]:
    """Member id, subscriber, relation, payer."""
    coverage = claim.coverage
    found = (
        *_member(coverage),
        *_payer(coverage.payer),
        *identifier(coverage.group_number, 50, "coverage.group-number", "The group number", needed=False),
    )
    return found if coverage.is_own and coverage.order in "PST" else (*found, *_relation(coverage))


@lru_cache(maxsize=64)
def _practice(practice: Organisation) -> tuple[Edit, ...]:
    found = (
        *title(practice.name, 60, "practice.name", "The practice's name"),
        *npi(practice.npi, "practice.npi", "practice"),
        *address(practice.address, "practice.address", long_zip=True),
    )
    if not _TAXONOMY(practice.taxonomy):
        found += (_bad_taxonomy("practice.taxonomy", "practice"),)
    if not re.fullmatch("[0-9]{9}", practice.tax_id.replace("-", "")) or practice.tax_id_kind not in ("EI", "SY"):
        found += (hold("claim.tax-id", "The practice's tax number needs nine digits.", "practice.tax-id"),)
    if practice.phone and len(re.sub("[^0-9]", "", practice.phone)) != 10:
        found += (hold("claim.phone", "The practice's phone number needs ten digits.", "practice.phone"),)
    return found


@lru_cache(maxsize=1024)
def _clinician(who: Clinician, place: str, role: str) -> tuple[Edit, ...]:
    found = (*npi(who.npi, f"{place}.npi", role), *person(who.person, f"{place}.name", role))
    if who.taxonomy and not _TAXONOMY(who.taxonomy):
        found += (_bad_taxonomy(f"{place}.taxonomy", role),)
    return found


@lru_cache(maxsize=1024)
def _facility(where: Facility) -> tuple[Edit, ...]:
    found = (*title(where.name, 60, "site.name", "The site's name"), *address(where.address, "site.address"))
    return (*found, *npi(where.npi, "site.npi", "site")) if where.npi else found


@lru_cache(maxsize=1024)
def _payer(payer: PayerParty) -> tuple[Edit, ...]:
    found = (
        *title(payer.name, 60, "payer.name", "The payer's name"),
        *identifier(payer.payer_id, 80, "payer.id", "The payer's id", least=2),
    )
    if payer.filing_indicator not in FILING_INDICATORS:
        found += (
            hold("claim.filing-indicator", "The payer has no known filing indicator.", "payer.filing-indicator"),
        )
    return found if payer.address is None else (*found, *address(payer.address, "payer.address"))


def _taxonomy_fits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    taxonomy = claim.rendering.taxonomy
    if not taxonomy:
        return (hold("claim.taxonomy-missing", "The therapist has no taxonomy code.", "therapist.taxonomy"),)
    for key in dict.fromkeys([line.procedure for line in claim.lines]):
        procedure = context.procedures.get(key)
        wanted = tuple(prefix for one in procedure.personnel for prefix in one.taxonomy) if procedure else ()
        if wanted and not taxonomy.startswith(wanted):
            sentence = "The therapist's taxonomy code is of no profession that may hold this kind of hour."
            return (hold("claim.taxonomy-unfit", sentence, "therapist.taxonomy"),)
    return ()


def _member(coverage: Coverage) -> tuple[Edit, ...]:
    if not coverage.member_id:
        return (
            hold("claim.member-missing", "The member id from the insurance card is missing.", "coverage.member-id"),
        )
    return identifier(coverage.member_id, 80, "coverage.member-id", "The member id", least=2)


def _relation(coverage: Coverage) -> tuple[Edit, ...]:
    found: tuple[Edit, ...] = ()
    if coverage.order not in ("P", "S", "T"):
        found += (hold("claim.order", "Say whether this is the first, second or third insurance.", "coverage.order"),)
    if coverage.is_own:
        return found
    if coverage.relation not in RELATIONS:
        found += (hold("claim.relation", "Say how the patient stands to the subscriber.", "coverage.relation"),)
    if coverage.holder is None:
        return (*found, hold("claim.holder-missing", "The subscriber's name is missing.", "coverage.holder"))
    return (*found, *person(coverage.holder, "coverage.holder", "subscriber"))


@lru_cache(maxsize=1024)
def _npi_holds(text: str) -> bool:
    return npi_is_valid(text)


def npi(text: str, place: str, role: str) -> tuple[Edit, ...]:
    if _npi_holds(text):
        return ()
    sentence = f"The NPI of the {role} isn't one: ten digits whose last one checks. Compare it with the registry."
    return (hold("claim.npi", sentence, place),)


def person(who: Person, place: str, role: str) -> tuple[Edit, ...]:
    """The last name is needed; each part must be writable."""
    if not (who.middle or who.suffix) and _simple(who.last, 60) and _simple(who.first, 35):
        return ()
    parts = ((who.first, 35, "first name"), (who.middle, 25, "middle name"), (who.suffix, 10, "suffix"))
    return (
        *title(who.last, 60, place, f"The last name of the {role}"),
        *(
            edit
            for text, most, what in parts
            if text
            for edit in title(text, most, place, f"The {what} of the {role}")
        ),
    )


def _simple(text: str, most: int) -> bool:
    return 0 < len(text) <= most and text.isascii() and text.isalpha()


def address(where: Address, place: str, *, long_zip: bool = False) -> tuple[Edit, ...]:
    return _address(where, place, long_zip)


@lru_cache(maxsize=4096)
def _address(where: Address, place: str, long_zip: bool) -> tuple[Edit, ...]:
    found = title(where.line1, 55, place, "The street")
    if where.line2:
        found += title(where.line2, 55, place, "The second line of the address")
    found += title(where.city, 30, place, "The city", least=2)
    if where.state not in STATES:
        found += (hold("claim.state", "The state isn't a two-letter code of the postal service.", place),)
    if long_zip and not _LONG_ZIP(where.zip):
        found += (hold("claim.zip-nine", "The practice's ZIP needs all nine digits (12345-6789).", place),)
    elif not _ZIP(where.zip):
        found += (hold("claim.zip", "The ZIP needs five or nine digits.", place),)
    return found


def title(text: str, most: int, place: str, what: str, *, least: int = 1) -> tuple[Edit, ...]:
    """A name or an address line: cleaned for the file where it can be, cut with a warning, else held."""
    if least <= len(text) <= most and _plain(text):
        return ()
    if not text.strip():
        return (hold("claim.missing", f"{what} is missing.", place),)
    if loses_letters(text) or len(name(text, most)) < least:
        sentence = f"{what} holds letters that a claim can't. Spell it as on the insurance card, in A to Z."
        return (hold("claim.letters", sentence, place),)
    if len(name(text, len(text) * 4)) > most:
        return (warn("claim.long", f"{what} is longer than {most} characters and will be cut.", place),)
    return ()


def identifier(
    text: str, most: int, place: str, what: str, *, least: int = 1, needed: bool = True
) -> tuple[Edit, ...]:
    """A number that must reach the payer unchanged."""
    if not text:
        return (hold("claim.missing", f"{what} is missing.", place),) if needed else ()
    if text.isascii() and text.isalnum() and least <= len(text) <= most:
        return ()
    if not is_writable(text):
        sentence = f"{what} holds characters that a claim can't hold (such as * : ~ ^), or a blank at an end."
        return (hold("claim.characters", sentence, place),)
    if least <= len(text) <= most:
        return ()
    return (hold("claim.length", f"{what} needs {least} to {most} characters.", place),)


def _bad_taxonomy(place: str, role: str) -> Edit:
    return hold("claim.taxonomy", f"The taxonomy code of the {role} needs ten characters, such as 103TC0700X.", place)
