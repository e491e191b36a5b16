"""The mail server: none, one by its address, or a refusal that shows no password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.project.settings._mail import Mail, mail_from

FROM = "?from=practice@example.test"


def test_a_practice_without_a_mail_server_sends_none():
    assert mail_from("") is None


def test_an_address_is_taken_apart():
    mail = mail_from("smtps://ol%67a:p%40ss@mail.example.test:4650?from=elm@example.test")
    assert mail == Mail(
        "mail.example.test", 4650, "olga", "p@ss", ssl=True, starttls=False, sender="elm@example.test"
    )


@pytest.mark.parametrize(
    ("address", "port", "ssl", "starttls"),
    [
        ("smtps://mail.example.test", 465, True, False),
        ("smtp://mail.example.test", 587, False, True),
        ("smtp://localhost", 25, False, False),
        ("smtp://127.0.0.1", 25, False, False),
        ("smtp://[::1]", 25, False, False),
        ("smtps://localhost", 465, True, False),
        ("smtp://localhost.example.test", 587, False, True),
        ("smtp://mail.example.test:25", 25, False, True),
        ("smtp://localhost:2525", 2525, False, False),
    ],
)
def test_what_leaves_this_machine_is_encrypted(address, port, ssl, starttls):
    mail = mail_from(address + FROM)
    assert mail is not None
    assert (mail.port, mail.ssl, mail.starttls) == (port, ssl, starttls)


def test_a_server_may_ask_for_no_name():
    mail = mail_from("smtp://localhost" + FROM)
    assert mail is not None
    assert (mail.user, mail.password) == ("", "")


@pytest.mark.parametrize(
    "address",
    [
        "smtp://u:secret@mail.example.test",
        "smtp://u:secret@mail.example.test?from=nobody",
        "smtp://u:secret@mail.example.test?to=a@example.test",
        "smtp://" + FROM,
        "http://u:secret@mail.example.test" + FROM,
        "mail.example.test" + FROM,
        "smtp://u:se/cret@mail.example.test" + FROM,
        "smtp://u:secret@mail.example.test:mail" + FROM,
        "smtp://u:secret@mail.example.test:70000" + FROM,
        "smtp://u:secret@[mail" + FROM,
    ],
)
def test_what_is_no_mail_server_is_refused_without_its_password(address):
    with pytest.raises(ValueError, match="OPENHOUR_MAIL is read as") as refusal:
        mail_from(address)
    assert str(refusal.value) == "OPENHOUR_MAIL is read as smtps://user:password@host:port?from=address"


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_a_server_or_refused_in_words(text):
    assert said_of(text) in ("a server", "OPENHOUR_MAIL is read as smtps://user:password@host:port?from=address")


def said_of(text: str) -> str:
    try:
        return "a server" if mail_from(text) else "no server"
    except ValueError as refusal:
        return str(refusal)
