"""A patient's signed link and the homework behind it: what opens, what doesn't, and that nothing of others is reached."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.guard.models import TrailEntry
from openhour.guard.policy import POLICY, NotAllowed, may
from openhour.records.models import Assignment, PatientLink, Practice, Response, Site, Topic, Visit
from openhour.records.queries.homework_link import homework_by, homework_of
from openhour.records.queries.link import (
    LinkClosed,
    asked_by,
    crisis_words,
    link_of,
    read_token,
    token_of,
    topic_by,
    whom_to_call,
)
from tests.cast import NOW
from tests.guard import access_records as rows
from tests.records.reading import entry_of, named_in, queries_of

END = NOW + timedelta(hours=12)


def issued(cast, who="ana", ends=END):
    visit = getattr(cast, f"{who}_visit")
    return PatientLink.objects.create(patient=visit.patient, visit=visit, expires_at=ends, made_at=NOW)


def opened(cast, who="ana"):
    row = issued(cast, who)
    return link_of(token_of(row.pk, row.expires_at), at=NOW)


# --- the address


@given(st.uuids(), st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1)))
def test_an_address_says_which_link_and_until_when(link_id, ends):
    ends = ends.replace(tzinfo=UTC)
    assert read_token(token_of(link_id, ends)) == (link_id, ends.replace(microsecond=0))


@given(st.text(max_size=120))
def test_no_other_text_is_an_address(text):
    assert read_token(text) is None


@given(st.data())
def test_an_address_of_which_one_sign_was_changed_opens_nothing(data):
    token = token_of(data.draw(st.uuids(version=4)), END)
    place = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from("ABCabc019-_.:").filter(lambda one: one != token[place]))
    assert read_token(token[:place] + sign + token[place + 1 :]) is None


def test_a_later_end_can_not_be_written_into_an_address():
    token, later = token_of(link_id := uuid4(), END), token_of(link_id, END + timedelta(days=9))
    assert read_token(later.rpartition(".")[0] + "." + token.rpartition(".")[2]) is None


def test_an_address_holds_no_word_about_anybody(cast):
    row = issued(cast)
    packed = base64.urlsafe_b64decode(token_of(row.pk, END).rpartition(".")[0] + "==")
    assert packed[:16] == row.pk.bytes
    assert len(packed) == 22


# --- what opens


def test_the_link_opens_its_own_visit_in_the_words_of_the_practice(cast):
    link = opened(cast)
    assert (link.visit_id, link.patient_id, link.day) == (cast.ana_visit.pk, cast.ana.pk, date(2026, 3, 2))
    assert (link.therapist, link.practice) == ("Ben Brook, PsyD", "Elm Street Therapy (synthetic)")
    assert link.phone == "5555550100"
    assert "988" in link.crisis_text
    Site.objects.update(phone="5555550111")
    assert opened(cast).phone == "5555550111"


def test_the_day_of_a_visit_late_at_night_is_that_of_its_site(cast):
    late = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
    Visit.objects.filter(pk=cast.ana_visit.pk).update(starts_at=late, ends_at=late + timedelta(hours=1))
    assert opened(cast).day == date(2026, 3, 2)


def test_it_works_until_its_last_second_and_not_at_its_end(cast):
    row = issued(cast)
    token = token_of(row.pk, END)
    assert link_of(token, at=END - timedelta(seconds=1)).id == row.pk
    for at in (END, END + timedelta(days=1)):
        with pytest.raises(LinkClosed):
            link_of(token, at=at)


def test_a_link_whose_end_was_brought_forward_is_closed_at_the_new_end(cast):
    row = issued(cast)
    PatientLink.objects.update(expires_at=NOW)
    with pytest.raises(LinkClosed):
        link_of(token_of(row.pk, END), at=NOW)


CLOSED = {
    "withdrawn": lambda row: PatientLink.objects.update(withdrawn_at=NOW),
    "of a cancelled visit": lambda row: Visit.objects.update(state="cancelled"),
}


@pytest.mark.parametrize("why", CLOSED)
def test_a_link_is_closed_without_a_word_of_why(cast, why):
    row = issued(cast)
    CLOSED[why](row)
    with pytest.raises(LinkClosed) as closed:
        link_of(token_of(row.pk, END), at=NOW)
    assert str(closed.value) == ""


def test_a_link_that_was_never_issued_opens_nothing(cast):
    with pytest.raises(LinkClosed):
        link_of(token_of(uuid4(), END), at=NOW)


@pytest.mark.parametrize("state", ["arrived", "held", "missed"])
def test_an_answer_given_late_is_still_an_answer(cast, state):
    Visit.objects.update(state=state)
    assert opened(cast).visit_id == cast.ana_visit.pk


def test_whoever_comes_by_a_link_holds_no_role(cast):
    actor = opened(cast).actor
    assert (actor.user_id, actor.roles) == (None, frozenset())
    assert not [action for action in POLICY if may(actor, action, cast.ana_visit)]


def test_help_stays_on_the_pages_once_an_alert_was_raised_by_this_patient(cast):
    rows.alert(cast, "cleo")
    assert opened(cast).alerted is False
    rows.alert(cast, "ana")
    assert opened(cast).alerted is True


# --- the questions


def test_the_questions_are_those_of_this_visit_with_the_answers_so_far(cast):
    form = rows.response(cast, "ana")
    rows.response(cast, "cleo")
    (asked,) = asked_by(opened(cast), at=NOW)
    assert (asked.id, asked.is_open, asked.answered) == (form.pk, True, 2)
    assert asked.unanswered[:3] == (2, 3, 4)
    assert 9 not in asked.unanswered


def test_what_was_sent_is_shown_to_no_one_who_holds_the_link(cast):
    rows.response(cast, "ana")
    Response.objects.update(state="complete")
    (asked,) = asked_by(opened(cast), at=NOW)
    assert (asked.is_open, asked.answers, asked.answered) == (False, {}, 0)


def test_what_was_withdrawn_is_not_asked_and_reading_nothing_leaves_no_entry(cast):
    rows.response(cast, "ana")
    Response.objects.update(state="withdrawn")
    link = opened(cast)
    assert asked_by(link, at=NOW) == ()
    assert not TrailEntry.objects.exists()


def test_reading_the_questions_leaves_one_entry_by_the_link_that_names_the_patient(cast):
    rows.response(cast, "ana")
    link = opened(cast)
    entry = entry_of(lambda: asked_by(link, at=NOW))
    assert (entry.action, entry.actor, named_in(entry)) == ("questions.read", f"link:{link.id}", {str(cast.ana.pk)})


def test_the_topic_is_the_patients_own(cast):
    for visit, text in ((cast.ana_visit, "My sister"), (cast.cleo_visit, "Nights")):
        Topic.objects.create(visit=visit, patient=visit.patient, text=text, saved_at=NOW, made_at=NOW)
    assert (topic_by(opened(cast)), topic_by(opened(cast, "cleo"))) == ("My sister", "Nights")
    crossed = replace(opened(cast), visit_id=cast.cleo_visit.pk)
    assert topic_by(crossed) == ""
    assert asked_by(crossed, at=NOW) == ()


def test_before_the_practice_is_set_up_there_is_nobody_to_call_and_nothing_breaks(cast):
    assert whom_to_call() == ("Elm Street Therapy (synthetic)", "5555550100")
    assert "911" in crisis_words()
    Practice.objects.all().delete()
    assert (whom_to_call(), crisis_words()) == (("", ""), "")


# --- homework


def homework(cast, who="ana", **changes):
    given = rows.assignment(cast, who)
    Assignment.objects.filter(pk=given.pk).update(**changes)
    return given


def test_homework_that_waits_is_shown_with_its_form_and_what_was_written(cast):
    homework(cast, "cleo")
    given = homework(cast, answers=[{"situation": "The call"}], revision=3, why="To see the thought")
    (due,) = homework_by(opened(cast), at=NOW)
    assert (due.id, due.is_open, due.begun, due.revision, due.why) == (given.pk, True, True, 3, "To see the thought")
    assert due.answers == ({"situation": "The call"},)
    assert due.form.pin.slug == "thought-record"


def test_homework_that_was_sent_is_listed_without_its_words(cast):
    given = homework(cast, answers=[{"situation": "The call"}], state="returned")
    link = opened(cast)
    (listed,), one = homework_by(link, at=NOW), homework_of(link, given.pk, at=NOW)
    assert (listed.answers, one.answers, one.is_open, one.begun) == ((), (), False, True)


@pytest.mark.parametrize("state", ["reviewed", "withdrawn"])
def test_homework_that_was_looked_at_or_taken_back_is_not_listed(cast, state):
    homework(cast, state=state)
    assert homework_by(opened(cast), at=NOW) == ()
    assert not TrailEntry.objects.exists()


@pytest.mark.parametrize("which", ["cleo's", "withdrawn", "missing"])
def test_homework_that_is_not_theirs_is_refused_like_one_that_never_was(cast, which):
    found = {
        "cleo's": homework(cast, "cleo").pk,
        "withdrawn": homework(cast, state="withdrawn").pk,
        "missing": uuid4(),
    }
    link = opened(cast)
    with pytest.raises(NotAllowed):
        homework_of(link, found[which], at=NOW)
    assert not TrailEntry.objects.exists()


def test_each_reading_of_homework_leaves_one_entry_by_the_link(cast):
    given = homework(cast, answers=[{"situation": "The call"}])
    link = opened(cast)
    for call, action in (
        (homework_by, "homework.listed"),
        (lambda *a, **k: homework_of(link, given.pk, **k), "homework.read"),
    ):
        entry = entry_of(lambda call=call: call(link, at=NOW))
        assert (entry.action, entry.actor, named_in(entry)) == (action, f"link:{link.id}", {str(cast.ana.pk)})
        assert "call" not in entry.detail


def test_a_form_that_left_the_shelf_leaves_the_homework_in_the_list(cast):
    homework(cast, form_key="gone@9.9.9")
    (due,) = homework_by(opened(cast), at=NOW)
    assert (due.form, due.title) == (None, rows.assignment(cast, "ana").title)


def test_more_questions_and_homework_take_no_more_queries(cast):
    given = homework(cast)
    rows.response(cast, "ana")
    link = opened(cast)

    def read():
        asked_by(link, at=NOW)
        homework_by(link, at=NOW)

    few = queries_of(read)
    for place in range(8):
        given.pk, given.form = uuid4(), f"form-{place}"
        given.save(force_insert=True)
    assert len(homework_by(link, at=NOW)) == 9
    assert queries_of(read) == few
