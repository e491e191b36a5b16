"""From what a form sent to typed values, and from findings to messages beside the fields.

Shared by the pages about patients and by those about the plan. What can't be read becomes None; the verbs say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from openhour.kernel import Finding

Errors = dict[str, list[str]]


def read_date(text: str) -> date | None:
    """`2026-03-02`, as forms send it, or `3/2/2026`, as it is typed where there is no picker; else None."""
    word = text.strip()
    for pattern in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            day = datetime.strptime(word, pattern).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
        return day if 1880 <= day.year < 2200 else None
    return None


def read_whole(text: str) -> int | None:
    """A whole number of up to nine digits, or None."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def beside(findings: Iterable[Finding], fields: Iterable[str]) -> Errors:
    """Sentences by the field they stand beside; under `""` those that have none on this page."""
    found: Errors = {name: [] for name in ("", *fields)}
    for finding in findings:
        found[finding.place if finding.place in found else ""].append(finding.sentence)
    return found


def summary(errors: Errors) -> list[tuple[str, str]]:
    """Every sentence with its field, for the list above the form."""
    return [(name, sentence) for name, held in errors.items() for sentence in held]


def status_of(findings: tuple[Finding, ...]) -> int:
    """200 without findings, 409 where somebody else was first, 422 where what was typed can't be."""
    if not findings:
        return 200
    first = any(one.code.endswith("-meanwhile") or one.code == "consent.other-words" for one in findings)
    return 409 if first else 422


def differing(
    typed: Mapping[str, Any], stored: Mapping[str, Any], labels: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Label and stored words of each field in which the two differ: what somebody else has written meanwhile."""
    return [
        (labels[name], str(stored[name]) or "nothing")
        for name in labels
        if str(typed.get(name, "")).strip() != str(stored[name]).strip()
    ]


def link_to(name: str, *args: object) -> str:
    """The address of a page that another chapter brings; empty where it isn't there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
