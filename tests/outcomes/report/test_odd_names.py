"""Sites are called what their owners call them; no name of a group moves a number, shows a hidden one or runs as a formula."""

import csv
import io

import pytest

from openhour.kernel import Refused
from openhour.outcomes.report.columns import ReportAsked
from openhour.outcomes.report.report import fatal
from openhour.outcomes.report.shown import as_csv, as_text
from tests.outcomes.report.rows import course, report, written

BY_SITE = ReportAsked(by="site", smallest=1)


def people(names, **more):
    return [row for name in names for row in course(name, [18, 4], **more)]


def referred(found):
    return {group: found.line("referred", group).n for group in ("", *found.groups)}


def test_an_empty_site_stands_last_and_is_not_known(tmp_path):
    rows = people("a", site="zoo") + people("b", site="") + people("cd", site="Abbey")
    found = report(written(tmp_path, rows), BY_SITE)
    assert found.groups == ("Abbey", "zoo", "not known")
    assert referred(found) == {"": 4, "Abbey": 2, "zoo": 1, "not known": 1}


def test_a_site_that_is_called_not_known_is_counted_with_those_that_aren_t(tmp_path):
    rows = people("a", site="") + people("bc", site="not known") + people("d", site="Main")
    found = report(written(tmp_path, rows), BY_SITE)
    assert referred(found) == {"": 4, "Main": 1, "not known": 3}
    assert (found.line("recovered").n, found.line("recovered", "not known").n) == (4, 3)
    assert found.line("booked", "not known").n == 6


def test_a_name_with_a_control_character_hides_as_any_other(tmp_path):
    rows = people("a", site="A\x1fB") + people("bcdefgh", site="Main")
    found = report(written(tmp_path, rows), ReportAsked(by="site", smallest=5))
    assert referred(found) == {"": 8, "A\x1fB": None, "Main": None}
    assert not [line for line in found.lines if line.n and line.n < 5]


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    sites = ("=1+1", "+49", "-x", "@home", 'Say "hi", Main', "Käthe’s <b>Haus</b>", "100 %")
    rows = [row for place, site in enumerate(sites) for row in course(f"p{place}", [18, 4], site=site)]
    return sites, report(written(tmp_path_factory.mktemp("odd"), rows), BY_SITE)


def test_each_odd_site_is_one_group(odd):
    sites, found = odd
    assert set(found.groups) == set(sites)
    assert all(found.line("recovered", site).n == 1 for site in sites)


def test_a_spreadsheet_takes_no_site_for_a_formula(odd):
    sites, found = odd
    groups = {row["group"] for row in csv.DictReader(io.StringIO(as_csv(found)))}
    assert groups == {"", *(f"'{site}" if site[0] in "=+-@" else site for site in sites)}


def test_the_text_names_them_as_they_are(odd):
    sites, found = odd
    text = as_text(found)
    assert all(f"\n{site}\n{'=' * len(site)}\n" in text for site in sites)


def test_small_and_capital_letters_are_two_sites(tmp_path):
    found = report(written(tmp_path, people("a", site="main") + people("bc", site="Main")), BY_SITE)
    assert found.groups == ("Main", "main")
    assert referred(found) == {"": 3, "Main": 2, "main": 1}


def test_a_therapist_and_an_indication_may_be_named_on_one_row_alone(tmp_path):
    """What the rows of an episode leave open, another row of it says."""
    rows = people("a") + people("b", therapist="t2")
    rows[1] |= {"therapist": "", "indication": ""}
    rows[2] |= {"therapist": "", "indication": ""}
    found = report(written(tmp_path, rows), ReportAsked(by="indication", smallest=1))
    assert found.line("referred", "depression").n == found.line("recovered", "depression").n == 2
    assert "40 closed cases" in found.pictures[0].funnel.why_not  # two therapists are known


def test_an_unknown_therapist_is_in_the_numbers_and_not_in_the_funnel(tmp_path):
    found = report(written(tmp_path, people("abc", therapist="")))
    assert found.line("recovered").n == 3
    assert found.pictures[0].funnel is None


def test_one_therapist_is_no_funnel(tmp_path):
    funnel = report(written(tmp_path, people("abc"))).pictures[0].funnel
    assert (funnel.points, funnel.why_not) == ((), "Therapists are shown from two on, each with closed cases.")


@pytest.mark.parametrize(
    "asked", [ReportAsked(site="Nowhere"), ReportAsked(indication="grief")], ids=["site", "indication"]
)
def test_a_site_that_no_row_has_is_said_and_not_counted_as_nought(tmp_path, asked):
    found = report(written(tmp_path, people("abc")), asked)
    assert [note.code for note in found.notes] == ["report.nobody"]
    with pytest.raises(Refused) as refused:
        fatal(found)
    assert [one.sentence for one in refused.value.findings] == [
        "No row is of the site or the indication that was asked for."
    ]
