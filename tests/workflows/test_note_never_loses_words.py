"""No sequence of saves, tabs, formats, signatures and addenda ever loses or changes a word that was acknowledged.

A model of what must stand in the note is kept beside the real thing, and both are compared after every step.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from openhour.guard import trail
from openhour.kernel import Refused
from openhour.records.models import Addendum, Charge, Note, Session
from openhour.records.queries.note import note_of
from openhour.workflows.hour.amend_note import amend_note
from openhour.workflows.hour.choose_layout import choose_layout
from openhour.workflows.hour.correct_times import Times, correct_times
from openhour.workflows.hour.fields import Typed
from openhour.workflows.hour.save_note import Overtaken, save_note
from openhour.workflows.hour.sign_note import sign_note
from openhour.workflows.hour.typed import base_of
from tests.cast import NOW, build_cast
from tests.workflows.hours import minutes, ready_to_sign

SECTIONS = ("data", "assessment", "plan")
tabs = st.sampled_from((0, 1))
sections = st.sampled_from(SECTIONS)
words = st.text(alphabet="ab é\n", max_size=6)


def outcome(step: Callable[[], Any]) -> Any:
    """What the step answers, be it a refusal."""
    try:
        return step()
    except (Overtaken, Refused) as no:
        return no


class NoteMachine(RuleBasedStateMachine):
    """Two tabs on one note, and a therapist who also signs and adds."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.cast = build_cast()
        ready_to_sign(self.cast)
        self.ben, self.visit = self.cast.actor("ben"), self.cast.ana_visit.pk
        self.stored = {slug: Note.objects.get().sections[slug]["text"] for slug in SECTIONS}
        self.seen = [dict(self.stored), dict(self.stored)]
        self.typed = [dict(self.stored), dict(self.stored)]
        self.sealed: tuple[str, str] | None = None
        self.addenda: list[str] = []
        self.minute = 60

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def later(self):
        self.minute += 1
        return minutes(self.minute)

    @rule(tab=tabs, section=sections, text=words)
    def type_into(self, tab, section, text):
        self.typed[tab][section] = text

    @rule(tab=tabs, section=sections)
    def save(self, tab, section):
        mine, seen = self.typed[tab][section], self.seen[tab][section]
        sent = {f"sections.{section}": Typed(mine, base_of(seen))}
        answer = outcome(lambda: save_note(self.ben, self.visit, sent, at=self.later()))
        if isinstance(answer, Overtaken):
            assert seen != self.stored[section], "only a tab that hasn't seen the latest words is overtaken"
            assert answer.theirs == {f"sections.{section}": self.stored[section]}
            self.seen[tab][section] = self.stored[section]
            return
        if isinstance(answer, Refused):
            assert self.sealed, answer
            return
        assert not self.sealed
        if mine != seen:
            assert seen == self.stored[section] or mine == self.stored[section], "nothing unseen was overwritten"
            self.stored[section] = mine
        assert answer.values[f"sections.{section}"] == self.stored[section]
        self.seen[tab][section] = self.typed[tab][section] = self.stored[section]

    @rule(tab=tabs)
    def reload(self, tab):
        self.seen[tab] = dict(self.stored)
        self.typed[tab] = dict(self.stored)

    @rule(slug=st.sampled_from(("dap", "soap", "birp", "girp")))
    @precondition(lambda self: not self.sealed)
    def choose_format(self, slug):
        choose_layout(self.ben, self.visit, slug, at=self.later())

    @rule()
    def sign(self):
        answer = outcome(lambda: sign_note(self.ben, self.visit, at=self.later()))
        if isinstance(answer, Refused):
            codes = {finding.code for finding in answer.findings}
            assert self.sealed or any(code.startswith(("section.empty", "response.")) for code in codes), codes
            return
        note = answer.note
        assert not self.sealed
        self.sealed = (note.content, note.digest)
        texts = {one["slug"]: one["text"] for one in json.loads(note.content)["sections"]}
        for slug, text in self.stored.items():
            assert texts.get(slug, "") == (text if slug in texts else ""), "signed as it was written"
            assert slug in texts or not text.strip(), "no word is left out of what is signed"

    @rule(text=st.text(alphabet="xyz", min_size=1, max_size=5))
    @precondition(lambda self: self.sealed)
    def amend(self, text):
        amend_note(self.ben, Note.objects.get().pk, "Later", text, at=self.later())
        self.addenda.append(text)

    @rule(column=st.sampled_from(("sections", "content", "digest", "layout", "signature")))
    @precondition(lambda self: self.sealed)
    def change_it_in_the_database(self, column):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE records_note SET {column} = '{{}}'")

    @rule()
    @precondition(lambda self: self.sealed)
    def change_its_times(self):
        with pytest.raises(Refused, match=r"note\.signed"):
            correct_times(self.ben, self.visit, Times(NOW, minutes(58), "Once more"), at=self.later())

    @invariant()
    def what_was_acknowledged_stands(self):
        note = Note.objects.get()
        assert {slug: note.sections[slug]["text"] for slug in SECTIONS} == self.stored

    @invariant()
    def what_was_signed_stands(self):
        if self.sealed:
            note = Note.objects.get()
            assert (note.content, note.digest) == self.sealed
            assert Charge.objects.count() == 1
            assert Session.objects.get().minutes == 55
            read = note_of(self.ben, note.pk, at=self.later())
            assert read.sound
            assert [one.text for one in read.addenda] == self.addenda
        assert Addendum.objects.count() == len(self.addenda)

    @invariant()
    def the_trail_holds(self):
        assert list(trail.verify_trail()) == []


def test_no_sequence_loses_or_changes_a_word(db):
    run_state_machine_as_test(
        NoteMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
