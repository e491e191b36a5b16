"""Strategies for claims as they come: every optional part, hostile and foreign names, several claims of a patient."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date, datetime

from hypothesis import strategies as st

from openhour.billing.claims import (
    Address,
    Batch,
    Claim,
    Clinician,
    Coverage,
    Facility,
    Money,
    Organisation,
    Patient,
    PayerParty,
    Person,
    ServiceLine,
    Submitter,
    sum_of,
)
from openhour.billing.codes import FILING_INDICATORS, PLACES_OF_SERVICE, RELATIONS, STATES
from openhour.billing.x12.charset import is_writable, name

NPIS = st.sampled_from(["1234567893", "1987654328", "1876543210", "1912301953", "1669817979"])
HOSTILE = [
    "~",
    "*",
    ":",
    "^",
    "~ISA*00",
    "O'Neil~SE*1*0001~",
    "Ünal:Ø",
    "Łuk^asz",
    "ﬁ",
    "Zoë\u0301",
    "İ",
    "straße",
    "A\r\nB",
]
_raw = st.one_of(
    st.text(string.ascii_letters + " '-.", min_size=1, max_size=70),
    st.text(min_size=1, max_size=70),
    st.sampled_from(HOSTILE).flatmap(lambda evil: st.just("x " + evil + " y")),
)
NAMES = _raw.filter(lambda text: name(text, 60) != "")
MAYBE_NAMES = st.one_of(st.just(""), _raw)
_mark = string.ascii_letters + string.digits + "-./#&() "


def identifiers(most: int, least: int = 2) -> st.SearchStrategy[str]:
    return st.text(_mark, min_size=least, max_size=most).filter(is_writable)


def one_of_sorted(codes: frozenset[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(codes))


CITIES = _raw.filter(lambda text: len(name(text, 30)) >= 2)
ZIPS = st.from_regex("[0-9]{5}(-?[0-9]{4})?", fullmatch=True).filter(str.isascii)
LONG_ZIPS = st.from_regex("[0-9]{5}-?[0-9]{4}", fullmatch=True).filter(str.isascii)
ADDRESSES = st.builds(Address, NAMES, CITIES, one_of_sorted(STATES), ZIPS, MAYBE_NAMES)
PEOPLE = st.builds(Person, NAMES, MAYBE_NAMES, MAYBE_NAMES, MAYBE_NAMES)
TAXONOMIES = st.sampled_from(["103TC0700X", "1041C0700X", "106H00000X", "101YM0800X"])
CLINICIANS = st.builds(Clinician, PEOPLE, NPIS, st.one_of(st.just(""), TAXONOMIES))
PHONES = st.from_regex("[0-9]{10}", fullmatch=True).filter(str.isascii)
PRACTICES = st.builds(
    Organisation,
    NAMES,
    NPIS,
    TAXONOMIES,
    st.from_regex("[0-9]{9}", fullmatch=True).filter(str.isascii),
    st.builds(Address, NAMES, CITIES, one_of_sorted(STATES), LONG_ZIPS, MAYBE_NAMES),
    st.one_of(st.just(""), PHONES),
    NAMES,
    st.sampled_from(["EI", "SY"]),
)
FACILITIES = st.builds(Facility, NAMES, ADDRESSES, st.one_of(st.just(""), NPIS))
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
PATIENTS = st.builds(Patient, st.just(""), PEOPLE, DAYS, st.sampled_from("FMU"), ADDRESSES)
PAYERS = st.builds(
    PayerParty, NAMES, identifiers(80), one_of_sorted(FILING_INDICATORS), st.one_of(st.none(), ADDRESSES)
)
DIAGNOSES = st.lists(
    st.from_regex(r"[A-TV-Z][0-9][0-9]\.[0-9]{1,4}", fullmatch=True).filter(str.isascii),
    min_size=1,
    max_size=12,
    unique=True,
).map(tuple)


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    own = draw(st.booleans())
    return Coverage(
        payer=draw(PAYERS),
        member_id=draw(identifiers(80)),
        group_number=draw(st.one_of(st.just(""), identifiers(50))),
        relation="18" if own else draw(one_of_sorted(RELATIONS)),
        holder=None if own else draw(PEOPLE),
        order=draw(st.sampled_from("PST")),
    )


@st.composite
def lines(draw: st.DrawFn, diagnoses: int, place: int) -> ServiceLine:
    return ServiceLine(
        control=f"L{place}",
        hour="",
        day=draw(st.dates(date(2020, 1, 1), date(2026, 1, 5))),
        code=draw(st.sampled_from(["90791", "90832", "90834", "90837", "90839"])),
        modifiers=tuple(draw(st.lists(st.sampled_from(["95", "HO", "HE", "AH", "U1"]), max_size=4, unique=True))),
        units=draw(st.integers(1, 999)),
        amount=Money(draw(st.integers(1, 1_000_000))),
        minutes=None,
        procedure="",
        pointers=tuple(draw(st.lists(st.integers(1, diagnoses), min_size=1, max_size=4, unique=True))),
        place=draw(st.one_of(st.just(""), one_of_sorted(PLACES_OF_SERVICE))),
    )


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    diagnoses = draw(DIAGNOSES)
    done = tuple(draw(lines(len(diagnoses), place)) for place in range(1, draw(st.integers(1, 5)) + 1))
    frequency = draw(st.sampled_from("178"))
    return Claim(
        control="",
        patient=draw(PATIENTS),
        coverage=draw(coverages()),
        billing=draw(PRACTICES),
        rendering=draw(CLINICIANS),
        place=draw(one_of_sorted(PLACES_OF_SERVICE)),
        diagnoses=diagnoses,
        lines=done,
        total=sum_of(done),
        supervising=draw(st.one_of(st.none(), CLINICIANS)),
        referring=draw(st.one_of(st.none(), CLINICIANS)),
        facility=draw(st.one_of(st.none(), FACILITIES)),
        pay_to=draw(st.one_of(st.none(), ADDRESSES)),
        authorization=draw(st.one_of(st.just(""), identifiers(50))),
        referral=draw(st.one_of(st.just(""), identifiers(50))),
        frequency=frequency,
        replaces="" if frequency == "1" else draw(identifiers(50)),
        patient_paid=Money(draw(st.integers(0, 100_000))),
        note=draw(MAYBE_NAMES),
        patient_signed=draw(st.booleans()),
        assigned=draw(st.booleans()),
        pays_practice=draw(st.booleans()),
        may_release=draw(st.sampled_from("YI")),
    )


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """One to six claims; some are a further claim of the patient, the coverage or the practice before."""
    drawn: list[Claim] = []
    for _ in range(draw(st.integers(1, 6))):
        claim = draw(claims())
        if drawn and draw(st.booleans()):
            claim = replace(claim, billing=drawn[-1].billing, pay_to=drawn[-1].pay_to)
            if draw(st.booleans()):
                claim = replace(claim, patient=drawn[-1].patient, coverage=drawn[-1].coverage)
        drawn.append(replace(claim, control=f"B-{len(drawn) + 1}"))
    return Batch(
        control=draw(st.integers(1, 999_999_999)),
        created=draw(st.datetimes(datetime(2000, 1, 1), datetime(2089, 12, 31))).replace(second=0, microsecond=0),
        submitter=Submitter(draw(NAMES), draw(identifiers(15)), draw(NAMES), draw(PHONES)),
        receiver_id=draw(identifiers(15)),
        receiver_name=draw(NAMES),
        claims=tuple(drawn),
        test=draw(st.booleans()),
    )
