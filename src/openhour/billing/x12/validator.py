"""Judge an 837P file that we wrote or are about to send: structure, counts, sums, NPIs, days, the HL tree.

Called after writing and before a file leaves the building. Takes the text or its pieces and keeps one claim in memory, and the claim numbers of one transaction.
Says "no" to files by others that use segments we don't write: `survey_837` looks at those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from openhour.billing.x12.walk import Walk
from openhour.billing.x12.writer import CLAIMS_PER_PATIENT_LOOP, CLAIMS_PER_TRANSACTION
from openhour.kernel import Finding, npi_is_valid

Match = re.Match[str]
_npi_holds = lru_cache(maxsize=4096)(npi_is_valid)


@lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    """True for CCYYMMDD that the calendar has."""
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def validate_837p(text: str | Iterable[str]) -> tuple[Finding, ...]:
    """Everything that is wrong, at most 200 findings; empty for a good file. Never raises on what the text holds."""
    walk = Walk(text)
    judge = _Judge(walk)
    known = judge.checks.get
    for role, match in walk.events():
        judge.in_transaction += 1
        check = known(role)
        if check is not None:
            check(match)
    return tuple(walk.findings)


class _Judge:
    """What must be remembered between segments: open loops, running counts, the claim in hand."""

    def __init__(self, walk: Walk) -> None:
        self.say = walk.add
        self.walk = walk
        self.envelope: dict[str, str] = {}
        self.transactions = self.in_transaction = self.first_number = self.claims = self.level = 0
        self.practice = self.subscriber = self.in_loop = 0
        self.needs_patient = self.own = self.has_patient = self.has_birth = False
        self.transaction = ""
        self.total = self.sum = self.diagnoses = self.lines = 0
        self.frequency, self.replaces = "", False
        self.controls: set[str] = set()
        self.checks: dict[str, Callable[[Match], None]] = {
            "ISA": self.isa,
            "GS": self.gs,
            "ST": self.st,
            "BHT": self.bht,
            "NM1*41": self.sender,
            "NM1*40": self.receiver,
            "HL*20": self.hl_practice,
            "HL*22": self.hl_subscriber,
            "HL*23": self.hl_patient,
            "SBR": self.sbr,
            "DMG@IL": self.birth,
            "DMG@QC": self.birth,
            "CLM": self.clm,
            "REF*F8": self.f8,
            "HI": self.hi,
            "NM1*85": self.npi,
            "NM1*82": self.npi,
            "NM1*DN": self.npi,
            "NM1*DQ": self.npi,
            "NM1*77": self.place_npi,
            "LX": self.lx,
            "SV1": self.sv1,
            "DTP": self.day,
            "SE": self.se,
            "GE": self.ge,
            "IEA": self.iea,
        }

    def isa(self, isa: Match) -> None:
        self.envelope = {key: value.strip() for key, value in isa.groupdict().items()}
        self._day("20" + isa["day"])
        if isa["time"][:2] > "23" or isa["time"][2:] > "59":
            self.say("x12.time", "This is no time of the day.")

    def gs(self, gs: Match) -> None:
        self._day(gs["day"])
        self.envelope |= {"group": gs["control"], "stamp": gs["day"] + gs["time"]}
        same = (gs["sender"], gs["receiver"], gs["control"].zfill(9), gs["day"][2:], gs["time"])
        isa = self.envelope
        if same != tuple(isa.get(key) for key in ("sender", "receiver", "control", "day", "time")):
            self.say("x12.envelope", "Sender, receiver, number and time differ between the two envelopes.")

    def st(self, st: Match) -> None:
        self.transactions += 1
        self.in_transaction, self.first_number = 1, self.walk.number
        self.transaction = st["control"]
        self.level = self.practice = self.subscriber = self.claims = 0
        self.needs_patient = False
        self.controls.clear()
        if int(st["control"]) != self.transactions:
            self.say("x12.control", "Transactions are numbered from 0001 on.")

    def bht(self, bht: Match) -> None:
        self._day(bht["day"])
        if bht["day"] + bht["time"] != self.envelope.get("stamp"):
            self.say("x12.envelope", "The transaction's time differs from its envelope's.")
        if bht["reference"] != self.envelope.get("control", "") + self.transaction:
            self.say("x12.control", "The transaction's reference isn't made of its numbers.")

    def sender(self, nm1: Match) -> None:
        if nm1["id"] != self.envelope.get("sender"):
            self.say("x12.envelope", "The submitter differs from the envelope's sender.")

    def receiver(self, nm1: Match) -> None:
        if nm1["id"] != self.envelope.get("receiver"):
            self.say("x12.envelope", "The receiver differs from the envelope's.")

    def hl_practice(self, hl: Match) -> None:
        self._claim_ends()
        self._open(hl)
        self.practice, self.subscriber = self.level, 0

    def hl_subscriber(self, hl: Match) -> None:
        self._claim_ends()
        self._open(hl)
        if int(hl["parent"]) != self.practice:
            self.say("x12.hl-parent", "The subscriber doesn't belong to the practice above it.")
        self.subscriber, self.needs_patient = self.level, hl["child"] == "1"
        self.has_patient, self.in_loop = False, 0

    def hl_patient(self, hl: Match) -> None:
        self._open(hl)
        if int(hl["parent"]) != self.subscriber or not self.needs_patient:
            self.say("x12.hl-parent", "The patient doesn't belong to the subscriber above.")
        self.has_patient, self.in_loop = True, 0

    def sbr(self, sbr: Match) -> None:
        self.own, self.has_birth = sbr["own"] == "18", False
        if self.own == self.needs_patient:
            self.say("x12.subscriber", "The subscriber is the patient, or a patient follows: one of the two.")

    def birth(self, dmg: Match) -> None:
        self.has_birth = True
        self._day(dmg["birth"])

    def clm(self, clm: Match) -> None:
        self._claim_ends()
        self.claims += 1
        self.in_loop += 1
        self.total, self.sum, self.lines = _cents(clm["total"]), 0, 0
        self.frequency, self.replaces = clm["frequency"], False
        self._claim_stands()
        key = clm["control"]
        if key in self.controls:
            self.say("x12.control", "Two claims of the transaction have the same number.")
        self.controls.add(key)

    def f8(self, _: Match) -> None:
        self.replaces = True

    def hi(self, hi: Match) -> None:
        self.diagnoses = hi.string.count(":")

    def npi(self, nm1: Match) -> None:
        if not _npi_holds(nm1["npi"]):
            self.say("npi.invalid", "The check digit of an NPI doesn't hold.")

    def place_npi(self, nm1: Match) -> None:
        if nm1["npi"]:
            self.npi(nm1)
        elif len(nm1.string.split("*")) > 4:
            self.say("x12.element", "An NPI is announced and missing.")

    def lx(self, lx: Match) -> None:
        self.lines += 1
        if int(lx["number"]) != self.lines or self.lines > 50:
            self.say("x12.lines", "Lines are numbered from 1 on, at most 50 in a claim.")

    def sv1(self, sv1: Match) -> None:
        self.sum += _cents(sv1["amount"])
        if any(int(pointer) > self.diagnoses for pointer in sv1["pointers"].split(":")):
            self.say("x12.pointer", "A line points at a diagnosis that the claim doesn't have.")

    def day(self, dtp: Match) -> None:
        self._day(dtp["day"])

    def se(self, se: Match) -> None:
        self._claim_ends()
        if int(se["count"]) != self.walk.number - self.first_number + 1:
            self.say("x12.count", "The transaction says another number of segments than it has.")
        if se["control"] != self.transaction:
            self.say("x12.control", "The transaction ends under another number than it began.")
        if not 1 <= self.claims <= CLAIMS_PER_TRANSACTION:
            self.say("x12.count", "A transaction holds 1 to 5,000 claims.")

    def ge(self, ge: Match) -> None:
        if int(ge["count"]) != self.transactions or ge["control"] != self.envelope.get("group"):
            self.say("x12.count", "The group's end doesn't agree with what it holds.")

    def iea(self, iea: Match) -> None:
        if iea["count"] != "1" or iea["control"] != self.envelope.get("control"):
            self.say("x12.count", "The file's end doesn't agree with its beginning.")

    def _open(self, hl: Match) -> None:
        self.level += 1
        if int(hl["number"]) != self.level:
            self.say("x12.hl-number", "The levels of the file aren't numbered in order.")

    def _claim_stands(self) -> None:
        if self.needs_patient != self.has_patient:
            self.say("x12.hl-parent", "A patient was announced below the subscriber, and none follows.")
        if self.own and not self.has_birth:
            self.say("x12.subscriber", "Address, day of birth or sex of the patient is missing.")
        if self.in_loop > CLAIMS_PER_PATIENT_LOOP:
            self.say("x12.count", "More than 100 claims stand below one patient.")

    def _claim_ends(self) -> None:
        if self.lines == 0:
            return
        if self.sum != self.total:
            self.say("x12.balance", "The claim's total isn't the sum of its lines.")
        if (self.frequency != "1") != self.replaces:
            self.say("x12.frequency", "A replacement or void names the claim it replaces; an original names none.")
        self.lines = 0

    def _day(self, text: str) -> None:
        if not is_day(text):
            self.say("x12.day", "The calendar has no such day.")


def _cents(amount: str) -> int:
    dollars, _, cents = amount.partition(".")
    return int(dollars) * 100 + int(cents or 0)
