"""The language of our 837P files as data: which segment may follow which, and what may stand in each element.

Read by the validator and the reader. It is exactly what the writer writes, not the whole implementation guide;
`survey_837` reads files by others. An element is written as one word:

    =A|B   one of these codes          -      nothing            N60    a cleaned name, at most 60 characters
    A2,80  2 to 80 extended characters  R     an amount           #9     a whole number of at most 9 digits
    D      a day as CCYYMMDD           T      a time as HHMM      /…/    a regular expression

`name:` in front keeps the value under that name; `?` behind lets it be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from openhour.billing.codes import FILING_INDICATORS, PLACES_OF_SERVICE, RELATIONS, STATES
from openhour.billing.x12.charset import BASIC, EXTENDED

_NAME = "(?! )(?:[" + BASIC.replace(" ", "") + "]| (?! )){1,MOST}(?<! )"
_ANY = "(?! )[" + EXTENDED + "]{LENGTH}(?<! )"
_PLACE = "|".join(sorted(PLACES_OF_SERVICE))
_ICD = "[A-Z][0-9][0-9A-Z]{1,5}"
_ADDRESS = {
    "N3": "line1:N55 line2:N55?",
    "N4": "city:N30 state:=" + "|".join(sorted(STATES)) + " zip:/[0-9]{5}(?:[0-9]{4})?/",
}
_PERSON = "last:N60 first:N35? middle:N25? - suffix:N10?"
_CLINICIAN = _PERSON + " =XX npi:/[0-9]{10}/"

SEGMENTS: dict[str, str] = {
    "GS": "=HC sender:A2,15 receiver:A2,15 day:D time:T control:#9 =X =005010X222A1",
    "ST": "=837 control:/[0-9]{4,9}/ =005010X222A1",
    "BHT": "=0019 =00 reference:/[0-9]{13}/ day:D time:T =CH",
    "NM1*41": "=41 =2 name:N60 - - - - =46 id:A2,15",
    "PER@41": "=IC contact:N60 =TE phone:/[0-9]{10}/",
    "NM1*40": "=40 =2 name:N60 - - - - =46 id:A2,15",
    "HL*20": "number:#9 - =20 =1",
    "PRV*BI": "=BI =PXC taxonomy:/[0-9A-Z]{10}/",
    "NM1*85": "=85 =2 name:N60 - - - - =XX npi:/[0-9]{10}/",
    "REF*EI": "kind:=EI tax_id:/[0-9]{9}/",
    "REF*SY": "kind:=SY tax_id:/[0-9]{9}/",
    "PER@85": "=IC contact:N60 =TE phone:/[0-9]{10}/",
    "NM1*87": "=87 =2",
    "HL*22": "number:#9 parent:#9 =22 child:=0|1",
    "SBR": "order:=P|S|T own:=18? group:A1,50? - - - - - filing:=" + "|".join(sorted(FILING_INDICATORS)),
    "NM1*IL": "=IL =1 " + _PERSON + " =MI member:A2,80",
    "NM1*PR": "=PR =2 name:N60 - - - - =PI id:A2,80",
    "HL*23": "number:#9 parent:#9 =23 =0",
    "PAT": "relation:=" + "|".join(sorted(RELATIONS)),
    "NM1*QC": "=QC =1 " + _PERSON,
    "CLM": "control:A1,20 total:R - - "
    f"/(?P<place>{_PLACE}):B:(?P<frequency>[178])/ signed:=Y|N assigned:=A|C pays:=Y|N release:=Y|I",
    "AMT*F5": "=F5 paid:R",
    "REF*9F": "=9F referral:A1,50",
    "REF*G1": "=G1 authorization:A1,50",
    "REF*F8": "=F8 replaces:A1,50",
    "NTE": "=ADD note:N80",
    "HI": f"/ABK:{_ICD}(?:\\*ABF:{_ICD}){{0,11}}/",
    "NM1*DN": "=DN =1 " + _CLINICIAN,
    "NM1*82": "=82 =1 " + _CLINICIAN,
    "PRV*PE": "=PE =PXC taxonomy:/[0-9A-Z]{10}/",
    "NM1*77": "=77 =2 name:N60 -? -? -? -? =XX? npi:/[0-9]{10}/?",
    "NM1*DQ": "=DQ =1 " + _CLINICIAN,
    "LX": "number:#2",
    "SV1": "/HC:(?P<code>[A-Z0-9]{5})(?P<modifiers>(?::[A-Z0-9]{2}){0,4})/ amount:R =UN units:/[1-9][0-9]{0,2}/ "
    f"place:/(?:{_PLACE})/? - pointers:/(?:1[0-2]|[1-9])(?::(?:1[0-2]|[1-9])){{0,3}}/",
    "DTP": "=472 =D8 day:D",
    "REF*6R": "=6R control:A1,30",
    "SE": "count:#9 control:/[0-9]{4,9}/",
    "GE": "count:#6 control:#9",
    "IEA": "count:#5 control:/[0-9]{9}/",
}
for _entity in ("85", "87", "IL", "PR", "QC", "77"):
    SEGMENTS |= {f"{kind}@{_entity}": words for kind, words in _ADDRESS.items()}
for _entity in ("IL", "QC"):
    SEGMENTS[f"DMG@{_entity}"] = "=D8 birth:D sex:=F|M|U"

_AFTER_CLAIM_HEAD = ("AMT*F5", "REF*9F", "REF*G1", "REF*F8", "NTE", "HI")
FOLLOWERS: dict[str, str] = {
    "": "ISA",
    "ISA": "GS",
    "GS": "ST",
    "ST": "BHT",
    "BHT": "NM1*41",
    "NM1*41": "PER@41",
    "PER@41": "NM1*40",
    "NM1*40": "HL*20",
    "HL*20": "PRV*BI NM1*85",
    "PRV*BI": "NM1*85",
    "NM1*85": "N3@85",
    "N3@85": "N4@85",
    "N4@85": "REF*EI REF*SY",
    "REF*EI": "PER@85 NM1*87 HL*22",
    "REF*SY": "PER@85 NM1*87 HL*22",
    "PER@85": "NM1*87 HL*22",
    "NM1*87": "N3@87",
    "N3@87": "N4@87",
    "N4@87": "HL*22",
    "HL*22": "SBR",
    "SBR": "NM1*IL",
    "NM1*IL": "N3@IL NM1*PR",
    "N3@IL": "N4@IL",
    "N4@IL": "DMG@IL",
    "DMG@IL": "NM1*PR",
    "NM1*PR": "N3@PR CLM HL*23",
    "N3@PR": "N4@PR",
    "N4@PR": "CLM HL*23",
    "HL*23": "PAT",
    "PAT": "NM1*QC",
    "NM1*QC": "N3@QC",
    "N3@QC": "N4@QC",
    "N4@QC": "DMG@QC",
    "DMG@QC": "CLM",
    "CLM": " ".join(_AFTER_CLAIM_HEAD),
    **{one: " ".join(_AFTER_CLAIM_HEAD[at + 1 :]) for at, one in enumerate(_AFTER_CLAIM_HEAD[:-1])},
    "HI": "NM1*DN NM1*82",
    "NM1*DN": "NM1*82",
    "NM1*82": "PRV*PE NM1*77 NM1*DQ LX",
    "PRV*PE": "NM1*77 NM1*DQ LX",
    "NM1*77": "N3@77",
    "N3@77": "N4@77",
    "N4@77": "NM1*DQ LX",
    "NM1*DQ": "LX",
    "LX": "SV1",
    "SV1": "DTP",
    "DTP": "REF*6R",
    "REF*6R": "LX CLM HL*22 HL*20 SE",
    "SE": "ST GE",
    "GE": "IEA",
    "IEA": "",
}
NEXT = {role: frozenset(words.split()) for role, words in FOLLOWERS.items()}
ISA = re.compile(
    r"ISA\*00\* {10}\*00\* {10}\*ZZ\*(?P<sender>[^*~]{15})\*ZZ\*(?P<receiver>[^*~]{15})"
    r"\*(?P<day>[0-9]{6})\*(?P<time>[0-9]{4})\*\^\*00501\*(?P<control>[0-9]{9})\*0\*(?P<usage>[PT])\*:"
)


@dataclass(frozen=True, slots=True)
class Element:
    """pattern: what may stand here, without the separator; optional: it may be empty."""

    pattern: str
    optional: bool


def elements(words: str) -> tuple[Element, ...]:
    """The elements of a segment, in order."""
    return tuple(_element(word) for word in words.split(" "))


def _element(word: str) -> Element:
    optional = word.endswith("?") and word != "?"
    bare = word.removesuffix("?") if optional else word
    label, colon, kind = bare.partition(":")
    if bare[0] in "/=" or not colon:
        label, kind = "", bare
    pattern = _pattern(kind)
    return Element(f"(?P<{label}>{pattern})" if label else f"(?:{pattern})", optional or kind == "-")


def _pattern(kind: str) -> str:
    mark, rest = kind[0], kind[1:]
    if mark == "/":
        return rest.removesuffix("/")
    if mark == "=":
        return rest
    if mark == "N":
        return _NAME.replace("MOST", rest)
    if mark == "A":
        return _ANY.replace("LENGTH", rest)
    if mark == "#":
        return f"(?:0|[1-9][0-9]{{0,{int(rest) - 1}}})"
    return {
        "-": "",
        "R": r"(?:0|[1-9][0-9]{0,11})(?:\.(?!00)[0-9]{2})?",
        "D": "[0-9]{8}",
        "T": "(?:[01][0-9]|2[0-3])[0-5][0-9]",
    }[mark]


def compiled(role: str) -> re.Pattern[str]:
    """The whole segment as one pattern; missing elements at the end are left out with their separators."""
    if role == "ISA":
        return ISA
    tail = ""
    for element in reversed(elements(SEGMENTS[role])):
        inner = f"\\*(?:{element.pattern})?" if element.optional else f"\\*{element.pattern}"
        tail = f"(?:{inner}{tail})?" if element.optional and _ends(tail) else inner + tail
    return re.compile(re.split(r"[*@]", role)[0] + tail + r"(?<!\*)")


def _ends(tail: str) -> bool:
    return tail == "" or (tail.startswith("(?:") and tail.endswith(")?"))


PATTERNS = {role: compiled(role) for role in NEXT if role}
