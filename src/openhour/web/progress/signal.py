"""One signal: what was seen, the course behind it, and an answer in under a minute."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.kernel import Finding, Refused
from openhour.records.queries.signal import SignalDetail, signal_of
from openhour.web.chrome import render_page
from openhour.web.progress.course_shown import picture_of
from openhour.web.progress.signals import READERS
from openhour.web.progress.words import WORDS, title_of
from openhour.workflows.progress.answer_signal import answer_signal
from openhour.workflows.progress.words import DOING, IN_THE_WAY, LOOK_AFTER, NOTHING, WORDS_AT_MOST

_ALTERNATIVE = "other-help:"
_FIELDS = ("in_the_way", "doing", "words", "look_after", "comment")
_CONFLICTS = ("signal.answered", "signal.looked-again", "signal.cleared", "signal.not-passed", "signal.no-supervisor")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_LOOK = ((1, "After the next session"), (2, "After 2 sessions"), (3, "After 3"), (4, "After 4"))


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: as it was sent, else empty, but for when to look again."""

    in_the_way: tuple[str, ...] = ()
    doing: tuple[str, ...] = ()
    words: str = ""
    look_after: str = str(LOOK_AFTER)
    comment: str = ""
    also: tuple[str, ...] | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*READERS)
def signal(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Reading it says nothing. POST answers it."""
    asked = cast(StaffRequest, request)
    if request.method != "POST":
        return page(asked, signal_id)
    typed = _typed(request.POST)
    try:
        answer_signal(
            asked.actor,
            signal_id,
            in_the_way=typed.in_the_way,
            doing=[one for one in typed.doing if not one.startswith(_ALTERNATIVE)],
            alternatives=[one.removeprefix(_ALTERNATIVE) for one in typed.doing if one.startswith(_ALTERNATIVE)],
            words=typed.words,
            look_after=_number(typed.look_after),
            also=_ids(typed.also or ()),
            at=asked.received_at,
        )
    except Refused as refusal:
        return page(asked, signal_id, typed, refusal.findings)
    messages.success(request, "Answered. The system looks again by itself.")
    return redirect("signal", signal_id)


def _typed(sent: QueryDict) -> Typed:
    return Typed(
        tuple(sent.getlist("in_the_way")),
        tuple(sent.getlist("doing")),
        sent.get("words", ""),
        sent.get("look_after", ""),
        sent.get("comment", ""),
        tuple(sent.getlist("also")),
    )


def _ids(texts: Iterable[str]) -> list[UUID]:
    """What can be read; the rest names no signal."""
    return [UUID(text) for text in texts if _UUID.fullmatch(text)]


def _number(text: str) -> int:
    """0, which is no number of sessions, for what is no number."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 4 else 0


def page(
    request: StaffRequest, signal_id: UUID, typed: Typed | None = None, findings: tuple[Finding, ...] = ()
) -> HttpResponse:
    """The signal, with what was typed and couldn't be kept."""
    detail = signal_of(request.actor, signal_id, at=request.received_at)
    context = {
        **WORDS,
        "signal": detail,
        "line": detail.line,
        "zone": detail.course.zone,
        "picture": picture_of(detail.course, detail.models, detail.instrument, wide=True),
        "typed": typed or Typed(),
        "errors": {name: [one.sentence for one in findings if one.place == name] for name in _FIELDS},
        "findings": findings,
        "in_the_way": list(IN_THE_WAY.items()),
        "doing": _offered(detail),
        "also": _also(detail),
        "also_chosen": _chosen(detail, typed),
        "look_choices": _LOOK,
        "at_most": WORDS_AT_MOST,
        "now": request.received_at,
    }
    return render_page(request, "web/progress/signal.html", context, status=status_of(findings))


def _offered(detail: SignalDetail) -> list[tuple[str, str]]:
    """What somebody may do, the alternatives of the definition among it, and last that nothing is done."""
    own = [(slug, label) for slug, label in DOING.items() if slug != NOTHING]
    others = [(_ALTERNATIVE + slug, title) for slug, title in detail.alternatives]
    return [*own, *others, (NOTHING, DOING[NOTHING])]


def _also(detail: SignalDetail) -> list[tuple[str, str]]:
    """What else waits for the reader in this treatment."""
    theirs = [one for one in detail.others if one.waiting and (one.mine or one.state != "open")]
    return [
        (str(one.id), f"{title_of(one.kind)}{f' ({one.instrument})' if one.instrument else ''}") for one in theirs
    ]


def _chosen(detail: SignalDetail, typed: Typed | None) -> tuple[str, ...]:
    """All of them, unless somebody chose; the same scores often give more than one signal."""
    if typed is not None and typed.also is not None:
        return typed.also
    return tuple(one for one, _ in _also(detail))


def status_of(findings: tuple[Finding, ...]) -> int:
    """409 where somebody else was first, 422 where what was typed can't be, 200 where nothing was refused."""
    if any(finding.code in _CONFLICTS for finding in findings):
        return 409
    return 422 if findings else 200
