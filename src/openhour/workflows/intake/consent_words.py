"""The words of a consent, as the patient reads them: filled from the procedure, kept as they were shown.

Canonical JSON, so that the digest is over the words and nothing else. Used by `take_consent`, which keeps them, and by
the pages that show them before and after. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openhour.care.consents import ClauseItem, filled_consent
from openhour.catalog import ConsentForm, Procedure


@dataclass(frozen=True, slots=True)
class Choice:
    """An alternative with what speaks for and against it."""

    title: str
    examples: tuple[str, ...]
    benefits: tuple[str, ...]
    drawbacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownClause:
    """entries: plain lines below the text; choices: alternatives in its place."""

    title: str
    text: str
    entries: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ShownConsent:
    """A consent as it is read. clauses are empty and `plain` is not where the words were kept in another way."""

    title: str
    procedure: str
    clauses: tuple[ShownClause, ...]
    plain: str = ""


def words_of(form: ConsentForm, procedure: Procedure) -> str:
    """What the patient reads, as canonical JSON."""
    clauses = [
        {"title": clause.title, "text": clause.text, "items": [_item(item) for item in clause.items]}
        for clause in filled_consent(form, procedure)
    ]
    told = {"title": form.title, "procedure": procedure.title, "clauses": clauses}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _item(item: ClauseItem) -> dict[str, Any]:
    return {
        "text": item.text,
        "examples": list(item.examples),
        "benefits": list(item.benefits),
        "drawbacks": list(item.drawbacks),
    }


def digest_of(words: str) -> str:
    """SHA-256 over the words, 64 hexadecimal digits."""
    return hashlib.sha256(words.encode()).hexdigest()


def shown(words: str) -> ShownConsent:
    """Kept words, ready for a page or for paper."""
    try:
        told = json.loads(words)
        return ShownConsent(told["title"], told["procedure"], tuple(_clause(one) for one in told["clauses"]))
    except (ValueError, KeyError, TypeError):
        return ShownConsent("Consent", "", (), words)


def _clause(told: Mapping[str, Any]) -> ShownClause:
    items = told["items"]
    choices = [one for one in items if one["benefits"] or one["drawbacks"]]
    return ShownClause(
        told["title"],
        told["text"],
        tuple(one["text"] for one in items if one not in choices),
        tuple(
            Choice(one["text"], tuple(one["examples"]), tuple(one["benefits"]), tuple(one["drawbacks"]))
            for one in choices
        ),
    )
