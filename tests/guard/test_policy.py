"""Who may do what, in words and beside the table itself, so that a change of the one must be said in the other."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from openhour.guard.actor import COMMAND_LINE, Actor, link_actor
from openhour.guard.policy import POLICY, NotAllowed, Relation, may, require, scope
from openhour.guard.roles import Role
from openhour.kernel.guarded import Subject

BEN, CARLA, SAM, DEE, ELI, OLGA, NIA, TESS = range(1, 9)


def person(user_id: int, *roles: Role) -> Actor:
    return Actor(user_id, "Synthetic", frozenset(roles), f"user:{user_id}")


PEOPLE = {
    "Ben": person(BEN, Role.THERAPIST),
    "Carla": person(CARLA, Role.THERAPIST),
    "Sam": person(SAM, Role.SUPERVISOR),
    "Tess": person(TESS, Role.SUPERVISOR),
    "Dee": person(DEE, Role.FRONT_DESK),
    "Eli": person(ELI, Role.BILLER),
    "Olga": person(OLGA, Role.OWNER),
    "Nia": person(NIA),
    "Ana by her link": link_actor("0"),
}


@dataclass(frozen=True)
class Thing:
    """Something that the guard is asked about."""

    held: Subject

    def subject(self) -> Subject:
        return self.held


ANAS = Thing(Subject("note", "1", "ana", frozenset({BEN}), frozenset({SAM}), author=BEN))
NOBODYS = Thing(Subject("note", "2", "dan"))

# Who may, of a row of Ana's that Ben wrote. Carla and Tess, who stand to Ana in no relation, are in none of the lines.
MAY = {
    "practice.read": "Olga",
    "practice.write": "Olga",
    "trail.read": "Olga",
    "patient.read": "Ben, Sam, Dee, Eli",
    "patient.write": "Ben, Dee",
    "patient.register": "Dee",
    "coverage.read": "Ben, Dee, Eli",
    "coverage.write": "Dee, Eli",
    "consent.read": "Ben, Sam, Dee",
    "consent.take": "Ben, Dee",
    "schedule.read": "Ben, Sam, Dee",
    "schedule.write": "Ben, Dee",
    "link.issue": "Ben, Dee",
    "chart.read": "Ben, Sam",
    "chart.write": "Ben",
    "paper.check": "Ben, Sam",
    "measures.import": "Olga",
    "session.run": "Ben",
    "note.read": "Ben, Sam",
    "note.write": "Ben",
    "note.sign": "Ben",
    "note.amend": "Ben",
    "alert.read": "Ben, Sam",
    "alert.answer": "Ben, Sam",
    "signal.read": "Ben, Sam",
    "signal.answer": "Ben, Sam",
    "signal.pass": "Ben, Olga",
    "progress.look": "Olga",
    "course.fit": "Olga",
    "report.practice": "Sam, Tess, Olga",
    "report.own": "Ben",
    "charge.read": "Eli",
    "claim.write": "Eli",
}

# A report of everybody holds numbers that tell of no one: it is no row of anybody's, so a supervisor stands to it as to all.
OF_NO_ONE = {"report.practice"}


def test_every_action_of_the_policy_is_said_in_words_here():
    assert set(MAY) == set(POLICY)


@pytest.mark.parametrize("action", MAY)
@pytest.mark.parametrize("name", PEOPLE)
def test_who_may_do_what_with_a_row_of_anas(action, name):
    assert may(PEOPLE[name], action, ANAS) == (name in MAY[action].split(", "))


@pytest.mark.parametrize("action", MAY)
def test_require_refuses_exactly_whom_may_refuses(action):
    for actor in PEOPLE.values():
        if may(actor, action, ANAS):
            require(actor, action, ANAS)
        else:
            with pytest.raises(NotAllowed, match=action):
                require(actor, action, ANAS)


@pytest.mark.parametrize("name", ["Ben", "Carla", "Sam", "Tess"])
@pytest.mark.parametrize("action", [action for action in MAY if action not in OF_NO_ONE])
def test_clinicians_may_nothing_with_a_row_that_is_in_nobodys_care(name, action):
    assert not may(PEOPLE[name], action, NOBODYS)


@pytest.mark.parametrize("name", ["Ben", "Carla", "Sam", "Tess"])
@pytest.mark.parametrize("action", [action for action in MAY if action not in OF_NO_ONE])
def test_clinicians_may_nothing_where_no_row_is_named(name, action):
    assert not may(PEOPLE[name], action)


def test_the_front_desk_and_the_biller_see_no_word_of_a_session():
    of_the_session = ("chart", "session", "note", "alert")
    for role in (Role.FRONT_DESK, Role.BILLER, Role.OWNER):
        assert not [action for action in POLICY if action.split(".")[0] in of_the_session and role in POLICY[action]]


def test_the_owner_sees_no_patient_at_all():
    assert {action for action in POLICY if Role.OWNER in POLICY[action]} == {
        "practice.read",
        "practice.write",
        "trail.read",
        "measures.import",
        "signal.pass",
        "progress.look",
        "course.fit",
        "report.practice",
    }


def test_a_therapist_may_do_nothing_with_everybodys_rows():
    assert not [action for action in POLICY if POLICY[action].get(Role.THERAPIST) is Relation.ANY]
    assert {action for action in POLICY if POLICY[action].get(Role.SUPERVISOR) is Relation.ANY} == OF_NO_ONE


def test_a_supervisor_reads_and_answers_alerts_and_writes_nothing():
    theirs = {action for action in POLICY if Role.SUPERVISOR in POLICY[action]}
    writes = {action for action in theirs if not action.endswith(".read") and action not in OF_NO_ONE}
    assert writes == {"alert.answer", "signal.answer", "paper.check"}


def test_who_treats_a_patient_may_not_write_in_the_note_of_another():
    bens_patient_carlas_note = Thing(Subject("note", "3", "ana", frozenset({BEN}), author=CARLA))
    assert may(PEOPLE["Ben"], "note.read", bens_patient_carlas_note)
    for action in ("note.write", "note.sign", "note.amend"):
        assert not may(PEOPLE["Ben"], action, bens_patient_carlas_note)
        assert may(PEOPLE["Carla"], action, bens_patient_carlas_note)


def test_roles_add_up_and_take_nothing_away():
    both = person(BEN, Role.THERAPIST, Role.OWNER)
    assert {action for action in POLICY if may(both, action, ANAS)} == {
        action for action in POLICY if "Ben" in MAY[action] or "Olga" in MAY[action]
    }
    assert scope(person(BEN, Role.THERAPIST, Role.SUPERVISOR), "chart.read") == {Relation.CARE, Relation.SUPERVISED}


def test_treating_somebody_gives_a_supervisor_nothing_without_the_therapists_role():
    assert not may(person(BEN, Role.SUPERVISOR), "chart.read", ANAS)
    assert not may(person(SAM, Role.THERAPIST), "chart.read", ANAS)


def test_who_has_no_number_stands_to_nothing_in_a_relation_of_a_person():
    nobody = Actor(None, "Nobody", frozenset({Role.THERAPIST, Role.SUPERVISOR}), "link:0")
    without_author = Thing(Subject("note", "4", "ana", frozenset(), frozenset(), author=None))
    assert {action for action in POLICY if may(nobody, action, without_author)} == OF_NO_ONE


def test_the_command_line_is_the_owner_and_no_more():
    assert {action for action in POLICY if may(COMMAND_LINE, action, ANAS)} == {
        action for action in POLICY if "Olga" in MAY[action].split(", ")
    }


@pytest.mark.parametrize("ask", [scope, may, require])
def test_an_action_that_nobody_wrote_down_is_a_mistake_of_the_program(ask):
    with pytest.raises(KeyError):
        ask(PEOPLE["Olga"], "patient.delete")


def test_a_row_that_needs_a_member_of_staff_gets_none_from_a_link_or_the_command_line(cast):
    assert cast.actor("ben").staff_id == cast.ben_user.pk
    for nobody in (link_actor("0"), COMMAND_LINE):
        with pytest.raises(LookupError):
            nobody.staff_id  # noqa: B018 - reading is what must fail
