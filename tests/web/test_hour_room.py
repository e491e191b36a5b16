"""The session room: one page with everything of the hour, for the therapist who holds it and nobody else."""

from __future__ import annotations

import gzip
import re
import uuid
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openhour.records.models import Licence, Session, Visit
from openhour.workflows.hour.sign_note import sign_note
from tests.workflows.hours import answer, diagnose, fill_hour, minutes, ready_to_sign, trail_of, weekly_visits


def room(cast) -> str:
    return reverse("session-room", args=[cast.ana_visit.pk])


def words_of(response) -> str:
    """The text of the page, without its tags."""
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def full_hour(cast):
    """Ana's twelfth week; the first objective of her plan."""
    return fill_hour(cast)


def test_everything_of_the_hour_is_on_one_page(cast, sign_in, full_hour):
    said = words_of(sign_in("ben").get(room(cast)))
    for words in (
        "Ana Almond",
        "40 years",
        "visit 2",
        "Low since the autumn.",
        "Depression, recent or long-standing",
        "F32.1",
        "The call with my sister",
        full_hour.text,
        "PHQ-9",
        "GAD-7",
        "item 9 positive",
        "What changed, question by question",
        "Thought record",
        "came back",
        "I let everyone down",
        "Answer that needs attention",
        "Risk: what you asked, found and did",
        "Data",
        "Assessment",
        "in person (place of service 11)",
        "Ana Almond and Ben Brook, PsyD",
    ):
        assert words in said, words


def test_the_clock_knows_its_marks_from_the_definitions(cast, sign_in, full_hour):
    page = sign_in("ben").get(room(cast)).content.decode()
    assert 'data-marks="53 60"' in page
    assert "53 min: from here the minutes support 90837" in page


def test_the_marks_follow_the_planned_procedure(cast, sign_in, full_hour):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(procedure="psychotherapy-45")
    assert 'data-marks="38 45 53"' in sign_in("ben").get(room(cast)).content.decode()


def test_no_judgement_is_ever_filled_in(cast, sign_in, full_hour):
    page = sign_in("ben").get(room(cast)).content.decode()
    written = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page)
    assert {name for name, text in written if text} == set()
    assert {"sections.data", "sections.assessment", "sections.plan", "risk"} <= {name for name, _ in written}


def test_a_gap_leads_to_where_it_is_mended(cast, sign_in, full_hour):
    Licence.objects.filter(therapist=cast.ben).delete()
    page = sign_in("ben").get(room(cast)).content.decode()
    targets = set(re.findall(r' id="([^"]+)"', page))
    anchors = set(re.findall(r'<a href="#([^"]+)" aria-label="Fix', page))
    assert {"times", "id_licences", "id_objectives", "id_interventions", "id_risk", "id_sections-data"} <= anchors
    assert anchors <= targets


@pytest.mark.parametrize("filled", [True, False])
def test_every_link_of_the_room_leads_somewhere(cast, sign_in, filled):
    if filled:
        fill_hour(cast)
    client = sign_in("ben")
    found = set(re.findall(r'href="(/[^"]*)"', client.get(room(cast)).content.decode()))
    links = {unescape(href) for href in found if not href.startswith("/static/")}
    assert any("/alerts/" in href for href in links) or not filled
    assert any("/diagnoses/" in href for href in links) or filled
    for href in sorted(links):
        assert client.get(href, follow=True).status_code == 200, href


def test_an_empty_hour_is_a_page_too(cast, sign_in):
    said = words_of(sign_in("ben").get(room(cast)))
    assert "Start the clock" in said
    assert "No plan is in force." in said
    assert "Nothing has been answered yet." in said
    assert said.count("none answered") == 2  # told in full, and again in short where it is judged


def test_a_missing_licence_is_told_before_the_hour_not_after_it(cast, sign_in):
    Licence.objects.filter(therapist=cast.ben).delete()
    assert "No licence is in force in IL" in words_of(sign_in("ben").get(room(cast)))


def test_looking_leaves_one_entry_and_changes_nothing(cast, sign_in, full_hour):
    before = Session.objects.values().get(visit=cast.ana_visit)
    sign_in("ben").get(room(cast))
    assert trail_of("chart.read") == 1
    assert Session.objects.values().get(visit=cast.ana_visit) == before


def test_looking_before_anything_was_written_makes_no_session(cast, sign_in):
    sign_in("ben").get(room(cast))
    assert not Session.objects.exists()


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_finds_it(cast, sign_in, full_hour, who):
    response = sign_in(who).get(room(cast))
    assert response.status_code == 404
    assert b"Almond" not in response.content
    assert trail_of("chart.read") == 0


def test_a_missing_visit_looks_the_same(cast, sign_in):
    assert sign_in("ben").get(reverse("session-room", args=[uuid.uuid4()])).status_code == 404


def test_whoever_is_not_signed_in_is_asked_to(cast, client):
    response = client.get(room(cast))
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_posting_to_the_page_itself_is_refused(cast, sign_in):
    assert sign_in("ben").post(room(cast)).status_code == 405


def test_once_it_is_signed_the_room_is_the_note(cast, sign_in):
    ready_to_sign(cast)
    note = sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(90)).note
    response = sign_in("ben").get(room(cast))
    assert (response.status_code, response["Location"]) == (302, reverse("note", args=[note.pk]))


def statements(client, address: str) -> list[str]:
    """The SQL of one request, without the marks of transactions."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    plain = [one["sql"] for one in captured.captured_queries]
    return [sql for sql in plain if not re.match(r"(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|SET )", sql)]


def test_eight_queries_at_most_however_old_the_chart(cast, sign_in, full_hour):
    client = sign_in("ben")
    young = statements(client, room(cast))
    assert len(young) <= 8, "\n".join(sql[:120] for sql in young)
    for visit in weekly_visits(cast, 60, first=2):
        day = visit.starts_at.date() - timedelta(weeks=30)
        for slug, answers in (("phq-9", (1,) * 8 + (0,)), ("gad-7", (1,) * 7)):
            answer(cast.ana_episode, slug, answers, day)
    for extra in range(6):
        diagnose(cast.ana_episode, f"F4{extra}.1", "Another")
    assert len(statements(client, room(cast))) == len(young)


def test_the_first_load_is_light(cast, sign_in, full_hour):
    page = sign_in("ben").get(room(cast)).content
    files = set(re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js|svg|woff2))"', page))
    static = Path(__file__).resolve().parents[2] / "src" / "openhour" / "ui" / "static"
    sizes = {name.decode(): len(gzip.compress((static / name.decode()).read_bytes())) for name in files}
    assert {"ui/openhour.css", "ui/autosave.js", "ui/clock.js"} <= sizes.keys()
    assert sum(sizes.values()) + len(gzip.compress(page)) <= 60_000


def test_on_a_phone_each_part_is_one_press_away(cast, sign_in, full_hour):
    words = sign_in("ben").get(reverse("session-room", args=[cast.ana_visit.pk])).content.decode()
    jump = words[words.index('class="hour-jump"') :].partition("</nav>")[0]
    for place in ("measures-title", "plan-title", "agenda", "note", "sign"):
        assert f'href="#{place}"' in jump
        assert f'id="{place}"' in words
