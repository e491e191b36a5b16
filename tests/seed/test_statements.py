"""Statement by statement through the source document: each has its place in the definition, and nothing of it is copied."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pytest

import openhour
from openhour.catalog import Procedure, shipped_folder, shipped_shelf
from tests.seed.statements import ANYTHING, HEADINGS, STATEMENTS, Statement
from tests.shared_data import SEED

HOUR = shipped_shelf().procedure("psychotherapy-60", on=date(2026, 11, 23))
SOURCE = Path(openhour.__file__).parent
NAMES = ("slug", "profession")
WORDS_COPIED = 8


def at(definition: object, path: str) -> object:
    """What stands at `risks.discomfort.monitor.kind`: attributes, and rows of a tuple by their slug."""
    for step in path.split("."):
        if isinstance(definition, tuple):
            (definition,) = [row for row in definition if step in (getattr(row, name, None) for name in NAMES)]
        else:
            definition = getattr(definition, step)
    return definition


def headings_used(definition: object) -> set[str]:
    found: set[str] = set()
    if isinstance(definition, tuple):
        return found.union(*map(headings_used, definition))
    if is_dataclass(definition):
        for field in fields(definition):
            value = getattr(definition, field.name)
            found |= {value} if field.name.endswith("heading") else headings_used(value)
    return found


def document() -> list[tuple[str, str]]:
    """Each statement of the document with its heading; skips, saying why, where the document isn't there."""
    if not SEED.exists():
        pytest.skip("the source document is not on this machine")
    heading, told = "", []
    for line in filter(None, map(str.strip, SEED.read_text("utf-8").splitlines())):
        if line.rstrip(":") in HEADINGS:
            heading = line.rstrip(":")
        else:
            told += [(heading, sentence) for sentence in sentences(line)]
    return told


def sentences(line: str) -> list[str]:
    """A point of a list is one statement; a paragraph is as many as it has sentences."""
    return [line[2:]] if line.startswith("- ") else re.split(r"(?<=[a-z]\.) (?=[A-Z])", line)


# Always: the structure of the definition.


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one.starts)
def test_a_statement_lives_where_the_table_says(statement: Statement):
    for path, expected in statement.places:
        value = at(HOUR, path)
        if expected is ANYTHING:
            assert value, path
        else:
            assert value == expected, path


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one.starts)
def test_a_statement_is_read_by_the_file_that_the_table_names(statement: Statement):
    read = (SOURCE / statement.reader).read_text("utf-8")
    parts = {path.split(".")[0] for path, _ in statement.places}
    assert any(re.search(rf"\.{part}\b", read) for part in parts), (statement.reader, parts)


def test_all_fourteen_headings_have_a_part_of_the_definition():
    assert len(set(HEADINGS)) == 14
    assert headings_used(HOUR) == set(HEADINGS)


@pytest.mark.parametrize("procedure", shipped_shelf().procedures, ids=lambda one: one.pin.key)
def test_every_procedure_names_only_headings_of_the_document(procedure: Procedure):
    assert headings_used(procedure) == set(HEADINGS)


@pytest.mark.parametrize(
    ("part", "heading", "slugs"),
    [
        ("indications", "Indications", ["depression", "anxiety", "ptsd", "ocd", "relationship", "grief", "stress", "behavior"]),
        ("phases", "Procedure Description", ["assessment", "goal-setting", "sessions", "homework"]),
        ("risks", "Risks and Complications", ["discomfort", "dependence", "aggravation"]),
        ("benefits", "Benefits", ["wellbeing", "coping", "insight", "relationships"]),
        ("alternatives", "Alternatives", ["medication", "group-therapy", "self-help"]),
    ],
)  # fmt: skip
def test_the_lists_of_the_document_are_whole(part, heading, slugs):
    rows = getattr(HOUR, part)
    assert [row.slug for row in rows] == slugs
    assert {row.heading for row in rows} == {heading}


def test_every_indication_is_measured_and_supported_by_diagnoses():
    for indication in HOUR.indications:
        assert indication.icd10
        assert {"phq-9", "gad-7", "asq"} <= set(indication.battery.intake)
        assert indication.battery.session or indication.slug == "behavior"
        assert {"wsas", "wai-sr", "session-feedback"} <= set(indication.battery.periodic)


@pytest.mark.parametrize(
    ("indication", "own"),
    [("depression", "who-5"), ("anxiety", "dsm-5-level-1"), ("ptsd", "pcl-5"), ("ocd", "oci-r"), ("relationship", "csi-4"), ("grief", "pg-13-r"), ("stress", "pss-10"), ("behavior", "dsm-5-level-1")],
)  # fmt: skip
def test_each_indication_is_measured_by_what_is_its_own(indication, own):
    battery = at(HOUR, f"indications.{indication}.battery")
    assert own in {*battery.intake, *battery.session, *battery.periodic}
    known = {one.pin.slug for one in shipped_shelf().instruments}
    assert {*battery.intake, *battery.session, *battery.periodic} <= known
    assert all(battery.turn(slug) for slug in battery.periodic)


def test_every_risk_is_told_and_watched_and_local_thresholds_are_marked():
    for risk in HOUR.risks:
        assert risk.consent
        assert risk.monitor.parameters
        assert risk.monitor.confirmed != risk.monitor.source.startswith("Local policy")


def test_every_alternative_is_weighed_both_ways_and_offered_at_each_occasion():
    for alternative in HOUR.alternatives:
        assert alternative.benefits
        assert alternative.drawbacks
        assert alternative.offer_when == ("consent", "plan-review", "no-gain")


def test_cognitive_behavioral_methods_come_first_among_the_interventions():
    approaches = [intervention.approach for intervention in HOUR.interventions]
    assert approaches[: approaches.count("cbt")] == ["cbt"] * approaches.count("cbt")
    assert len(set(approaches)) > 5


def test_only_licensed_professions_hold_the_hour():
    assert {one.profession for one in HOUR.personnel} >= {
        "psychologist",
        "clinical-social-worker",
        "professional-counselor",
    }
    assert {one.licence for one in HOUR.personnel} == {"active-in-state-on-date"}


# Where the document is at hand: nothing of it is forgotten, and nothing copied.


def test_every_heading_of_the_document_is_in_our_list():
    document()
    lines = {line.strip().rstrip(":") for line in SEED.read_text("utf-8").splitlines()}
    assert lines >= set(HEADINGS)


def test_every_statement_of_the_document_has_exactly_one_row():
    for heading, sentence in document():
        rows = [row for row in STATEMENTS if row.heading == heading and sentence.startswith(row.starts)]
        assert len(rows) == 1, (heading, sentence)


def test_every_row_is_a_statement_of_the_document_in_its_order():
    told = document()
    assert len(told) == len(STATEMENTS)
    for row, (heading, sentence) in zip(STATEMENTS, told, strict=True):
        assert row.heading == heading
        assert sentence.startswith(row.starts)


@pytest.mark.parametrize("file", sorted(shipped_folder().glob("*/*.toml")), ids=lambda path: path.name)
def test_no_definition_copies_a_sentence_of_the_document(file: Path):
    document()
    copied = runs(words(SEED.read_text("utf-8")))
    for text in texts(tomllib.loads(file.read_text("utf-8"))):
        assert not runs(words(text)) & copied, text


def test_this_table_copies_no_sentence_of_the_document():
    document()
    copied = runs(words(SEED.read_text("utf-8")))
    assert not any(runs(words(row.starts)) & copied for row in STATEMENTS)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(told: list[str]) -> set[tuple[str, ...]]:
    return {tuple(told[start : start + WORDS_COPIED]) for start in range(len(told) - WORDS_COPIED + 1)}


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts(one)]
