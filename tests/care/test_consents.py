"""Informed consent: given and still holding, and filled from the procedure's own definition."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.care.consents import FILLS, ConsentFacts, consent_form_findings, consent_gaps, filled_consent
from openhour.catalog import kinds, shipped_shelf
from tests.care.conftest import DAY

SIGNED = date(2025, 1, 5)


def codes(form, *given_ones, on=DAY):
    return [gap.code for gap in consent_gaps(form, given_ones, on=on)]


@pytest.fixture
def signed(consent_form):
    return ConsentFacts(consent_form.pin.key, SIGNED)


def test_a_consent_that_was_never_given_is_missing(consent_form):
    (gap,) = consent_gaps(consent_form, [], on=DAY)
    assert (gap.code, gap.place) == ("consent.missing", "consents.psychotherapy")


def test_a_consent_signed_that_day_holds_that_day_and_not_the_day_before(consent_form, signed):
    assert codes(consent_form, signed, on=SIGNED) == []
    assert codes(consent_form, signed, on=SIGNED - timedelta(1)) == ["consent.missing"]


@pytest.mark.parametrize(("days", "expected"), [(0, []), (365, []), (366, ["consent.expired"])])
def test_a_consent_is_renewed_after_its_days(consent_form, signed, days, expected):
    assert codes(consent_form, signed, on=SIGNED + timedelta(days)) == expected


def test_a_consent_without_a_term_never_expires(consent_form, signed):
    forever = replace(consent_form, renew_after_days=None)
    assert codes(forever, signed, on=date(2045, 1, 1)) == []


def test_a_withdrawal_counts_from_its_day(consent_form, signed):
    withdrawn = replace(signed, withdrawn_on=date(2025, 6, 1))
    assert codes(consent_form, withdrawn, on=date(2025, 5, 31)) == []
    (gap,) = consent_gaps(consent_form, [withdrawn], on=date(2025, 6, 1))
    assert gap.code == "consent.withdrawn"
    assert "June 1, 2025" in gap.sentence


def test_a_new_signature_after_a_withdrawal_holds(consent_form, signed):
    withdrawn = replace(signed, withdrawn_on=date(2025, 6, 1))
    assert codes(consent_form, withdrawn, ConsentFacts(consent_form.pin.key, date(2025, 7, 1))) == []


def test_another_version_of_the_text_asks_to_go_through_the_new_one(consent_form):
    assert codes(consent_form, ConsentFacts("psychotherapy@0.9.0", DAY)) == ["consent.older-version"]


def test_two_versions_signed_on_one_day_count_as_the_newer(consent_form):
    both = ConsentFacts("psychotherapy@0.9.0", DAY), ConsentFacts(consent_form.pin.key, DAY)
    assert codes(consent_form, *both) == []


def test_the_consent_to_something_else_is_none(consent_form):
    assert codes(consent_form, ConsentFacts("telehealth@1.0.0", DAY)) == ["consent.missing"]


DAYS = st.dates(date(2024, 1, 1), date(2027, 1, 1))
GIVEN = st.builds(
    lambda signed_on, after: ConsentFacts(
        "psychotherapy@1.0.0", signed_on, None if after is None else signed_on + timedelta(after)
    ),
    DAYS,
    st.none() | st.integers(0, 400),
)


@given(st.lists(GIVEN, max_size=4), DAYS)
def test_there_is_at_most_one_finding_and_none_exactly_when_one_holds(given_ones, day):
    form = shipped_shelf().consent("psychotherapy", on=DAY)
    gaps = consent_gaps(form, given_ones, on=day)
    holds = any(
        one.signed_on <= day <= one.signed_on + timedelta(365)
        and (one.withdrawn_on is None or day < one.withdrawn_on)
        for one in given_ones
    )
    assert len(gaps) <= 1
    assert (gaps == ()) == holds


def filled(form, procedure, fill):
    (clause,) = (one for one in form.clauses if one.fill == fill)
    (found,) = (one for one in filled_consent(form, procedure) if one.slug == clause.slug)
    return found


def test_every_risk_of_the_definition_is_told(consent_form, hour):
    told = [item.text for item in filled(consent_form, hour, "risks").items]
    assert told == [risk.text for risk in hour.risks]
    assert len(told) == 3


def test_a_risk_that_is_not_for_the_consent_is_left_out(consent_form, hour):
    quiet = replace(hour, risks=(replace(hour.risks[0], consent=False), *hour.risks[1:]))
    assert len(filled(consent_form, quiet, "risks").items) == 2


def test_benefits_are_never_told_without_their_limits(consent_form, hour):
    told = [item.text for item in filled(consent_form, hour, "benefits").items]
    assert told == [*(benefit.text for benefit in hour.benefits), hour.benefit_limits.text]


def test_each_alternative_stands_with_what_is_for_and_against_it(consent_form, hour):
    items = filled(consent_form, hour, "alternatives").items
    assert [item.text for item in items] == ["Medication", "Group therapy", "Self-help"]
    assert all(item.benefits and item.drawbacks for item in items)


def test_a_site_may_choose_the_alternatives_to_show(consent_form, hour):
    clauses = filled_consent(consent_form, hour, hour.alternatives[:1])
    (shown,) = (clause for clause in clauses if clause.slug == "alternatives")
    assert [item.text for item in shown.items] == ["Medication"]


def test_an_alternative_for_another_occasion_is_left_out(consent_form, hour):
    later = replace(
        hour, alternatives=(replace(hour.alternatives[0], offer_when=("no-gain",)), *hour.alternatives[1:])
    )
    assert [item.text for item in filled(consent_form, later, "alternatives").items] == ["Group therapy", "Self-help"]


def test_time_cadence_summary_and_experience_are_those_of_the_procedure(consent_form, hour):
    assert "60 minutes" in filled(consent_form, hour, "time").items[0].text
    assert "once a week or every other week" in filled(consent_form, hour, "cadence").items[0].text
    assert filled(consent_form, hour, "summary").items[0].text == hour.summary
    assert [item.text for item in filled(consent_form, hour, "experience").items] == [
        hour.experience.text,
        hour.experience.support,
    ]


def test_clauses_keep_their_order_and_their_own_words(consent_form, hour):
    clauses = filled_consent(consent_form, hour)
    assert [clause.slug for clause in clauses] == [clause.slug for clause in consent_form.clauses]
    assert all(clause.text for clause in clauses)
    assert all(
        bool(after.items) == bool(before.fill) for after, before in zip(clauses, consent_form.clauses, strict=True)
    )


def test_a_fill_that_does_not_exist_is_found_and_refused(consent_form, hour):
    broken = replace(consent_form, clauses=(replace(consent_form.clauses[0], fill="prices"),))
    (finding,) = consent_form_findings(broken)
    assert (finding.code, finding.place) == ("consent-form.unknown-fill", "clause 1, fill")
    with pytest.raises(ValueError, match="prices"):
        filled_consent(broken, hour)


def test_the_shelf_and_this_room_know_the_same_fills():
    assert set(FILLS) == set(kinds.CONSENT_FILLS)
