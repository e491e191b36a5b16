"""What others scored and counted, beside ours: an independent program, a public survey, two data sets of answers."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from openhour.catalog import shipped_shelf
from openhour.catalog.instrument import ChangeRule, Choice
from openhour.catalog.scoring_terms import Count, CountRule, Scoring, Subscale
from openhour.measures import score, score_columns
from openhour.measures.answers import is_choice
from openhour.measures.parts import rule_columns, subscale_columns
from tests.measures.instruments import NINE, questions
from tests.shared_data import shared

DAY = date(2026, 11, 23)


def shipped(slug):
    return shipped_shelf().instrument(slug, on=DAY)


def vectors(task):
    return json.loads(shared("scoring/camcops_vectors_sample.json").read_text())[task]["vectors"]


def facts(task):
    return json.loads(shared("scoring/camcops_tasks_facts.json").read_text())["scoring_facts"][task]


def answers_of(vector):
    return {key.removeprefix("q"): value for key, value in vector["answers"].items()}


@pytest.mark.parametrize(("task", "slug"), [("phq9", "phq-9"), ("gad7", "gad-7"), ("wsas", "wsas")])
def test_every_vector_of_the_independent_program_comes_out(task, slug):
    assert len(vectors(task)) == 10
    for vector in vectors(task):
        found = score(shipped(slug), answers_of(vector))
        assert found.total == vector["out"]["total_score"]
        assert found.complete == vector["out"]["is_complete"]


def test_the_symptom_counts_are_those_of_the_independent_program():
    for vector in vectors("phq9"):
        found = score(shipped("phq-9"), answers_of(vector))
        assert {rule.slug: rule.holds for rule in found.rules} == {
            "major-depressive-syndrome": vector["out"]["is_mds"],
            "other-depressive-syndrome": vector["out"]["is_ods"],
        }


def test_the_highest_total_possible_is_that_of_the_independent_program():
    for vector in vectors("wsas"):
        assert score(shipped("wsas"), answers_of(vector)).max_possible == vector["out"]["max_score"]
    told = facts("wsas")["constants"]
    each, asked = int(told["MAX_PER_Q"]), int(told["NQUESTIONS"])
    retired = score(shipped("wsas"), {"1": 99, **dict.fromkeys("2345", each)})
    assert told["MAX_IF_RETIRED"] == "MAX_PER_Q * (NQUESTIONS - 1)"
    assert (retired.max_possible, retired.total) == (each * (asked - 1), each * (asked - 1))


@pytest.mark.parametrize(("task", "slug"), [("phq9", "phq-9"), ("gad7", "gad-7"), ("wsas", "wsas")])
def test_where_the_independent_program_sums_past_a_gap_ours_does_not(task, slug):
    """It gives the partial sum as the total though it calls the form incomplete; for us that is no total at all."""
    for vector in vectors(task):
        answers = answers_of(vector)
        for item in shipped(slug).scored_items:
            found = score(shipped(slug), {**answers, item.id: None})
            partial = vector["out"]["total_score"] - answers[item.id]
            assert found.raw == partial
            assert (found.total, found.missing) == (None, (item.id,))


@pytest.mark.parametrize(
    ("task", "slug", "count", "highest"),
    [("phq9", "phq-9", "N_MAIN_QUESTIONS", 27), ("gad7", "gad-7", "NQUESTIONS", 21), ("pcl5", "pcl-5", "N_QUESTIONS", 80), ("core10", "core-10", "N_QUESTIONS", 40), ("wsas", "wsas", "NQUESTIONS", 40)],
)  # fmt: skip
def test_the_number_of_questions_and_the_range_are_told_alike(task, slug, count, highest):
    one = shipped(slug)
    assert len(one.scored_items) == int(facts(task)["constants"][count])
    assert one.scoring.maximum == highest


@pytest.mark.parametrize(("task", "slug"), [("phq9", "phq-9"), ("gad7", "gad-7")])
def test_the_bands_are_told_alike(task, slug):
    told = dict(re.findall(r"≥(\d+) (severe|moderately severe|moderate|mild)", facts(task)["footnotes"]))
    ours = {str(band.at_least): band.label for band in shipped(slug).bands if band.at_least}
    assert ours == told


def test_the_clusters_of_the_pcl_are_told_alike():
    told = facts("pcl5")["footnotes"]
    assert "scores ≥2 are considered symptomatic" in told
    assert {item.symptom_at for item in shipped("pcl-5").items} == {2}
    needed = [int(number) for number in re.findall(r"≥(\d) ‘[BCDE]’", told)]
    (rule,) = shipped("pcl-5").rules
    assert [count.at_least for count in rule.counts] == needed == [1, 1, 2, 2]
    assert [count.items for count in rule.counts] == [part.items for part in shipped("pcl-5").subscales]


def test_the_clinical_score_of_core_10_is_told_alike():
    """Number of questions times the total, divided by the questions completed."""
    assert "number of questions × total score ÷ number of questions completed" in facts("core10")["footnotes"]
    one = shipped("core-10")
    for blank in "1456789":
        answers = {**dict.fromkeys((item.id for item in one.items), 3), "2": 1, "3": 1, blank: None}
        assert score(one, answers).total == round(10 * 27 / 9)


def test_a_public_survey_is_counted_as_its_codebook_counts_it():
    """2013-2014: 7 refused and 9 don't know are none of the choices, and a dot is missing."""
    told = json.loads(shared("items/nhanes_dpq_official_frequencies_2013_2014.json").read_text())["2013-2014"]
    one = shipped("phq-9")
    for item, column in zip(one.items[:9], one.data_columns, strict=True):
        counts = {code: cell["count"] for code, cell in told[column].items()}
        cells = np.concatenate(
            [np.full(count, np.nan if code == "." else float(code)) for code, count in counts.items()]
        )
        inside = is_choice(item, cells)
        assert inside.sum() == sum(counts[code] for code in "0123")
        assert {choice.text for choice in item.choices} == {told[column][code]["label"] for code in "0123"}
        blank = [np.zeros(len(cells))] * 9
        blank[int(item.id) - 1] = cells
        found = score_columns(one, blank)
        assert found.outside.sum() == counts.get("7", 0) + counts.get("9", 0)
        assert found.missing.sum() == counts["."]
        assert found.totals.sum() == sum(int(code) * counts[code] for code in "123")
        assert found.scored.sum() == inside.sum()


def test_an_example_of_trial_data_has_our_totals():
    visits: dict[str, dict[str, int]] = defaultdict(dict)
    with shared("items/admiral_example_qs_gad7_gds.csv").open() as file:
        for row in csv.DictReader(file):
            if row["QSCAT"] == "GAD-7 V2":
                visits[row["VISIT"]][row["QSTESTCD"]] = int(row["QSSTRESN"])
                labels = {choice.text: choice.score for choice in shipped("gad-7").item("1").choices}
                assert labels.get(row["QSORRES"], int(row["QSSTRESN"])) == int(row["QSSTRESN"])
    assert len(visits) == 4
    for visit in visits.values():
        answers = {str(place): visit[f"GAD020{place}"] for place in range(1, 8)}
        assert score(shipped("gad-7"), answers).total == visit["GAD0208"]


PCL_C = replace(
    NINE,
    items=tuple(
        replace(item, symptom_at=3)
        for item in questions(17, choices=tuple(Choice(value, str(value), "") for value in range(1, 6)))
    ),
    scoring=Scoring("sum", 17, 85, 0, "test"),
    bands=(),
    flags=(),
    change=ChangeRule("lower", None, None, "", False),
    data_columns=(),
    subscales=tuple(
        Subscale(slug, slug, tuple(str(place) for place in range(first, last + 1)), "sum", None, "test")
        for slug, first, last in [("b", 1, 5), ("c", 6, 12), ("d", 13, 17)]
    ),
    rules=(
        CountRule(
            "ptsd",
            "PTSD by clusters",
            (
                Count(tuple("12345"), 1),
                Count(tuple(str(place) for place in range(6, 13)), 3),
                Count(tuple(str(place) for place in range(13, 18)), 2),
            ),
            "CamCOPS: symptomatic from 3; one B, three C, two D",
        ),
    ),
)
"""The older checklist of 17 items of 1 to 5, which these answers were given to."""


def test_real_answers_to_the_older_checklist_are_scored_as_a_plain_table_says():
    told = facts("pcl")
    assert "scores ≥3 are considered symptomatic" in told["footnotes"]
    assert [int(number) for number in re.findall(r"≥(\d) ‘[BCD]’", told["footnotes"])] == [1, 3, 2]
    table = pd.read_csv(shared("items/wenchuan_pclc_362x17.csv"))
    assert table.shape == (362, 17)
    found = score_columns(PCL_C, table.to_numpy(float))
    whole = table.notna().all(axis=1)
    assert 0 < (~whole).sum() < 362
    assert found.scored.tolist() == whole.tolist()
    assert found.totals[whole].tolist() == table[whole].sum(axis=1).astype(int).tolist()
    for part in subscale_columns(PCL_C, table.to_numpy(float)):
        theirs = table.iloc[:, [int(item) - 1 for item in part.subscale.items]]
        full = theirs.notna().all(axis=1)
        assert part.scored.tolist() == full.tolist()
        assert part.points[full].tolist() == theirs[full].sum(axis=1).astype(int).tolist()


def test_a_rule_on_real_answers_is_open_only_where_a_gap_could_decide_it():
    table = pd.read_csv(shared("items/wenchuan_pclc_362x17.csv"))
    (rule,) = rule_columns(PCL_C, table.to_numpy(float))
    groups = [(table.iloc[:, 0:5], 1), (table.iloc[:, 5:12], 3), (table.iloc[:, 12:17], 2)]
    without = np.logical_and.reduce([((group.fillna(0) >= 3).sum(axis=1) >= least) for group, least in groups])
    filled = np.logical_and.reduce([((group.fillna(5) >= 3).sum(axis=1) >= least) for group, least in groups])
    assert rule.holds.tolist() == without.tolist()
    assert rule.open.tolist() == (filled & ~without).tolist()
    assert (rule.open & table.notna().all(axis=1).to_numpy()).sum() == 0
