"""The buttons and the saving of the room, through HTTP: with the script, and without it."""

from __future__ import annotations

import html
import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Assignment, Note, Session, Visit
from openhour.workflows.hour.sign_note import sign_note
from tests.cast import NOW
from tests.shared_data import SHARED_DATA
from tests.workflows.hours import agree_plan, minutes, ready_to_sign


@pytest.fixture
def today(cast):
    """Ana's visit is today, and has been going on for half an hour: the doors read the real clock."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
    Visit.objects.filter(pk=cast.ana_visit.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
    cast.ana_visit.refresh_from_db()
    return start


def to(name, cast, *more):
    return reverse(name, args=[cast.ana_visit.pk, *more])


def page_of(client, cast) -> str:
    response = client.get(to("session-room", cast))
    assert response.status_code == 200
    return response.content.decode()


def revision_of(page: str) -> str:
    return html.unescape(re.search(r'name="revision" value="([^"]*)"', page).group(1))


def autosave(client, cast, revision: str, **fields):
    """As the script sends it: the changed fields alone, a choice with nothing chosen named and without a value."""
    names = {name.replace("__", "."): value for name, value in fields.items()}
    return client.post(to("note-save", cast), {"revision": revision, "fields": list(names), **names})


def text_of(slug: str) -> str:
    return Note.objects.get().sections.get(slug, {}).get("text", "")


def test_the_script_is_told_what_was_saved_and_when(cast, sign_in):
    client = sign_in("ben")
    answer = autosave(client, cast, revision_of(page_of(client, cast)), sections__data="She slept.")
    body = answer.json()
    assert (answer.status_code, body["saved"]) == (200, True)
    assert re.fullmatch(r"\d+:\d\d [ap]m", body["at"])
    assert text_of("data") == "She slept."
    again = autosave(client, cast, body["revision"], sections__data="She slept well.")
    assert again.status_code == 200
    assert text_of("data") == "She slept well."


def test_two_tabs_on_different_sections_save_side_by_side(cast, sign_in):
    client = sign_in("ben")
    first = second = revision_of(page_of(client, cast))
    first = autosave(client, cast, first, sections__data="One").json()["revision"]
    assert autosave(client, cast, second, sections__plan="Two").status_code == 200
    assert autosave(client, cast, first, sections__data="One more").status_code == 200
    assert (text_of("data"), text_of("plan")) == ("One more", "Two")


def test_two_tabs_on_one_section_see_each_other(cast, sign_in):
    client = sign_in("ben")
    revision = revision_of(page_of(client, cast))
    autosave(client, cast, revision, sections__data="From the first tab")
    answer = autosave(client, cast, revision, sections__data="From the second tab")
    body = answer.json()
    assert answer.status_code == 409
    assert body["theirs"] == {"sections.data": "From the first tab"}
    assert text_of("data") == "From the first tab"
    merged = autosave(client, cast, body["revision"], sections__data="From the first tab\n\nFrom the second tab")
    assert merged.status_code == 200
    assert text_of("data").endswith("second tab")


def test_a_save_on_another_field_does_not_forget_what_this_tab_has_not_seen(cast, sign_in):
    client = sign_in("ben")
    mine = revision_of(page_of(client, cast))
    autosave(client, cast, mine, sections__data="Theirs")
    mine = autosave(client, cast, mine, sections__plan="Mine").json()["revision"]
    assert autosave(client, cast, mine, sections__data="Mine too").status_code == 409
    assert text_of("data") == "Theirs"


def test_a_retry_after_a_lost_answer_is_saved(cast, sign_in):
    client = sign_in("ben")
    revision = revision_of(page_of(client, cast))
    for _ in range(2):
        assert autosave(client, cast, revision, sections__data="Once").status_code == 200
    assert TrailEntry.objects.filter(action="note.saved").count() == 1


def test_chips_are_saved_as_they_are_pressed_and_taken_off(cast, sign_in):
    client = sign_in("ben")
    revision = revision_of(page_of(client, cast))
    revision = autosave(client, cast, revision, interventions=["grounding", "validation"]).json()["revision"]
    assert Session.objects.get().interventions == ["grounding", "validation"]
    assert autosave(client, cast, revision, interventions=[]).status_code == 200
    assert Session.objects.get().interventions == []


def test_words_that_cannot_be_kept_are_told_beside_their_field_and_the_others_saved(cast, sign_in):
    client = sign_in("ben")
    revision = revision_of(page_of(client, cast))
    answer = autosave(client, cast, revision, sections__data="nul \0", sections__plan="Good")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["sections.data"]
    assert text_of("plan") == "Good"


@pytest.mark.parametrize("revision", ["", "x", "[]", "null", '{"sections.data": 3}', "[" * 5000, '{"a": {"b": 1}}'])
def test_a_beginning_that_cannot_be_read_overwrites_nothing(cast, sign_in, revision):
    client = sign_in("ben")
    autosave(client, cast, revision_of(page_of(client, cast)), sections__data="Kept")
    autosave(client, cast, revision, sections__data="Blind")
    assert text_of("data") == "Kept"


def test_after_the_signature_the_script_is_told_so(cast, sign_in):
    client = sign_in("ben")
    revision = revision_of(page_of(client, cast))
    ready_to_sign(cast)
    sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(90))
    answer = autosave(client, cast, revision, sections__data="Too late")
    assert answer.status_code == 422
    assert "signed" in answer.json()["errors"]["sections.data"][0]


# without the script


def whole_form(client, cast) -> dict[str, object]:
    """Every field of the page as a browser without script would send it."""
    page = page_of(client, cast)
    sent: dict[str, object] = {"revision": revision_of(page)}
    for name, text in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page):
        sent[name] = html.unescape(text)
    for name, value, checked in re.findall(r'<input type="checkbox" name="([^"]+)" value="([^"]+)"( checked)?', page):
        if checked:
            sent.setdefault(name, []).append(value)
    return sent


def test_the_save_button_keeps_the_whole_room(cast, sign_in):
    thread = str(agree_plan(cast.ana_episode).thread)
    client = sign_in("ben")
    form = whole_form(client, cast) | {
        "sections.data": "Typed\r\nin two lines",
        "objectives": [thread],
        f"responses.{thread}": "Relieved",
        "interventions": ["grounding"],
    }
    answer = client.post(to("note-save", cast), form)
    assert (answer.status_code, answer["Location"]) == (303, to("session-room", cast) + "#note")
    session = Session.objects.get()
    assert text_of("data") == "Typed\nin two lines"
    assert session.objectives == [{"thread": thread, "response": "Relieved"}]
    page = page_of(client, cast)
    assert "Typed\nin two lines" in page
    assert re.search(rf'value="{thread}" checked', page)


@pytest.mark.parametrize(
    ("route", "more"),
    [
        ("session-start", {}),
        ("session-agenda", {"agenda": "Sleep"}),
        ("note-layout", {"layout": "soap"}),
        ("homework-assign", {"form": "thought-record"}),
    ],
)
def test_no_button_loses_a_typed_word(cast, sign_in, today, route, more):
    client = sign_in("ben")
    form = whole_form(client, cast) | {"sections.data": "Half a sent"} | more
    assert client.post(to(route, cast), form).status_code == 303
    assert text_of("data") == "Half a sent"


def test_a_refused_button_loses_none_either(cast, sign_in, today):
    client = sign_in("ben")
    form = whole_form(client, cast) | {"sections.data": "Half a sent", "agenda": "Sleep"}
    answer = client.post(to("session-stop", cast), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The clock hasn’t been started yet." in html.unescape(page).replace("'", "’")
    assert "Half a sent" in page
    assert 'value="Sleep"' in page


def test_without_the_script_both_texts_are_shown_and_nothing_is_overwritten(cast, sign_in):
    client = sign_in("ben")
    form = whole_form(client, cast)
    autosave(client, cast, form["revision"], sections__data="From the other tab")
    answer = client.post(to("note-save", cast), form | {"sections.data": "Mine", "sections.plan": "A plan"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "From the other tab" in page
    assert re.search(r'name="sections.data"[^>]*>\nMine</textarea>', page)
    assert (text_of("data"), text_of("plan")) == ("From the other tab", "A plan")
    form |= {"revision": revision_of(page), "sections.data": "Mine and theirs", "sections.plan": "A plan"}
    assert client.post(to("note-save", cast), form).status_code == 303
    assert text_of("data") == "Mine and theirs"


def test_a_stale_page_never_takes_back_what_it_did_not_touch(cast, sign_in):
    client = sign_in("ben")
    stale = whole_form(client, cast)
    autosave(client, cast, stale["revision"], sections__data="Newer", interventions=["grounding"])
    assert client.post(to("note-save", cast), stale | {"sections.plan": "Mine"}).status_code == 303
    assert (text_of("data"), text_of("plan")) == ("Newer", "Mine")
    assert Session.objects.get().interventions == ["grounding"]


# the clock, the times


def test_one_press_starts_and_one_stops(cast, sign_in, today):
    client = sign_in("ben")
    assert client.post(to("session-start", cast)).status_code == 303
    assert "data-clock" in page_of(client, cast)
    Session.objects.update(started_at=today)
    assert client.post(to("session-stop", cast)).status_code == 303
    said = html.unescape(page_of(client, cast))
    assert "30 minutes support 90832" in said


def test_an_hour_of_another_day_is_not_started(cast, sign_in):
    answer = sign_in("ben").post(to("session-start", cast))
    assert answer.status_code == 422
    assert "This visit is booked for March 2, 2026." in answer.content.decode()


def test_too_short_an_hour_says_so_before_it_is_signed(cast, sign_in, today):
    client = sign_in("ben")
    client.post(to("session-start", cast))
    Session.objects.update(started_at=today, stopped_at=today + timedelta(minutes=15))
    assert "15 minutes are too short to bill" in page_of(client, cast)


def test_times_are_read_on_the_wall_of_the_site(cast, sign_in):
    form = {"started_at": "10:00", "stopped_at": "10:53", "reason": "Forgot to press"}
    assert sign_in("ben").post(to("session-times", cast), form).status_code == 303
    session = Session.objects.get()
    assert (session.started_at, session.minutes) == (NOW, 53)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"started_at": "25:99", "stopped_at": "11:00", "reason": "x"},
        {"started_at": "10:00", "stopped_at": "9:00x", "reason": "x"},
        {"started_at": "10:00", "stopped_at": "10:53", "reason": ""},
        {"started_at": "10:00", "stopped_at": "09:53", "reason": "x" * 300},
    ],
)
def test_bad_times_come_back_as_they_were_typed(cast, sign_in, form):
    answer = sign_in("ben").post(to("session-times", cast), form)
    assert answer.status_code == 422
    for text in form.values():
        assert html.escape(text) in answer.content.decode()
    assert not Session.objects.filter(started_at__isnull=False).exists()


# agenda, homework, next visit


def test_points_are_added_ticked_and_removed(cast, sign_in):
    client = sign_in("ben")
    client.post(to("session-agenda", cast), {"agenda": "Sleep", "agenda_step": "add"})
    point = Session.objects.get().agenda[0]["id"]
    client.post(to("session-agenda", cast), {"agenda_step": f"tick:{point}"})
    assert Session.objects.get().agenda[0]["done"]
    client.post(to("session-agenda", cast), {"agenda_step": f"remove:{point}"})
    assert Session.objects.get().agenda == []


def test_enter_in_the_agenda_adds_the_point_once(cast, sign_in):
    client = sign_in("ben")
    client.post(to("note-save", cast), {"agenda": "Sleep"})
    assert [point["text"] for point in Session.objects.get().agenda] == ["Sleep"]


def test_homework_is_given_and_taken_back(cast, sign_in):
    objective = agree_plan(cast.ana_episode)
    client = sign_in("ben")
    form = {"form": "thought-record", "objective": str(objective.thread), "due_on": "2026-03-09", "why": "Mornings"}
    assert client.post(to("homework-assign", cast), form).status_code == 303
    given = Assignment.objects.get()
    assert "Mornings" in page_of(client, cast)
    assert client.post(to("homework-withdraw", cast, given.pk)).status_code == 303
    given.refresh_from_db()
    assert given.state == "withdrawn"


@pytest.mark.parametrize(
    "form",
    [
        {"form": "crossword"},
        {"form": "thought-record", "objective": "x"},
        {"form": "thought-record", "due_on": "soon"},
        {"form": "thought-record", "due_on": "2020-01-01", "why": "Mornings"},
    ],
)
def test_bad_homework_comes_back_as_it_was_typed(cast, sign_in, form):
    agree_plan(cast.ana_episode)
    answer = sign_in("ben").post(to("homework-assign", cast), form)
    assert answer.status_code == 422
    assert not Assignment.objects.exists()
    if "why" in form:
        assert 'value="Mornings"' in answer.content.decode()


def test_what_came_of_homework_is_saved_as_it_is_typed(cast, sign_in):
    earlier = Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=NOW - timedelta(days=7),
        ends_at=NOW - timedelta(days=7, minutes=-60),
        made_at=NOW,
    )
    session = Session.objects.create(
        visit=earlier, patient=cast.ana, episode=cast.ana_episode, therapist=cast.ben, made_at=NOW
    )
    given = Assignment.objects.create(
        patient=cast.ana,
        episode=cast.ana_episode,
        session=session,
        form="thought-record",
        form_key="thought-record@1.0.0",
        title="Thought record",
        made_at=NOW,
    )
    client = sign_in("ben")
    revision = revision_of(page_of(client, cast))
    body = autosave(client, cast, revision, **{f"review.{given.pk}": "Two of three"}).json()
    assert body["saved"]
    assert autosave(client, cast, body["revision"], **{f"completion.{given.pk}": "some"}).status_code == 200
    given.refresh_from_db()
    assert (given.state, given.completion, given.review) == ("reviewed", "some", "Two of three")
    clash = autosave(client, cast, revision, **{f"review.{given.pk}": "Other words"})
    assert clash.json()["theirs"] == {f"review.{given.pk}": "Two of three"}


@pytest.mark.parametrize(("weeks", "days"), [("1", 7), ("2", 14), ("nonsense", 7)])
def test_the_same_time_again_is_one_press(cast, sign_in, today, weeks, days):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(starts_at=_ten_local(today), ends_at=_ten_local(today, 11))
    cast.ana_visit.refresh_from_db()
    answer = sign_in("ben").post(to("session-book-next", cast), {"weeks": weeks})
    assert answer.status_code == 303
    booked = Visit.objects.exclude(pk=cast.ana_visit.pk).get(patient=cast.ana)
    zone = cast.site.tz
    before, after = (one.starts_at.astimezone(zone).replace(tzinfo=None) for one in (cast.ana_visit, booked))
    assert after - before == timedelta(days=days)


def _ten_local(day, hour=10):
    zone = Visit.objects.first().site.tz
    return day.astimezone(zone).replace(hour=hour, minute=0, second=0, microsecond=0)


def test_a_time_that_is_taken_is_told(cast, sign_in, today):
    start = _ten_local(today)
    Visit.objects.filter(pk=cast.ana_visit.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
    client = sign_in("ben")
    client.post(to("session-book-next", cast), {"weeks": "1"})
    answer = client.post(to("session-book-next", cast), {"weeks": "1"})
    assert answer.status_code == 422
    assert Visit.objects.filter(patient=cast.ana).count() == 2


# doors


POSTS = [
    "session-start",
    "session-stop",
    "session-times",
    "session-agenda",
    "session-book-next",
    "note-save",
    "note-layout",
    "homework-assign",
]


@pytest.mark.parametrize("route", POSTS)
def test_a_link_does_nothing(cast, sign_in, route):
    assert sign_in("ben").get(to(route, cast)).status_code == 405


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
@pytest.mark.parametrize("route", [*POSTS, "note-sign"])
def test_nobody_else_gets_in(cast, sign_in, who, route):
    answer = sign_in(who).post(to(route, cast), {"revision": '{"sections.data": ""}', "sections.data": "Words"})
    assert answer.status_code == 404
    assert b"Almond" not in answer.content
    assert not Session.objects.exists()


def test_homework_of_another_hour_is_not_found(cast, sign_in):
    assert sign_in("ben").post(to("homework-withdraw", cast, uuid.uuid4())).status_code == 404


def test_without_the_token_nothing_is_accepted(cast):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ben_user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(to("session-start", cast)).status_code == 403


def bad_strings() -> list[str]:
    """The strings that others collected, or a few of our own where the folder is absent."""
    own = [
        "\0",
        "\x1b[0m",
        "‮",
        "<script>alert(1)</script>",
        "'; DROP TABLE records_note; --",
        "{{ 7*7 }}",
        "x" * 70_000,
    ]
    found = sorted((SHARED_DATA / "badinput").glob("*.json")) if (SHARED_DATA / "badinput").exists() else []
    for path in found:
        try:
            held = json.loads(path.read_text("utf-8"))
        except ValueError:
            continue
        if isinstance(held, list):
            own += [one for one in held if isinstance(one, str)]
    return own


def handfuls(names: list[str]) -> list[dict[str, str]]:
    """Each string once, as many at a time as there are fields."""
    strings = bad_strings()
    return [
        dict(zip(names, strings[place : place + len(names)], strict=False))
        for place in range(0, len(strings), len(names))
    ]


def test_no_string_breaks_a_field(cast, sign_in):
    client = sign_in("ben")
    revision = revision_of(page_of(client, cast))
    names = ["sections.data", "sections.assessment", "sections.plan", "people", "risk", "review_waiver"]
    for handful in handfuls(names):
        answer = client.post(to("note-save", cast), {"revision": revision, "fields": list(handful)} | handful)
        assert answer.status_code in (200, 422), [text[:40] for text in handful.values()]
        revision = answer.json().get("revision") or revision_of(page_of(client, cast))
    assert "<script>alert" not in page_of(client, cast)


BUTTON_FIELDS = ["agenda", "agenda_step", "started_at", "stopped_at", "reason", "form", "objective", "due_on", "why"]


@pytest.mark.parametrize("route", ["session-agenda", "session-times", "homework-assign", "note-layout"])
def test_no_string_breaks_a_button(cast, sign_in, route):
    client = sign_in("ben")
    for handful in handfuls([*BUTTON_FIELDS, "layout"]):
        assert client.post(to(route, cast), handful).status_code in (303, 422), list(handful.values())
