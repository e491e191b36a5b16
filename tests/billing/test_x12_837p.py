"""837P files: what we write, an independent validator accepts; what we read back is what we wrote; what is broken is refused."""

from __future__ import annotations

import json
import tracemalloc
from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.billing.claims import Address, Clinician, Coverage, Facility, Money, Person
from openhour.billing.x12 import read_837p, survey_837, validate_837p, write_837p
from openhour.billing.x12.charset import is_writable, loses_letters, name
from openhour.kernel import Refused
from tests.billing.cast import ANA, CLAIM, COVERED, LINE, PRACTICE, SAM, batch_of, pyx12_accepts, with_lines
from tests.billing.drawn import batches
from tests.shared_data import shared

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "837p-first-week.edi"
SLOW = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def text_of(batch, **how):
    return "".join(write_837p(batch, **how))


def codes(text):
    return [finding.code for finding in validate_837p(text)]


def first_week():
    """Ana twice and once with supervisor and site; her son on her policy; a replacement with all references."""
    son = replace(ANA, key="max", person=Person("Doe", "Max", "J", "Jr."), sex="M")
    family = Coverage(
        replace(COVERED.payer, address=Address("1 Payer Plaza", "Chicago", "IL", "60601")),
        "MEM123456",
        "GRP001",
        "19",
        Person("Doe", "Ana"),
    )
    annex = Facility(
        "Riverside Annex", Address("2 Oak St", "Springfield", "IL", "62701-0002", "Suite 4"), "1669817979"
    )
    second = replace(LINE, control="B7-1-2", day=LINE.day.replace(day=4), code="90834", amount=Money(13050))
    return batch_of(
        with_lines(CLAIM, LINE, second),
        replace(CLAIM, control="B7-2", supervising=SAM, facility=annex, authorization="AUTH-7788", diagnoses=("F33.1", "F41.1", "Z63.0")),
        replace(CLAIM, control="B7-3", patient=son, coverage=family, frequency="7", replaces="PCN1", patient_paid=Money(2500), note="Corrected: date", referral="R1", referring=SAM),
        replace(CLAIM, control="B7-4", rendering=Clinician(Person("Núñez", "Zoë"), "1912301953"), pay_to=PRACTICE.address),
    )  # fmt: skip


def test_the_golden_file_is_written_byte_for_byte():
    assert text_of(first_week()) == GOLDEN.read_text("ascii")


def test_the_independent_validator_accepts_the_golden_file():
    accepted, answer = pyx12_accepts(GOLDEN.read_text("ascii"))
    assert accepted, answer
    assert "IK5*A" in answer


def test_the_golden_file_reads_back_as_the_claims_it_was_made_of():
    batch = read_837p(GOLDEN.read_text("ascii"))
    assert [claim.control for claim in batch.claims] == ["B7-1", "B7-2", "B7-3", "B7-4"]
    first, supervised, replaced, last = batch.claims
    assert first.total == Money(31050)
    assert supervised.supervising.person.full == "SAM STONE"
    assert supervised.facility.name == "RIVERSIDE ANNEX"
    assert first.facility is None
    assert first.supervising is None
    assert (replaced.coverage.relation, replaced.coverage.holder.full) == ("19", "ANA DOE")
    assert replaced.patient.person.full == "MAX J DOE JR."
    assert (replaced.frequency, replaced.replaces, replaced.note) == ("7", "PCN1", "CORRECTED DATE")
    assert last.rendering.person.last == "NUNEZ"
    assert last.rendering.taxonomy == ""
    assert last.referral == ""
    assert text_of(batch) == GOLDEN.read_text("ascii")


def test_the_envelope_has_its_fixed_widths():
    text = text_of(batch_of(CLAIM), line_breaks=False)
    assert text[:3] == "ISA"
    assert text[103:106] == "*:~"
    assert text.endswith("IEA*1*000000007~")
    assert "\n" not in text


@SLOW
@given(batches())
def test_every_file_that_we_write_is_accepted_and_reads_back(batch):
    text = text_of(batch)
    accepted, answer = pyx12_accepts(text)
    assert accepted, answer
    assert validate_837p(text) == ()
    read = read_837p(text)
    assert len(read.claims) == len(batch.claims)
    assert [claim.total for claim in read.claims] == [claim.total for claim in batch.claims]
    assert text_of(read) == text


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches(), st.data())
def test_a_file_cut_into_any_pieces_is_judged_the_same(batch, data):
    text = text_of(batch)
    cut = data.draw(st.integers(0, len(text)))
    assert validate_837p(iter([text[:cut], text[cut:]])) == ()


def mutated(text, draw):
    """The text with one to three small wounds."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(text) - 1, 0)))
        how = draw(st.sampled_from(["drop", "put", "swap", "cut", "segment", "twice"]))
        segments = text.split("~")
        place = draw(st.integers(0, len(segments) - 1))
        if how == "drop":
            text = text[:at] + text[at + 1 :]
        elif how == "put":
            text = text[:at] + draw(st.sampled_from([*"~*:^0A \n", "é", "\x00", "王"])) + text[at:]
        elif how == "swap":
            text = text[:at] + draw(st.sampled_from("*~:09AZ")) + text[at + 1 :]
        elif how == "cut":
            text = text[:at]
        elif how == "segment":
            text = "~".join(segments[:place] + segments[place + 1 :])
        else:
            text = "~".join([*segments[: place + 1], *segments[place:]])
    return text


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_wounded_file_never_raises_and_what_is_still_accepted_round_trips(data):
    text = mutated(GOLDEN.read_text("ascii"), data.draw)
    if validate_837p(text):
        with pytest.raises(Refused):
            read_837p(text)
    else:
        read = read_837p(text)
        assert read_837p(text_of(read)) == read


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_the_independent_validator_rejects_we_reject_too(data):
    text = mutated(GOLDEN.read_text("ascii"), data.draw)
    if not validate_837p(text):
        accepted, answer = pyx12_accepts(text)
        assert accepted, (answer, text)


BREAKAGES = {
    "x12.count": [("SE*", "SE*9"), ("GE*1*", "GE*2*"), ("IEA*1", "IEA*2")],
    "x12.control": [("*0001~\nGE", "*0002~\nGE"), ("CLM*B7-2", "CLM*B7-1"), ("0000000070001", "0000000070002")],
    "x12.balance": [("CLM*B7-1*310.50", "CLM*B7-1*310.51"), ("*130.50*", "*130*")],
    "npi.invalid": [("XX*1234567893", "XX*1234567890"), ("XX*1876543210", "XX*1876543211"), ("XX*1669817979", "XX*1669817970")],
    "x12.hl-parent": [("HL*2*1*22", "HL*2*9*22"), ("HL*4*3*23", "HL*4*2*23")],
    "x12.hl-number": [("HL*2*1*22", "HL*7*1*22")],
    "x12.subscriber": [("SBR*P*18*", "SBR*P**")],
    "x12.pointer": [("UN*1***1:2", "UN*1***1:9")],
    "x12.day": [("DTP*472*D8*20260102", "DTP*472*D8*20260231"), ("DMG*D8*19850412", "DMG*D8*19851301")],
    "x12.frequency": [("REF*F8*PCN1~\n", ""), ("11:B:7", "11:B:1")],
    "x12.segment-unexpected": [("HI*", "HX*"), ("N4*SPRINGFIELD*IL*62701~\nDMG", "DMG"), ("BHT*", "BHX*"), ("LX*1~\n", "")],
    "x12.element": [("*IL*62701~", "*ZQ*62701~"), ("DMG*D8*19850412*F", "DMG*D8*19850412*X"), ("11:B:1", "00:B:1"), ("NM1*IL*1*DOE", "NM1*IL*1*"), ("HC:90837", "HC:9083"), ("SBR*P*18*GRP001******CI", "SBR*P*18*GRP001******QQ")],
    "x12.envelope": [("GS*HC*SUB12345", "GS*HC*SUB12346"), ("46*RCV98765", "46*RCV98766")],
    "x12.lines": [("LX*2", "LX*3")],
    "x12.cut-off": [("IEA*1*000000007~\n", ""), ("IEA*1*000000007~", "IEA*1*000000007")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "was", "becomes"), [(code, *one) for code, all_of in BREAKAGES.items() for one in all_of]
)
def test_a_breakage_is_named(code, was, becomes):
    text = GOLDEN.read_text("ascii")
    assert was in text
    broken = text.replace(was, becomes, 1)
    assert code in codes(broken)
    assert all(finding.place.startswith("segment ") for finding in validate_837p(broken))


@pytest.mark.parametrize("text", ["", "~", "ISA", "hello", "\x00" * 200, "ISA*" * 50, "~" * 1000, "HL*~HL**~HL*1~"])
def test_rubbish_is_refused_and_never_raises(text):
    assert validate_837p(text)
    with pytest.raises(Refused):
        read_837p(text)


def test_a_finding_never_shows_what_stands_in_the_file():
    text = GOLDEN.read_text("ascii").replace("DOE*ANA", "DOE;[SECRET*ANA~~", 1)
    assert "SECRET" not in repr(validate_837p(text))


def test_a_file_of_rubbish_is_not_answered_with_endless_findings():
    assert len(validate_837p("XX*1~" * 10_000)) <= 200


def many(count):
    for number in range(count):
        patient = replace(ANA, person=Person(f"Doe{number}", "Ana"))
        yield replace(CLAIM, control=f"B7-{number}", patient=patient)


def test_a_transaction_holds_at_most_five_thousand_claims():
    survey = survey_837(text_of(batch_of(*many(5001))))
    assert [one.control for one in survey.transactions] == ["0001", "0002"]
    assert len(survey.claims) == 5001
    assert survey.findings == ()
    assert validate_837p(text_of(batch_of(*many(5001)))) == ()


def test_a_patient_loop_holds_at_most_a_hundred_claims():
    text = text_of(batch_of(*(replace(CLAIM, control=f"B7-{number}") for number in range(201))))
    assert text.count("*22*0~") == 3
    assert pyx12_accepts(text)[0]


def growth(work, *counts):
    """Bytes by which the highest use of memory grows from the second to the third count of claims, with full caches."""
    tracemalloc.start()
    peaks = []
    for count in counts:
        tracemalloc.reset_peak()
        work(write_837p(replace(batch_of(), claims=many(count))))
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    return peaks[2] - peaks[1]


def test_writing_holds_one_claim_in_memory_however_many_there_are():
    assert growth(deque(maxlen=0).extend, 4_500, 1_000, 4_000) < 50_000


def test_judging_remembers_nothing_but_the_claim_numbers_of_a_transaction():
    assert growth(validate_837p, 5_001, 5_001, 10_000) < 50_000


@pytest.mark.parametrize(
    "claim",
    [
        replace(CLAIM, control="A~B"),
        replace(CLAIM, control="A" * 21),
        replace(CLAIM, place="00"),
        replace(CLAIM, diagnoses=()),
        replace(CLAIM, lines=()),
        replace(CLAIM, coverage=replace(COVERED, member_id="M:1")),
        replace(CLAIM, coverage=replace(COVERED, relation="19")),
        replace(CLAIM, patient=replace(ANA, sex="~")),
        replace(CLAIM, patient=replace(ANA, person=Person("王"))),
        replace(CLAIM, patient=replace(ANA, address=replace(ANA.address, state="I*"))),
        replace(CLAIM, billing=replace(PRACTICE, tax_id="1~")),
        replace(CLAIM, frequency="~"),
        replace(CLAIM, may_release="*"),
        with_lines(CLAIM, replace(LINE, code="90*37")),
        with_lines(CLAIM, replace(LINE, modifiers=("9~",))),
        with_lines(CLAIM, replace(LINE, pointers=(3,))),
        with_lines(CLAIM, replace(LINE, place="~~")),
        replace(CLAIM, total=Money(-1)),
    ],
)
def test_what_cannot_stand_in_a_file_is_refused_by_the_writer_itself(claim):
    with pytest.raises(Refused):
        text_of(batch_of(claim))


def test_a_batch_without_claims_or_with_a_wrong_envelope_is_refused():
    with pytest.raises(Refused):
        text_of(batch_of())
    with pytest.raises(Refused):
        write_837p(batch_of(CLAIM, control=0))
    with pytest.raises(Refused):
        write_837p(replace(batch_of(CLAIM), receiver_id="A*B"))


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Núñez", "NUNEZ"),
        ("Łukasz Øst", "LUKASZ OST"),
        ("Straße", "STRASSE"),
        ("O’Neil", "O'NEIL"),
        ("A~B*C:D^E", "A B C D E"),
        ("  Doe \t\n Jr ", "DOE JR"),
        ("İnce ıslak", "INCE ISLAK"),
        ("王", ""),
    ],
)
def test_names_are_brought_into_the_letters_of_a_claim(raw, cleaned):
    assert name(raw, 60) == cleaned


@given(st.text(max_size=100), st.integers(1, 60))
def test_a_cleaned_name_holds_no_delimiter_and_is_clean_already(text, limit):
    cleaned = name(text, limit)
    assert len(cleaned) <= limit
    assert not set(cleaned) & set("~*:^\r\n")
    assert cleaned == "" or is_writable(cleaned)
    assert name(cleaned, limit) == cleaned


def test_a_name_in_another_script_must_be_spelled_by_a_person():
    assert loses_letters("王芳")
    assert loses_letters("Иван")
    assert not loses_letters("Núñez-Łukasz ß")


def facts():
    return json.loads(shared("x12/manifest_facts.json").read_text("utf-8"))


def test_the_survey_agrees_with_facts_counted_elsewhere_on_real_files():
    looked_at = 0
    for entry in facts():
        if not any(one["st01"] == "837" for one in entry["facts"].get("transactions", ())):
            continue
        known = entry["facts"]
        text = shared("x12/files").joinpath(entry["file"]).read_text("latin-1")
        looked_at += 1
        if not text.lstrip().startswith("ISA"):
            with pytest.raises(Refused):
                survey_837(text)
            continue
        survey = survey_837(text)
        assert (survey.element, survey.component, survey.terminator) == (
            known["element_sep"],
            known["component_sep"],
            known["segment_term"],
        ), entry["file"]
        assert survey.segments == known["n_segments"], entry["file"]
        for ours, theirs in zip(survey.transactions, known["transactions"], strict=True):
            assert (ours.segments, ours.declared, ours.levels) == (
                theirs["actual_segments"],
                theirs["se01"],
                theirs["hl_count"],
            )
            assert (ours.declared == str(ours.segments)) is theirs["count_ok"], entry["file"]
            assert (ours.closes == ours.control) is theirs["control_ok"], entry["file"]
        assert [(one.control, one.total, one.place) for one in survey.claims] == [
            (one["clm01"], one["clm02"], one["clm05"]) for one in known["claims"]
        ]
        for claim, theirs in zip(survey.claims, known["claims"], strict=True):
            assert list(claim.diagnoses) == theirs["hi"], entry["file"]
            # The facts name the segment, the service, the charge and the units of each line; SV1 has the unit's kind between.
            told = [[line[0], line[1], line[2], line[4]] for line in claim.lines if line[0] == "SV1"]
            assert told == [line for line in theirs["lines"] if line[0] == "SV1"], entry["file"]
    assert looked_at > 20


def test_real_files_with_a_wrong_count_are_reported_and_never_raise():
    for entry in facts():
        text = shared("x12/files").joinpath(entry["file"]).read_text("latin-1")
        validate_837p(text)
        if not all(one.get("count_ok", True) for one in entry["facts"].get("transactions", ())):
            assert text.lstrip().startswith("ISA")
            assert "x12.count" in [finding.code for finding in survey_837(text).findings], entry["file"]


def test_every_code_list_lies_within_the_public_ones():
    from openhour.billing import codes as ours

    public = json.loads(shared("codes/pyx12_codesets.json").read_text("utf-8"))
    assert set(public["pos"]["codes"]) >= ours.PLACES_OF_SERVICE
    assert set(public["states"]["codes"]) >= ours.STATES
    assert {"11", "10", "02", "53", "22"} <= ours.PLACES_OF_SERVICE
