"""The shelf check: silent on what we ship, and naming what is too slow to look at when a server starts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from openhour.catalog import shipped_folder, shipped_shelf
from openhour.catalog.checks import changed_definitions, check

PROCEDURE = (shipped_folder() / "procedures" / "psychotherapy-60.v1.toml").read_text("utf-8")
PAYER = (shipped_folder() / "payers" / "example-payer.v1.toml").read_text("utf-8")


def lay(folder: Path, place: str, text: str) -> Path:
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    (folder / place).write_text(text, "utf-8")
    return folder


def test_the_shipped_shelf_passes():
    assert check() == ()


def test_a_family_of_diagnoses_that_does_not_exist_is_named(tmp_path):
    text = PROCEDURE.replace('version   = "1.0.0"', 'version   = "1.1.0"').replace("2020-01-01", "2026-12-01")
    lay(tmp_path, "procedures/own.toml", text.replace('"F34.1"', '"F34.7"'))
    (finding,) = check(tmp_path)
    assert finding.code == "shelf.unknown-diagnosis"
    assert "F34.7" in finding.sentence
    assert finding.place == "psychotherapy-60@1.1.0: indication depression.icd10"


def test_a_payer_without_a_fee_for_one_code_of_a_family_is_named(tmp_path):
    text = PAYER.replace('slug             = "example-payer"', 'slug = "other-payer"').replace(
        'code = "90834"', 'code = "90791"'
    )
    text = text.replace('amount = "130.00", since = 2020-01-01', 'amount = "130.00", since = 2021-01-01')
    lay(tmp_path, "payers/own.toml", text)
    (finding,) = check(tmp_path)
    assert (finding.code, finding.place) == ("shelf.no-fee", "other-payer@1.0.0: fee")
    assert "90834" in finding.sentence


def test_the_check_names_broken_files_too(tmp_path):
    (finding,) = check(lay(tmp_path, "notes/own.toml", "title = "))
    assert finding.code == "shelf.not-toml"


def test_definitions_that_rows_refer_to_are_there_and_unchanged():
    shelf = shipped_shelf()
    pins = [one.pin for one in (*shelf.procedures, *shelf.instruments, *shelf.consents)]
    assert changed_definitions(shelf, [(pin.kind, pin.key, pin.digest) for pin in pins]) == ()


def test_a_changed_and_a_missing_definition_are_named():
    shelf = replace(shipped_shelf(), notes=())
    kept = [("instrument", "phq-9@1.0.0", "0" * 64), ("note", "dap@1.0.0", "1" * 64)]
    changed, gone = changed_definitions(shelf, kept)
    assert (changed.code, changed.place) == ("shelf.changed", "phq-9@1.0.0")
    assert (gone.code, gone.place) == ("shelf.gone", "dap@1.0.0")
