"""Read an 837P file of ours back into claims.

Called by tests, by the command line and wherever a sent file must be shown again. Refuses a file that
`validate_837p` finds fault with: half a claim is worse than none. What a file never holds (keys of patients and
hours, minutes) comes back empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from openhour.billing.claims import (
    Address,
    Batch,
    Claim,
    Clinician,
    Coverage,
    Facility,
    Organisation,
    Patient,
    PayerParty,
    Person,
    ServiceLine,
    Submitter,
)
from openhour.billing.codes import SELF
from openhour.billing.x12.validator import validate_837p
from openhour.billing.x12.walk import Walk
from openhour.kernel import Money, Refused

Found = dict[str, re.Match[str]]


def read_837p(text: str | Iterable[str]) -> Batch:
    """The batch with its claims as a tuple. Raises Refused with everything that is wrong with the file."""
    whole = text if isinstance(text, str) else "".join(text)
    if findings := validate_837p(whole):
        raise Refused(findings)
    return _Reading().batch(whole)


_LEVELS = {
    "HL*20": ("PRV*BI", "NM1*85", "REF*EI", "REF*SY", "PER@85", "NM1*87", "HL*23"),
    "HL*22": ("HL*23", "N3@PR", "N4@PR", "DMG@IL"),
}
_OF_A_CLAIM = ("AMT*F5", "REF*9F", "REF*G1", "REF*F8", "NTE", "NM1*DN", "PRV*PE", "NM1*77", "NM1*DQ")


class _Reading:
    """The segments of the loops that stand open, by role."""

    def __init__(self) -> None:
        self.open: Found = {}
        self.lines: list[ServiceLine] = []
        self.claims: list[Claim] = []

    def batch(self, text: str) -> Batch:
        for role, match in Walk(text).events():
            if role in ("CLM", "HL*20", "HL*22", "HL*23", "SE"):
                self._close_claim()
            for gone in _LEVELS.get(role, _OF_A_CLAIM if role == "CLM" else ()):
                self.open.pop(gone, None)
            self.open[role] = match
            if role == "REF*6R":
                self.lines.append(self._line())
        return self._batch()

    def _close_claim(self) -> None:
        if self.lines:
            self.claims.append(self._claim())
            self.lines = []

    def _batch(self) -> Batch:
        at = self.open
        stamp = at["GS"]["day"] + at["GS"]["time"]
        return Batch(
            control=int(at["ISA"]["control"]),
            created=datetime.strptime(stamp, "%Y%m%d%H%M"),  # noqa: DTZ007 - the file's time has no zone
            submitter=Submitter(
                at["NM1*41"]["name"], at["NM1*41"]["id"], at["PER@41"]["contact"], at["PER@41"]["phone"]
            ),
            receiver_id=at["NM1*40"]["id"],
            receiver_name=at["NM1*40"]["name"],
            claims=tuple(self.claims),
            test=at["ISA"]["usage"] == "T",
        )

    def _claim(self) -> Claim:
        head, hi = self.open["CLM"], self.open["HI"]
        return Claim(
            control=head["control"],
            patient=self._patient(),
            coverage=self._coverage(),
            billing=self._practice(),
            rendering=self._clinician("82", self._text("PRV*PE", "taxonomy")),
            place=head["place"],
            diagnoses=tuple(part[4:] for part in hi.string[3:].split("*")),
            lines=tuple(self.lines),
            total=Money.of(head["total"]),
            supervising=self._clinician("DQ") if "NM1*DQ" in self.open else None,
            referring=self._clinician("DN") if "NM1*DN" in self.open else None,
            facility=self._facility(),
            pay_to=self._address("87") if "NM1*87" in self.open else None,
            authorization=self._text("REF*G1", "authorization"),
            referral=self._text("REF*9F", "referral"),
            frequency=head["frequency"],
            replaces=self._text("REF*F8", "replaces"),
            patient_paid=Money.of(self._text("AMT*F5", "paid") or "0"),
            note=self._text("NTE", "note"),
            patient_signed=head["signed"] == "Y",
            assigned=head["assigned"] == "A",
            pays_practice=head["pays"] == "Y",
            may_release=head["release"],
        )

    def _line(self) -> ServiceLine:
        service = self.open["SV1"]
        return ServiceLine(
            control=self.open["REF*6R"]["control"],
            hour="",
            day=_day(self.open["DTP"]["day"]),
            code=service["code"],
            modifiers=tuple(service["modifiers"].split(":")[1:]),
            units=int(service["units"]),
            amount=Money.of(service["amount"]),
            minutes=None,
            procedure="",
            pointers=tuple(map(int, service["pointers"].split(":"))),
            place=service["place"] or "",
        )

    def _patient(self) -> Patient:
        entity = "QC" if "HL*23" in self.open else "IL"
        birth = self.open[f"DMG@{entity}"]
        who = self._person(entity)
        return Patient("", who, _day(birth["birth"]), birth["sex"], self._address(entity))

    def _coverage(self) -> Coverage:
        policy, payer = self.open["SBR"], self.open["NM1*PR"]
        own = policy["own"] == SELF
        return Coverage(
            payer=PayerParty(
                payer["name"],
                payer["id"],
                policy["filing"],
                self._address("PR") if "N3@PR" in self.open else None,
            ),
            member_id=self.open["NM1*IL"]["member"],
            group_number=policy["group"] or "",
            relation=SELF if own else self.open["PAT"]["relation"],
            holder=None if own else self._person("IL"),
            order=policy["order"],
        )

    def _practice(self) -> Organisation:
        tax = self.open.get("REF*EI") or self.open["REF*SY"]
        return Organisation(
            name=self.open["NM1*85"]["name"],
            npi=self.open["NM1*85"]["npi"],
            taxonomy=self._text("PRV*BI", "taxonomy"),
            tax_id=tax["tax_id"],
            address=self._address("85"),
            phone=self._text("PER@85", "phone"),
            contact=self._text("PER@85", "contact"),
            tax_id_kind=tax["kind"],
        )

    def _facility(self) -> Facility | None:
        place = self.open.get("NM1*77")
        return Facility(place["name"], self._address("77"), place["npi"] or "") if place else None

    def _clinician(self, entity: str, taxonomy: str = "") -> Clinician:
        return Clinician(self._person(entity), self.open[f"NM1*{entity}"]["npi"], taxonomy)

    def _person(self, entity: str) -> Person:
        who = self.open[f"NM1*{entity}"]
        return Person(who["last"], who["first"] or "", who["middle"] or "", who["suffix"] or "")

    def _address(self, entity: str) -> Address:
        street, town = self.open[f"N3@{entity}"], self.open[f"N4@{entity}"]
        return Address(street["line1"], town["city"], town["state"], town["zip"], street["line2"] or "")

    def _text(self, role: str, name: str) -> str:
        found = self.open.get(role)
        return found[name] if found else ""


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
