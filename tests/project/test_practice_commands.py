"""The practice's own commands: exit codes, JSON, and what a person reads."""

from __future__ import annotations

import json

import pytest

from openhour.guard.models import TrailEntry, User
from openhour.project.cli import run
from tests.cast import NOW, Cast
from tests.guard.tampering import by_hand

pytestmark = pytest.mark.django_db

SET_UP = (
    ["practice", "init", "--name", "Elm", "--owner-name", "Olga Oak", "--owner-email", "olga@example.test"],
    ["practice", "add-site", "Main", "--address", "1-Main", "--city", "Springfield", "--state", "IL", "--zip-code", "62701", "--zone", "America/Chicago"],
    ["practice", "add-room", "Main", "Blue room"],
    ["practice", "add-staff", "sam@example.test", "--name", "Sam Stone", "--role", "supervisor"],
    [*["practice", "add-staff", "ben@example.test", "--role", "therapist", "--profession", "psychologist", "--npi", "1876543210"],
     *["--taxonomy", "103TC0700X", "--supervisor", "sam@example.test", "--name"], "Ben Brook"],
    ["practice", "record-licence", "ben@example.test", "--state", "IL", "--number", "071", "--from", "2026-01-01", "--to", "2027-12-31"],
    ["practice", "give-roles", "sam@example.test", "--role", "supervisor", "--role", "biller"],
    ["practice", "change", "--phone", "5555550100"],
    ["practice", "reset-password", "ben@example.test", "--second-factor"],
    ["practice", "switch-off-staff", "ben@example.test"],
    ["practice", "switch-on-staff", "ben@example.test"],
    ["trail", "verify"],
    ["shelf", "check"],
    ["migrate"],
    ["practice", "show"],
)  # fmt: skip


def answer(capsys, *arguments: str) -> tuple[int, dict]:
    code = run([*arguments, "--json"])
    printed = capsys.readouterr()
    assert printed.err == ""
    return code, json.loads(printed.out)


def test_an_empty_practice_is_set_up_from_the_command_line(capsys) -> None:
    for arguments in SET_UP:
        assert run(arguments) == 0, capsys.readouterr()
    printed = capsys.readouterr().out
    assert printed.count("One-time password") == 5
    assert "Elm\n  site Main (IL, America/Chicago): Blue room\n" in printed
    assert "licence IL 071" in printed
    assert "The trail holds: 11 entries." in printed
    assert User.objects.get(email="sam@example.test").roles == ["supervisor", "biller"]


def test_every_command_prints_one_json_object(capsys) -> None:
    for arguments in SET_UP:
        code, facts = answer(capsys, *arguments)
        assert code == 0, facts
        assert isinstance(facts, dict)


@pytest.mark.parametrize(
    "arguments",
    [
        ["practice", "init"],
        ["practice", "init", "--name", "", "--owner-name", "", "--owner-email", ""],
        ["practice", "change"],
        ["practice", "add-site", "x"],
        ["practice", "add-room", "nowhere", "x"],
        ["practice", "add-staff", "x"],
        ["practice", "add-staff", "x@y.z", "--name", "X", "--role", "king"],
        [
            "practice",
            "record-licence",
            "x@y.z",
            "--state",
            "IL",
            "--number",
            "1",
            "--from",
            "yesterday",
            "--to",
            "2027-01-01",
        ],
        [
            "practice",
            "record-licence",
            "x@y.z",
            "--state",
            "IL",
            "--number",
            "1",
            "--from",
            "2026-01-01",
            "--to",
            "2027-01-01",
        ],
        ["practice", "switch-off-staff", "nobody@example.test"],
        ["practice", "reset-password", "\x00"],
        ["practice", "dance"],
        ["trail", "export"],
        ["trail", "export", "--patient", "P-404"],
        ["shelf", "check", "/nowhere/at/all"],
        ["serve", "--port", "0"],
        ["serve", "--port", "http"],
    ],
)
def test_bad_input_ends_with_two_and_a_reason(capsys, arguments: list[str]) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.strip()
    assert "Traceback" not in printed.err
    code, facts = answer(capsys, *arguments)
    assert code == 2
    assert facts["findings"][0]["sentence"]


@pytest.mark.parametrize(
    "arguments",
    [list(one[:2]) if one[0] in {"practice", "trail", "shelf"} else [one[0]] for one in SET_UP]
    + [["serve"], ["trail", "export"]],
)
def test_every_command_shows_an_example(capsys, arguments: list[str]) -> None:
    assert run([*arguments, "--help"]) == 0
    printed = capsys.readouterr().out
    assert "Example:" in printed
    assert f"openhour {' '.join(arguments)}" in printed


def test_the_trail_of_one_patient_is_handed_out_and_that_is_written_down(cast: Cast, capsys) -> None:
    from django.db import transaction

    from openhour.guard import trail

    with transaction.atomic():
        trail.write(cast.actor("ben"), "chart.read", cast.ana, at=NOW)
        trail.write(cast.actor("carla"), "chart.read", cast.cleo, at=NOW)
        trail.write(cast.actor("dee"), "chart.read", None, at=NOW, patients=[str(cast.ana.pk), str(cast.cleo.pk)])
    code, facts = answer(capsys, "trail", "export", "--patient", "p-1001")
    assert code == 0
    assert [(one["who"], one["action"]) for one in facts["entries"]] == [
        ("Ben Brook", "chart.read"),
        ("Dee Dale", "chart.read"),
    ]
    assert "Almond" not in json.dumps(facts)
    last = TrailEntry.objects.latest("seq")
    assert (last.action, last.patient_id, last.actor) == ("trail.exported", str(cast.ana.pk), "command-line")


def test_a_broken_trail_ends_with_one_and_names_the_entry(cast: Cast, capsys) -> None:
    run(["practice", "change", "--phone", "5555550100"])
    run(["practice", "change", "--phone", "5555550101"])
    capsys.readouterr()
    by_hand("UPDATE guard_trailentry SET actor = 'user:99' WHERE seq = 1")
    assert run(["trail", "verify"]) == 1
    assert "entry 1: The entry was changed" in capsys.readouterr().out
    code, facts = answer(capsys, "trail", "verify")
    assert code == 1
    assert facts["holds"] is False
    assert facts["findings"][0]["place"] == "entry 1"


def test_a_shelf_with_a_broken_file_is_refused_with_file_and_reason(tmp_path, capsys) -> None:
    folder = tmp_path / "instruments"
    folder.mkdir()
    (folder / "mine.v1.toml").write_text("schema = ")
    code, facts = answer(capsys, "shelf", "check", str(tmp_path))
    assert code == 2
    assert "mine.v1.toml" in facts["findings"][0]["place"]


def test_the_server_does_not_start_while_migrations_are_missing(capsys, monkeypatch) -> None:
    from openhour.project import database

    monkeypatch.setattr(database, "missing_migrations", lambda: ("records.0001_the_hour",))
    assert run(["serve"]) == 2
    assert "openhour migrate" in capsys.readouterr().err
