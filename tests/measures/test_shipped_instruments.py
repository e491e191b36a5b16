"""Every instrument on the shelf, scored two ways: in columns, as `measures` does, and by hand, answer after answer.

The reckoning by hand lives with the reader of the shelf and shares no line with `measures`; what the two agree on for
any answers, holds for one form and for a million.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.catalog import Instrument, shipped_shelf
from openhour.catalog.kinds import FACTS
from openhour.catalog.reading import reckoning
from openhour.catalog.scoring_terms import Mean
from openhour.measures import flag_columns, score, score_columns
from openhour.measures.parts import rule_columns, subscale_columns

INSTRUMENTS = shipped_shelf().instruments
SLUGS = sorted({one.pin.slug for one in INSTRUMENTS})
BY_SLUG = {one.pin.slug: one for one in INSTRUMENTS}
EXAMPLES = [(one, place) for one in INSTRUMENTS for place in range(len(one.examples))]


def forms(one: Instrument):
    """Any answers out of the choices, with gaps here and there."""
    return st.fixed_dictionaries(
        {
            item.id: st.one_of(st.sampled_from([choice.score for choice in item.choices]), st.none())
            if item.asked_if or not item.adds
            else st.sampled_from([choice.score for choice in item.choices] * 6 + [None])
            for item in one.items
        }
    )


@pytest.mark.parametrize(("one", "place"), EXAMPLES, ids=[f"{one.pin.slug}-{place + 1}" for one, place in EXAMPLES])
def test_an_example_comes_out_as_its_file_says(one, place):
    example = one.examples[place]
    answers = dict(zip((item.id for item in one.scored_items), example.answers, strict=True))
    found = score(one, answers, dict(example.facts))
    assert (found.total, found.band) == (example.total, example.band)
    assert {flag.raises for flag in found.critical} == set(example.flags) & {
        flag.raises for flag in one.flags if flag.confirmed
    }
    if example.possible is not None:
        assert found.max_possible == example.possible
    assert dict(example.subscales).items() <= {part.slug: part.points for part in found.subscales}.items()
    assert dict(example.rules).items() <= {rule.slug: rule.holds for rule in found.rules}.items()


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=12)
@given(data=st.data())
def test_any_answers_come_out_as_by_hand(slug, data):
    one = BY_SLUG[slug]
    answers = data.draw(forms(one))
    facts = data.draw(st.fixed_dictionaries({}, optional={fact: st.sampled_from(v) for fact, v in FACTS.items()}))
    found = score(one, answers, facts)
    assert found.total == reckoning.total(one, answers)
    assert found.band == reckoning.band(one, answers, facts)
    assert found.missing == reckoning.missing(one, answers)
    assert found.complete == (not found.missing)
    assert found.max_possible == reckoning.possible(one, answers)
    if found.total is None:
        assert found.reason
    else:
        assert one.scoring.minimum <= found.total <= found.max_possible <= one.scoring.maximum
        assert found.reason == ""
    for part in found.subscales:
        subscale = next(two for two in one.subscales if two.slug == part.slug)
        assert part.points == reckoning.subscale(one, subscale, answers)
    for held in found.rules:
        assert held.holds is reckoning.rule(one, next(rule for rule in one.rules if rule.slug == held.slug), answers)


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=4)
@given(data=st.data())
def test_one_form_comes_out_as_among_others(slug, data):
    one = BY_SLUG[slug]
    many = data.draw(st.lists(forms(one), min_size=1, max_size=6))
    cells = np.array([[np.nan if form[item.id] is None else form[item.id] for item in one.items] for form in many])
    sexes = np.array([["female", "male", ""][place % 3] for place in range(len(many))])
    columns = score_columns(one, cells, facts={"sex": sexes})
    parts, rules = subscale_columns(one, cells), rule_columns(one, cells)
    flags = flag_columns(one, cells)
    for row, form in enumerate(many):
        single = score(one, form, {"sex": str(sexes[row])})
        assert (single.total is not None, single.total or 0) == (columns.scored[row], columns.totals[row])
        assert single.band == (one.band_labels[columns.bands[row]] if columns.bands[row] >= 0 else None)
        assert bool(single.at_case) == columns.at_case[row]
        assert single.prorated == columns.prorated[row]
        assert [part.points for part in single.subscales] == [
            int(part.points[row]) if part.scored[row] else None for part in parts
        ]
        assert [rule.holds for rule in single.rules] == [
            None if rule.open[row] else bool(rule.holds[row]) for rule in rules
        ]
        assert {(flag.item, flag.raises) for flag in single.flags} == {
            (flag.item, flag.raises) for flag, mask in flags if mask[row]
        }


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=4)
@given(data=st.data())
def test_a_mask_says_the_same_as_empty_cells(slug, data):
    one = BY_SLUG[slug]
    many = data.draw(st.lists(forms(one), min_size=1, max_size=4))
    blank = np.array([[form[item.id] is None for item in one.items] for form in many])
    whole = np.array([[form[item.id] or 0 for item in one.items] for form in many], np.int8)
    # Under the mask stands what would count if it were looked at.
    whole[blank] = np.array([[item.values[-1] for item in one.items]] * len(many), np.int8)[blank]
    cells = np.array([[np.nan if form[item.id] is None else form[item.id] for item in one.items] for form in many])
    masked, empty = score_columns(one, whole, blank), score_columns(one, cells)
    for name in ("totals", "scored", "bands", "at_case", "missing", "outside", "out_of_reach"):
        assert np.array_equal(getattr(masked, name), getattr(empty, name)), name
    for left, right in zip(rule_columns(one, whole, blank), rule_columns(one, cells), strict=True):
        assert np.array_equal(left.holds, right.holds)
        assert np.array_equal(left.open, right.open)


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_answered_gives_no_total_no_band_and_a_reason(slug):
    found = score(BY_SLUG[slug], {})
    assert (found.total, found.band, found.at_case) == (None, None, None)
    assert not found.complete
    assert found.reason.endswith("there is no score.")
    assert found.critical == ()


@pytest.mark.parametrize("slug", [one for one in SLUGS if not BY_SLUG[one].scoring.missing_at_most])
def test_where_no_gap_is_allowed_one_gap_leaves_no_total(slug):
    """Other programs give the partial sum as the total; a partial sum reads as less trouble than there is."""
    one = BY_SLUG[slug]
    worst = {item.id: item.values[-1] for item in one.items}
    for item in one.scored_items:
        found = score(one, {**worst, item.id: None})
        assert (found.total, found.band, found.complete) == (None, None, False)
        assert found.missing == (item.id,)


@pytest.mark.parametrize("slug", [one for one in SLUGS if BY_SLUG[one].scoring.missing_at_most])
def test_where_gaps_are_allowed_as_many_may_be_missing_and_no_more(slug):
    one = BY_SLUG[slug]
    ids = [item.id for item in one.scored_items]
    some = {item.id: item.values[1] for item in one.items}
    allowed = one.scoring.missing_at_most
    last = score(one, {**some, **dict.fromkeys(ids[:allowed])})
    assert last.total is not None
    assert (last.prorated, last.n_missing) == (True, allowed)
    assert score(one, {**some, **dict.fromkeys(ids[: allowed + 1])}).total is None


def test_the_mean_kind_has_terms_with_a_factor():
    assert BY_SLUG["core-10"].scoring.terms == Mean(10)
    assert BY_SLUG["session-feedback"].scoring.terms == Mean(1)
