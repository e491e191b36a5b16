"""Around the questions: the welcome, the topic, what to expect, the end."""

from __future__ import annotations

import pytest

from openhour.records.models import Response, Topic
from openhour.workflows.hour.typed import base_of


def text(page):
    return page.content.decode()


def test_the_welcome_says_what_it_is_for_who_reads_it_and_that_nobody_watches(phone, at, phq, gad):
    words = text(phone.get(at("portal")))
    assert "Elm Street Therapy" in words
    assert "Ben Brook, PsyD" in words
    assert "Nobody watches the answers day and night" in words
    assert 'href="tel:988"' in words
    assert (
        "so that you both see whether the work helps" in words
    )  # what the answers are for, in the instrument's words
    assert at("portal-question", phq, 1) in words
    assert "Mar" not in words
    assert "10:00" not in words


def test_where_nothing_is_asked_the_other_pages_are_still_there(phone, at, phq):
    Response.objects.update(state="withdrawn")
    words = text(phone.get(at("portal")))
    assert "no questions for you at the moment" in words
    assert at("portal-topic") in words


def test_the_topic_is_asked_in_the_definition_s_words(phone, at):
    words = text(phone.get(at("portal-topic")))
    assert "What would you like to talk about?" in words
    assert "What should be different for you when therapy ends?" in words


def test_the_topic_is_saved_by_the_button(send, at, cast):
    answer = send(at("portal-topic"), {"topic": "My sister", "revision": base_of("")})
    assert answer["Location"] == at("portal-done")
    assert Topic.objects.get(visit=cast.ana_visit).text == "My sister"


def test_the_topic_is_saved_as_it_is_typed(send, at):
    told = send(at("portal-topic"), {"topic": "My", "fields": "topic", "revision": base_of("")}, json=True).json()
    assert told == {"saved": True, "revision": base_of("My"), "at": "just now"}
    told = send(at("portal-topic"), {"topic": "My sister", "revision": told["revision"]}, json=True)
    assert told.status_code == 200
    assert Topic.objects.get().text == "My sister"


def test_two_devices_never_overwrite_each_other_silently(send, at):
    send(at("portal-topic"), {"topic": "On the phone", "revision": base_of("")})
    told = send(at("portal-topic"), {"topic": "On the tablet", "revision": base_of("")}, json=True)
    assert (told.status_code, told.json()["theirs"]) == (409, {"topic": "On the phone"})
    page = send(at("portal-topic"), {"topic": "On the tablet", "revision": base_of("")})
    assert page.status_code == 409
    assert "On the tablet</textarea>" in text(page)
    assert "On the phone" in text(page)
    settled = send(at("portal-topic"), {"topic": "On the tablet", "revision": told.json()["revision"]})
    assert settled.status_code == 302
    assert Topic.objects.get().text == "On the tablet"


@pytest.mark.parametrize("words", ["x" * 4001, "a\0b"])
def test_what_can_t_be_kept_stays_on_the_screen(send, at, words):
    page = send(at("portal-topic"), {"topic": words, "revision": base_of("")})
    assert page.status_code == 422
    assert words[:50].replace("\0", "") in text(page).replace("\0", "")
    told = send(at("portal-topic"), {"topic": words, "revision": base_of("")}, json=True)
    assert told.status_code == 422
    assert told.json()["errors"]["topic"]
    assert not Topic.objects.exists()


def test_markup_is_shown_and_never_run(send, phone, at):
    send(at("portal-topic"), {"topic": "</textarea><script>alert(1)</script>", "revision": base_of("")})
    words = text(phone.get(at("portal-topic")))
    assert "<script>alert(1)" not in words
    assert "&lt;script&gt;" in words


def test_what_to_expect_comes_from_the_definition(phone, at, cast):
    from openhour.records.shelf import shelf

    procedure = shelf().procedure("psychotherapy-60", on=cast.ana_visit.starts_at.date())
    words = text(phone.get(at("portal-expect"))).replace("&#39;", "'")
    told = [
        procedure.summary,
        procedure.experience.text,
        procedure.experience.support,
        procedure.recovery.tell_patient,
    ]
    told += [risk.text for risk in procedure.risks] + [benefit.text for benefit in procedure.benefits]
    for sentence in [*told, procedure.benefit_limits.text]:
        assert sentence in words
    assert "planned for 60 minutes" in words
    told = [
        procedure.purpose,
        procedure.room.text,
        *procedure.preparation.ask_patient,
        *procedure.preparation.helpful,
    ]
    told += [phase.text for phase in procedure.phases]
    for one in procedure.alternatives:
        told += [one.title, *one.benefits, *one.drawbacks]
    for sentence in told:
        assert sentence in words
    for name in procedure.common_names:
        assert name.lower() in words
    assert "There is nothing that you must do." in words
    assert "Homework (where it helps)." in words
    assert "Goal setting." in words
    assert "the questions of the PHQ-9 and the questions of the GAD-7" in words
    assert "how far you come with your goals" in words
    assert "every week or every other week" in words
    assert "Your body needs about" not in words
    assert "You are given something to numb" not in words


def test_what_a_definition_does_ask_for_is_told_too(phone, at, cast, monkeypatch):
    from dataclasses import replace

    from openhour.portal import pages

    as_it_is = pages.procedure_of

    def with_more(link):
        hour = as_it_is(link)
        return replace(
            hour,
            preparation=replace(hour.preparation, instructions=("Eat something before.",)),
            room=replace(hour.room, tools=("A wearable sensor",), anesthesia=True),
            recovery=replace(hour.recovery, physical_days=2),
        )

    monkeypatch.setattr(pages, "procedure_of", with_more)
    words = text(phone.get(at("portal-expect")))
    assert "Eat something before." in words
    assert "This is used: A wearable sensor." in words
    assert "numb or sedate you. The practice tells you" in words
    assert "about 2 days to recover" in words
    assert "nothing that you must do" not in words


def test_a_kind_of_hour_that_left_the_shelf_sends_people_to_the_practice(phone, at, cast, link):
    cast.ana_visit.procedure = "gone"
    cast.ana_visit.save()
    words = text(phone.get(at("portal-expect")))
    assert "5555550100" in words
    assert phone.get(at("portal-topic")).status_code == 200


def test_the_end_says_thanks_and_what_happens_next(send, phone, at, phq, gad):
    Response.objects.exclude(instrument__in=("phq-9", "gad-7")).update(state="withdrawn")
    for form in (phq, gad):
        send(at("portal-question", form, 1), {"q1": "1", "go": "next"})
        last = send(at("portal-finish", form))
    assert last["Location"] == at("portal-topic")
    words = text(phone.get(at("portal-done")))
    assert "Your answers are with Ben Brook, PsyD." in words
    assert "together in your visit" in words
    assert "Your answers were sent." in text(phone.get(at("portal")))


def test_the_end_tells_what_was_not_sent(send, phone, at, phq):
    send(at("portal-question", phq, 1), {"q1": "1", "go": "next"})
    words = text(phone.get(at("portal-done")))
    assert "Some questions aren’t sent yet" in words
