"""Where a patient goes next: the first question without an answer, then sending, then the topic, then the end.

Pure over what is asked; called by the patients' pages. Addresses hold ids and places, never a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from openhour.catalog import Instrument
from openhour.catalog.instrument import Item
from openhour.guard.policy import NotAllowed
from openhour.records.queries.link import Asked, OpenLink


def question_at(link: OpenLink, form: Asked, place: int) -> str:
    """The address of a question; past the last one, of the page on which the answers are sent."""
    if place > len(form.instrument.items):
        return reverse("portal-finish", args=[link.token, form.id])
    return reverse("portal-question", args=[link.token, form.id, max(place, 1)])


def place_after(form: Asked, place: int) -> int:
    """The first place from this one on that is asked; behind the last question where none is."""
    return next((one for one in form.places if one >= place), len(form.instrument.items) + 1)


def place_before(form: Asked, place: int) -> int:
    """The last place before this one that is asked; 0 where none is."""
    return max((one for one in form.places if one < place), default=0)


def gate_words(instrument: Instrument, item: Item) -> str:
    """When an item behind a gate is to be answered, where all stand on one page: the answers that open it."""
    condition = item.asked_if
    if condition is None:
        return ""
    places = [number for number, one in enumerate(instrument.items, start=1) if one.id in condition.any_of]
    gate = instrument.items[places[0] - 1]
    opening = [f"“{choice.text}”" for choice in gate.choices if choice.score >= condition.at_least]
    asked = " or ".join(str(place) for place in places)
    return f"Only if you answered question {asked} with {' or '.join(opening)}."


def begin(link: OpenLink, form: Asked) -> str:
    """Where to go on with a form: its first question without an answer."""
    return question_at(link, form, next(iter(form.unanswered), len(form.instrument.items) + 1))


def onward(link: OpenLink, asked: Iterable[Asked], *, topic: bool) -> str:
    """What comes next of all that is asked; topic: something is written there already."""
    waiting = next((form for form in asked if form.is_open), None)
    if waiting is not None:
        return begin(link, waiting)
    return reverse("portal-done" if topic else "portal-topic", args=[link.token])


def open_form(asked: Iterable[Asked], response_id: UUID) -> Asked:
    """The form of that id. Raises NotAllowed where this link doesn't ask it."""
    for form in asked:
        if form.id == response_id:
            return form
    raise NotAllowed("link.use")
