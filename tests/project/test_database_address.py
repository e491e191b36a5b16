"""The address of the database: SQLite without one, PostgreSQL with a good one, refused with any other."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.project.settings._database import database_from

FILE = Path("/srv/practice/practice.sqlite3")
READ_AS = "OPENHOUR_DATABASE is read as postgresql://user:password@host:port/name"


def test_without_an_address_the_practice_keeps_a_file():
    chosen = database_from("", FILE)
    assert chosen["ENGINE"] == "django.db.backends.sqlite3"
    assert chosen["NAME"] == str(FILE)


def test_a_writer_waits_at_the_beginning_of_its_transaction_and_not_in_the_middle():
    options = database_from("", FILE)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20


def test_sqlite_takes_every_choice_that_is_made_for_it(tmp_path):
    file = sqlite3.connect(tmp_path / "practice.sqlite3")
    file.executescript(database_from("", FILE)["OPTIONS"]["init_command"])
    stands = {
        name: file.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store")
    }
    file.close()
    assert stands == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2}, "2 is FULL"


def test_connections_are_kept_and_postgresql_ones_are_looked_at_before_use():
    assert database_from("", FILE)["CONN_MAX_AGE"] is None
    chosen = database_from("postgresql://h/n", FILE)
    assert chosen["CONN_MAX_AGE"] is None
    assert chosen["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("postgresql://olga:pw@db.example.test:5433/elm", ("elm", "olga", "pw", "db.example.test", "5433")),
        ("postgres://olga:pw@db.example.test/elm", ("elm", "olga", "pw", "db.example.test", "")),
        ("postgresql://db.example.test/elm", ("elm", "", "", "db.example.test", "")),
        ("postgresql:///elm", ("elm", "", "", "", "")),
        ("postgresql://olga@/elm?host=/var/run/postgresql", ("elm", "olga", "", "/var/run/postgresql", "")),
        ("postgresql://olga:p%40ss%2Fw%3Ard@h/elm", ("elm", "olga", "p@ss/w:rd", "h", "")),
        ("postgresql://ol%67a:pw@[::1]:5432/e%6Cm/", ("elm", "olga", "pw", "::1", "5432")),
    ],
)
def test_an_address_is_taken_apart(address, parts):
    chosen = database_from(address, FILE)
    assert chosen["ENGINE"] == "django.db.backends.postgresql"
    assert tuple(chosen[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == parts


def test_what_stands_behind_the_question_mark_goes_to_the_server_but_for_the_host():
    chosen = database_from("postgresql://h/n?sslmode=verify-full&host=/run/pg&connect_timeout=5", FILE)
    assert chosen["HOST"] == "/run/pg"
    assert chosen["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "5"}


@pytest.mark.parametrize(
    "address",
    [
        "mysql://u:secret@h/n",
        "sqlite:///practice.sqlite3",
        "postgresql://u:secret@h",
        "postgresql://u:secret@h/",
        "postgresql://u:secret@h//",
        "u:secret@h/n",
        "postgresql",
        " ",
        "postgresql://u:se/cret@h/n",
        "postgresql://u:secret@h:port/n",
        "postgresql://u:secret@h:65536/n",
        "postgresql://u:secret@[h/n",
    ],
)
def test_what_is_no_address_of_postgresql_is_refused_without_its_password(address):
    with pytest.raises(ValueError, match="OPENHOUR_DATABASE") as refusal:
        database_from(address, FILE)
    assert str(refusal.value) == READ_AS
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


@given(user=st.text(min_size=1), password=st.text(min_size=1), name=st.text(min_size=1))
def test_any_name_and_password_arrive_as_they_were_meant(user, password, name):
    def written(text: str) -> str:
        return quote(text.encode("utf-8", "replace").decode(), safe="")

    meant = name.strip("/").encode("utf-8", "replace").decode()
    if not meant:
        return
    address = f"postgresql://{written(user)}:{written(password)}@h/{written(meant)}"
    chosen = database_from(address, FILE)
    assert chosen["USER"] == user.encode("utf-8", "replace").decode()
    assert chosen["PASSWORD"] == password.encode("utf-8", "replace").decode()
    assert chosen["NAME"] == meant


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused_in_words(text):
    assert said_of(text) in ("an address", READ_AS)


def said_of(text: str) -> str:
    try:
        return "an address" if database_from(text, FILE)["NAME"] else "a database without a name"
    except ValueError as refusal:
        return str(refusal)
