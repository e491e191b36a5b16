"""What the session room sent: the fields that are saved as they are typed, and from which words they began.

The room is one form, so whatever button is pressed brings along every typed word. The hidden field `revision` holds, for
each field, the words' base (or the choice) that this browser last read; only fields named in it are looked at, so a
request without it changes no field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from openhour.guard.middleware import StaffRequest
from openhour.kernel import Finding, Refused
from openhour.workflows.homework.review_homework import review_homework
from openhour.workflows.hour.fields import CHOICES, Typed, Value
from openhour.workflows.hour.save_note import Overtaken, save_note
from openhour.workflows.hour.typed import base_of

REVIEW, COMPLETION = "review.", "completion."
Bases = dict[str, Value]


def bases_of(post: QueryDict) -> Bases:
    """The bases as sent; empty for what can't be read, so that an unknown beginning never overwrites anything."""
    try:
        held = json.loads(post.get("revision", ""))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(held, dict):
        return {}
    return {str(name): base for name, one in held.items() if (base := _base(str(name), one)) is not None}


def _base(name: str, held: Any) -> Value | None:
    if name in CHOICES:
        return tuple(str(one) for one in held) if isinstance(held, list) else None
    return held if isinstance(held, str) else None


def token_of(bases: Mapping[str, Value]) -> str:
    """The value of `revision`."""
    return json.dumps({name: list(base) if isinstance(base, tuple) else base for name, base in bases.items()})


def base_of_value(value: Value) -> Value:
    """What a browser that shows this value sends back."""
    return base_of(value) if isinstance(value, str) else value


def typed_of(post: QueryDict) -> dict[str, Typed]:
    """Every field whose beginning is known; with `fields` (autosave) only those that it names."""
    bases = bases_of(post)
    names = [name for name in post.getlist("fields") if name in bases] if "fields" in post else list(bases)
    return {name: Typed(_value(post, name), bases[name]) for name in names if "fields" in post or _sent(post, name)}


def _sent(post: QueryDict, name: str) -> bool:
    """A choice of which nothing is chosen isn't sent by browsers, yet it was on the page."""
    return name in CHOICES or name in post


def _value(post: QueryDict, name: str) -> Value:
    return tuple(post.getlist(name)) if name in CHOICES else post.get(name, "")


def save_typed(request: StaffRequest, visit_id: UUID, typed: Mapping[str, Typed]) -> None:
    """All or nothing. Raises Overtaken and Refused with the names of the fields as this page knows them."""
    reviewed = {name[len(prefix) :] for name in typed for prefix in (REVIEW, COMPLETION) if name.startswith(prefix)}
    own = {name: one for name, one in typed.items() if not name.startswith((REVIEW, COMPLETION))}
    with transaction.atomic():
        if own:
            save_note(request.actor, visit_id, own, at=request.received_at)
        for assignment in sorted(reviewed):
            _review(request, visit_id, assignment, typed)


def _review(request: StaffRequest, visit_id: UUID, assignment: str, typed: Mapping[str, Typed]) -> None:
    words, completion = typed.get(REVIEW + assignment), typed.get(COMPLETION + assignment)
    try:
        review_homework(
            request.actor,
            visit_id,
            _uuid(assignment),
            None if completion is None else str(completion.value),
            None if words is None else str(words.value),
            at=request.received_at,
            base=None if words is None else str(words.base),
        )
    except Overtaken as overtaken:
        raise Overtaken({REVIEW + assignment: overtaken.theirs["review"]}) from None
    except Refused as refusal:
        places = {"review": REVIEW + assignment, "completion": COMPLETION + assignment}
        raise Refused(
            Finding(one.code, one.sentence, places.get(one.place, one.place)) for one in refusal.findings
        ) from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(Finding("homework.unknown", "This homework isn't there any more.", "homework")) from None
