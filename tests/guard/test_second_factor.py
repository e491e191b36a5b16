"""Second factors: codes, keys and recovery codes; what is asked when, what one may do before, what is kept sealed."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from openhour.guard.models import TrailEntry
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _codes_do_not_run_out_between_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the codes stands in the middle of a step of 30 seconds, however slow the machine is."""
    middle = int(time.time()) // 30 * 30 + 15
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: middle))


def enter(client: Client, email: str = "ben@example.test"):
    return client.post("/account/login/", {"login": email, "password": PASSWORD})


def enter_and_confirm(client: Client, email: str = "ben@example.test") -> None:
    """Signed in, and asked for the password once more, as before every change of a factor."""
    enter(client, email)
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def enrol_app(client: Client) -> str:
    """Add an app as a person would; its secret."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/security/app/add/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    answer = client.post("/account/security/app/add/", {"code": code_for(secret)})
    assert answer.status_code == 302
    assert answer["Location"] == "/account/security/recovery/"
    return secret


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<li><code>([^<]+)</code>", client.get("/account/security/recovery/").content.decode())


def is_in(client: Client) -> bool:
    return client.get("/account/sign-ins/").status_code == 200


def actions() -> list[str]:
    return list(TrailEntry.objects.order_by("seq").values_list("action", flat=True))


def test_an_app_is_added_by_picture_and_asked_for_at_the_next_sign_in(cast: Cast) -> None:
    first = Client()
    enter_and_confirm(first)
    page = first.get("/account/security/app/add/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = enrol_app(first)
    second = Client()
    answer = enter(second)
    assert answer["Location"] == "/account/security/code/"
    assert not is_in(second)
    assert second.post("/account/security/code/", {"code": "000000"}).status_code == 422
    assert not is_in(second)
    Authenticator.objects.filter(type="totp").update(last_used_at=None)
    from django.core.cache import cache

    cache.clear()  # a code works once; the clock of the test does not move
    assert second.post("/account/security/code/", {"code": code_for(secret)}).status_code == 302
    assert is_in(second)
    assert actions().count("user.factor-added") == 2
    assert actions().count("user.signed-in") == 2


def test_a_code_that_was_used_is_not_taken_again(cast: Cast) -> None:
    client, other = Client(), Client()
    enter(client)
    secret = enrol_app(client)
    for one in (client, other):
        if one is other:
            enter(one)
            code = code_for(secret)
            first = one.post("/account/security/code/", {"code": code})
            assert first.status_code in {302, 422}
            again = Client()
            enter(again)
            assert again.post("/account/security/code/", {"code": code}).status_code == 422


def test_a_recovery_code_opens_once(cast: Cast) -> None:
    client = Client()
    enter(client)
    enrol_app(client)
    codes = recovery_codes(client)
    assert len(codes) == 10
    for attempt, expected in ((Client(), 302), (Client(), 422)):
        enter(attempt)
        assert attempt.post("/account/security/code/", {"code": codes[0]}).status_code == expected
    assert len(recovery_codes(client)) == 9


def test_secrets_are_sealed_in_the_database(cast: Cast) -> None:
    client = Client()
    enter(client)
    secret = enrol_app(client)
    codes = recovery_codes(client)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not [code for code in codes if code in kept]
    assert not [entry.detail for entry in TrailEntry.objects.all() if secret in entry.detail]


def test_guessing_codes_is_locked(cast: Cast) -> None:
    client = Client()
    enter(client)
    secret = enrol_app(client)
    guess = Client()
    enter(guess)
    pages = [guess.post("/account/security/code/", {"code": "000000"}) for _ in range(8)]
    assert "Too many attempts" in pages[-1].content.decode()
    guess.post("/account/security/code/", {"code": code_for(secret)})
    assert not is_in(guess)


def test_before_a_factor_changes_one_shows_again_who_one_is(cast: Cast) -> None:
    client = Client()
    enter(client)
    answer = client.get("/account/security/app/add/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert client.post(answer["Location"], {"password": "wrong"}).status_code == 422
    assert client.post(answer["Location"], {"password": PASSWORD}).status_code == 302
    assert client.get("/account/security/app/add/").status_code == 200


def test_that_holds_for_five_minutes(cast: Cast) -> None:
    client = Client()
    enter_and_confirm(client)
    session = client.session
    methods = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**one, "at": one["at"] - 301} for one in methods]
    session.save()
    assert client.get("/account/security/app/add/").status_code == 302


class TestWhereThePracticeRequiresOne:
    @pytest.fixture(autouse=True)
    def required(self, settings) -> None:
        settings.REQUIRE_SECOND_FACTOR = True

    @pytest.mark.parametrize("who", ["ben", "carla", "dee", "eli", "olga", "sam"])
    def test_nothing_but_enrolment_is_open_before(self, cast: Cast, who: str) -> None:
        client = Client()
        enter(client, f"{who}@example.test")
        for path in ("/", "/practice/", "/schedule/", f"/visits/{cast.ana_visit.pk}/", "/account/sign-ins/"):
            answer = client.get(path)
            assert (answer.status_code, answer["Location"]) == (302, "/account/security/"), path
        page = client.get("/account/security/")
        assert b"One step before you begin" in page.content
        assert client.get("/account/logout/").status_code == 200
        assert client.post(f"/visits/{cast.ana_visit.pk}/check-in/").status_code == 302

    def test_everything_is_open_after(self, cast: Cast) -> None:
        client = Client()
        enter(client, "olga@example.test")
        enrol_app(client)
        assert len(recovery_codes(client)) == 10
        assert client.get("/practice/").status_code == 200

    def test_the_last_one_stays(self, cast: Cast) -> None:
        client = Client()
        enter(client, "olga@example.test")
        enrol_app(client)
        answer = client.post("/account/security/app/remove/")
        assert answer.status_code == 422
        assert "requires a second factor" in answer.content.decode()
        assert Authenticator.objects.filter(type="totp").exists()

    def test_it_costs_no_query(self, cast: Cast, django_assert_num_queries) -> None:
        client = Client()
        enter(client, "olga@example.test")
        enrol_app(client)
        with django_assert_num_queries(1):
            assert client.get("/")["Location"] == "/practice/"


def test_another_ones_keys_are_not_there(cast: Cast) -> None:
    key = Authenticator.objects.create(
        user=cast.carla_user, type="webauthn", data={"name": "Carla’s laptop", "credential": {}}
    )
    client = Client()
    enter_and_confirm(client)
    for page in ("remove", "name"):
        foreign = client.get(f"/account/security/keys/{key.pk}/{page}/")
        missing = client.get(f"/account/security/keys/987654321/{page}/")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
        assert client.post(f"/account/security/keys/{key.pk}/{page}/", {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.get().data["name"] == "Carla’s laptop"


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]", "null", '{"id": 1}', '{"rawId": "\x00"}', "9" * 5000])
def test_a_key_that_is_none_opens_nothing_and_breaks_nothing(cast: Cast, credential: str) -> None:
    client = Client()
    answer = client.post("/account/security/keys/sign-in/", {"credential": credential})
    assert answer.status_code in {302, 422}
    assert not is_in(client)
    enter_and_confirm(client)
    client.get("/account/security/keys/add/")
    assert client.post("/account/security/keys/add/", {"credential": credential, "name": "x"}).status_code == 422
    assert not Authenticator.objects.exists()
