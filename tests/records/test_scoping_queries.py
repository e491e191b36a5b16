"""From the policy's relations to filters: what `within` lets through is what the policy would say of every single row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from openhour.guard.actor import COMMAND_LINE, Actor, link_actor
from openhour.guard.models import User
from openhour.guard.policy import POLICY, Relation, may
from openhour.guard.roles import Role
from openhour.records.models import Alert, Assignment, Charge, Episode, Note, Patient, Response, Session, Visit
from openhour.records.queries.patient import visible
from openhour.records.queries.scoping import within
from tests.cast import build_cast
from tests.guard import access_records
from tests.records.reading import EVERYBODY, actor_of

PATHS = {
    Visit: "therapist",
    Session: "therapist",
    Charge: "therapist",
    Episode: "therapist",
    Note: "author",
    Alert: "owner",
    Response: "episode__therapist",
    Assignment: "episode__therapist",
}
# To have written something is a relation only to what has an author: there the path of a query leads to its author.
WITH_AUTHOR = (Note, Session)
AUTHORS_ACTIONS = {action for action in POLICY if Relation.AUTHOR in POLICY[action].values()}
ROLES = st.frozensets(st.sampled_from(sorted(Role)))


class WithinSaysWhatThePolicySays(TestCase):
    """Ana's and Cleo's rows of every kind; whoever asks is one of the practice, with any roles that there are."""

    @classmethod
    def setUpTestData(cls):
        cls.cast = build_cast()
        for who in ("ana", "cleo"):
            for kind in ("charge", "alert", "assignment"):
                access_records.make(kind, cls.cast, who)
        # Carla has somebody who supervises her, too: Ben. So supervision and care meet in one person.
        type(cls.cast.carla).objects.filter(pk=cls.cast.carla.pk).update(supervisor=cls.cast.ben_user)

    @given(
        who=st.sampled_from(["ben", "carla", "sam", "dee", "eli", "olga"]),
        roles=ROLES,
        action=st.sampled_from(sorted(POLICY)),
        model=st.sampled_from(list(PATHS)),
    )
    def test_row_for_row(self, who, roles, action, model):
        if action in AUTHORS_ACTIONS and model not in WITH_AUTHOR:
            return
        user = getattr(self.cast, f"{who}_user")
        actor = Actor(user.pk, user.name, roles, f"user:{user.pk}")
        found = set(within(actor, action, model.objects.all(), therapist=PATHS[model]))
        assert found == {row for row in model.objects.all() if may(actor, action, row)}

    @given(
        who=st.sampled_from(["ben", "carla", "sam", "dee", "eli", "olga"]),
        roles=ROLES,
        action=st.sampled_from(sorted(set(POLICY) - AUTHORS_ACTIONS)),
    )
    def test_patients_by_their_courses_of_treatment(self, who, roles, action):
        user = getattr(self.cast, f"{who}_user")
        actor = Actor(user.pk, user.name, roles, f"user:{user.pk}")
        assert set(visible(actor, action)) == {row for row in Patient.objects.all() if may(actor, action, row)}

    @given(roles=ROLES, action=st.sampled_from(sorted(POLICY)), model=st.sampled_from(list(PATHS)))
    def test_who_is_no_member_of_staff_sees_only_what_is_everybodys(self, roles, action, model):
        actor = Actor(None, "Nobody", roles, "link:0")
        found = set(within(actor, action, model.objects.all(), therapist=PATHS[model]))
        assert found == {row for row in model.objects.all() if may(actor, action, row)}


CHARTS = {"ben": {"Ana"}, "carla": {"Cleo"}, "sam": {"Ana"}}


@pytest.mark.parametrize("who", EVERYBODY)
def test_whose_charts_each_of_the_cast_may_read(cast, who):
    found = within(actor_of(cast, who), "chart.read", Episode.objects.all())
    assert {row.patient.first_name for row in found} == CHARTS.get(who, set())


@pytest.mark.parametrize("actor", [COMMAND_LINE, link_actor("0")])
def test_neither_the_command_line_nor_a_link_reads_a_chart(cast, actor):
    assert not within(actor, "chart.read", Episode.objects.all())


def test_a_user_who_was_switched_off_sees_nothing(cast):
    User.objects.filter(pk=cast.ben_user.pk).update(is_active=False)
    ben = User.objects.get(pk=cast.ben_user.pk).actor()
    assert not within(ben, "chart.read", Episode.objects.all())


def test_nothing_is_widened_that_was_narrow_before(cast):
    none_of_them = Episode.objects.filter(patient=cast.cleo)
    assert not within(cast.actor("ben"), "chart.read", none_of_them)
    assert list(within(cast.actor("dee"), "patient.read", none_of_them)) == [cast.cleo_episode]


def test_a_patient_of_two_therapists_is_found_once(cast):
    Episode.objects.create(
        patient=cast.ana,
        therapist=cast.carla,
        procedure="psychotherapy-60",
        procedure_key="psychotherapy-60@1.0.0",
        opened_on=cast.ana_episode.opened_on,
        made_at=cast.ana_episode.made_at,
    )
    assert list(visible(cast.actor("dee"), "patient.read").filter(pk=cast.ana.pk)) == [cast.ana]
    assert set(visible(cast.actor("carla"), "patient.read")) == {cast.ana, cast.cleo}


def test_an_action_that_nobody_wrote_down_lets_nobody_through(cast):
    with pytest.raises(KeyError):
        within(cast.actor("olga"), "chart.delete", Episode.objects.all())
