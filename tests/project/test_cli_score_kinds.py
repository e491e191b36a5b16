"""`openhour score` on every instrument of the shelf: each file's own examples, written as a spreadsheet."""

from __future__ import annotations

import csv
from collections import Counter

import pandas as pd
import pytest

from openhour.catalog import shipped_shelf
from tests.project.command_line import openhour

__all__ = ["openhour"]

INSTRUMENTS = {one.pin.slug: one for one in shipped_shelf().instruments}


def sheet(folder, one):
    """The examples of an instrument as a file: a row each, a column for each scored item, and the sex where it is told."""
    path = folder / f"{one.pin.slug}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["who", "sex", *(f"q{item.id}" for item in one.scored_items)])
        for place, example in enumerate(one.examples, start=1):
            answers = ["" if answer is None else answer for answer in example.answers]
            writer.writerow([place, dict(example.facts).get("sex", ""), *answers])
    return path


def scored(openhour, folder, slug, *more):
    one = INSTRUMENTS[slug]
    columns = ",".join(f"q{item.id}" for item in one.scored_items)
    out = folder / "scores.csv"
    said = openhour(
        "score", slug, sheet(folder, one), "--columns", columns, "--id", "who", "--json", "--out", out, *more
    )
    assert (said.exit, said.err) == (0, "")
    return one, said.json, pd.read_csv(out, dtype={"band": str, "flags": str, "reason": str})


@pytest.mark.parametrize("slug", sorted(INSTRUMENTS))
def test_every_instrument_is_scored_from_a_file(openhour, tmp_path, slug):
    one, facts, rows = scored(openhour, tmp_path, slug, "--sex", "sex")
    examples = one.examples
    assert facts["n"] == len(examples) == facts["scored"] + facts["unscored"]
    assert [None if pd.isna(total) else int(total) for total in rows["total"]] == [one.total for one in examples]
    assert [None if pd.isna(band) else band for band in rows["band"]] == [one.band for one in examples]
    told = Counter(one.band for one in examples)
    assert facts["bands"] == {label: told[label] for label in one.band_labels}
    for part in one.subscales:
        for example, points in zip(examples, rows[f"part_{part.slug}"], strict=True):
            if part.slug in dict(example.subscales):
                assert points == dict(example.subscales)[part.slug]
    confirmed = {flag.raises for flag in one.flags if flag.confirmed}
    assert set(facts["flags"]) == confirmed
    assert {flag for flags in rows["flags"].dropna() for flag in flags.split(";")} == confirmed


def test_without_the_fact_there_is_a_total_and_no_band(openhour, tmp_path):
    _, facts, rows = scored(openhour, tmp_path, "audit-c")
    assert rows["band"].isna().all()
    assert facts["scored"] == rows["total"].notna().sum() == 5
    assert facts["at_or_above_case"] == 0


def test_with_the_fact_the_case_is_counted_by_it(openhour, tmp_path):
    _, facts, _ = scored(openhour, tmp_path, "audit-c", "--sex", "sex")
    assert facts["at_or_above_case"] == 2


@pytest.mark.parametrize("told", ["f", "F", " Female", "w", "female"])
def test_the_sex_is_read_as_people_write_it(openhour, tmp_path, told):
    path = tmp_path / "one.csv"
    path.write_text(f"a,b,c,s\n2,1,0,{told}\n2,1,0,other\n2,1,0,\n")
    said = openhour("score", "audit-c", path, "--columns", "a,b,c", "--sex", "s", "--json")
    assert said.json["bands"] == {"negative": 0, "positive": 1}


def test_a_gap_that_is_filled_is_counted_and_told_in_its_row(openhour, tmp_path):
    _, facts, rows = scored(openhour, tmp_path, "core-10")
    assert facts["prorated"] == 1 == rows["prorated"].sum()
    assert (
        "something in place of a gap"
        in openhour(
            "score", "core-10", tmp_path / "core-10.csv", "--columns", ",".join(f"q{place}" for place in range(1, 11))
        ).out
    )


def test_what_does_not_apply_lowers_the_highest_total_that_is_possible(openhour, tmp_path):
    _, _, rows = scored(openhour, tmp_path, "wsas")
    assert set(rows["possible"].dropna()) == {40, 32}


def test_items_behind_a_closed_gate_are_no_gap(openhour, tmp_path):
    _, facts, rows = scored(openhour, tmp_path, "pc-ptsd-5")
    assert facts["reasons"] == {"outside-choices": 0, "not-answered": 2}
    assert rows["reason"].dropna().tolist() == ["not answered: q4", "not answered: qevent"]


def test_levels_that_no_source_confirmed_are_told_as_such(openhour, tmp_path):
    one = INSTRUMENTS["c-ssrs-screener"]
    columns = ",".join(f"q{item.id}" for item in one.scored_items)
    told = openhour("score", "c-ssrs-screener", sheet(tmp_path, one), "--columns", columns).out
    assert "No source confirmed these levels." in told
    assert "with the flag suicide-risk" in told


def test_parts_at_their_cut_off_are_counted(openhour, tmp_path):
    _, facts, _ = scored(openhour, tmp_path, "psc-17")
    assert facts["parts_at_case"] == {"internalizing": 2, "attention": 1, "externalizing": 2}
    assert facts["prorated"] == 1
