"""A licence in force on the day in the state of the site, and a profession that may hold the hour."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.credentials import Licence, licence_gaps, personnel_gaps

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
ILLINOIS = Licence("IL", "1", FIRST, LAST)


@pytest.mark.parametrize("day", [FIRST, date(2025, 6, 1), LAST])
def test_a_licence_holds_from_its_first_day_to_its_last(day):
    assert licence_gaps([ILLINOIS], state="IL", on=day) == ()


def test_the_day_after_the_last_it_is_refused_and_the_sentence_says_where_when_and_since_when():
    (gap,) = licence_gaps([ILLINOIS], state="IL", on=LAST + timedelta(1))
    assert (gap.code, gap.place) == ("licence.none-in-force", "licences")
    assert "in IL on January 1, 2026" in gap.sentence
    assert "the last one ended on December 31, 2025" in gap.sentence


def test_the_day_before_the_first_it_says_when_it_begins():
    (gap,) = licence_gaps([ILLINOIS], state="IL", on=FIRST - timedelta(1))
    assert "the next one begins on January 1, 2025" in gap.sentence
    assert "ended" not in gap.sentence


def test_a_licence_of_another_state_is_none():
    (gap,) = licence_gaps([ILLINOIS], state="WI", on=FIRST)
    assert gap.sentence == "No licence is in force in WI on January 1, 2025."


def test_no_licence_at_all_is_refused():
    assert [gap.code for gap in licence_gaps([], state="IL", on=FIRST)] == ["licence.none-in-force"]


def test_of_several_that_ended_the_latest_is_named():
    older = Licence("IL", "0", date(2020, 1, 1), date(2021, 12, 31))
    (gap,) = licence_gaps([ILLINOIS, older], state="IL", on=date(2026, 6, 1))
    assert "December 31, 2025" in gap.sentence


def test_a_state_is_the_same_in_small_letters():
    assert licence_gaps([Licence("il ", "1", FIRST, LAST)], state="IL", on=FIRST) == ()


def test_a_licence_that_ends_before_it_begins_cannot_be_made():
    with pytest.raises(ValueError, match="licence"):
        Licence("IL", "1", LAST, FIRST)


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
LICENCES = st.builds(
    lambda state, begins, length: Licence(state, "1", begins, begins + timedelta(length)),
    st.sampled_from(["IL", "WI"]),
    DAYS,
    st.integers(0, 900),
)


@given(st.lists(LICENCES, max_size=5), DAYS)
def test_there_is_a_gap_exactly_when_no_licence_of_the_state_holds(licences, day):
    holds = any(one.state == "IL" and one.valid_from <= day <= one.valid_to for one in licences)
    assert (licence_gaps(licences, state="IL", on=day) == ()) == holds


@given(st.lists(LICENCES, max_size=5), LICENCES, DAYS)
def test_one_licence_more_never_makes_a_gap(licences, more, day):
    if licence_gaps(licences, state="IL", on=day) == ():
        assert licence_gaps([*licences, more], state="IL", on=day) == ()


@pytest.mark.parametrize(
    ("profession", "taxonomy"),
    [
        ("psychologist", "103TC0700X"),
        ("clinical-social-worker", "1041C0700X"),
        ("professional-counselor", "101YP2500X"),
    ],
)
def test_the_professions_of_the_source_document_may_hold_the_hour(hour, profession, taxonomy):
    assert personnel_gaps(hour, profession, taxonomy) == ()


def test_another_profession_may_not_and_hears_who_may(hour):
    (gap,) = personnel_gaps(hour, "dentist", "122300000X")
    assert (gap.code, gap.place) == ("personnel.profession", "profession")
    assert "Psychologist" in gap.sentence


@pytest.mark.parametrize("taxonomy", ["1041C0700X", "", "103"])
def test_a_taxonomy_code_of_another_profession_is_refused(hour, taxonomy):
    (gap,) = personnel_gaps(hour, "psychologist", taxonomy)
    assert (gap.code, gap.place) == ("personnel.taxonomy", "taxonomy")
