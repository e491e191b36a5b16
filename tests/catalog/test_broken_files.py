"""Each reason for which a definition is refused: the finding's code and place, and that nothing else stops working."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from openhour.catalog import Shelf, shelf_with, shipped_folder, shipped_shelf
from tests.catalog.broken import SHIPPED, changed, own_file, own_shelf, own_text

KINDS = list(SHIPPED)


def assert_all_shipped_still_there(shelf: Shelf) -> None:
    for field in fields(Shelf):
        if field.name != "findings":
            assert getattr(shelf, field.name) == getattr(shipped_shelf(), field.name), field.name


@pytest.mark.parametrize("kind", KINDS)
def test_an_own_file_is_taken_when_nothing_is_wrong_with_it(kind, tmp_path):
    shelf = own_shelf(tmp_path, kind, own_text(kind))
    assert shelf.findings == ()
    assert shelf.pinned(kind, "own@1.0.0")


REASONS = [
    # the file as a whole
    ("note", 'short     = "DAP"', "short = ", "not-toml", ""),
    ("note", 'schema    = "note/1"', 'schema = "note/2"', "unknown-kind", "schema"),
    ("note", 'schema    = "note/1"', 'schema = "procedure/1"', "unknown-kind", "schema"),
    ("note", 'schema    = "note/1"\n', "", "missing-key", "schema"),
    ("note", 'slug = "own"', 'slug = "Own Note"', "bad-slug", "slug"),
    ("note", 'slug = "own"\n', "", "missing-key", "slug"),
    ("note", 'slug = "own"', "slug = 7", "wrong-type", "slug"),
    ("note", 'version   = "1.0.0"', 'version = "1.0"', "bad-version", "version"),
    ("note", "effective = 2020-01-01", 'effective = "2020-01-01"', "wrong-type", "effective"),
    ("note", "effective = 2020-01-01", "effective = 2020-01-01T10:00:00Z", "wrong-type", "effective"),
    ("note", "effective = 2020-01-01", "effective = 2020-02-30", "not-toml", ""),
    ("note", "effective = 2020-01-01", "effective = 0001-01-01", "out-of-range", "effective"),
    ("note", 'short     = "DAP"', 'short = "DAP"\ncolor = "red"', "unknown-key", "color"),
    ("note", 'short     = "DAP"', 'short = " "', "empty", "short"),
    ("note", 'short     = "DAP"', 'short = "a\\u0000b"', "control-character", "short"),
    ("note", 'short     = "DAP"', f'short = "{"x" * 5000}"', "too-long", "short"),
    ("note", 'short     = "DAP"', "short = true", "wrong-type", "short"),
    ("note", 'short     = "DAP"', 'short = "DAP"\nextends = "nothing@1.0.0"', "not-on-shelf", "extends"),
    ("note", 'short     = "DAP"', 'short = "DAP"\nextends = 4', "not-on-shelf", "extends"),
    ("note", 'short     = "DAP"', 'short = "DAP"\nextends = "own@1.0.0"', "not-on-shelf", "extends"),
    ("procedure", 'slug = "own"', 'slug = "own"\nextends = "psychotherapy-45@1.0.0"', "extends-twice", "extends"),
    # notes
    ("note", "required = true", 'required = "yes"', "wrong-type", "section[1].required"),
    ("note", '"times"', "7", "wrong-type", "section[1].facts[1]"),
    ("note", '"place"', '7, "weather"', "unknown-kind", "section[1].facts[3]"),
    ("note", '"times"', '"weather"', "unknown-kind", "section[1].facts[1]"),
    ("note", '"place"', '"times"', "duplicate", "section[1].facts"),
    ("note", 'slug = "assessment"', 'slug = "plan"', "duplicate", "section[3].slug"),
    ("note", 'intervention = "data"', 'intervention = "nowhere"', "unknown-section", "carries.intervention"),
    ("note", 'response     = "assessment"\n', "", "missing-key", "carries.response"),
    ("note", 'intervention = "data"', 'intervention = "data"\nmood = "data"', "unknown-key", "carries.mood"),
    # instruments
    ("instrument", 'licence = "Free', 'license = "Free', "missing-key", "licence"),
    ("instrument", 'kind            = "sum"', 'kind = "guess"', "unknown-kind", "score.kind"),
    ("instrument", "maximum         = 27", "maximum = 28", "out-of-range", "score.maximum"),
    ("instrument", "maximum         = 27", 'maximum = "27"', "wrong-type", "score.maximum"),
    ("instrument", "maximum         = 27", "maximum = true", "wrong-type", "score.maximum"),
    ("instrument", "missing_at_most = 0", "missing_at_most = 9", "out-of-range", "score.missing_at_most"),
    ("instrument", "missing_at_most = 0", "missing_at_most = -1", "out-of-range", "score.missing_at_most"),
    ("instrument", 'id = "2"', 'id = "1"', "duplicate", "item[2].id"),
    ("instrument", "scored = false", 'scored = "no"', "wrong-type", "item[10].scored"),
    ("instrument", 'loinc = "44250-9"', 'loinc = "44250"', "bad-loinc", "item[1].loinc"),
    ("instrument", 'loinc = "LA6568-5"', 'loinc = "6568-5"', "bad-loinc", "choice[1].loinc"),
    ("instrument", "{ score = 1", "{ score = 0", "duplicate", "choice"),
    ("instrument", "at_least = 10", "at_least = 4", "not-ascending", "band[3].at_least"),
    ("instrument", "at_least = 10", "at_least = 5", "not-ascending", "band[3].at_least"),
    ("instrument", "at_least = 20", "at_least = 28", "out-of-range", "band[5].at_least"),
    ("instrument", "at_least = 0\n", "at_least = 1\n", "out-of-range", "band[1].at_least"),
    ("instrument", 'label    = "mild"', 'label = "minimal"', "duplicate", "band[2].label"),
    ("instrument", 'item     = "9"', 'item = "11"', "unknown-item", "flag[1].item"),
    ("instrument", 'item     = "9"\nat_least = 1', 'item = "9"\nat_least = 4', "out-of-range", "flag[1].at_least"),
    ("instrument", 'item     = "9"\nat_least = 1', 'item = "9"\nat_least = 0', "out-of-range", "flag[1].at_least"),
    ("instrument", 'better           = "lower"', 'better = "down"', "unknown-kind", "change.better"),
    ("instrument", "caseness_at      = 10", "caseness_at = 28", "out-of-range", "change.caseness_at"),
    ("instrument", "reliable_points  = 6", "reliable_points = 0", "out-of-range", "change.reliable_points"),
    ("instrument", '"DPQ090"]', "]", "wrong-count", "data_columns"),
    ("instrument", "total   = 10", "total = 11", "example-fails", "example[1]"),
    ("instrument", 'band    = "moderate"\n', "", "example-fails", "example[1]"),
    ("instrument", "answers = [2, 2,", "answers = [2,", "example-fails", "example[1]"),
    ("instrument", "answers = [2, 2,", "answers = [2, 4,", "example-fails", "example[1]"),
    ("instrument", 'answers = [2, 2, 1, 1, 2, 1, 1, 0, "-"]', 'answers = [2, 2, 1, 1, 2, 1, 1, 0, "-"]\ntotal = 10', "example-fails", "example[8]"),
    ("instrument", "answers = [2, 2, 1,", 'answers = [2, "two", 1,', "wrong-type", "example[1].answers"),
    ("instrument", "answers = [2, 2, 1, 1, 2, 1, 1, 0, 0]", "", "missing-key", "example[1].answers"),
    ("instrument", "answers = [2, 2, 1, 1, 2, 1, 1, 0, 0]", "answers = 10", "missing-key", "example[1].answers"),
    # procedures
    ("procedure", 'kind = "session-distress"', 'kind = "tears"', "unknown-kind", "risk[1].monitor.kind"),
    ("procedure", "at_least = 8, ", "", "missing-key", "risk[1].monitor.at_least"),
    ("procedure", "at_least = 8", "at_least = 11", "out-of-range", "risk[1].monitor.at_least"),
    ("procedure", "at_least = 8", "at_least = 8, of_all = 3", "unknown-key", "risk[1].monitor.of_all"),
    ("procedure", "sessions = 20", 'sessions = "20"', "wrong-type", "risk[2].monitor.sessions"),
    ("procedure", 'against = "baseline"', 'against = "hope"', "unknown-kind", "risk[3].monitor.against"),
    ("procedure", 'intake   = ["phq-9", "gad-7",', 'intake = ["nowhere-5",', "not-on-shelf", "indication[1].battery"),
    ("procedure", 'of = ["phq-9", "gad-7"], sessions', 'of = ["ocir"], sessions', "not-on-shelf", "risk[2].monitor.of"),
    ("procedure", 'of = ["phq-9", "gad-7"], sessions', 'of = ["PHQ 9"], sessions', "bad-slug", "risk[2].monitor.of"),
    ("procedure", 'measured_by = ["goal-attainment"]', 'measured_by = ["joy"]', "not-on-shelf", "benefit[3].measured_by"),
    ("procedure", 'slug  = "anxiety"', 'slug = "depression"', "duplicate", "indication[2].slug"),
    ("procedure", '"F34.1"', '"depression"', "bad-diagnosis", "indication[1].icd10[3]"),
    ("procedure", "billed_from     = 53", "billed_from = 53\nbilled_to = 40", "out-of-range", "time.billed_to"),
    ("procedure", "billed_from     = 53", "billed_to = 40", "missing-key", "time.billed_from"),
    ("procedure", 'icd10 = ["F42"]', "icd10 = []", "empty", "indication[4].icd10"),
    ("procedure", "planned_minutes = 60", "planned_minutes = 0", "out-of-range", "time.planned_minutes"),
    ("procedure", '"53", "22"', '"53", "2"', "unknown-place", "setting.place_of_service[3]"),
    ("procedure", '"103T"', '"psych"', "bad-taxonomy", "personnel[1].taxonomy[1]"),
    ("procedure", 'licence    = "active-in-state-on-date"', 'licence = "none"', "unknown-kind", "personnel[1].licence"),
    ("procedure", '"biweekly"', '"daily"', "unknown-kind", "recovery.cadence[2]"),
    ("procedure", '"no-gain"', '"never"', "unknown-kind", "alternative[1].offer_when[3]"),
    ("procedure", '"history"', '"horoscope"', "unknown-kind", "phase[1].needs[1]"),
    ("procedure", 'ask_after = "session-feelings"', 'ask_after = "riddle"', "unknown-kind", "experience.ask_after"),
    ("procedure", "[benefit_limits]", "[benefit_limit]", "missing-key", "benefit_limits"),
    ("procedure", 'system = "cpt"', 'system = "own"', "unknown-kind", "name.code.system"),
    ("procedure", 'from = "Summary"\n', "", "missing-key", "summary.from"),
    ("procedure", 'benefits   = ["Takes', 'gains = ["Takes', "missing-key", "alternative[1].benefits"),
    # homework
    ("homework", 'kind = "date"', 'kind = "picture"', "unknown-kind", "field[1].kind"),
    ("homework", "minimum = 0, maximum = 100", "minimum = 0", "missing-key", "field[5].maximum"),
    ("homework", "minimum = 0, maximum = 100", "minimum = 9, maximum = 9", "out-of-range", "field[5].maximum"),
    ("homework", 'kind = "time"', 'kind = "time", minimum = 1', "unknown-key", "field[2].minimum"),
    ("homework", 'slug = "hour"', 'slug = "day"', "duplicate", "field[2].slug"),
    ("homework", "rows         = 3", "rows = 0", "out-of-range", "rows"),
    # consents
    ("consent", 'fill  = "risks"', 'fill = "fears"', "unknown-kind", "clause[5].fill"),
    ("consent", '"psychotherapy-45"', '"hypnosis"', "not-on-shelf", "procedures[2]"),
    ("consent", "renew_after_days = 365", "renew_after_days = 0", "out-of-range", "renew_after_days"),
    ("consent", 'slug  = "time"', 'slug = "what"', "duplicate", "clause[2].slug"),
    # payers
    ("payer", 'kind             = "insurer"', 'kind = "bank"', "unknown-kind", "kind"),
    ("payer", 'payer_id         = "99999"\n', "", "missing-key", "payer_id"),
    ("payer", 'payer_id         = "99999"', 'payer_id = "99~999"', "bad-name", "payer_id"),
    ("payer", '"220.00"', '"220.005"', "bad-amount", "fee[1].amount"),
    ("payer", '"220.00"', "220.0", "wrong-type", "fee[1].amount"),
    ("payer", '"220.00"', '"-5"', "bad-amount", "fee[1].amount"),
    ("payer", 'code = "90832"', 'code = "90791"', "duplicate", "fee[2].since"),
    ("payer", 'code = "90832"', 'code = "therapy"', "bad-code", "fee[2].code"),
    ("payer", "since = 2020-01-01", 'since = "soon"', "wrong-type", "fee[1].since"),
    ("payer", 'kind   = "allowed-place-of-service"', 'kind = "allowed-hours"', "unknown-kind", "edit[1].kind"),
    ("payer", 'places = ["11"', 'places = ["1"', "unknown-place", "edit[1].places[1]"),
    ("payer", '"[A-Z]{3}[0-9]{6,9}"', '"([A-Z]+)+"', "bad-pattern", "edit[2].pattern"),
    ("payer", '"[A-Z]{3}[0-9]{6,9}"', '"[Z-A]{3}"', "bad-pattern", "edit[2].pattern"),
    ("payer", '"[A-Z]{3}[0-9]{6,9}"', '"A{9,1}"', "bad-pattern", "edit[2].pattern"),
    ("payer", '"[A-Z]{3}[0-9]{6,9}"', '"[0-9]{1,9}[0-9]{1,9}[0-9]{1,9}"', "bad-pattern", "edit[2].pattern"),
    ("payer", 'receiver_id      = "RCV98765"', 'receiver_id = "RCV9876500000000"', "bad-name", "receiver_id"),
    ("payer", 'filing_indicator = "CI"', 'filing_indicator = "CIX"', "bad-name", "filing_indicator"),
    ("payer", 'zip = "606010001"', 'zip = "6060"', "bad-address", "address.zip"),
    ("payer", 'state = "IL"', 'state = "Illinois"', "bad-address", "address.state"),
    ("payer", 'street = "1 Payer Plaza"', 'street = "1~Payer*Plaza"', "bad-address", "address.street"),
    ("payer", 'city = "Chicago"', 'city = "Chicago:"', "bad-address", "address.city"),
    ("payer", "filing_days      = 180", "filing_days = 0", "out-of-range", "filing_days"),
    ("payer", 'state = "IL", ', "", "missing-key", "address.state"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "key"),
    [
        ('kind = "requires-authorization"\ncodes = ["90837", "therapy"]', "codes[2]"),
        ('kind = "modifier-for-taxonomy"\ntaxonomy = "101Y"\nmodifier = "H"', "modifier"),
        ('kind = "modifier-for-taxonomy"\ntaxonomy = "counselor"\nmodifier = "HO"', "taxonomy"),
    ],
)
def test_a_parameter_of_the_wrong_shape_is_refused(edit, key, tmp_path):
    (finding,) = own_shelf(tmp_path, "payer", own_text("payer") + f"\n[[edit]]\n{edit}\n").findings
    assert (finding.code, finding.place) == ("shelf.bad-shape", f"payers/own.toml: edit[3].{key}")


@pytest.mark.parametrize(("kind", "old", "new", "code", "key"), REASONS)
def test_a_broken_file_is_refused_with_file_key_and_reason(kind, old, new, code, key, tmp_path):
    shelf = own_shelf(tmp_path, kind, changed(kind, old, new))
    file = f"{SHIPPED[kind].split('/')[0]}/own.toml"
    found = {(finding.code, finding.place) for finding in shelf.findings}
    assert (f"shelf.{code}", f"{file}: {key}" if key else file) in found, shelf.findings
    assert all(finding.place.startswith(file) for finding in shelf.findings)
    assert all(finding.sentence.endswith(".") for finding in shelf.findings)
    assert_all_shipped_still_there(shelf)


@pytest.mark.parametrize(("kind", "old", "new", "code", "key"), REASONS[:30:5])
def test_the_broken_file_itself_is_left_out(kind, old, new, code, key, tmp_path):
    shelf = own_shelf(tmp_path, kind, changed(kind, old, new))
    with pytest.raises(LookupError):
        shelf.pinned(kind, "own@1.0.0")


def test_an_instrument_in_which_nothing_counts_is_refused(tmp_path):
    text = re.sub(r'(\{ id = "[1-9]",)', r"\1 scored = false,", own_text("instrument"))
    codes = {(finding.code, finding.place) for finding in own_shelf(tmp_path, "instrument", text).findings}
    assert ("shelf.empty", "instruments/own.toml: item") in codes


def test_all_complaints_about_a_file_come_at_once(tmp_path):
    text = changed("homework", "rows         = 3", "rows = 0").replace('kind = "time"', 'kind = "clock"')
    places = {finding.place for finding in own_shelf(tmp_path, "homework", text).findings}
    assert places == {"homework/own.toml: rows", "homework/own.toml: field[2].kind"}


def test_bytes_that_are_not_utf8_are_refused_with_their_position(tmp_path):
    (finding,) = own_shelf(tmp_path, "note", b'title = "\xff"').findings
    assert (finding.code, finding.place) == ("shelf.not-utf8", "notes/own.toml")
    assert "byte 10" in finding.sentence


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b"a = [" * 5000, b"a = " + b"9" * 6000, b"a = {b = " * 3000]
)
def test_empty_deep_and_huge_values_are_refused_and_not_raised(content, tmp_path):
    shelf = own_shelf(tmp_path, "note", content)
    assert shelf.findings
    assert_all_shipped_still_there(shelf)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    (finding,) = own_shelf(tmp_path, "note", b"#" * 1_000_001).findings
    assert finding.code == "shelf.too-large"


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "notes" / "own.toml").mkdir(parents=True)
    (finding,) = shelf_with(tmp_path).findings
    assert (finding.code, finding.place) == ("shelf.unreadable", "notes/own.toml")


def test_a_link_that_leads_nowhere_is_refused(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "own.toml").symlink_to(tmp_path / "gone")
    (finding,) = shelf_with(tmp_path).findings
    assert finding.code == "shelf.unreadable"


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path):
    shelf = shelf_with(tmp_path / "nowhere")
    assert [finding.code for finding in shelf.findings] == ["shelf.no-folder"]
    assert_all_shipped_still_there(shelf)


@pytest.mark.parametrize("place", ["own.toml", "note/own.toml"])
def test_a_file_that_nobody_would_read_is_named(place, tmp_path):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("")
    (finding,) = shelf_with(tmp_path).findings
    assert (finding.code, finding.place) == ("shelf.stray-file", place)


@pytest.mark.parametrize("kind", KINDS)
def test_a_site_may_not_shadow_a_shipped_version(kind, tmp_path):
    shipped = (shipped_folder() / SHIPPED[kind]).read_text("utf-8")
    (finding,) = shelf_with(own_file(tmp_path, kind, shipped)).findings
    assert (finding.code, finding.place) == ("shelf.duplicate", f"{SHIPPED[kind].split('/')[0]}/own.toml: version")
    assert SHIPPED[kind] in finding.sentence


@pytest.mark.parametrize("kind", KINDS)
def test_two_versions_may_not_begin_on_one_day(kind, tmp_path):
    shipped = (shipped_folder() / SHIPPED[kind]).read_text("utf-8").replace('"1.0.0"', '"2.0.0"', 1)
    (finding,) = shelf_with(own_file(tmp_path, kind, shipped)).findings
    assert (finding.code, finding.place) == ("shelf.same-day", f"{SHIPPED[kind].split('/')[0]}/own.toml: effective")


def test_one_broken_file_does_not_hide_the_next(tmp_path: Path):
    own_file(tmp_path, "note", "title = ")
    own_file(tmp_path, "payer", own_text("payer"))
    shelf = shelf_with(tmp_path)
    assert [finding.place for finding in shelf.findings] == ["notes/own.toml"]
    assert shelf.pinned("payer", "own@1.0.0")
