"""The look in a real Chromium, under the strict policy: scripts do what they say, and the accessibility rules hold."""

from __future__ import annotations

import functools
import json
import os
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from openhour.ui import preview
from openhour.ui.environment import environment

pytestmark = pytest.mark.browser

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
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


def _chromium() -> str:
    found = os.environ.get("OPENHOUR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return found or pytest.skip("no Chromium on this machine")


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


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = _chromium()
    with playwright.sync_playwright() as made:
        browser = made.chromium.launch(executable_path=path, chromium_sandbox=False, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, address):
    """Open a page of the preview; every word on the console fails the test: the policy would complain there."""
    said: list[str] = []
    contexts = []
    Practice.saves.clear()
    Practice.headers_seen.clear()
    Practice.answers.clear()

    def open_page(name, width=1280, height=900, hush=(), **more):
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: said.append(line.text) if not any(h in line.text for h in hush) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}/{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not said


def axe_source() -> str:
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", sorted(preview.PAGES))
def test_axe_finds_nothing(opened, name, width, light):
    page = opened(name, width, color_scheme=light)
    page.evaluate(axe_source())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert not [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found["violations"]]
    assert len(found["passes"]) > 10
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing runs out of the page"


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
    assert page.locator("html").get_attribute("data-theme") == "light"
    toggle.click()
    assert page.evaluate(ground) != day
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    toggle.click()
    assert page.locator("html").get_attribute("data-theme") is None
    assert "openhour_theme" not in page.evaluate("document.cookie")


def test_without_script_nothing_is_offered_that_needs_it(opened):
    page = opened("staff.html", java_script_enabled=False)
    assert not page.locator("[data-theme-toggle]").is_visible()
    assert page.get_by_role("button", name="Sign out").is_visible()


def test_the_first_tab_leads_past_the_navigation(opened):
    page = opened("staff.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_list_of_errors_takes_the_focus(opened):
    assert opened("index.html").evaluate("document.activeElement.id") == "error-summary"


def test_on_paper_there_is_no_navigation_and_no_colour(opened):
    page = opened("staff.html")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".topbar").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_what_is_typed_is_saved_by_itself(opened):
    page = opened("note.html")
    page.get_by_label("Plan").press_sequentially("Walk.")
    page.get_by_text("Saved 10:42 am").first.wait_for()
    assert Practice.saves == [{"revision": ["1"], "fields": ["plan"], "plan": ["Walk."]}]
    assert Practice.headers_seen == ["tok"]
    assert page.locator("[name=revision]").input_value() == "2"
    page.get_by_label("Plan").press_sequentially(" Run.")
    page.locator("[name=revision][value='3']").wait_for(state="attached")
    assert Practice.saves[1] == {"revision": ["2"], "fields": ["plan"], "plan": ["Walk. Run."]}


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
    page.get_by_text("Saved 10:42 am").first.wait_for(timeout=5000)
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
    assert page.locator(".conflict .theirs").text_content() == "as Carla wrote"
    assert page.get_by_label("Data").input_value() == "as I wrote"
    page.wait_for_timeout(900)
    assert len(Practice.saves) == 1, "a disputed field waits for the person"
    page.get_by_role("button", name=choice).click()
    page.wait_for_timeout(400)
    assert page.get_by_label("Data").input_value() == ends_as
    assert page.locator(".conflict").count() == (choice == "Take theirs"), "one's own words stay beside"
    if sent:
        again = Practice.saves[-1]
        assert again["revision"] == ["9"]
        assert [text.replace("\r\n", "\n") for text in again["data"]] == [text.replace("\r\n", "\n") for text in sent]
    else:
        assert len(Practice.saves) == 1


def test_who_took_the_others_words_can_have_their_own_back(opened):
    Practice.answers.append(CLASH)
    page = opened("note.html", hush=["409"])
    page.get_by_label("Data").fill("as I wrote")
    page.get_by_role("button", name="Take theirs").click()
    assert page.locator(".conflict .theirs").text_content() == "as I wrote"
    page.get_by_role("button", name="Put mine back").click()
    page.get_by_text("Saved 10:42 am").first.wait_for()
    assert Practice.saves[-1] == {"revision": ["9"], "fields": ["data"], "data": ["as I wrote"]}
    assert page.locator(".conflict").count() == 0


def test_a_field_that_was_not_touched_takes_what_the_other_wrote(opened):
    Practice.answers.append(CLASH)
    page = opened("note.html", hush=["409"])
    page.get_by_label("Plan").fill("Walk.")
    page.get_by_text("Saved 10:42 am").first.wait_for()
    assert page.get_by_label("Data").input_value() == "as Carla wrote"
    assert Practice.saves[-1] == {"revision": ["9"], "fields": ["plan"], "plan": ["Walk."]}


def test_a_refused_text_is_marked_and_stays(opened):
    Practice.answers.append((422, {"errors": {"plan": ["Too long: at most 5 letters."]}}))
    page = opened("note.html", hush=["422"])
    page.get_by_label("Plan").fill("Walk far.")
    page.get_by_text("Too long").wait_for()
    assert page.get_by_label("Plan").get_attribute("aria-invalid") == "true"
    assert page.get_by_label("Plan").input_value() == "Walk far."
    page.get_by_label("Plan").fill("Walk.")
    page.get_by_text("Saved 10:42 am").first.wait_for()
    assert page.get_by_text("Too long").count() == 0


def test_who_was_signed_out_is_told_and_keeps_the_words(opened):
    Practice.answers.append((403, {}))
    page = opened("note.html", hush=["403"])
    page.get_by_label("Plan").fill("Walk.")
    page.get_by_text("you are signed out").first.wait_for()
    assert page.get_by_label("Plan").input_value() == "Walk."
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
    page.context.new_page().wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_the_clock_goes_on_and_says_the_53rd_minute_once(chromium, address):
    context = chromium.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/staff.html")
    text = page.locator("[data-clock-text]")
    say = page.locator("[data-clock-say]")
    assert text.text_content() == "32 min"
    page.clock.run_for(20 * 60 * 1000)
    assert text.text_content() == "52 min"
    assert say.text_content() == ""
    page.clock.run_for(60 * 1000)
    assert text.text_content() == "53 min"
    assert say.text_content() == "53 minutes have passed."
    page.clock.run_for(8 * 60 * 1000)
    assert say.text_content() == "60 minutes have passed."
    assert page.locator("[data-clock-ring]").get_attribute("stroke-dasharray") == "3600 7200"
    over = page.locator("[data-clock-over]").get_attribute("stroke-dasharray")
    assert 60 <= int(over.split()[0]) <= 62
    context.close()
