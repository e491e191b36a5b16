"""Addresses by name: the same as Django finds, kept apart by all that makes an address."""

from __future__ import annotations

import uuid

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import NoReverseMatch, path, reverse, set_script_prefix

from openhour.ui.addresses import address_of


def nothing(request, **_):
    return HttpResponse("")


urlpatterns = [
    path("day/", nothing, name="day"),
    path("visit/<uuid:visit>/", nothing, name="visit"),
    path("page/<int:number>/", nothing, name="page"),
]


class Elsewhere:
    urlpatterns = (path("elsewhere/", nothing, name="day"),)


@pytest.fixture(autouse=True)
def _addresses():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize("turn", ["first", "again"])
def test_it_says_what_django_says(turn):
    visit = uuid.UUID(int=7)
    assert address_of("day") == reverse("day") == "/day/"
    assert address_of("visit", visit) == reverse("visit", args=[visit])
    assert address_of("visit", visit=visit) == reverse("visit", kwargs={"visit": visit})
    assert address_of("visit", str(visit)) == address_of("visit", visit)


def test_each_row_has_its_own():
    assert address_of("page", 1) == "/page/1/"
    assert address_of("page", 2) == "/page/2/"


def test_what_is_equal_but_reads_differently_is_not_mixed_up():
    assert address_of("page", 1) == "/page/1/"
    with pytest.raises(NoReverseMatch):
        address_of("page", True)


def test_a_name_without_a_page_is_an_error_each_time():
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            address_of("nowhere")


def test_another_map_and_another_prefix_have_their_own_addresses():
    assert address_of("day") == "/day/"
    with override_settings(ROOT_URLCONF=Elsewhere):
        assert address_of("day") == "/elsewhere/"
    set_script_prefix("/openhour/")
    try:
        assert address_of("day") == "/openhour/day/"
    finally:
        set_script_prefix("/")
    assert address_of("day") == "/day/"
