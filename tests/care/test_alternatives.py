"""When other kinds of help are talked about, and what is said about each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from openhour.care.alternatives import REVIEW_AHEAD_DAYS, alternatives_at, occasions, offers
from openhour.care.monitors import Signal
from tests.care.conftest import DAY, PLAN


def signal(kind):
    return Signal(kind, "a-risk", DAY, "Words.", True)


@pytest.mark.parametrize("occasion", ["consent", "plan-review", "no-gain"])
def test_the_three_alternatives_of_the_source_document_are_offered_on_each_occasion(hour, occasion):
    assert [one.slug for one in alternatives_at(hour, occasion)] == ["medication", "group-therapy", "self-help"]


def test_an_alternative_is_offered_only_when_its_definition_says(hour):
    first = replace(hour.alternatives[0], offer_when=("no-gain",))
    later = replace(hour, alternatives=(first, *hour.alternatives[1:]))
    assert [one.slug for one in alternatives_at(later, "consent")] == ["group-therapy", "self-help"]
    assert [one.slug for one in alternatives_at(later, "no-gain")] == ["medication", "group-therapy", "self-help"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("long-without-gain", ("no-gain",)),
        ("reliable-worsening", ("no-gain",)),
        ("session-distress", ()),
        ("item-flag", ()),
    ],
)
def test_no_gain_and_worsening_are_an_occasion_and_one_hard_hour_is_none(kind, expected):
    assert occasions(PLAN, [signal(kind)], consent_open=False, on=DAY) == expected


@pytest.mark.parametrize(("days", "near"), [(REVIEW_AHEAD_DAYS + 1, False), (REVIEW_AHEAD_DAYS, True), (-3, True)])
def test_the_review_is_an_occasion_from_two_weeks_before(days, near):
    plan = replace(PLAN, review_by=DAY + timedelta(days))
    assert occasions(plan, [], consent_open=False, on=DAY) == (("plan-review",) if near else ())


@pytest.mark.parametrize(
    "plan", [None, replace(PLAN, active=False, review_by=DAY), replace(PLAN, review_by=None)], ids=str
)
def test_without_a_plan_in_force_there_is_no_review(plan):
    assert occasions(plan, [], consent_open=False, on=DAY) == ()


def test_a_consent_that_is_open_is_an_occasion():
    assert occasions(PLAN, [], consent_open=True, on=DAY) == ("consent",)


def test_an_alternative_is_offered_once_for_the_first_reason(hour):
    plan = replace(PLAN, review_by=DAY)
    now = occasions(plan, [signal("long-without-gain")], consent_open=True, on=DAY)
    assert now == ("no-gain", "plan-review", "consent")
    found = offers(hour, now)
    assert [(offer.alternative.slug, offer.occasion) for offer in found] == [
        ("medication", "no-gain"),
        ("group-therapy", "no-gain"),
        ("self-help", "no-gain"),
    ]
    assert all("gain" in offer.because for offer in found)


def test_an_offer_shows_both_sides(hour):
    for offer in offers(hour, ["consent"]):
        assert offer.alternative.benefits
        assert offer.alternative.drawbacks


def test_without_an_occasion_nothing_is_offered(hour):
    assert offers(hour, []) == ()
