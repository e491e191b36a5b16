"""Signals on the page: who sees them, an answer in few presses, what was typed stays, and what happened is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Signal, SignalAnswer
from openhour.workflows.progress.look_again import look_again
from openhour.workflows.progress.pass_to_supervisor import pass_to_supervisor
from tests.cast import NOW
from tests.web.schedule_desk import counting, page, stop_clock
from tests.workflows.hours import trail_of
from tests.workflows.progress.courses import answered, go_through, hold, off_track, score

pytestmark = pytest.mark.django_db

ANSWER = {"in_the_way": ["alliance", "support"], "doing": ["talk", "other-help:group-therapy"], "look_after": "2"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


@pytest.fixture
def signal(cast):
    return off_track(cast)


def at(signal, name="signal"):
    return reverse(name, args=[signal.pk])


# The list


def test_the_list_says_who_what_and_how_it_stands(sign_in, signal):
    words = page(sign_in("ben").get(reverse("signals")))
    assert "Ana Almond: not on track (PHQ-9)" in words
    assert signal.sentence in words
    assert "Needs thought" in words


def test_an_overdue_one_is_marked(sign_in, signal, monkeypatch):
    stop_clock(monkeypatch, NOW + timedelta(days=8))
    assert "Overdue since 9 Mar" in page(sign_in("ben").get(reverse("signals")))


def test_the_supervisor_sees_what_was_passed_and_what_is_brought_to_them(cast, sign_in, signal):
    sam = sign_in("sam")
    assert "Ana Almond" not in page(sam.get(reverse("signals")))
    pass_to_supervisor(cast.actor("ben"), signal.pk, at=NOW)
    words = page(sam.get(reverse("signals")))
    assert "Passed to you" in words
    assert "Ana Almond: not on track" in words
    assert "Ben Brook" in words
    answered(cast, signal, doing=["supervision"])
    assert "Brought to supervision" in page(sam.get(reverse("signals")))


def test_what_came_of_it_is_told(cast, sign_in, signal):
    answered(cast, signal)
    assert "Answered, to be looked at again" in page(sign_in("ben").get(reverse("signals")))
    looked_again(cast)
    words = page(sign_in("ben").get(reverse("signals")))
    assert "What came of the others" in words
    assert "PHQ-9 went from 22 to 14, reliably better than when this was answered." in words


def looked_again(cast):
    for number in (1, 2):
        score(cast.ana_episode, 14, (NOW + timedelta(weeks=number)).date())
        hold(cast.ana_episode, NOW + timedelta(weeks=number))
    look_again(cast.actor("ben"), cast.ana_episode.pk, at=NOW + timedelta(weeks=2, hours=2))


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_sees_that_there_is_one(cast, sign_in, signal, who):
    answer = sign_in(who).get(reverse("signals"))
    assert "Ana Almond" not in page(answer)
    assert answer.status_code == (404 if who in ("dee", "eli", "olga") else 200)


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
@pytest.mark.parametrize("name", ["signal", "signal-pass", "signal-return"])
def test_for_everybody_else_it_is_not_there(sign_in, signal, who, name):
    client = sign_in(who)
    assert client.post(at(signal, name), ANSWER).status_code == 404
    assert client.get(at(signal)).status_code == 404
    assert not SignalAnswer.objects.exists()


def test_the_lists_take_the_same_number_of_queries_however_long_they_are(cast, sign_in, signal):
    ben = sign_in("ben")

    def counted():
        with counting() as queries:
            ben.get(reverse("signals"))
        return len(queries)

    few = counted()
    answered(cast, signal)
    for number in range(8):
        Signal.objects.create(
            patient=cast.ana, episode=cast.ana_episode, owner=cast.ben, instrument=f"made-{number}", kind="no-gain",
            seen_at=NOW, sentence="Synthetic.", due_at=NOW, made_at=NOW,
        )  # fmt: skip
    assert counted() == few <= 8


# One of them


def test_the_page_says_what_was_seen_against_what_and_how_sure(sign_in, signal):
    words = page(sign_in("ben").get(at(signal)))
    assert signal.sentence in words
    assert signal.against in words
    assert signal.sureness in words
    assert "worse than expected by then (7 to 14)" in words  # the picture in words
    assert "14 to 18" not in words
    assert "Answer by 9 Mar 2026" in words
    assert words.count('class="likely"') == 1


def test_a_supervisor_is_promised_only_where_there_is_one(cast, sign_in, signal):
    ben = sign_in("ben")
    assert "after that it goes to your supervisor" in page(ben.get(at(signal)))
    type(cast.ben).objects.filter(pk=cast.ben.pk).update(supervisor=None)
    words = page(ben.get(at(signal)))
    assert "Answer by 9 Mar 2026." in words
    assert "goes to your supervisor" not in words


def test_reading_it_changes_nothing_and_leaves_one_entry(cast, sign_in, signal):
    before = TrailEntry.objects.count()
    sign_in("ben").get(at(signal))
    assert TrailEntry.objects.count() == before + 1
    entry = TrailEntry.objects.latest("id")
    assert (entry.action, entry.patient_id) == ("chart.read", str(cast.ana.pk))
    signal.refresh_from_db()
    assert signal.state == "open"


def test_an_answer_is_kept_and_shown(sign_in, signal):
    ben = sign_in("ben")
    sent = ben.post(at(signal), ANSWER)
    assert (sent.status_code, sent["Location"]) == (302, at(signal))
    words = page(ben.get(at(signal)))
    assert "how we work together, too little support around them." in words
    assert "talk about it together, group therapy." in words
    assert "0 of 2 sessions held since" in words
    assert 'name="in_the_way"' not in words
    assert trail_of("signal.answered") == 1


def test_another_signal_of_the_same_scores_is_answered_with_it(sign_in, signal):
    other = Signal.objects.get(kind="reliably-worse")
    ben = sign_in("ben")
    assert f'name="also" value="{other.pk}" checked' in page(ben.get(at(signal)))
    ben.post(at(signal), {**ANSWER, "also": [str(other.pk), "no-id", "00000000-0000-4000-8000-000000000000"]})
    other.refresh_from_db()
    assert other.state == "answered"
    assert SignalAnswer.objects.count() == 2


def test_what_is_not_chosen_stays_open(sign_in, signal):
    sign_in("ben").post(at(signal), ANSWER)
    assert Signal.objects.get(kind="reliably-worse").state == "open"


def test_another_treatments_signal_is_not_answered_with_it(cast, sign_in, signal):
    theirs = Signal.objects.create(
        patient=cast.cleo, episode=cast.cleo_episode, owner=cast.carla, instrument="phq-9", kind="no-gain",
        seen_at=NOW, sentence="Synthetic.", due_at=NOW, made_at=NOW,
    )  # fmt: skip
    sign_in("ben").post(at(signal), {**ANSWER, "also": [str(theirs.pk)]})
    theirs.refresh_from_db()
    assert theirs.state == "open"


def test_a_gap_stands_beside_its_field_and_what_was_typed_stays(sign_in, signal):
    sent = {"in_the_way": ["motivation"], "doing": [], "words": "Her words & mine", "look_after": "3"}
    answer = sign_in("ben").post(at(signal), sent)
    words = page(answer)
    assert answer.status_code == 422
    assert "Choose what you will do" in words
    assert 'value="motivation" checked' in words
    assert 'value="3" checked' in words
    assert "Her words &amp; mine" in words
    assert not SignalAnswer.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"in_the_way": ["alliance"], "doing": ["talk"], "look_after": "many"},
        {"in_the_way": ["alliance"], "doing": ["talk"], "look_after": "9" * 40},
        {"in_the_way": ["alliance"], "doing": ["talk"], "look_after": "²"},
        {"in_the_way": ["\x00"], "doing": ["other-help:\ud800"], "words": "a\x00b", "look_after": "2"},
        {"in_the_way": ["alliance"], "doing": ["other-help:"], "words": "a" * 5000, "look_after": "-1"},
    ],
    ids=["empty", "no-number", "huge", "no-digit", "unreadable", "too-long"],
)
def test_bad_input_is_refused_and_never_breaks(sign_in, signal, sent):
    clean = {
        name: [one.encode("utf-8", "replace").decode() for one in value] if isinstance(value, list) else value
        for name, value in sent.items()
    }
    assert sign_in("ben").post(at(signal), clean).status_code == 422
    assert not SignalAnswer.objects.exists()


def test_whoever_comes_second_reads_what_stands_and_loses_no_word(cast, sign_in, signal):
    answered(cast, signal)
    answer = sign_in("ben").post(at(signal), {**ANSWER, "words": "My long thought."})
    words = page(answer)
    assert answer.status_code == 409
    assert "This was answered meanwhile." in words
    assert "My long thought." in words


def test_the_supervisor_answers_or_gives_back(cast, sign_in, signal):
    sam = sign_in("sam")
    assert sam.post(at(signal), ANSWER).status_code == 409
    pass_to_supervisor(cast.actor("ben"), signal.pk, at=NOW)
    assert sam.post(at(signal, "signal-return"), {"comment": " "}).status_code == 422
    sent = sam.post(at(signal, "signal-return"), {"comment": "Ask about the sister."})
    assert sent["Location"] == reverse("signals")
    words = page(sign_in("ben").get(at(signal)))
    assert "Ask about the sister." in words
    assert "Given back" in words


def test_the_therapist_passes_it_on_with_one_press(sign_in, signal):
    ben = sign_in("ben")
    assert "Pass it to your supervisor now" in page(ben.get(at(signal)))
    assert ben.post(at(signal, "signal-pass")).status_code == 302
    words = page(ben.get(at(signal)))
    assert "With the supervisor" in words
    assert "Pass it to your supervisor now" not in words


@pytest.mark.parametrize("name", ["signal-pass", "signal-return"])
def test_what_changes_something_is_posted(sign_in, signal, name):
    who = "ben" if name == "signal-pass" else "sam"
    assert sign_in(who).get(at(signal, name)).status_code == 405


def test_the_page_takes_the_same_number_of_queries_in_a_long_treatment(cast, sign_in, signal):
    ben = sign_in("ben")

    def counted():
        with counting() as queries:
            ben.get(at(signal))
        return len(queries)

    few = counted()
    for number in range(10, 30):
        score(cast.ana_episode, 15, (NOW - timedelta(weeks=number)).date())
    assert counted() == few <= 8


# Beside other things


def test_today_the_room_and_the_patients_page_say_it_in_one_line(cast, sign_in, signal):
    ben = sign_in("ben")
    for address in (
        reverse("today"),
        reverse("session-room", args=[cast.ana_visit.pk]),
        reverse("patient", args=[cast.ana.pk]),
    ):
        words = page(ben.get(address))
        assert signal.sentence in words, address
        assert at(signal) in words, address


def test_they_say_what_a_second_look_found_for_two_weeks(cast, sign_in, signal, monkeypatch):
    answered(cast, signal)
    looked_again(cast)
    ben = sign_in("ben")
    stop_clock(monkeypatch, NOW + timedelta(weeks=2, days=1))
    assert "PHQ-9 went from 22 to 14" in page(ben.get(reverse("today")))
    assert "PHQ-9 went from 22 to 14" in page(ben.get(reverse("patient", args=[cast.ana.pk])))
    stop_clock(monkeypatch, NOW + timedelta(weeks=5))
    assert "PHQ-9 went from 22 to 14" not in page(ben.get(reverse("today")))
    assert "PHQ-9 went from 22 to 14" not in page(ben.get(reverse("patient", args=[cast.ana.pk])))


@pytest.mark.parametrize("who", ["dee", "eli"])
def test_front_desk_and_biller_read_nothing_of_it_on_a_patients_page(cast, sign_in, signal, who):
    answer = sign_in(who).get(reverse("patient", args=[cast.ana.pk]))
    assert answer.status_code == 200
    assert signal.sentence not in page(answer)
    assert "signal" not in page(answer).lower()


def test_today_names_in_the_trail_whom_it_shows(cast, sign_in, signal):
    cast.ana_visit.__class__.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    sign_in("ben").get(reverse("today"))
    assert str(cast.ana.pk) in TrailEntry.objects.latest("id").detail


def test_another_therapists_today_says_nothing(sign_in, signal):
    assert signal.sentence not in page(sign_in("carla").get(reverse("today")))


# The caseload and the course


def test_the_caseload_has_whoever_needs_thought_on_top(cast, sign_in, signal):
    from openhour.records.models import Episode, Patient

    for number, name in enumerate(("Abel", "Zora")):
        other = Patient.objects.create(
            number=f"P-9{number}", first_name=name, last_name="Zest", sort_name=name.lower(),
            birth_date=cast.ana.birth_date, sex="F", made_at=NOW,
        )  # fmt: skip
        episode = Episode.objects.create(
            patient=other, therapist=cast.ben, procedure="psychotherapy-60",
            procedure_key="psychotherapy-60@1.0.0", opened_on=NOW.date(), made_at=NOW,
        )  # fmt: skip
        if name == "Zora":
            hold(episode, NOW - timedelta(days=40))
    words = page(sign_in("ben").get(reverse("caseload")))
    assert words.index("Ana Almond") < words.index("Zora Zest") < words.index("Abel Zest")
    assert "14 → 22" in words
    assert "reliably worse" in words
    assert "never" in words  # Zora came, and nothing was measured
    assert "Cleo" not in words


def test_an_open_alert_comes_before_every_signal(cast, sign_in, signal):
    from tests.guard.access_records import alert

    alert(cast, "ana")
    words = page(sign_in("ben").get(reverse("caseload")))
    assert words.index("1 open alert") < words.index("Not on track")


def test_the_caseload_takes_the_same_number_of_queries_however_many_there_are(cast, sign_in, signal):
    ben = sign_in("ben")

    def counted():
        with counting() as queries:
            ben.get(reverse("caseload"))
        return len(queries)

    few = counted()
    type(cast.cleo_episode).objects.filter(pk=cast.cleo_episode.pk).update(therapist=cast.ben)
    go_through(cast.cleo_episode)
    assert counted() == few <= 8


def test_the_course_shows_every_measure_and_the_story_of_each_signal(cast, sign_in, signal):
    answered(cast, signal, words="She says I push too hard.")
    looked_again(cast)
    words = page(sign_in("ben").get(reverse("course", args=[cast.ana_episode.pk])))
    assert "GAD-7" in words
    assert "She says I push too hard." in words
    assert "Looked at again: better" in words
    assert "Elm Street Therapy, 400 patients" in words


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_nobody_else_reads_the_course(cast, sign_in, signal, who):
    assert sign_in(who).get(reverse("course", args=[cast.ana_episode.pk])).status_code == 404


def test_the_course_takes_the_same_number_of_queries_however_long(cast, sign_in, signal):
    ben = sign_in("ben")

    def counted():
        with counting() as queries:
            ben.get(reverse("course", args=[cast.ana_episode.pk]))
        return len(queries)

    few = counted()
    answered(cast, signal)
    for number in range(10, 30):
        score(cast.ana_episode, 15, (NOW - timedelta(weeks=number)).date())
    assert counted() == few <= 8
