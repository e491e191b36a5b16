"""The look in a real Chromium, under the strict policy: scripts do what they say, and the accessibility rules hold."""

from __future__ import annotations

import functools
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from openhour.ui import preview
from openhour.ui.environment import environment
from tests.stories.browser import Browse, axe, chromium, expect, until  # noqa: F401

pytestmark = pytest.mark.browser

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
NOTE = """
{% extends "ui/base.html" %}{% import "ui/forms.html" as forms %}{% import "ui/parts.html" as parts %}
{% block title %}Note{% endblock %}
{% block main %}<h1>Note</h1>
<form method="post" action="/kept" data-autosave="/save">
<input type="hidden" name="revision" value="1"><input type="hidden" name="csrfmiddlewaretoken" value="tok">
{{ forms.textarea("data", "Data", "as it was") }}
{{ forms.textarea("plan", "Plan", "") }}
{{ forms.chips("used", "Used", ["a", "b"], ["a"]) }}
{{ forms.autosave_status() }}
</form>{% endblock %}
{% block scripts %}{{ script("autosave") }}{% endblock %}
"""


class Practice(SimpleHTTPRequestHandler):
    """Serves the preview, and answers saves as a door of Openhour would; `answers` are given first, one each."""

    saves: list[dict[str, list[str]]] = []
    headers_seen: list[str] = []
    answers: list[tuple[int, dict[str, object]]] = []

    def log_message(self, *_):
        """Says nothing."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.saves.append(parse_qs(body, keep_blank_values=True))
        self.headers_seen.append(self.headers["X-CSRFToken"])
        saved = {"saved": True, "revision": str(len(self.saves) + 1), "at": "10:42 am"}
        code, answer = self.answers.pop(0) if self.answers else (200, saved)
        told = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("look")
    preview.write(folder)
    made = environment(static=lambda path: f"static/{path}", url=lambda name: f"#{name}")
    (folder / "note.html").write_text(made.from_string(NOTE).render(preview.context()), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Practice, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def browse(chromium, address):  # noqa: F811
    """Opens pages of the preview; whatever stands on the console as an error fails the test."""
    for told in (Practice.saves, Practice.headers_seen, Practice.answers):
        told.clear()
    opened = Browse(chromium, address)
    yield opened
    opened.close()


@pytest.fixture
def opened(browse):
    """`opened("note.html")`: that page. hush: words of complaints that are meant."""

    def open_page(name, width=1280, *, light="light", scripts=True, hush=()):
        browse.expected += hush
        page = browse(width=width, height=900, light=light, scripts=scripts, still=False)
        page.goto(f"/{name}")
        return page

    return open_page


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", sorted(preview.PAGES))
def test_axe_finds_nothing(opened, name, width, light):
    axe(opened(name, width, light=light))


def test_what_a_patient_presses_is_large_enough_for_a_thumb(opened):
    page = opened("patient.html", 390)
    sizes = page.evaluate(
        "[...document.querySelectorAll('main .btn, main .chip, .topbar .btn')].map(e => e.getBoundingClientRect().height)"
    )
    assert len(sizes) >= 7
    assert min(sizes) >= 44


def test_the_light_can_be_chosen_and_is_kept(opened):
    page = opened("staff.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    day = page.evaluate(ground)
    toggle = page.get_by_role("button", name="Colours:")
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    until(page, lambda: page.evaluate(ground) != day, "another ground")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    toggle.click()
    expect(page.locator("html[data-theme]")).to_have_count(0)
    assert "openhour_theme" not in page.evaluate("document.cookie")


def test_without_script_nothing_is_offered_that_needs_it(opened):
    page = opened("staff.html", scripts=False)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.locator("[data-theme-toggle]")).to_be_hidden()


def test_the_first_tab_leads_past_the_navigation(opened):
    page = opened("staff.html")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_list_of_errors_takes_the_focus(opened):
    expect(opened("index.html").locator("#error-summary")).to_be_focused()


def test_on_paper_there_is_no_navigation_and_no_colour(opened):
    page = opened("staff.html")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".topbar")).to_be_hidden()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")


def test_what_is_typed_is_saved_by_itself(opened):
    page = opened("note.html")
    page.get_by_label("Plan").press_sequentially("Walk.")
    until(page, lambda: Practice.saves and Practice.saves[-1]["plan"] == ["Walk."])
    first = len(Practice.saves)  # one, or more on a machine that is slower than the pause between two saves
    assert Practice.saves[0].keys() == {"revision", "fields", "plan"}
    assert (Practice.saves[0]["revision"], Practice.saves[0]["fields"]) == (["1"], ["plan"])
    assert set(Practice.headers_seen) == {"tok"}
    expect(page.locator("[name=revision]")).to_have_value(str(first + 1))
    expect(page.get_by_text("Saved 10:42 am").first).to_be_visible()
    page.get_by_label("Plan").press_sequentially(" Run.")
    until(page, lambda: Practice.saves[-1]["plan"] == ["Walk. Run."])
    assert Practice.saves[first]["revision"] == [str(first + 1)]


def test_a_chip_taken_back_is_named_without_a_value(opened):
    page = opened("note.html")
    page.get_by_label("a", exact=True).uncheck()
    page.get_by_text("Saved 10:42 am").first.wait_for()
    assert Practice.saves == [{"revision": ["1"], "fields": ["used"]}]


def test_a_failed_save_is_told_and_tried_again(opened):
    Practice.answers.append((503, {}))
    page = opened("note.html", hush=["503"])
    page.get_by_label("Plan").fill("Walk.")
    page.get_by_text("Not saved – retrying").first.wait_for()
    page.get_by_text("Saved 10:42 am").first.wait_for()
    assert [save["plan"] for save in Practice.saves] == [["Walk."], ["Walk."]]


CLASH = (409, {"theirs": {"data": "as Carla wrote"}, "revision": "9"})


@pytest.mark.parametrize(
    ("choice", "ends_as", "sent"),
    [
        ("Keep mine", "as I wrote", ["as I wrote"]),
        ("Take theirs", "as Carla wrote", None),
        ("Put theirs below mine", "as I wrote\n\nas Carla wrote", ["as I wrote\r\n\r\nas Carla wrote"]),
    ],
)
def test_two_who_write_at_once_lose_nothing(opened, choice, ends_as, sent):
    Practice.answers.append(CLASH)
    page = opened("note.html", hush=["409"])
    page.get_by_label("Data").fill("as I wrote")
    page.get_by_text("Someone else changed this note").first.wait_for()
    expect(page.locator(".conflict .theirs")).to_have_text("as Carla wrote")
    expect(page.get_by_label("Data")).to_have_value("as I wrote")
    page.wait_for_timeout(900)  # nothing is waited for: a disputed field waits for the person
    assert len(Practice.saves) == 1
    page.get_by_role("button", name=choice).click()
    expect(page.get_by_label("Data")).to_have_value(ends_as)
    expect(page.locator(".conflict")).to_have_count(int(choice == "Take theirs"))  # one's own words stay beside
    if sent:
        until(page, lambda: len(Practice.saves) == 2)
        again = Practice.saves[-1]
        assert again["revision"] == ["9"]
        assert [text.replace("\r\n", "\n") for text in again["data"]] == [text.replace("\r\n", "\n") for text in sent]
    else:
        page.wait_for_timeout(400)  # nothing is waited for: what the other wrote stands already
        assert len(Practice.saves) == 1


def test_who_took_the_others_words_can_have_their_own_back(opened):
    Practice.answers.append(CLASH)
    page = opened("note.html", hush=["409"])
    page.get_by_label("Data").fill("as I wrote")
    page.get_by_role("button", name="Take theirs").click()
    expect(page.locator(".conflict .theirs")).to_have_text("as I wrote")
    page.get_by_role("button", name="Put mine back").click()
    page.get_by_text("Saved 10:42 am").first.wait_for()
    assert Practice.saves[-1] == {"revision": ["9"], "fields": ["data"], "data": ["as I wrote"]}
    expect(page.locator(".conflict")).to_have_count(0)


def test_a_field_that_was_not_touched_takes_what_the_other_wrote(opened):
    Practice.answers.append(CLASH)
    page = opened("note.html", hush=["409"])
    page.get_by_label("Plan").fill("Walk.")
    page.get_by_text("Saved 10:42 am").first.wait_for()
    expect(page.get_by_label("Data")).to_have_value("as Carla wrote")
    assert Practice.saves[-1] == {"revision": ["9"], "fields": ["plan"], "plan": ["Walk."]}


def test_a_refused_text_is_marked_and_stays(opened):
    Practice.answers.append((422, {"errors": {"plan": ["Too long: at most 5 letters."]}}))
    page = opened("note.html", hush=["422"])
    page.get_by_label("Plan").fill("Walk far.")
    page.get_by_text("Too long").wait_for()
    expect(page.get_by_label("Plan")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Plan")).to_have_value("Walk far.")
    page.get_by_label("Plan").fill("Walk.")
    page.get_by_text("Saved 10:42 am").first.wait_for()
    expect(page.get_by_text("Too long")).to_have_count(0)


def test_who_was_signed_out_is_told_and_keeps_the_words(opened):
    Practice.answers.append((403, {}))
    page = opened("note.html", hush=["403"])
    page.get_by_label("Plan").fill("Walk.")
    page.get_by_text("you are signed out").first.wait_for()
    expect(page.get_by_label("Plan")).to_have_value("Walk.")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_text("Saved 10:42 am").first.wait_for()


def test_leaving_with_unsaved_words_asks_first(opened):
    Practice.answers.extend([(503, {})] * 9)
    page = opened("note.html", hush=["503"])
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Plan").press_sequentially("Walk.")
    page.get_by_text("Not saved").first.wait_for()
    page.close(run_before_unload=True)
    until(page.context.new_page(), lambda: asked == ["beforeunload"])


def test_the_clock_goes_on_and_says_the_53rd_minute_once(browse):
    page = browse(width=1280)
    page.clock.install(time="2026-03-02T10:00:00Z")
    page.clock.pause_at("2026-03-02T10:00:01Z")  # from here time is moved by hand alone
    page.goto("/staff.html")
    text, say = page.locator("[data-clock-text]"), page.locator("[data-clock-say]")
    expect(text).to_have_text("32 min")
    page.clock.run_for(20 * 60 * 1000)
    expect(text).to_have_text("52 min")
    expect(say).to_have_text("")
    page.clock.run_for(60 * 1000)
    expect(text).to_have_text("53 min")
    expect(say).to_have_text("53 minutes have passed.")
    page.clock.run_for(8 * 60 * 1000)
    expect(say).to_have_text("60 minutes have passed.")
    expect(page.locator("[data-clock-ring]")).to_have_attribute("stroke-dasharray", "3600 7200")
    over = page.locator("[data-clock-over]").get_attribute("stroke-dasharray")
    assert 60 <= int(over.split()[0]) <= 62
