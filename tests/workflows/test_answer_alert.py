"""Answer an alert: a clinician's judgement and what was done, all gaps at once, and it stays in the chart."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Alert
from openhour.workflows.safety.answer_alert import answer_alert
from tests.cast import NOW, TODAY
from tests.workflows.answers import by_link, form_of, give


@pytest.fixture
def alert(cast):
    ana = by_link(cast)
    give(ana, form_of(cast).pk, "9", 2)
    return Alert.objects.get()


def respond(cast, alert, who="ben", at=NOW, **more):
    words = {"risk_level": "moderate", "action": " Called her; safety plan made. ", "follow_up_on": TODAY}
    answer_alert(cast.actor(who), alert.pk, **{**words, "value_shown": alert.value, **more}, at=at)
    alert.refresh_from_db()
    return alert


def test_it_says_what_was_judged_and_done_and_by_whom(cast, alert):
    respond(cast, alert)
    assert (alert.state, alert.risk_level, alert.action) == ("answered", "moderate", "Called her; safety plan made.")
    assert (alert.answered_at, alert.answered_by, alert.follow_up_on) == (NOW, cast.ben_user, TODAY)
    assert alert.seen_at == NOW
    assert alert.value == 2


def test_the_supervisor_answers_too_and_that_is_not_the_therapist_seeing_it(cast, alert):
    respond(cast, alert, "sam")
    assert (alert.answered_by, alert.seen_at) == (cast.sam_user, None)


def test_all_gaps_are_told_at_once(cast, alert):
    with pytest.raises(Refused) as refusal:
        respond(cast, alert, risk_level="", action="  ", follow_up_on=date(2026, 3, 1))
    assert {finding.place for finding in refusal.value.findings} == {"risk_level", "action", "follow_up_on"}
    assert Alert.objects.get().state == "open"


@pytest.mark.parametrize("level", ["extreme", "Low", "0", "none "])
def test_the_level_is_one_of_four_words(cast, alert, level):
    with pytest.raises(Refused, match=r"alert\.risk-level"):
        respond(cast, alert, risk_level=level)


@pytest.mark.parametrize(("level", "wanted"), [("none", False), ("low", False), ("moderate", True), ("high", True)])
def test_a_serious_judgement_asks_for_a_day_to_look_again(cast, alert, level, wanted):
    if wanted:
        with pytest.raises(Refused, match=r"alert\.follow-up"):
            respond(cast, alert, risk_level=level, follow_up_on=None)
    else:
        assert respond(cast, alert, risk_level=level, follow_up_on=None).state == "answered"


def test_the_day_is_today_or_later_on_the_wall_of_the_site(cast, alert):
    evening = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # still 2 March in Springfield
    respond(cast, alert, at=evening, follow_up_on=TODAY)
    assert alert.follow_up_on == TODAY


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_that_can_t_be_meant_is_refused(cast, alert, day):
    with pytest.raises(Refused, match=r"alert\.follow-up-past"):
        respond(cast, alert, follow_up_on=day)


@pytest.mark.parametrize("action", ["x" * 4001, "a\0b", "\udfff"])
def test_words_that_can_t_be_kept_are_refused(cast, alert, action):
    with pytest.raises(Refused) as refusal:
        respond(cast, alert, action=action)
    assert refusal.value.findings[0].place == "action"


def test_what_was_answered_meanwhile_is_not_written_over(cast, alert):
    respond(cast, alert)
    with pytest.raises(Refused, match=r"alert\.answered"):
        respond(cast, alert, "sam", action="Something else.")
    alert.refresh_from_db()
    assert alert.action == "Called her; safety plan made."


def test_a_higher_answer_meanwhile_is_looked_at_first(cast, alert):
    with pytest.raises(Refused, match=r"alert\.changed-meanwhile"):
        respond(cast, alert, value_shown=1)


def test_the_trail_has_the_level_and_no_word_of_the_action(cast, alert):
    respond(cast, alert)
    entry = TrailEntry.objects.get(action="alert.answered")
    assert "moderate" in entry.detail
    assert "Called" not in entry.detail


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_for_everybody_else_it_isn_t_there(cast, alert, who):
    with pytest.raises(NotAllowed):
        respond(cast, alert, who)
    assert Alert.objects.get().state == "open"
