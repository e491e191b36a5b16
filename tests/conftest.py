"""Fixtures that every room's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

# Two cores may be busy with other tests: how long one example takes says nothing about the code.
settings.register_profile("openhour", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("openhour")

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The practice, written into the database."""
    from tests.cast import build_cast

    return build_cast()


@pytest.fixture
def sign_in(cast: Cast) -> Callable[[str], Client]:
    """`sign_in("ben")` gives a client who is signed in as Ben."""
    from django.test import Client

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, f"{name}_user"), "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture(autouse=True)
def _flush_may_empty_what_is_append_only(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with real transactions are cleaned by emptying tables, which the promises rightly refuse on SQLite.

    Set up after the database fixture, so torn down before it: the promises are taken away, the tables emptied, and
    Django's own clean-up puts the promises back (they are installed after every migrate and flush).
    """
    if "transactional_db" not in request.fixturenames and "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
