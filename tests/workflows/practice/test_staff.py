"""Staff: added with roles, licensed, switched off, given one-time passwords; each with its entry, none silently."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from openhour.guard.models import SignInSession, TrailEntry, User
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Licence, Therapist
from openhour.workflows.practice.add_staff import StaffWords, TherapistWords, add_staff
from openhour.workflows.practice.end_other_sign_ins import end_other_sign_ins, sign_ins_of
from openhour.workflows.practice.give_roles import give_roles
from openhour.workflows.practice.record_licence import record_licence
from openhour.workflows.practice.reset_password import reset_password
from openhour.workflows.practice.switch_off_staff import switch_off_staff
from openhour.workflows.practice.switch_on_staff import switch_on_staff
from tests.cast import NOW, PASSWORD, Cast

pytestmark = pytest.mark.django_db

DORA = TherapistWords("Dora", "Dell", "psychologist", "1234567893", "103TC0700X", "PhD", "sam@example.test")


def codes(refusal) -> set[str]:
    return {finding.code for finding in refusal.value.findings}


def actions() -> list[str]:
    return list(TrailEntry.objects.order_by("seq").values_list("action", flat=True))


def dora(**more) -> StaffWords:
    words = {name: getattr(DORA, name) for name in TherapistWords.__dataclass_fields__}
    return StaffWords("Dora Dell", "dora@example.test", ("therapist",), TherapistWords(**{**words, **more}))


def test_a_therapist_is_added_with_npi_and_supervisor(cast: Cast) -> None:
    added = add_staff(cast.actor("olga"), dora(), at=NOW)
    assert added.therapist.supervisor == cast.sam_user
    assert (added.therapist.first_name, added.therapist.npi) == ("Dora", "1234567893")
    assert added.user.check_password(added.password)
    assert added.user.temporary_until == NOW + timedelta(hours=72)
    assert actions() == ["practice.staff-added"]


def test_someone_without_hours_is_added_without_an_npi(cast: Cast) -> None:
    words = StaffWords("Fay Field", "fay@example.test", ("biller", "front-desk"))
    added = add_staff(cast.actor("olga"), words, at=NOW)
    assert added.therapist is None
    assert added.user.roles == ["front-desk", "biller"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"npi": "1234567890"}, "npi.invalid"),
        ({"npi": "1876543210"}, "npi.taken"),
        ({"profession": "plumber"}, "profession.unknown"),
        ({"taxonomy": "1041C0700X"}, "taxonomy.profession"),
        ({"supervisor": "ben@example.test"}, "supervisor.unknown"),
        ({"supervisor": "nobody@example.test"}, "supervisor.unknown"),
        ({"note_format": "rhyme"}, "note_format.unknown"),
        ({"last_name": ""}, "last_name.missing"),
    ],
)
def test_a_therapist_is_refused_for_each_reason(cast: Cast, more: dict, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        add_staff(cast.actor("olga"), dora(**more), at=NOW)
    assert codes(refusal) == {code}
    assert not User.objects.filter(email="dora@example.test").exists()
    assert actions() == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (StaffWords("Fay", "fay", ("biller",)), "email.unreadable"),
        (StaffWords("Fay", "BEN@example.test", ("biller",)), "staff.exists"),
        (StaffWords("", "fay@example.test", ("biller",)), "name.missing"),
        (StaffWords("Fay", "fay@example.test", ()), "roles.missing"),
        (StaffWords("Fay", "fay@example.test", ("king",)), "roles.unknown"),
        (StaffWords("Fay", "fay@example.test", ("therapist",)), "roles.therapist"),
        (StaffWords("Fay Field", "fay@example.test", ("biller",), DORA), "roles.therapist"),
    ],
)
def test_staff_is_refused_for_each_reason(cast: Cast, words: StaffWords, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        add_staff(cast.actor("olga"), words, at=NOW)
    assert codes(refusal) == {code}


def licence(cast: Cast, email: str = "ben@example.test", **more) -> Licence:
    words = {"state": "WI", "number": "W-1", "valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31), **more}
    return record_licence(cast.actor("olga"), email, at=NOW, **words)


def test_a_licence_is_recorded(cast: Cast) -> None:
    assert licence(cast).therapist == cast.ben
    assert actions() == ["practice.licence-recorded"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"email": "dee@example.test"}, "staff.unknown"),
        ({"state": "Wisconsin"}, "state.unknown"),
        ({"number": " "}, "number.missing"),
        ({"valid_to": date(2025, 12, 31)}, "licence.days"),
        ({"state": "IL", "number": "IL-1876", "valid_from": date(2024, 1, 1)}, "licence.exists"),
    ],
)
def test_a_licence_is_refused_for_each_reason(cast: Cast, more: dict, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        licence(cast, **more)
    assert codes(refusal) == {code}
    assert Licence.objects.count() == 2


def test_whoever_is_switched_off_is_out_at_once_and_nothing_is_deleted(cast: Cast) -> None:
    client = Client()
    client.post("/account/login/", {"login": "ben@example.test", "password": PASSWORD})
    off = switch_off_staff(cast.actor("olga"), "ben@example.test", at=NOW - timedelta(days=1), even_so=True)
    assert off.booked == 1
    assert client.get("/account/sign-ins/").status_code == 302
    assert Therapist.objects.get(user=cast.ben_user).active is False
    assert cast.ana_visit.__class__.objects.filter(pk=cast.ana_visit.pk).exists()
    assert actions()[-1] == "practice.staff-switched-off"


def test_a_therapist_with_open_alerts_or_patients_is_not_switched_off_and_told_how_many(cast: Cast) -> None:
    from openhour.records.models import Alert, Episode
    from tests.workflows.answers import by_link, form_of, give

    give(by_link(cast), form_of(cast).pk, "9", 2)
    with pytest.raises(Refused) as refusal:
        switch_off_staff(cast.actor("olga"), "ben@example.test", at=NOW)
    told = [finding.sentence for finding in refusal.value.findings]
    assert codes(refusal) == {"staff.open-alerts", "staff.open-episodes"}
    assert told[0].startswith("1 alert of theirs is not answered")
    assert told[1].startswith("1 patient is in their care")
    assert User.objects.get(pk=cast.ben_user.pk).is_active
    assert "practice.staff-switched-off" not in actions()
    Alert.objects.update(state="answered")
    Episode.objects.filter(therapist=cast.ben).update(state="closed")
    off = switch_off_staff(cast.actor("olga"), "ben@example.test", at=NOW)
    assert (off.alerts, off.episodes) == (0, 0)


def test_an_owner_who_says_so_ends_a_sign_in_at_once_and_the_trail_counts_what_is_left(cast: Cast) -> None:
    off = switch_off_staff(cast.actor("olga"), "ben@example.test", at=NOW, even_so=True)
    assert off.episodes == 1
    assert '"episodes":1' in TrailEntry.objects.get(action="practice.staff-switched-off").detail
    assert not User.objects.get(pk=cast.ben_user.pk).is_active


def test_the_last_owner_stays(cast: Cast) -> None:
    for refused in (
        lambda: switch_off_staff(cast.actor("olga"), "olga@example.test", at=NOW),
        lambda: give_roles(cast.actor("olga"), "olga@example.test", ["biller"], at=NOW),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert codes(refusal) == {"staff.last-owner"}
    give_roles(cast.actor("olga"), "dee@example.test", ["owner", "front-desk"], at=NOW)
    switch_off_staff(cast.actor("olga"), "olga@example.test", at=NOW)
    assert not User.objects.get(pk=cast.olga_user.pk).is_active


def test_whoever_is_switched_on_again_gets_a_one_time_password(cast: Cast) -> None:
    switch_off_staff(cast.actor("olga"), "ben@example.test", at=NOW, even_so=True)
    password = switch_on_staff(cast.actor("olga"), "ben@example.test", at=NOW)
    ben = User.objects.get(pk=cast.ben_user.pk)
    assert ben.is_active
    assert ben.check_password(password)
    assert Therapist.objects.get(user=ben).active
    with pytest.raises(Refused):
        switch_on_staff(cast.actor("olga"), "ben@example.test", at=NOW)


@pytest.mark.parametrize(
    ("roles", "code"), [([], "roles.missing"), (["king"], "roles.unknown"), (["therapist"], "roles.therapist")]
)
def test_roles_are_refused_for_each_reason(cast: Cast, roles: list[str], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        give_roles(cast.actor("olga"), "dee@example.test", roles, at=NOW)
    assert codes(refusal) == {code}
    assert User.objects.get(pk=cast.dee_user.pk).roles == ["front-desk"]


def test_a_reset_ends_every_sign_in_and_keeps_the_second_factor_unless_asked(cast: Cast) -> None:
    Authenticator.objects.create(user=cast.ben_user, type="totp", data={"secret": "x"})
    SignInSession.objects.create(session_key="k", user=cast.ben_user, session_data="", expire_date=NOW)
    password = reset_password(cast.actor("olga"), "ben@example.test", at=NOW)
    assert User.objects.get(pk=cast.ben_user.pk).check_password(password)
    assert not SignInSession.objects.exists()
    assert Authenticator.objects.count() == 1
    reset_password(cast.actor("olga"), "ben@example.test", second_factor=True, at=NOW)
    assert not Authenticator.objects.exists()
    assert actions() == ["user.factor-added", "user.password-reset", "user.factor-removed", "user.password-reset"]
    assert TrailEntry.objects.get(action="user.factor-removed").actor == "command-line"


@pytest.mark.parametrize("verb", [switch_off_staff, switch_on_staff, reset_password])
def test_nobody_is_refused_by_name_and_only_the_owner_may(cast: Cast, verb) -> None:
    with pytest.raises(Refused) as refusal:
        verb(cast.actor("olga"), "nobody@example.test", at=NOW)
    assert codes(refusal) == {"staff.unknown"}
    with pytest.raises(NotAllowed):
        verb(cast.actor("ben"), "dee@example.test", at=NOW)
    assert actions() == []


def test_no_two_one_time_passwords_are_alike(cast: Cast) -> None:
    made = {reset_password(cast.actor("olga"), "ben@example.test", at=NOW) for _ in range(20)}
    assert len(made) == 20
    assert all(len(password) == 19 for password in made)


def test_a_patients_link_has_no_sign_ins_to_end(cast: Cast) -> None:
    from openhour.guard.actor import link_actor

    with pytest.raises(NotAllowed):
        end_other_sign_ins(link_actor("x"), "", at=NOW)
    assert sign_ins_of(link_actor("x"), "", at=NOW) == ()
