"""Answering: one question a screen or all at once, each kept as it is given; help before anything else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from openhour.records.models import Alert, Answer, Response
from tests.workflows.answers import BEFORE

CRISIS = "call or text 988 now, or 911"


def text(page):
    return page.content.decode()


def test_one_question_a_screen_with_the_answers_as_large_rows(phone, at, phq):
    page = phone.get(at("portal-question", phq, 1))
    assert page.status_code == 200
    words = text(page)
    assert "Little interest or pleasure in doing things" in words
    assert "Over the last 2 weeks" in words
    assert words.count('type="radio"') == 4
    assert "Question 1 of 10" in words


def test_the_unscored_question_is_asked_too_without_the_stem_of_the_others(phone, at, phq):
    words = text(phone.get(at("portal-question", phq, 10)))
    assert "How difficult have these problems made it" in words
    assert "how often have you been bothered" not in words


def test_an_answer_is_kept_and_the_next_question_comes(send, at, phq):
    answer = send(at("portal-question", phq, 1), {"q1": "2", "go": "next"})
    assert (answer.status_code, answer["Location"]) == (302, at("portal-question", phq, 2))
    phq.refresh_from_db()
    assert phq.answers == {"1": 2}


def test_what_was_answered_stands_there_on_the_way_back(send, phone, at, phq):
    send(at("portal-question", phq, 1), {"q1": "2", "go": "next"})
    answer = send(at("portal-question", phq, 2), {"q2": "1", "go": "back"})
    assert answer["Location"] == at("portal-question", phq, 1)
    page = text(phone.get(at("portal-question", phq, 1)))
    assert re.search(r'value="2" checked', page)


def test_a_question_may_be_left_out(send, at, phq):
    answer = send(at("portal-question", phq, 3), {"go": "next"})
    assert answer["Location"] == at("portal-question", phq, 4)
    assert not Answer.objects.exists()


def test_after_the_last_question_comes_sending(send, at, phq):
    assert send(at("portal-question", phq, 10), {"q10": "0", "go": "next"})["Location"] == at("portal-finish", phq)


def test_a_page_sends_one_question_and_no_other(send, at, phq):
    send(at("portal-question", phq, 1), {"q1": "1", "q9": "3", "go": "next"})
    phq.refresh_from_db()
    assert phq.answers == {"1": 1}


@pytest.mark.parametrize("go", ["next", "back", "all", ""])
def test_help_comes_before_anything_else_without_a_script(send, phone, at, phq, go):
    answer = send(at("portal-question", phq, 9), {"q9": "1", "go": go})
    assert answer.status_code == 302
    assert answer["Location"].startswith(at("portal-help", phq))
    page = phone.get(answer["Location"])
    assert page.status_code == 200
    words = text(page)
    assert 'href="tel:988"' in words
    assert 'href="sms:988"' in words
    assert CRISIS in words
    assert "Go on with the questions" in words
    assert Alert.objects.get(response=phq).value == 1
    assert Response.objects.get(pk=phq.pk).state == "open"


def test_help_leads_on_to_where_they_were_going(send, phone, at, phq):
    where = send(at("portal-question", phq, 9), {"q9": "2", "go": "next"})["Location"]
    assert f'href="{at("portal-question", phq, 10)}"' in text(phone.get(where))


def test_the_script_is_told_that_help_is_due(send, at, phq):
    answer = send(at("portal-question", phq, 9), {"q9": "3"}, json=True)
    assert answer.json() == {"saved": True, "help": True}
    assert send(at("portal-question", phq, 1), {"q1": "3"}, json=True).json() == {"saved": True, "help": False}


def test_the_page_can_show_help_by_itself_before_the_network_answers(phone, at, phq):
    words = text(phone.get(at("portal-question", phq, 9)))
    assert words.count('data-help-from="1"') == 4
    assert CRISIS in words[words.index("<template") : words.index("</template>")]
    assert "data-help-from" not in text(phone.get(at("portal-question", phq, 8)))


def test_once_raised_help_stands_on_every_page_even_when_it_is_taken_back(send, phone, at, phq, gad):
    send(at("portal-question", phq, 9), {"q9": "1", "go": "next"})
    send(at("portal-question", phq, 9), {"q9": "0", "go": "next"})
    assert Alert.objects.get().state == "open"
    pages = [at("portal"), at("portal-topic"), at("portal-expect"), at("portal-done")]
    pages += [at("portal-question", gad, 1), at("portal-all", phq), at("portal-finish", phq)]
    for address in pages:
        assert CRISIS in text(phone.get(address)), address


def test_two_taps_keep_both_and_the_last_one_counts(send, at, phq):
    for value in ("3", "0", "0"):
        send(at("portal-question", phq, 2), {"q2": value}, json=True)
    phq.refresh_from_db()
    assert phq.answers == {"2": 0}
    assert sorted(Answer.objects.values_list("value", flat=True)) == [0, 0, 3]


@pytest.mark.parametrize("value", ["4", "-1", "abc", "1.5", "9" * 500, "١", "\0", "2; drop table"])
def test_a_value_that_is_no_choice_is_told_beside_the_question(send, at, phq, value):
    answer = send(at("portal-question", phq, 1), {"q1": value, "go": "next"})
    assert answer.status_code == 422
    assert "Please choose one of the answers below." in text(answer)
    assert not Answer.objects.exists()
    told = send(at("portal-question", phq, 1), {"q1": value}, json=True)
    assert told.status_code == 422
    assert told.json()["errors"]["q1"]


@pytest.mark.parametrize("place", [0, 11, 99999])
def test_a_place_without_a_question_leads_to_one(phone, at, phq, place):
    assert phone.get(at("portal-question", phq, place))["Location"] == at("portal-question", phq, 1)


def test_all_at_once_keeps_what_was_changed(send, phone, at, phq):
    page = phone.get(at("portal-all", phq))
    assert text(page).count("<fieldset") == 10
    sent = {f"q{item}": "1" for item in range(1, 9)}
    answer = send(at("portal-all", phq), {**sent, "go": "send"})
    assert answer["Location"] == at("portal-finish", phq)
    phq.refresh_from_db()
    assert phq.answers == {str(item): 1 for item in range(1, 9)}
    send(at("portal-all", phq), {**sent, "go": "all"})
    assert Answer.objects.count() == 8, "the same page again is no new answer"


def test_an_old_page_never_sends_old_answers_over_newer_ones(send, at, phq):
    send(at("portal-question", phq, 1), {"q1": "3", "go": "next"})
    send(at("portal-all", phq), {"q1": "0", "w1": "0", "q2": "2", "w2": "", "go": "all"})
    phq.refresh_from_db()
    assert phq.answers == {"1": 3, "2": 2}


def test_all_at_once_shows_help_once_and_then_goes_on(send, phone, at, phq):
    answer = send(at("portal-all", phq), {"q9": "1", "w9": "", "q1": "1", "w1": "", "go": "send"})
    assert answer["Location"] == f"{at('portal-help', phq)}?to=send"
    assert f'href="{at("portal-finish", phq)}"' in text(phone.get(answer["Location"]))
    again = send(at("portal-all", phq), {"q9": "1", "w9": "1", "q1": "1", "w1": "1", "go": "send"})
    assert again["Location"] == at("portal-finish", phq)
    assert Alert.objects.count() == 1


def test_one_bad_value_costs_no_other_answer_and_never_the_alert(send, at, phq):
    answer = send(at("portal-all", phq), {"q1": "7", "q2": "2", "q9": "2", "go": "send"})
    assert answer["Location"].startswith(at("portal-help", phq))
    phq.refresh_from_db()
    assert phq.answers == {"2": 2, "9": 2}
    assert Alert.objects.get().value == 2
    answer = send(at("portal-all", phq), {"q1": "7", "q3": "1", "go": "send"})
    assert answer.status_code == 422
    assert "Please choose one of the answers below." in text(answer)


def test_switching_keeps_the_answers(send, phone, at, phq):
    answer = send(at("portal-question", phq, 1), {"q1": "2", "go": "all"})
    assert answer["Location"] == at("portal-all", phq)
    assert re.search(r'name="q1" value="2" checked', text(phone.get(at("portal-all", phq))))
    answer = send(at("portal-all", phq), {"q1": "2", "w1": "2", "q2": "3", "w2": "", "go": "one"})
    phq.refresh_from_db()
    assert phq.answers == {"1": 2, "2": 3}
    assert answer["Location"].startswith(at("portal-question", phq, 1).rsplit("/", 2)[0])


def test_going_on_another_device_begins_where_the_first_stopped(send, at, link, phq, db):
    from django.test import Client

    for item in ("1", "2"):
        send(at("portal-question", phq, int(item)), {f"q{item}": "1", "go": "next"})
    tablet = Client()
    page = text(tablet.get(at("portal")))
    assert f'href="{at("portal-question", phq, 3)}"' in page
    assert "2 of 10 answered so far" in page


def test_sending_names_what_has_no_answer_and_sends_all_the_same(send, phone, at, phq, gad):
    send(at("portal-question", phq, 1), {"q1": "1", "go": "next"})
    page = text(phone.get(at("portal-finish", phq)))
    assert "9 questions have no answer" in page
    assert f'href="{at("portal-question", phq, 2)}"' in page
    answer = send(at("portal-finish", phq))
    phq.refresh_from_db()
    assert (phq.state, phq.total, phq.gap) == ("complete", None, "score.incomplete")
    assert answer["Location"] == at("portal-question", gad, 1)


def test_nothing_is_sent_without_an_answer(send, at, phq):
    answer = send(at("portal-finish", phq))
    assert answer.status_code == 422
    assert "No question is answered yet." in text(answer)
    phq.refresh_from_db()
    assert phq.state == "open"


def test_what_was_sent_is_no_longer_shown_nor_changed(send, phone, at, phq, gad):
    send(at("portal-question", phq, 1), {"q1": "3", "go": "next"})
    send(at("portal-finish", phq))
    for name in ("portal-all", "portal-finish"):
        assert phone.get(at(name, phq)).status_code == 302
    assert phone.get(at("portal-question", phq, 1)).status_code == 302
    late = phone.post(at("portal-question", phq, 1), {"q1": "0"})
    assert late.status_code == 302
    told = phone.post(at("portal-question", phq, 1), {"q1": "0"}, headers={"accept": "application/json"})
    assert told.status_code == 409
    phq.refresh_from_db()
    assert phq.answers == {"1": 3}


def test_a_critical_answer_on_a_second_phone_after_sending_still_raises_the_alert_and_shows_help(
    send, phone, at, phq
):
    send(at("portal-question", phq, 1), {"q1": "3", "go": "next"})
    send(at("portal-finish", phq))
    late = phone.post(at("portal-question", phq, 9), {"q9": "2", "go": "next"})
    assert late["Location"].startswith(at("portal-help", phq))
    assert CRISIS in text(phone.get(late["Location"]))
    assert Alert.objects.get().value == 2


def test_no_page_shows_a_score_or_the_name_of_a_trouble(send, phone, at, phq, gad):
    for item in range(1, 10):
        send(at("portal-question", phq, item), {f"q{item}": "3", "go": "next"})
    pages = [at("portal"), at("portal-all", phq), at("portal-finish", phq), at("portal-question", gad, 1)]
    send(at("portal-finish", phq))
    for address in [*pages, at("portal-done"), at("portal-topic")]:
        words = text(phone.get(address, follow=True)).lower()
        for word in ("phq-9", "gad-7", "severe", "moderate", "score", "27", "depression", "disorder"):
            assert word not in words, (address, word)


def test_nobody_s_name_stands_on_any_page(send, phone, at, phq):
    pages = [at("portal"), at("portal-question", phq, 1), at("portal-all", phq), at("portal-finish", phq)]
    pages += [at("portal-help", phq), at("portal-topic"), at("portal-expect"), at("portal-done")]
    for address in pages:
        words = text(phone.get(address))
        assert "Ana" not in words
        assert "Almond" not in words
        assert "P-1001" not in words


def test_reading_changes_nothing_but_the_trail(phone, at, phq):
    from openhour.guard.models import TrailEntry

    before = list(Response.objects.values())
    for address in (at("portal-question", phq, 1), at("portal-all", phq), at("portal-finish", phq)):
        phone.get(address)
    assert list(Response.objects.values()) == before
    entries = TrailEntry.objects.filter(action="questions.read")
    assert entries.count() == 3
    assert {entry.actor[:5] for entry in entries} == {"link:"}


def test_the_time_of_an_answer_is_that_of_the_request(send, at, phq, clock):
    clock.at = BEFORE + timedelta(hours=1)
    send(at("portal-question", phq, 1), {"q1": "1", "go": "next"})
    phq.refresh_from_db()
    assert phq.saved_at == clock.at
