"""A patient's phone: a link to Ana's visit, a browser without an account, and the clock of the morning before it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.workflows.answers import BEFORE, form_of, issue


@pytest.fixture
def clock(monkeypatch):
    """`clock.at = …` sets when requests come in."""
    held = SimpleNamespace(at=BEFORE)
    monkeypatch.setattr("openhour.guard.middleware.timezone", SimpleNamespace(now=lambda: held.at))
    return held


@pytest.fixture
def link(cast, clock):
    """The link that Dee gave to Ana this morning."""
    return issue(cast)


@pytest.fixture
def phone(db):
    """A browser that knows nobody, with the protection against forged forms switched on."""
    from django.test import Client

    return Client(enforce_csrf_checks=True)


@pytest.fixture
def phq(cast, link):
    """The PHQ-9 that waits behind the link."""
    return form_of(cast)


@pytest.fixture
def gad(cast, link):
    """The GAD-7 that waits behind the link."""
    return form_of(cast, "gad-7")


@pytest.fixture
def send(phone):
    """POST as a page's own form does, from a phone that keeps no cookies."""

    def post(address, data=None, *, json=False, **more):
        phone.get(address)
        phone.cookies.clear()
        headers = {"accept": "application/json"} if json else {}
        return phone.post(address, data or {}, headers=headers, **more)

    return post


@pytest.fixture
def at(link):
    """`at("portal-topic")`, `at("portal-question", form, 9)`: the address of a page behind the link."""
    from django.urls import reverse

    def address(name, form=None, *more):
        return reverse(name, args=[link.token, *([form.pk] if form else []), *more])

    return address
