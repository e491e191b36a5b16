"""`openhour instruments`: what is on the shelf, what may be asked, and words that a practice loads itself."""

from __future__ import annotations

import tomllib

import pytest

from openhour.catalog import shelf_with
from tests.catalog.wordings import wording_text
from tests.project.command_line import openhour

__all__ = ["openhour"]


@pytest.fixture(autouse=True)
def no_practice(monkeypatch):
    monkeypatch.delenv("OPENHOUR_SHELF", raising=False)
    monkeypatch.delenv("OPENHOUR_HOME", raising=False)


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "core.toml"
    path.write_text(wording_text().replace("to       = 2026-12-31\n", ""), "utf-8")
    return path


def of(said):
    return {one["slug"]: one for one in said.json["instruments"]}


@pytest.mark.parametrize("arguments", [("instruments", "--json"), ("instruments", "list", "--json")])
def test_the_list_tells_tier_licence_and_whether_it_may_be_asked(openhour, arguments):
    found = of(openhour(*arguments))
    assert (found["phq-9"]["tier"], found["phq-9"]["offered"], found["phq-9"]["why_not"]) == ("A", True, "")
    assert (found["wsas"]["tier"], found["wsas"]["offered"]) == ("C", False)
    assert "No words are loaded" in found["wsas"]["why_not"]
    assert found["wsas"]["unconfirmed"] == {"change.reliable_points": "8"}
    assert found["phq-2"]["leads_to"] == {"instrument": "phq-9", "at_least": 3}
    assert found["asq"]["minimum"] is None
    assert all(one["licence"] for one in found.values())


def test_a_person_reads_what_may_be_asked(openhour):
    lines = {line.split()[0]: line for line in openhour("instruments").out.splitlines() if line.strip()}
    assert "offered" in lines["gad-7"]
    assert "scored only" in lines["isi"]


def test_show_tells_what_no_source_confirmed(openhour):
    told = openhour("instruments", "show", "c-ssrs-screener").out
    assert "none, low, moderate, high (unconfirmed)" in told
    assert "not offered" in told
    assert "unconfirmed   level" in told
    assert "alert         suicide-risk: question 4 from 1" in told
    assert "raises nothing" in openhour("instruments", "show", "pcl-5").out
    assert "validated     no" in openhour("instruments", "show", "session-feedback").out
    assert "sex = female: a case from 3" in openhour("instruments", "show", "audit-c").out
    assert "leads to      pcl-5 from 3" in openhour("instruments", "show", "pc-ptsd-5").out


def test_an_unknown_measure_is_refused_with_those_there_are(openhour):
    said = openhour("instruments", "show", "srs", "--json")
    assert (said.exit, said.codes) == (2, ["instrument.unknown"])


def test_words_that_fit_are_kept_and_the_form_is_offered(openhour, words, tmp_path, monkeypatch):
    own = tmp_path / "shelf"
    monkeypatch.setenv("OPENHOUR_SHELF", str(own))
    said = openhour("instruments", "load-wording", words, "--json")
    assert (said.exit, said.json["offered"], said.json["instrument"]) == (0, True, "core-10@1.0.0")
    assert (own / "wordings" / "core-10.1.0.0.en.toml").read_bytes() == words.read_bytes()
    assert of(openhour("instruments", "--json"))["core-10"]["offered"] is True
    assert shelf_with(own).findings == ()
    assert not list(own.glob("**/*.writing"))


def test_words_whose_licence_has_ended_are_kept_and_not_offered(openhour, words, tmp_path):
    ended = words.read_text().replace("from     = 2026-01-01", "from     = 2001-01-01\nto = 2001-12-31")
    words.write_text(ended, "utf-8")
    said = openhour("instruments", "load-wording", words, "--shelf", tmp_path / "shelf", "--json")
    assert (said.exit, said.json["offered"]) == (0, False)
    assert "ended on 2001-12-31" in said.json["why_not"]


def test_loading_again_takes_the_newer_words(openhour, words, tmp_path):
    own = tmp_path / "shelf"
    openhour("instruments", "load-wording", words, "--shelf", own)
    words.write_text(words.read_text().replace("question 7", "question seven"), "utf-8")
    assert openhour("instruments", "load-wording", words, "--shelf", own).exit == 0
    shelf = shelf_with(own)
    assert shelf.findings == ()
    assert shelf.instrument_pinned("core-10@1.0.0").item("7").text == "made-up question seven"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("core-10@1.0.0", "srs@1.0.0", "shelf.refused-instrument"),
        ("core-10@1.0.0", "phq-9@1.0.0", "shelf.words-not-needed"),
        ("core-10@1.0.0", "core-10@9.0.0", "shelf.not-on-shelf"),
        ('id = "10"', 'id = "11"', "shelf.item-missing"),
        ("score = 4", "score = 7", "shelf.wrong-answers"),
        ("[licence]", "[license]", "shelf.missing-key"),
        ("stem", "= stem", "shelf.not-toml"),
    ],
)
def test_words_that_do_not_fit_are_refused_and_nothing_is_written(openhour, words, tmp_path, old, new, code):
    words.write_text(words.read_text().replace(old, new, 1), "utf-8")
    said = openhour("instruments", "load-wording", words, "--shelf", tmp_path / "shelf", "--json")
    assert said.exit == 2
    assert code in said.codes
    assert not (tmp_path / "shelf").exists()


def test_a_refusal_names_the_file_that_was_given(openhour, words, tmp_path):
    words.write_text(words.read_text().replace("score = 4", "score = 7"), "utf-8")
    said = openhour("instruments", "load-wording", words, "--shelf", tmp_path / "shelf", "--json")
    assert all(finding["place"].startswith(str(words)) for finding in said.json["findings"])


def test_a_file_that_is_not_there_and_a_folder_that_nobody_named_are_refused(openhour, words, tmp_path):
    assert openhour("instruments", "load-wording", words, "--json").codes == ["shelf.no-folder"]
    missing = openhour("instruments", "load-wording", tmp_path / "none", "--shelf", tmp_path, "--json")
    assert missing.codes == ["file.unreadable"]


def test_bytes_that_are_no_text_are_refused(openhour, words, tmp_path):
    words.write_bytes(b"\xff\xfe\x00")
    said = openhour("instruments", "load-wording", words, "--shelf", tmp_path / "shelf", "--json")
    assert said.codes == ["shelf.not-utf8"]


@pytest.mark.parametrize("slug", ["wsas", "csi-4", "who-5", "c-ssrs-screener", "pg-13-r", "audit", "dsm-5-level-1"])
def test_the_empty_file_when_filled_in_is_taken(openhour, tmp_path, slug):
    text = openhour("instruments", "wording-template", slug).out
    tomllib.loads(text)
    path = tmp_path / "filled.toml"
    path.write_text(text.replace('""', '"our licensed words"'), "utf-8")
    said = openhour("instruments", "load-wording", path, "--shelf", tmp_path / "shelf", "--json")
    assert (said.exit, said.json["instrument"].split("@")[0]) == (0, slug)


def test_the_empty_file_itself_is_refused(openhour, tmp_path):
    path = tmp_path / "empty.toml"
    path.write_text(openhour("instruments", "wording-template", "wsas").out, "utf-8")
    said = openhour("instruments", "load-wording", path, "--shelf", tmp_path / "shelf", "--json")
    assert said.exit == 2
    assert set(said.codes) >= {"shelf.empty"}


def test_free_words_need_no_file(openhour):
    assert openhour("instruments", "wording-template", "phq-9", "--json").codes == ["wording.not-needed"]
