"""The fields of an hour that are saved as they are typed: where each lies, and what it may hold.

Used by `save_note` and by the room that shows them. Names: `sections.<slug>` of the note, `responses.<thread>` to an
objective, `risk`, `people`, `review_waiver`; and two choices of several, `interventions` and `objectives`.
Whether somebody else wrote meanwhile is told by the words themselves: a browser says from which words it began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from openhour.catalog import NoteFormat, Procedure
from openhour.kernel import Finding
from openhour.records.models import Note, Objective, Session
from openhour.workflows.hour.typed import base_of, text_gaps, tidy

SECTION, RESPONSE = "sections.", "responses."
CHOICES = ("interventions", "objectives")
_PLAIN = {"risk": 20_000, "people": 200, "review_waiver": 400}
_SECTION_AT_MOST, _RESPONSE_AT_MOST = 60_000, 4_000

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """value: what stands in the browser. base: `base_of` the words it began from, or the choice it began from."""

    value: Value
    base: Value


@dataclass(slots=True)
class Desk:
    """What the fields are read from and written to."""

    session: Session
    note: Note
    layout: NoteFormat
    procedure: Procedure

    def read(self, name: str) -> Value:
        """What stands there now; empty where nothing does."""
        if name.startswith(SECTION):
            return str(self.note.sections.get(name[len(SECTION) :], {}).get("text", ""))
        if name.startswith(RESPONSE):
            return response_of(self.session, name[len(RESPONSE) :])
        if name == "interventions":
            return tuple(self.session.interventions)
        if name == "objectives":
            return tuple(entry["thread"] for entry in self.session.objectives)
        return str(getattr(self.session, name))

    def write(self, name: str, value: Value) -> None:
        """Lay the value down in the rows; saving them is the verb's."""
        if name.startswith(SECTION):
            slug = name[len(SECTION) :]
            count = self.note.sections.get(slug, {}).get("revision", 0) + 1
            self.note.sections = {**self.note.sections, slug: {"text": value, "revision": count}}
        elif name.startswith(RESPONSE):
            _put_response(self.session, name[len(RESPONSE) :], str(value))
        elif name == "interventions":
            self.session.interventions = list(value)
        elif name == "objectives":
            _choose_objectives(self.session, tuple(value))
        else:
            setattr(self.session, name, value)

    def gaps(self, name: str, value: Value) -> Iterator[Finding]:
        """Why the value can't stand there. Place: the name of the field."""
        if name in CHOICES:
            unknown = set(value) - set(self.read(name)) - self._offered(name)
            if unknown:
                yield Finding("choice.unknown", "One of these isn't offered here any more.", name)
            return
        at_most = self._at_most(name)
        if at_most is None:
            yield Finding("field.unknown", "There is no such field in this note.", name)
        else:
            yield from text_gaps(str(value), name, at_most)

    def _at_most(self, name: str) -> int | None:
        if name.startswith(SECTION):
            slug = name[len(SECTION) :]
            known = {section.slug for section in self.layout.sections} | set(self.note.sections)
            return _SECTION_AT_MOST if slug in known else None
        if name.startswith(RESPONSE):
            return _RESPONSE_AT_MOST if name[len(RESPONSE) :] in self._threads() else None
        return _PLAIN.get(name)

    def _offered(self, name: str) -> set[str]:
        return {one.slug for one in self.procedure.interventions} if name == "interventions" else self._threads()

    def _threads(self) -> set[str]:
        """Objectives of the plan in force, and those this session already holds."""
        plan = Objective.objects.filter(goal__plan__episode_id=self.session.episode_id, goal__plan__state="active")
        held = {entry["thread"] for entry in self.session.objectives} | set(self.session.set_aside)
        return {str(thread) for thread in plan.values_list("thread", flat=True)} | held


def merged(current: tuple[str, ...], typed: Typed) -> tuple[str, ...]:
    """A choice of several after somebody else chose too: what this browser added and took away, laid over theirs."""
    mine, base = tuple(typed.value), tuple(typed.base)
    kept = [one for one in current if one in mine or one not in base]
    return tuple(kept + [one for one in mine if one not in current and one not in base])


def settled(current: Value, typed: Typed) -> Value | None:
    """The value to keep, the current one where nothing is to be done, None where two people wrote different words."""
    if not isinstance(current, str):
        return merged(current, typed)
    mine = tidy(str(typed.value))
    if mine == current or base_of(mine) == typed.base:  # said already, or not touched in this browser
        return current
    return mine if typed.base == base_of(current) else None


def response_of(session: Session, thread: str) -> str:
    """The response to an objective, also of one that was taken off again."""
    held = {entry["thread"]: entry["response"] for entry in session.objectives}
    return str(held.get(thread, session.set_aside.get(thread, "")))


def is_thread(text: str) -> bool:
    """True for the text of an objective's thread."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _put_response(session: Session, thread: str, text: str) -> None:
    if any(entry["thread"] == thread for entry in session.objectives):
        session.objectives = [
            {**entry, "response": text} if entry["thread"] == thread else entry for entry in session.objectives
        ]
    else:
        session.set_aside = {**session.set_aside, thread: text}


def _choose_objectives(session: Session, threads: tuple[str, ...]) -> None:
    """What is taken off keeps its words in `set_aside`; what comes on takes them back."""
    dropped = {e["thread"]: e["response"] for e in session.objectives if e["thread"] not in threads and e["response"]}
    aside = {**session.set_aside, **dropped}
    session.objectives = [{"thread": one, "response": response_of(session, one)} for one in threads]
    session.set_aside = {thread: text for thread, text in aside.items() if thread not in threads}
