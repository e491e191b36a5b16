"""The templates work through Django's own backend, with its addresses and its CSRF field."""

import pytest
from django.template.backends.jinja2 import Jinja2
from django.test import RequestFactory

from openhour.ui.environment import TEMPLATES

NAMED = "openhour.ui.environment.environment"


@pytest.fixture
def backend():
    return Jinja2(
        {"NAME": "jinja2", "DIRS": [str(TEMPLATES)], "APP_DIRS": False, "OPTIONS": {"environment": NAMED}},
    )


def test_an_error_page_is_made_without_request_or_context(backend):
    html = backend.get_template("ui/500.html").render()
    assert "Something broke on our side" in html
    assert "ui/openhour.css" in html


def test_django_gives_the_csrf_field(backend):
    page = backend.from_string("{% extends 'ui/base.html' %}{% block main %}{{ csrf_input }}{% endblock %}")
    html = page.render({"sign_out_url": "/out"}, RequestFactory().get("/"))
    assert html.count('name="csrfmiddlewaretoken"') == 2


def test_words_from_outside_are_escaped(backend):
    assert backend.from_string("{{ name }}").render({"name": "<b>"}) == "&lt;b&gt;"


def test_every_script_of_ours_has_a_tag(backend):
    tag = backend.from_string("{{ script('autosave') }}{{ script('htmx') }}").render()
    assert '<script type="module" src=' in tag
    assert "ui/autosave.js" in tag
    assert "<script defer src=" in tag
    assert "htmx-4.0.1.min.js" in tag


@pytest.mark.parametrize("name", sorted(path.name for path in (TEMPLATES / "ui").glob("*.html")))
def test_every_template_compiles(backend, name):
    assert backend.get_template(f"ui/{name}")
