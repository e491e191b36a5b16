"""The grammar of our files is data; these tests hold the data to account, segment by segment and element by element."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhour.billing.x12 import validate_837p
from openhour.billing.x12.grammar import FOLLOWERS, NEXT, PATTERNS, SEGMENTS, elements
from openhour.billing.x12.walk import Walk

GOLDEN = (Path(__file__).resolve().parents[1] / "golden" / "837p-first-week.edi").read_text("ascii")
SEEN = {role: match.string for role, match in Walk(GOLDEN).events()}
UNSEEN = {"REF*SY": "REF*SY*123456789"}
"""Segments that the golden file doesn't have, with an example of each."""
EXAMPLES = SEEN | UNSEEN


def test_every_segment_that_may_follow_is_described_and_every_described_one_may_follow():
    named = {role for followers in NEXT.values() for role in followers}
    assert named == set(PATTERNS)
    assert set(SEGMENTS) | {"ISA"} == set(PATTERNS)
    assert set(FOLLOWERS) - {""} == set(PATTERNS)


def test_there_is_an_example_of_every_segment():
    assert set(EXAMPLES) == set(PATTERNS)


@pytest.mark.parametrize("role", sorted(EXAMPLES))
def test_an_example_fits_its_own_pattern_and_no_longer_one(role):
    fits = PATTERNS[role].fullmatch
    assert fits(EXAMPLES[role])
    assert not fits(EXAMPLES[role] + "*")
    assert not fits(EXAMPLES[role] + "*X" * 20)
    assert not fits(EXAMPLES[role] + "~")
    assert not fits(EXAMPLES[role].partition("*")[0])


def required(role):
    return [place for place, one in enumerate(elements(SEGMENTS[role]), start=1) if not one.optional]


@pytest.mark.parametrize(
    ("role", "place"), [(role, place) for role in sorted(SEGMENTS) for place in required(role) if role in EXAMPLES]
)
def test_a_required_element_cannot_be_empty_and_is_named_by_its_number(role, place):
    parts = EXAMPLES[role].split("*")
    emptied = "*".join([*parts[:place], "", *parts[place + 1 :]])
    assert not PATTERNS[role].fullmatch(emptied)
    if role not in SEEN or role.startswith(("HL", "NM1", "REF", "PRV", "AMT", "HI")):
        return
    findings = validate_837p(GOLDEN.replace(f"\n{EXAMPLES[role]}~", f"\n{emptied}~", 1))
    assert f"Element {place} of {parts[0]}" in " ".join(finding.sentence for finding in findings)


@pytest.mark.parametrize(
    ("role", "segment"),
    [
        ("CLM", "CLM*A*180.00***11:B:1*Y*A*Y*Y"),
        ("CLM", "CLM*A*0180***11:B:1*Y*A*Y*Y"),
        ("CLM", "CLM*A*180***11:B:2*Y*A*Y*Y"),
        ("CLM", "CLM*A*180***11:A:1*Y*A*Y*Y"),
        ("CLM", "CLM*" + "A" * 21 + "*180***11:B:1*Y*A*Y*Y"),
        ("SV1", "SV1*HC:90837:1*180*UN*1***1"),
        ("SV1", "SV1*HC:90837:95:HO:HE:U1:U2*180*UN*1***1"),
        ("SV1", "SV1*HC:90837*180*UN*0***1"),
        ("SV1", "SV1*HC:90837*180*UN*1***13"),
        ("SV1", "SV1*HC:90837*180*UN*1***1:2:3:4:5"),
        ("SV1", "SV1*HC:90837*-180*UN*1***1"),
        ("HI", "HI*ABF:F331"),
        ("HI", "HI*ABK:F33.1"),
        ("HI", "HI*ABK:F331" + "*ABF:F411" * 12),
        ("NM1*IL", "NM1*IL*1*doe*ANA****MI*MEM"),
        ("NM1*IL", "NM1*IL*1* DOE*ANA****MI*MEM"),
        ("NM1*IL", "NM1*IL*1*DOE *ANA****MI*MEM"),
        ("NM1*IL", "NM1*IL*1*D  E*ANA****MI*MEM"),
        ("NM1*IL", "NM1*IL*1*" + "D" * 61 + "*ANA****MI*MEM"),
        ("N4@IL", "N4*SPRINGFIELD*IL*6270"),
        ("N4@IL", "N4*SPRINGFIELD*XX*62701"),
        ("BHT", "BHT*0019*00*0000000070001*20260105*2460*CH"),
        ("GS", "GS*HC*SUB12345*RCV98765*20260105*0930*7*X*005010X222A2"),
        ("DMG@IL", "DMG*D8*1985412*F"),
    ],
)
def test_a_wrong_value_does_not_fit(role, segment):
    assert not PATTERNS[role].fullmatch(segment)


@pytest.mark.parametrize(
    ("role", "segment", "values"),
    [
        ("SV1", "SV1*HC:90837:95:HO*180.50*UN*2*10**1:12", {"code": "90837", "modifiers": ":95:HO", "place": "10"}),
        ("SBR", "SBR*S********MB", {"order": "S", "own": None, "group": None, "filing": "MB"}),
        ("NM1*QC", "NM1*QC*1*DOE", {"last": "DOE", "first": None, "suffix": None}),
        ("NM1*77", "NM1*77*2*ANNEX", {"name": "ANNEX", "npi": None}),
        ("CLM", "CLM*A*0.05***02:B:8*N*C*N*I", {"total": "0.05", "place": "02", "frequency": "8", "release": "I"}),
    ],
)
def test_what_may_be_left_out_is_left_out_and_the_rest_is_found(role, segment, values):
    match = PATTERNS[role].fullmatch(segment)
    assert match is not None
    assert {key: match[key] for key in values} == values


def test_each_segment_of_the_golden_file_is_missed_when_it_is_gone():
    segments = GOLDEN.split("~\n")
    optional = ("PRV*BI", "PRV*PE", "PER*IC*ELI*", "REF*9F", "REF*G1", "AMT", "NTE", "NM1*DQ", "NM1*DN")
    for place, segment in enumerate(segments[:-1]):
        codes = {one.code for one in validate_837p("~\n".join(segments[:place] + segments[place + 1 :]))}
        # An optional segment is missed by the count alone; any other also by its follower.
        assert codes == {"x12.count"} if segment.startswith(optional) else codes, segment


def test_each_segment_of_the_golden_file_is_one_too_many_when_it_stands_twice():
    segments = GOLDEN.split("~\n")
    for place in range(len(segments) - 1):
        assert validate_837p("~\n".join(segments[: place + 1] + segments[place:])), segments[place]
