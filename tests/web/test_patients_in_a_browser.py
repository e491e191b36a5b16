"""Patients, consent, diagnoses and plan in a real browser: axe finds nothing at either width, in light and dark; the list
finds while one types; a plan is written without a script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.guard import access_records
from tests.stories.browser import axe, browse, chromium, expect, follow  # noqa: F401
from tests.web.charts import typed_in
from tests.workflows.charts import scored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def opened(browse, path: str, **how):  # noqa: F811
    """The page of that address in a browser of its own."""
    page = browse(**how)
    page.goto(path)
    return page


def pages(cast: Cast) -> list[tuple[str, str]]:
    """Who opens which page, with everything on it that there may be."""
    for kind in ("signed-note", "alert", "assignment", "plan", "diagnosis", "consent"):
        access_records.make(kind, cast, "ana")
    for weeks in range(1, 5):
        scored(cast, 20 - 2 * weeks, timezone.now().date() - timedelta(weeks=weeks))
    ana, episode = cast.ana.pk, cast.ana_episode.pk
    consent, coverage = (access_records.make(kind, cast, "ana") for kind in ("consent", "coverage"))
    return [
        ("dee", "/patients/"),
        ("dee", "/patients/new/"),
        ("dee", reverse("patient", args=[ana])),
        ("ben", reverse("patient", args=[ana])),
        ("dee", reverse("patient-change", args=[ana])),
        ("dee", reverse("episode-open", args=[ana])),
        ("eli", reverse("coverage-change", args=[coverage])),
        ("dee", reverse("consent-take", args=[episode])),
        ("sam", reverse("consent", args=[consent])),
        ("ben", reverse("episode-change", args=[episode])),
        ("ben", reverse("episode-close", args=[episode])),
        ("ben", reverse("diagnoses", args=[episode])),
        ("ben", reverse("plan", args=[episode])),
        ("carla", reverse("plan-edit", args=[cast.cleo_episode.pk])),
    ]


@pytest.mark.parametrize(("width", "light"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing(cast, browse, width, light):  # noqa: F811
    for who, path in pages(cast):
        page = opened(browse, path, width=width, light=light, who=who)
        axe(page)
        if path.endswith("/diagnoses/"):
            page.get_by_label("Word or code").fill("depression")
            follow(page.get_by_role("button", name="Search"))
            axe(page)


def test_the_list_finds_while_one_types(cast, browse):  # noqa: F811
    page = opened(browse, "/patients/", who="dee")
    page.fill("[name=q]", "quin")
    expect(page.locator("#found")).not_to_contain_text("Almond")
    expect(page.locator("#found")).to_contain_text("Cleo")
    expect(page).not_to_have_url(re.compile("quin"))


def test_a_plan_is_written_without_a_script(cast, browse):  # noqa: F811
    page = opened(browse, reverse("plan-edit", args=[cast.ana_episode.pk]), who="ben", scripts=False)
    follow(page.get_by_text("Find ways of coping that work"))
    page.fill("[name=goals-0-objectives-0-text]", "Sleeps through")
    follow(page.get_by_text("Add an objective"))
    expect(page.locator("[name=goals-0-objectives-0-text]")).to_have_value("Sleeps through")
    page.fill("[name=goals-0-objectives-1-text]", "Calls a friend")
    follow(page.locator("[name=approach]"), "Enter")
    expect(page.locator("main")).to_contain_text("The draft is saved")
    expect(page.locator("[name=goals-0-objectives-1-text]")).to_have_value("Calls a friend")


def test_a_second_tab_shows_what_stands(cast, browse, sign_in):  # noqa: F811
    path = reverse("episode-change", args=[cast.ana_episode.pk])
    browse.expected.append("409")
    page = opened(browse, path, who="ben")
    client = sign_in("ben")
    client.post(path, {"reason": "Written elsewhere", "mark": typed_in(client.get(path), "mark")})
    page.fill("[name=reason]", "Written here")
    follow(page.get_by_role("button", name="Save"))
    expect(page.locator("main")).to_contain_text("Written elsewhere")
    expect(page.locator("[name=reason]")).to_have_value("Written here")
