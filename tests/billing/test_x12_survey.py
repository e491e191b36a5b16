"""The survey looks at any 837, whatever its separators, and says what doesn't agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhour.billing.x12 import survey_837
from openhour.kernel import Refused

GOLDEN = (Path(__file__).resolve().parents[1] / "golden" / "837p-first-week.edi").read_text("ascii")


def codes(text):
    return [finding.code for finding in survey_837(text).findings]


def test_it_tells_the_facts_of_our_own_file():
    survey = survey_837(GOLDEN)
    assert (survey.element, survey.component, survey.repetition, survey.terminator) == ("*", ":", "^", "~")
    assert survey.interchange == "000000007"
    (transaction,) = survey.transactions
    assert (transaction.kind, transaction.control, transaction.levels) == ("837", "0001", 6)
    assert transaction.declared == str(transaction.segments)
    assert [claim.control for claim in survey.claims] == ["B7-1", "B7-2", "B7-3", "B7-4"]
    assert survey.claims[0].diagnoses == ("ABK:F331", "ABF:F411")
    assert [line[2] for line in survey.claims[0].lines] == ["180", "130.50"]
    assert survey.findings == ()


def test_other_separators_change_nothing():
    other = GOLDEN.replace("~\n", "\x1c").replace("*", "|").replace(":", ">")
    survey = survey_837(other)
    assert (survey.element, survey.component, survey.terminator) == ("|", ">", "\x1c")
    assert [claim.control for claim in survey.claims] == ["B7-1", "B7-2", "B7-3", "B7-4"]
    assert survey.claims[0].place == "11>B>1"


@pytest.mark.parametrize("start", ["\ufeff", "\r\n", "  \t"])
def test_marks_before_the_file_are_passed_over(start):
    assert survey_837(start + GOLDEN).transactions == survey_837(GOLDEN).transactions


def test_a_wrong_count_and_a_wrong_number_are_said():
    assert codes(GOLDEN.replace("SE*94*0001", "SE*93*0001")) == ["x12.count"]
    assert codes(GOLDEN.replace("SE*94*0001", "SE*94*0002")) == ["x12.control"]
    assert codes(GOLDEN.replace("SE*94*0001", "SE*1*2")) == ["x12.count", "x12.control"]


def test_a_file_without_its_end_is_cut_off_and_still_told():
    cut = GOLDEN[: GOLDEN.index("SE*94")]
    survey = survey_837(cut)
    assert [finding.code for finding in survey.findings] == ["x12.cut-off"]
    assert len(survey.claims) == 4


def test_every_beginning_of_a_file_is_surveyed_or_refused_and_nothing_else():
    for length in range(0, 106, 7):
        with pytest.raises(Refused):
            survey_837(GOLDEN[:length])
    for length in range(106, len(GOLDEN), 7):
        assert survey_837(GOLDEN[:length]).interchange == "000000007"


@pytest.mark.parametrize("text", ["", "ISA", "ISA" + "*" * 20, "hello" * 100, "<xml/>", "\x00" * 500])
def test_what_is_no_x12_is_refused_in_words(text):
    with pytest.raises(Refused) as refusal:
        survey_837(text)
    assert "ISA" in refusal.value.findings[0].sentence


def test_segments_without_elements_do_not_trouble_it():
    bare = GOLDEN[:107] + "ST~CLM~HI~SV1~SE~CLM~ST~"
    survey = survey_837(bare)
    assert [one.control for one in survey.transactions] == ["", ""]
    assert survey.claims[0].control == ""
