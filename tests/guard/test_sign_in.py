"""Signing in: what opens a session, what ends it, and what must be done first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openhour.guard.models import SignInSession, TrailEntry, User
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def enter(client: Client, email: str = "ben@example.test", password: str = PASSWORD, **more):
    return client.post("/account/login/", {"login": email, "password": password}, **more)


def actions() -> list[str]:
    return list(TrailEntry.objects.order_by("seq").values_list("action", flat=True))


def is_in(client: Client) -> bool:
    return client.get("/account/sign-ins/").status_code == 200


def test_the_right_password_opens_a_session_and_leaves_an_entry(cast: Cast) -> None:
    client = Client()
    answer = enter(client)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert is_in(client)
    assert actions() == ["user.signed-in"]
    assert SignInSession.objects.get(user=cast.ben_user).last_seen is not None


def test_a_wrong_password_is_refused_beside_the_form_and_the_address_is_kept(cast: Cast) -> None:
    answer = enter(Client(), password="wrong")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "fit together" in page
    assert 'value="ben@example.test"' in page
    assert "wrong" not in page
    assert actions() == ["user.sign-in-failed"]


def test_an_unknown_address_gets_the_same_words(cast: Cast) -> None:
    known, unknown = enter(Client(), password="wrong"), enter(Client(), email="bob@example.test")
    strip = lambda answer: [line for line in answer.content.decode().splitlines() if "csrf" not in line]  # noqa: E731
    assert [line.replace("bob@", "ben@") for line in strip(unknown)] == strip(known)


def test_what_was_typed_as_an_address_never_reaches_the_trail(cast: Cast) -> None:
    enter(Client(), email="my-secret-password@x.test", password="x")
    entry = TrailEntry.objects.get()
    assert "secret" not in f"{entry.actor}{entry.subject_id}{entry.detail}"


def test_the_session_key_changes_at_sign_in(cast: Cast) -> None:
    """An attacker who planted a session key before sign-in holds nothing afterwards."""
    client, attacker = Client(), Client()
    session = client.session
    session["planted"] = "1"
    session.save()
    planted = session.session_key
    client.cookies["openhour"] = planted
    enter(client)
    assert client.cookies["openhour"].value != planted
    attacker.cookies["openhour"] = planted
    assert not is_in(attacker)
    assert is_in(client)


def test_log_out_deletes_the_session_and_a_copied_cookie_opens_nothing(cast: Cast) -> None:
    client, copy = Client(), Client()
    enter(client)
    copy.cookies["openhour"] = client.cookies["openhour"].value
    assert is_in(copy)
    key = client.cookies["openhour"].value
    client.post("/account/logout/")
    assert not SignInSession.objects.filter(pk=key).exists()
    assert not is_in(copy)
    assert actions() == ["user.signed-in", "user.signed-out"]


def test_log_out_asks_first_when_it_is_a_link(cast: Cast) -> None:
    client = Client()
    enter(client)
    assert client.get("/account/logout/").status_code == 200
    assert is_in(client)


def test_a_sign_in_that_lies_idle_ends(cast: Cast, settings) -> None:
    settings.IDLE_MINUTES = 15
    client = Client()
    enter(client)
    SignInSession.objects.update(last_seen=timezone.now() - timedelta(minutes=14))
    assert is_in(client)
    SignInSession.objects.update(last_seen=timezone.now() - timedelta(minutes=16))
    assert not is_in(client)
    assert not SignInSession.objects.filter(user=cast.ben_user).exists()


def test_saving_a_session_doesnt_make_it_look_idle(cast: Cast) -> None:
    """Fourteen idle minutes, then a request that saves the session: it was seen now, not fourteen minutes ago."""
    client = Client()
    enter(client)
    SignInSession.objects.update(last_seen=timezone.now() - timedelta(minutes=14))
    client.post("/account/password/change/", {"oldpassword": "wrong", "password1": "a", "password2": "b"})
    client.post("/account/reauthenticate/", {"password": PASSWORD})  # saves the session
    assert timezone.now() - SignInSession.objects.get().last_seen < timedelta(seconds=5)


def test_a_new_password_ends_every_other_sign_in_and_keeps_this_one(cast: Cast) -> None:
    client, other = Client(), Client()
    enter(client)
    enter(other)
    new = "a lamp a river a stair"
    answer = client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert is_in(client)
    assert not is_in(other)
    assert enter(Client()).status_code == 422
    assert enter(Client(), password=new).status_code == 302
    assert "user.password-changed" in actions()


@pytest.mark.parametrize("weak", ["short", "password1234", "benbrookbenbrook"])
def test_a_weak_password_is_refused(cast: Cast, weak: str) -> None:
    cast.ben_user.name = "benbrookbenbrook"
    cast.ben_user.save()
    client = Client()
    enter(client)
    answer = client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert answer.status_code == 422 or weak == "benbrookbenbrook"
    assert answer.status_code in {302, 422}


def test_my_other_sign_ins_end_when_i_say_so(cast: Cast) -> None:
    client, other, somebody = Client(), Client(), Client()
    enter(client)
    enter(other)
    enter(somebody, "dee@example.test")
    assert b"Another browser" in client.get("/account/sign-ins/").content
    assert client.post("/account/sign-ins/").status_code == 302
    assert is_in(client)
    assert not is_in(other)
    assert is_in(somebody)
    assert actions()[-1] == "user.other-sign-ins-ended"


def test_a_switched_off_user_is_out_at_once_and_cannot_come_back(cast: Cast) -> None:
    client = Client()
    enter(client)
    User.objects.filter(pk=cast.ben_user.pk).update(is_active=False)
    assert not is_in(client)
    back = Client()
    enter(back)
    assert not is_in(back)


def test_a_role_that_is_taken_away_is_gone_at_once(cast: Cast) -> None:
    client = Client()
    enter(client, "olga@example.test")
    assert client.get("/practice/").status_code == 200
    User.objects.filter(pk=cast.olga_user.pk).update(roles=[])
    assert client.get("/practice/").status_code == 404
    User.objects.filter(pk=cast.olga_user.pk).update(roles=["owner"])
    assert client.get("/practice/").status_code == 200


def test_session_and_user_and_second_factor_cost_one_query(cast: Cast, django_assert_num_queries) -> None:
    client = Client()
    enter(client)
    with django_assert_num_queries(1):
        client.get("/")  # answers with a redirect: nothing else is asked


def test_attempts_on_one_account_are_locked_after_a_while_and_the_right_password_too(cast: Cast) -> None:
    last = 0
    for _ in range(12):
        last = enter(Client(), password="wrong").status_code
    assert last in {422, 429}
    locked = Client()
    enter(locked)
    assert not is_in(locked)
    other = Client()
    enter(other, "dee@example.test", REMOTE_ADDR="10.0.0.9")
    assert is_in(other)


def test_attempts_are_counted_where_every_worker_sees_them(cast: Cast) -> None:
    from openhour.guard.models import SharedCount

    enter(Client(), password="wrong")
    assert SharedCount.objects.exists()


def test_nobody_signs_up(cast: Cast) -> None:
    for path in ("/account/signup/", "/account/email/", "/account/confirm-email/", "/account/login/code/"):
        assert Client().get(path).status_code == 404, path
        assert Client().post(path, {"email": "x@example.test", "password1": PASSWORD}).status_code == 404, path
    assert not User.objects.filter(email="x@example.test").exists()


def test_a_link_to_another_house_is_not_followed_after_sign_in(cast: Cast) -> None:
    answer = Client().post(
        "/account/login/?next=https://evil.test/", {"login": "ben@example.test", "password": PASSWORD}
    )
    assert answer["Location"].startswith("/")
    assert "evil" not in answer["Location"]


def test_the_sign_in_page_brings_one_back_to_where_one_wanted_to_go(cast: Cast) -> None:
    answer = Client().post(
        "/account/login/?next=/account/sign-ins/",
        {"login": "ben@example.test", "password": PASSWORD, "next": "/account/sign-ins/"},
    )
    assert answer["Location"] == "/account/sign-ins/"


class TestOneTimePasswords:
    def test_it_opens_the_password_page_and_log_out_only(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.ben_user.pk).update(temporary_until=timezone.now() + timedelta(hours=1))
        client = Client()
        enter(client)
        for path in ("/", "/account/sign-ins/", "/account/security/", "/practice/"):
            answer = client.get(path)
            assert answer.status_code == 302
            assert answer["Location"] == "/account/password/change/"
        assert client.get("/account/password/change/").status_code == 200
        assert client.get("/account/logout/").status_code == 200

    def test_a_password_of_ones_own_ends_it(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.ben_user.pk).update(temporary_until=timezone.now() + timedelta(hours=1))
        client = Client()
        enter(client)
        new = "a lamp a river a stair"
        client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
        assert is_in(client)
        assert User.objects.get(pk=cast.ben_user.pk).temporary_until is None

    def test_after_its_time_it_opens_nothing(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.ben_user.pk).update(temporary_until=timezone.now() - timedelta(minutes=1))
        client = Client()
        assert enter(client).status_code == 422
        assert not is_in(client)


class TestMail:
    def test_without_a_mail_server_the_page_says_who_can_help(self, cast: Cast, settings) -> None:
        settings.SENDS_MAIL = False
        page = Client().get("/account/password/reset/").content.decode()
        assert "sends no mail" in page
        assert "<input" not in page
        assert Client().post("/account/password/reset/", {"email": "ben@example.test"}).status_code == 422

    def test_with_one_a_link_sets_a_new_password_once(self, cast: Cast, settings, mailoutbox) -> None:
        settings.SENDS_MAIL = True
        client = Client()
        assert client.post("/account/password/reset/", {"email": "ben@example.test"}).status_code == 302
        link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
        path = link.split("testserver", 1)[1]
        form = client.get(path, follow=True)
        assert form.status_code == 200
        new = "a lamp a river a stair"
        client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
        assert enter(Client(), password=new).status_code == 302
        assert Client().get(path, follow=True).status_code == 404

    def test_an_unknown_address_gets_the_same_answer_and_no_mail(self, cast: Cast, settings, mailoutbox) -> None:
        settings.SENDS_MAIL = True
        answer = Client().post("/account/password/reset/", {"email": "nobody@example.test"})
        assert answer.status_code == 302
        assert not mailoutbox


def test_rows_of_sign_ins_that_ended_are_cleared_and_others_stay(cast: Cast) -> None:
    from openhour.guard.sessions import SessionStore

    client = Client()
    enter(client)
    SignInSession.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    SessionStore.clear_expired()
    assert SignInSession.objects.count() == 1
    assert is_in(client)


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/patients/?page=2", "/patients/"),
        ("http://evil.test/patients/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_a_press_without_a_sign_in_one_comes_back_to_the_page_of_the_button(cast, referer, back):
    answer = Client().post("/patients/", {"q": "y"}, headers={"referer": referer} if referer else {})
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={back}"
