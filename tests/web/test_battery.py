"""What a patient is asked: the page, what it keeps, and who sees it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from openhour.records.models import Battery, Response
from openhour.workflows.intake.follow_indications import follow_indications
from tests.cast import NOW, TODAY
from tests.web.charts import body_of, one_entry, queries_of, typed_in
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import agree_plan, answer


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


@pytest.fixture
def battery(cast):
    return follow_indications(cast.actor("ben"), cast.ana_episode, at=NOW)


def at(cast):
    return reverse("battery", args=[cast.ana_episode.pk])


def sent(client, cast):
    """What the page's own form would send if nothing were touched."""
    page = client.get(at(cast)).content.decode()
    main = page[page.index("<main") :]
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', main))
    fields |= dict.fromkeys(re.findall(r'<input[^>]*name="((?:sessions|days|reason)[^"]*)"(?![^>]*value=)', main), "")
    fields |= {
        name: re.search(r'value="([^"]*)" selected', options)[1]
        for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', main, re.DOTALL)
        if "selected" in options
    }
    checked = re.findall(r'<input type="checkbox"[^>]*>', main)
    for box in checked:
        name = re.search(r'name="([^"]+)"', box)[1]
        if " checked" not in box:
            fields.pop(name, None)
    return fields


def number_of(fields, slug):
    return next(name.removeprefix("form-") for name, value in fields.items() if value == slug)


def test_the_battery_of_the_definition_stands_there_before_anything_was_chosen(cast, sign_in):
    words = body_of(sign_in("ben").get(at(cast)))
    assert "PHQ-9" in words
    assert "As the definition says" in words
    assert "Depression" in words
    assert not Battery.objects.exists()


def test_whoever_chooses_the_short_form_reads_which_watched_question_goes_unasked(cast, sign_in, battery):
    words = body_of(sign_in("ben").get(at(cast)))
    told = "While the short form is negative, question 9 is not asked, and no answer to it can raise an alert."
    assert words.count(told) == 1  # of the PHQ-9; the GAD-7 has a short form too, and no watched question


def test_sending_the_page_as_it_is_changes_nothing(cast, sign_in, battery):
    ben = sign_in("ben")
    answer_ = ben.post(at(cast), sent(ben, cast), follow=True)
    assert "Nothing was different." in body_of(answer_)
    assert Battery.objects.get() == battery


def test_a_form_is_asked_more_seldom_and_the_version_before_stays(cast, sign_in, battery):
    ben = sign_in("ben")
    fields = sent(ben, cast)
    n = number_of(fields, "phq-9")
    fields |= {f"when-{n}": "periodic", f"sessions-{n}": "4", f"days-{n}": "30", "reason": "She is tired of it"}
    page = ben.post(at(cast), fields, follow=True)
    words = body_of(page)
    assert "The change is kept." in words
    assert "every 4 sessions or 30 days" in words
    assert "She is tired of it" in words
    old, new = Battery.objects.order_by("version")
    assert (old.state, new.state, new.version, new.origin, new.by) == (
        "superseded",
        "active",
        2,
        "therapist",
        cast.ben_user,
    )


def test_dropping_asks_for_a_reason_and_keeps_what_was_typed(cast, sign_in, battery):
    ben = sign_in("ben")
    fields = sent(ben, cast)
    n = number_of(fields, "gad-7")
    fields |= {f"drop-{n}": "on", f"days-{n}": "77", "reason": "Too many"}
    page = ben.post(at(cast), fields)
    assert page.status_code == 422
    words = body_of(page)
    assert "Say in a few words why it is dropped." in words
    assert typed_in(page, f"days-{n}") == "77"
    assert typed_in(page, "reason") == "Too many"
    summary = re.search(r'href="#([^"]+)">Say in a few', page.content.decode())[1]
    assert f'id="{summary}"' in page.content.decode()
    assert Battery.objects.count() == 1


@pytest.mark.parametrize("typed", ["0", "-3", "abc", "9" * 400, "\0"])
def test_a_turn_that_is_none_is_refused(cast, sign_in, battery, typed):
    ben = sign_in("ben")
    fields = sent(ben, cast)
    n = number_of(fields, "phq-9")
    fields |= {f"when-{n}": "periodic", f"sessions-{n}": typed, f"days-{n}": ""}
    assert ben.post(at(cast), fields).status_code == 422
    assert Battery.objects.count() == 1


def test_a_page_older_than_what_stands_is_a_conflict_that_shows_both(cast, sign_in, battery):
    ben = sign_in("ben")
    fields = sent(ben, cast)
    n = number_of(fields, "phq-9")
    ben.post(at(cast), {**fields, f"when-{n}": "intake"})
    page = ben.post(at(cast), {**fields, "reason": "Mine"})
    assert page.status_code == 409
    assert typed_in(page, "reason") == "Mine"
    assert "What stands there now" in body_of(page)
    assert Battery.objects.count() == 2


def test_a_dropped_form_that_waits_unbegun_is_withdrawn(cast, sign_in, battery):
    from openhour.workflows.safety.request_measures import request_measures

    request_measures(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    ben = sign_in("ben")
    fields = sent(ben, cast)
    n = number_of(fields, "gad-7")
    ben.post(at(cast), {**fields, f"drop-{n}": "on", f"reason-{n}": "No worries left"})
    assert Response.objects.get(instrument="gad-7").state == "withdrawn"
    assert Response.objects.get(instrument="phq-9").state == "open"


def test_the_minutes_of_each_month_and_a_warning_above_the_limit(cast, sign_in, battery):
    for day in range(1, 20):
        answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, day))
    words = body_of(sign_in("ben").get(at(cast)))
    assert "February 2026" in words
    assert "Much" in words
    assert "local policy" in words


def test_the_supervisor_reads_and_changes_nothing(cast, sign_in, battery):
    sam = sign_in("sam")
    words = body_of(sam.get(at(cast)))
    assert "before each session" in words
    assert "Keep this battery" not in words
    assert sam.post(at(cast), {}).status_code == 404


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_for_everybody_else_it_isn_t_there(cast, sign_in, battery, who):
    client = sign_in(who)
    assert client.get(at(cast)).status_code == 404
    assert client.post(at(cast), {}).status_code == 404


def test_reading_leaves_one_entry_and_asks_few_queries(cast, sign_in, battery):
    ben = sign_in("ben")
    ben.get(at(cast))
    with one_entry("chart.read"):
        few = queries_of(lambda: ben.get(at(cast)))
    agree_plan(cast.ana_episode)
    for week in range(6):
        answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY - timedelta(weeks=week))
    assert queries_of(lambda: ben.get(at(cast))) == few <= 8
