"""Components say what they are to every reader, keep what was typed, and let no text become markup."""

import re
from html.parser import HTMLParser

import pytest
from django import forms as django_forms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from openhour.kernel import Finding
from openhour.ui.environment import environment
from openhour.ui.markup import attributes, classes, element, errors_of, grouped, identifier, options_of
from openhour.ui.nav import NavItem

HOSTILE = """"><script>alert('x')</script><img src=x onerror=alert(1)> {{ 7*7 }} & '"""


class Reader(HTMLParser):
    """Collects the tags of a page with their attributes, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def tags_of(html: str, tag: str = "") -> list[dict[str, str | None]]:
    reader = Reader()
    reader.feed(html)
    return [attrs for name, attrs in reader.tags if not tag or name == tag]


MACROS = {
    "field": "{{ forms.field('a', w, w, [w], w, autocomplete=w) }}",
    "textarea": "{{ forms.textarea('a', w, w, [w], w) }}",
    "select": "{{ forms.select('a', w, [(w, w), (w, [(w, w)])], w, [w], w, empty_label=w) }}",
    "chips": "{{ forms.chips('a', w, [(w, w, w)], [w], [w], w) }}",
    "question": "{{ forms.question('a', w, [(1, w)], 1, w, w) }}",
    "checkbox": "{{ forms.checkbox('a', w, true, w, [w], w) }}",
    "fieldset": "{% call forms.fieldset(w, w) %}{{ w }}{% endcall %}",
    "error_summary": "{{ forms.error_summary([w, ('a', w)], w) }}",
    "submit": "{{ forms.submit(w, name='a', value=w, cancel_href=w, cancel_label=w) }}",
    "page_header": "{{ parts.page_header(w, w, [(w, w)]) }}",
    "card": "{% call parts.card(w, id='x', aside=w) %}{{ w }}{% endcall %}",
    "badge": "{{ parts.badge(w, 'warn') }}",
    "banner": "{{ parts.banner(w, 'danger', w) }}",
    "empty": "{{ parts.empty(w) }}",
    "table": "{{ parts.table(w, [w, {'label': w, 'num': true}], [[w, w]]) }}",
    "facts": "{{ parts.facts([(w, w)]) }}",
    "keyfacts": "{{ parts.keyfacts([(w, w, w)]) }}",
    "tabs": "{{ parts.tabs(w, [(w, w, true)]) }}",
    "pagination": "{{ parts.pagination(1, 2, w, w, w) }}",
    "timeline": "{{ parts.timeline([{'when': w, 'title': w, 'text': w, 'href': w, 'machine': w}]) }}",
    "button": "{{ parts.button(w, name='a', value=w, attrs={'data-x': w}) }}",
    "link_button": "{{ parts.link_button(w, w) }}",
    "confirm": "{% call parts.confirm(w) %}{{ w }}{% endcall %}",
    "more": "{% call parts.more(w) %}{{ w }}{% endcall %}",
    "progress": "{{ parts.progress(1, 2, w) }}",
    "findings": "{{ gaps.findings([{'sentence': w, 'place': w, 'code': w, 'href': w}], w) }}",
    "icon": "{{ icons.icon('check', w) }}",
}


@pytest.mark.parametrize("name", MACROS)
def test_no_text_becomes_markup(render, name):
    html = render(MACROS[name], w=HOSTILE)
    assert "<script" not in html
    assert "49" not in html
    for attrs in tags_of(html):
        assert "onerror" not in attrs
        assert "style" not in attrs
    assert [tag.get("src") for tag in tags_of(html, "img")] == []


@pytest.mark.parametrize("name", MACROS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=40))
def test_any_text_leaves_the_bones_as_they_are(render, name, words):
    """The same tags stand there, whatever the words: nothing typed opens or closes an element."""
    plain = [tag for tag, _ in _bones(render(MACROS[name], w="plain"))]
    if words:
        assert [tag for tag, _ in _bones(render(MACROS[name], w=words))] == plain


def _bones(html):
    reader = Reader()
    reader.feed(html)
    return reader.tags


def test_a_field_is_tied_to_its_label_its_hint_and_its_error(render):
    html = render("{{ forms.field('npi', 'NPI', '123', ['Ten digits.'], 'From the registry') }}")
    (box,) = tags_of(html, "input")
    assert box["aria-describedby"] == "id_npi-hint id_npi-error"
    assert box["aria-invalid"] == "true"
    assert box["value"] == "123"
    assert "required" in box
    assert tags_of(html, "label")[0]["for"] == box["id"] == "id_npi"
    assert {"id_npi-hint", "id_npi-error"} <= {attrs.get("id") for attrs in tags_of(html)}


def test_a_field_without_trouble_points_at_nothing(render):
    (box,) = tags_of(render("{{ forms.field('a', 'A', required=false) }}"), "input")
    assert not {"aria-describedby", "aria-invalid", "required"} & box.keys()
    assert "(optional)" in render("{{ forms.field('a', 'A', required=false) }}")


def test_a_password_is_never_sent_back(render):
    assert "secret" not in render("{{ forms.field('p', 'Password', 'secret', type='password') }}")


@pytest.mark.parametrize("typed", ["", "one\ntwo", "\nfirst line empty", "</textarea><b>", "  spaces  "])
def test_a_long_text_comes_back_letter_by_letter(render, typed):
    html = render("{{ forms.textarea('t', 'T', typed) }}", typed=typed)
    inside = re.search(r"<textarea[^>]*>\n(.*)</textarea>", html, re.DOTALL).group(1)
    assert Markup(inside).unescape() == typed


def test_chosen_chips_stay_chosen(render):
    html = render("{{ forms.chips('c', 'C', [(1, 'One'), (2, 'Two')], ['2']) }}")
    assert ["checked" in box for box in tags_of(html, "input")] == [False, True]
    assert {box["type"] for box in tags_of(html, "input")} == {"checkbox"}
    assert {box["type"] for box in tags_of(render("{{ forms.radios('c', 'C', ['a'], 'a') }}"), "input")} == {"radio"}


def test_zero_is_an_answer(render):
    html = render("{{ forms.question('q', 'Q', [(0, 'Not at all'), (1, 'Some')], 0) }}")
    assert ["checked" in box for box in tags_of(html, "input")] == [True, False]
    html = render("{{ forms.question('q', 'Q', [(0, 'Not at all')], none) }}")
    assert "checked" not in tags_of(html, "input")[0]


def test_the_summary_links_to_each_field(render):
    html = render(
        "{{ forms.error_summary(found) }}", found=[Finding("a", "Say when.", "starts"), Finding("b", "No room.")]
    )
    assert [link["href"] for link in tags_of(html, "a")] == ["#id_starts"]
    assert "Say when." in html
    assert "No room." in html
    assert render("{{ forms.error_summary([]) }}").strip() == ""


def test_each_gap_links_to_where_it_is_mended(render):
    found = [Finding("note.time", "No stop time.", "stopped_at"), Finding("note.plan", "No plan.", "x y")]
    html = render("{{ gaps.findings(found, links={'note.plan': '/plan'}) }}", found=found)
    assert [link["href"] for link in tags_of(html, "a")] == ["#id_stopped_at", "/plan"]
    assert "(2)" in html
    assert "Nothing is missing." in render("{{ gaps.findings(()) }}")


@pytest.mark.parametrize("tone", ["ok", "warn", "danger", "info", "quiet", "accent"])
def test_a_state_is_never_told_by_colour_alone(render, tone):
    for html in (
        render("{{ parts.badge('Signed', tone) }}", tone=tone),
        render("{{ parts.banner('x', tone)}}", tone=tone),
    ):
        assert tags_of(html, "svg"), "a sign"
        assert re.sub(r"<[^>]+>", "", html).strip(), "a word"


def test_a_danger_that_appears_is_spoken_at_once(render):
    assert tags_of(render("{{ parts.banner('x', 'danger', live=true) }}"), "div")[0]["role"] == "alert"
    assert tags_of(render("{{ parts.banner('x', 'ok', live=true) }}"), "div")[0]["role"] == "status"


def test_a_table_names_its_columns_on_a_phone_too(render):
    html = render("{{ parts.table('Lines', ['Day', {'label': 'Fee', 'num': true}], [['5 Jan', '$1']]) }}")
    assert tags_of(html, "td")[0]["data-label"] == "Fee"
    assert [head["scope"] for head in tags_of(html, "th")] == ["col", "col", "row"]
    assert "Nothing here yet." in render("{{ parts.table('Lines', ['Day'], []) }}")


class Visit(django_forms.Form):
    """A form as `web` writes it."""

    therapist = django_forms.CharField(help_text="Who holds it", max_length=40)
    room = django_forms.ChoiceField(choices=[("1", "Room 1"), ("2", "Room 2")])
    kind = django_forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=django_forms.RadioSelect)
    chips = django_forms.MultipleChoiceField(
        choices=[("x", "X"), ("y", "Y")], widget=django_forms.CheckboxSelectMultiple, required=False
    )
    reason = django_forms.CharField(widget=django_forms.Textarea, required=False)
    weekly = django_forms.BooleanField(required=False)
    day = django_forms.DateField(widget=django_forms.DateInput(attrs={"type": "date"}))
    revision = django_forms.IntegerField(widget=django_forms.HiddenInput)


TYPED = {
    "therapist": "<Ben>",
    "room": "2",
    "kind": "b",
    "chips": ["y"],
    "reason": "\nlong",
    "weekly": "on",
    "day": "bad",
}


def test_a_django_form_is_drawn_field_by_field(render):
    html = render(
        "{% for f in form %}{{ forms.bound(f) }}{% endfor %}{{ forms.form_errors(form) }}", form=Visit(TYPED)
    )
    boxes = {
        box["name"]: box
        for box in tags_of(html, "input")
        if "checked" in box or box["type"] not in ("radio", "checkbox")
    }
    assert boxes["therapist"]["value"] == "<Ben>"
    assert boxes["therapist"]["maxlength"] == "40"
    assert boxes["kind"]["value"] == "b"
    assert boxes["chips"]["value"] == "y"
    assert "checked" in boxes["weekly"]
    assert boxes["day"]["value"] == "bad"
    assert boxes["day"]["aria-invalid"] == "true"
    assert boxes["revision"]["type"] == "hidden"
    assert [option["value"] for option in tags_of(html, "option") if "selected" in option] == ["2"]
    assert "Who holds it" in html
    ids = {attrs.get("id") for attrs in tags_of(html)}
    for link in tags_of(html, "a"):
        assert link["href"].removeprefix("#") in ids | {"id_revision"}


def test_an_empty_django_form_is_drawn_too(render):
    html = render("{% for f in form %}{{ forms.bound(f) }}{% endfor %}{{ forms.form_errors(form) }}", form=Visit())
    assert "None" not in html
    assert "errors" not in html


def test_a_name_that_nobody_gave_is_an_error(render):
    with pytest.raises(UndefinedError, match="score"):
        render("{{ score }}")
    assert environment(strict=False).from_string("{{ score }}").render() == ""


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "csrf"])
def test_an_error_page_needs_nothing(pages, name):
    html = pages.get_template(f"ui/{name}.html").render()
    assert len(tags_of(html, "h1")) == 1
    assert tags_of(html, "main")[0]["id"] == "main"


STAFF = "{% extends 'ui/base.html' %}{% block title %}Today{% endblock %}{% block main %}<h1>Today</h1>{% endblock %}"


def test_a_staff_page_has_its_landmarks(pages):
    nav = (NavItem("Today", "/today", current=True), NavItem("Alerts", "/alerts", badge="2"))
    html = pages.from_string(STAFF).render(
        nav=nav, viewer_name="Ben", viewer_role="Therapist", sign_out_url="/out", csrf_input=Markup("<input name=c>")
    )
    assert tags_of(html, "a")[0]["href"] == "#main"
    assert [link["href"] for link in tags_of(html, "a") if link.get("aria-current")] == ["/today"]
    (out,) = tags_of(html, "form")
    assert (out["method"], out["action"]) == ("post", "/out")
    assert '<input name=c><button class="btn small">' in html
    assert "<title>Today · Openhour</title>" in html
    assert 'role="status"' in html


def test_a_staff_page_without_anyone_signed_in_still_stands(pages):
    assert "Sign out" not in pages.from_string(STAFF).render()


def test_messages_stand_in_a_live_region_and_are_escaped(pages):
    html = pages.from_string(STAFF).render(messages=[{"level_tag": "error", "message": "<b>no</b>"}])
    assert "&lt;b&gt;no&lt;/b&gt;" in html
    assert "is-danger" in html


@pytest.mark.parametrize(("theme", "kept"), [("dark", "dark"), ("light", "light"), ('"><b>', None)])
def test_only_a_known_light_is_taken_from_outside(pages, theme, kept):
    html = pages.from_string(STAFF).render(theme=theme)
    assert tags_of(html, "html")[0].get("data-theme") == kept


def test_a_patient_page_offers_help_on_every_page(pages):
    html = pages.from_string("{% extends 'ui/patient.html' %}{% block title %}x{% endblock %}").render()
    assert {"tel:988", "tel:911"} <= {link["href"] for link in tags_of(html, "a")}


@pytest.mark.parametrize("name", ["style", "onclick", "onerror", "a b", "", "x>"])
def test_what_the_policy_forbids_is_refused_where_it_is_written(name):
    with pytest.raises(ValueError, match="attribute"):
        attributes({name: "x"})


@given(st.text())
def test_a_value_stays_inside_its_quotes(value):
    (attrs,) = tags_of(f"<p{attributes({'data-x': value})}></p>")
    assert attrs.keys() == {"data-x"}


def test_small_makers():
    assert attributes(a=None, b=False, c=True, d=0, class_="x") == ' c d="0" class="x"'
    assert element("p", "a<b", Markup("<i></i>"), stroke_width=2) == '<p stroke-width="2">a&lt;b<i></i></p>'
    assert classes("btn", "", wide=True, is_now=False, is_ok=True) == "btn wide is-ok"
    assert [option.chosen for option in options_of([1, ("2", "Two")], 2)] == [False, True]
    assert grouped(options_of([("G", [("a", "A")]), ("b", "B")]))[0][0] == "G"
    assert errors_of("one") == ("one",)
    assert errors_of([Finding("a", "Two.")]) == ("Two.",)
    assert errors_of(None) == ()
    assert identifier("goal[1].text") == "id_goal-1-text"
    assert identifier("...") == "id_field"
