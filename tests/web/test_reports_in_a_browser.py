"""Reports in a real browser: axe finds nothing, nothing runs over the edge of a phone, and a filter works without a script."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.stories.browser import axe, browse, chromium, expect  # noqa: F401
from tests.web.test_reports import closed_course

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def courses(cast, sign_in):
    """Eighteen closed courses; and the engine is loaded before a browser waits for it."""
    for number in range(18):
        scores = [18, 15, 12 - number % 9, 4 + number % 13]
        closed_course(cast, cast.ben if number < 12 else cast.carla, number, scores)
    assert sign_in("olga").get(reverse("report-practice"), {"by": "site"}).status_code == 200


@pytest.mark.parametrize(("width", "light"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing(cast, courses, browse, width, light):  # noqa: F811
    for who, route in (("olga", "report-practice"), ("ben", "report-own")):
        page = browse(width=width, light=light, who=who)
        page.goto(reverse(route) + "?by=site")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for fold in page.locator("main details > summary").all():
            fold.click()
        axe(page)


def test_a_filter_works_without_a_script(cast, courses, browse):  # noqa: F811
    page = browse(width=390, who="olga", scripts=False)
    page.goto(reverse("report-practice"))
    page.get_by_label("From day").fill("2020-01-01")
    page.get_by_label("Broken down by").select_option("site")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name=cast.site.name)).to_be_visible()
    expect(page.get_by_label("From day")).to_have_value("2020-01-01")
