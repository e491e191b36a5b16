"""Reading the trail: the owner alone, by patient, person and period; and to read it is itself an entry."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import COMMAND_LINE
from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.queries.trail import PAGE, Asked, trail_of_patient, trail_page
from tests.cast import NOW
from tests.records.reading import entry_of, named_in, queries_of, those_who_may

pytestmark = pytest.mark.django_db


def happened(actor, action, thing=None, minutes=0, **detail):
    with transaction.atomic():
        trail.write(actor, action, thing, at=NOW + timedelta(minutes=minutes), **detail)


@pytest.fixture
def week(cast):
    """Ben reads Ana, Carla reads Cleo, Dee a list of both, Olga her practice."""
    happened(cast.actor("ben"), "chart.read", cast.ana, 0)
    happened(cast.actor("carla"), "chart.read", cast.cleo, 10)
    happened(cast.actor("dee"), "patient.read", None, 20, patients=[str(cast.ana.pk), str(cast.cleo.pk)])
    happened(cast.actor("olga"), "practice.changed", None, 30)
    happened(COMMAND_LINE, "staff.invited", cast.ben_user, 40)
    return cast


def actions(cast, **asked):
    return [line.action for line in trail_page(cast.actor("olga"), Asked(**asked), at=NOW).lines]


def test_the_owner_alone_reads_the_trail(week):
    assert those_who_may(week, lambda actor: trail_page(actor, Asked(), at=NOW)) == {"olga"}
    assert those_who_may(week, lambda actor: trail_of_patient(actor, "P-1001", at=NOW)) == {"olga"}


def test_who_may_not_read_it_does_not_learn_which_numbers_there_are(week):
    assert those_who_may(week, lambda actor: trail_of_patient(actor, "P-1002", at=NOW)) == {"olga"}
    for who in ("ben", "dee"):
        with pytest.raises(NotAllowed):
            trail_of_patient(week.actor(who), "P-9999", at=NOW)


def test_all_of_it_comes_the_newest_first(week):
    assert actions(week) == ["staff.invited", "practice.changed", "patient.read", "chart.read", "chart.read"]


@pytest.mark.parametrize(
    ("order", "first"), [("newest", 5), ("oldest", 1), ("who", 5), ("what", 2), ("anything else", 5)]
)
def test_it_is_put_in_the_order_that_was_asked_for(week, order, first):
    assert trail_page(week.actor("olga"), Asked(order=order), at=NOW).lines[0].seq == first


@pytest.mark.parametrize("number", ["P-1001", "p-1001", " P-1001 "])
def test_what_is_about_a_patient_is_found_where_they_are_one_of_a_list_too(week, number):
    found = trail_page(week.actor("olga"), Asked(patient=number), at=NOW)
    assert [line.seq for line in found.lines] == [3, 1]
    assert (found.found, found.written) == (2, 5)


def test_patients_are_named_by_their_numbers_and_never_by_name(week):
    found = trail_page(week.actor("olga"), Asked(), at=NOW)
    assert [line.patients for line in found.lines] == [(), (), ("P-1001", "P-1002"), ("P-1002",), ("P-1001",)]
    assert not [name for name in ("Almond", "Quince") if name in repr(found)]


def test_people_are_named_as_they_are_called_in_the_practice(week):
    found = trail_page(week.actor("olga"), Asked(), at=NOW)
    assert [line.who for line in found.lines] == ["Command line", "Olga Oak", "Dee Dale", "Carla Cole", "Ben Brook"]
    assert found.lines[0].about == "Ben Brook"
    assert [line.about for line in found.lines[1:]] == ["", "", "patient", "patient"]


@pytest.mark.parametrize(
    ("who", "seqs"),
    [("brook", [1]), ("CARLA@", [2]), ("command-line", [5]), ("e", [4, 3, 2, 1]), ("%", []), ("nobody", [])],
)
def test_a_person_is_found_by_part_of_their_name_or_address(week, who, seqs):
    assert [line.seq for line in trail_page(week.actor("olga"), Asked(who=who), at=NOW).lines] == seqs


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(week):
    since, until = NOW + timedelta(minutes=10), NOW + timedelta(minutes=30)
    assert actions(week, since=since, until=until) == ["patient.read", "chart.read"]
    assert actions(week, since=until) == ["staff.invited", "practice.changed"]
    assert actions(week, until=NOW) == []


def test_a_number_that_nobody_has_is_refused_beside_its_field(week):
    for call in (
        lambda: trail_page(week.actor("olga"), Asked(patient="P-9999"), at=NOW),
        lambda: trail_of_patient(week.actor("olga"), "P-9999", at=NOW),
        lambda: trail_of_patient(week.actor("olga"), "  ", at=NOW),
    ):
        before = TrailEntry.objects.count()
        with pytest.raises(Refused) as refused:
            call()
        assert [finding.place for finding in refused.value.findings] == ["patient"]
        assert TrailEntry.objects.count() == before


def test_to_read_is_itself_one_entry_that_names_the_patient_who_was_asked_for(week):
    entry = entry_of(lambda: trail_page(week.actor("olga"), Asked(patient="P-1001"), at=NOW))
    assert (entry.action, named_in(entry)) == ("trail.read", {str(week.ana.pk)})
    assert json.loads(entry.detail) == {"page": 1, "found": 2}
    entry = entry_of(lambda: trail_page(week.actor("olga"), Asked(), at=NOW))
    assert named_in(entry) == set()


def test_what_is_handed_out_about_a_patient_is_the_oldest_first_and_one_entry(week):
    lines = []
    entry = entry_of(lambda: lines.extend(trail_of_patient(week.actor("olga"), "P-1001", at=NOW)))
    assert [line.seq for line in lines] == [1, 3]
    assert (entry.action, json.loads(entry.detail), named_in(entry)) == (
        "trail.exported",
        {"entries": 2},
        {str(week.ana.pk)},
    )


def test_long_lists_in_the_words_of_an_entry_are_told_by_their_length(week):
    happened(week.actor("ben"), "hours.listed", None, 50, ids=[1, 2, 3, 4, 5, 6], few=[1, 2], of_day="2026-03-02")
    line = trail_page(week.actor("olga"), Asked(), at=NOW).lines[0]
    assert line.words == "few 1 2, ids (6), of day 2026-03-02"


def test_a_page_holds_fifty_and_one_beyond_the_last_is_the_last(week):
    for minute in range(60):
        happened(week.actor("ben"), "chart.read", week.ana, 60 + minute)
    olga = week.actor("olga")
    first = trail_page(olga, Asked(patient="P-1001"), at=NOW)
    assert (len(first.lines), first.page, first.pages, first.found) == (PAGE, 1, 2, 62)
    last = trail_page(olga, Asked(patient="P-1001", page=99), at=NOW)
    assert (len(last.lines), last.page) == (13, 2)  # the first reading is an entry about her as well
    assert trail_page(olga, Asked(patient="P-1001", page=0), at=NOW).page == 1


def test_more_entries_take_no_more_queries(week):
    few = queries_of(lambda: trail_page(week.actor("olga"), Asked(), at=NOW))
    for minute in range(40):
        happened(week.actor("ben"), "chart.read", week.ana, 60 + minute)
    assert queries_of(lambda: trail_page(week.actor("olga"), Asked(), at=NOW)) == few <= 6


@pytest.mark.parametrize("words", ["a\x00", "\ud800", "Ben\x00"])
def test_words_that_no_database_can_hold_find_nobody(week, words):
    assert actions(week, who=words) == []
    with pytest.raises(Refused, match=r"patient\.unknown"):
        trail_of_patient(week.actor("olga"), f"P-1001{words}", at=NOW)
