"""Diagnoses: whether a code exists and may stand on a claim, its title, and a search for the picker.

The data is the April 2026 release of ICD-10-CM (CDC/NCHS, public domain), as packed in `simple_icd_10_cm`. Not in it: the
release of fiscal year 2027 (in force from 1 October 2026), and the history of earlier releases; a code that came or went
at another time is judged by this release, but for the few dates in `_SINCE`. Reading the package takes about two seconds,
so it is read at the first question and kept; `load_diagnoses()` lets a server do that before the first visitor comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from threading import Lock

from openhour.kernel import Coded, Finding

RELEASE = "ICD-10-CM, April 2026 release"
COVERS = (date(2026, 4, 1), date(2026, 9, 30))
"""First and last day for which the release speaks; outside it the code is judged all the same, as the best there is."""

_READING = Lock()  # whoever asks while it is read waits for that reading
_FIRST_DAY = date(2015, 10, 1)  # from here on claims in the United States carry ICD-10-CM (45 CFR 162.1002)
_SINCE = {"F43.81": date(2022, 10, 1), "F43.89": date(2022, 10, 1)}  # when F43.8 became a parent
_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.?[0-9A-Z]{1,4})?", re.ASCII)
_CODE_BEGUN = re.compile(r"[A-Z]\d[0-9A-Z]{0,5}", re.ASCII)
_MENTAL_HEALTH = re.compile(r"F\d|Z5[5-9]|Z6[0-5]|R45|T14\.91")
_WORD = re.compile(r"[a-z0-9.]+")
_SHORT_FORMS = {
    "ptsd": "post traumatic stress disorder",
    "ocd": "obsessive compulsive disorder",
    "gad": "generalized anxiety disorder",
    "mdd": "major depressive disorder",
    "adhd": "attention deficit hyperactivity",
    "bpd": "borderline personality",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """bare: the code without its dot. searched: title and other names, lower case, each word after a space."""

    code: str
    bare: str
    title: str
    billable: bool
    searched: str


def diagnosis_finding(code: str, *, on: date) -> Finding | None:
    """Nothing for a code that may stand on a claim of that day, else the reason. Reads `F33.1`, `f33.1` and `F331`."""
    entry = _book().get(written_code(code))
    if on < _FIRST_DAY:
        return Finding("diagnosis.too-early", "ICD-10-CM codes hold from October 1, 2015.", "diagnosis")
    if entry is None:
        return Finding("diagnosis.unknown", f"There is no such diagnosis code in the {RELEASE}.", "diagnosis")
    if not entry.billable:
        sentence = f"{entry.code} ({entry.title}) is a group of diagnoses. Choose one of the codes below it."
        return Finding("diagnosis.not-billable", sentence, "diagnosis")
    if on < (since := _SINCE.get(entry.code, _FIRST_DAY)):
        return Finding(
            "diagnosis.too-early", f"{entry.code} holds from {since:%B} {since.day}, {since.year}.", "diagnosis"
        )
    return None


def diagnosis_title(code: str) -> str:
    """The title of a code or of a group of codes; empty where the release has none."""
    entry = _book().get(written_code(code))
    return entry.title if entry else ""


def search_diagnoses(text: str, limit: int = 20) -> tuple[Coded, ...]:
    """Billable codes that fit the words or begin with the code, mental health first (F, Z55-Z65, R45, T14.91).

    Every word must begin a word of the title or of another name of the diagnosis. At most `limit`, at least none.
    """
    asked = text.strip()[:200]
    hits: dict[str, _Entry] = {}
    if asked:
        for entry in _hits(asked):
            hits.setdefault(entry.code, entry)
            if len(hits) >= limit:
                break
    return tuple(Coded("icd-10-cm", entry.code, entry.title) for entry in hits.values())[: max(limit, 0)]


def diagnosis_group_exists(prefix: str) -> bool:
    """True where the release has a code or a group of that name (`F32`, `F43.1`); for families on the shelf."""
    return prefix in _book()


def written_code(code: str) -> str:
    """The code as it is written in the chart, with capitals and dot (`f331` gives `F33.1`); empty where it is none."""
    bare = code.strip().upper()
    if not _CODE.fullmatch(bare):
        return ""
    bare = bare.replace(".", "")
    return bare if len(bare) == 3 else f"{bare[:3]}.{bare[3:]}"


def load_diagnoses() -> int:
    """Read the release now rather than at the first question. Returns how many codes and groups it has."""
    return len(_book())


def _hits(asked: str) -> Iterator[_Entry]:
    code = asked.upper().replace(".", "")
    words = [f" {word}" for word in _words(" ".join(_SHORT_FORMS.get(word, word) for word in asked.lower().split()))]
    for shelf in _shelves():
        if _CODE_BEGUN.fullmatch(code):
            yield from (entry for entry in shelf if entry.bare.startswith(code))
        if words:
            yield from sorted(_with_all(words, shelf), key=lambda entry: _distance(words, entry))


def _with_all(words: list[str], entries: Iterable[_Entry]) -> Iterable[_Entry]:
    for word in words:
        entries = [entry for entry in entries if word in entry.searched]
    return entries


def _distance(words: list[str], entry: _Entry) -> tuple[bool, bool, bool]:
    """Nearest first: titles that begin with the words; what has a bodily cause or comes from a substance (F01-F19)
    after the rest; titles that hold the words before other names that do."""
    title = _searched(entry.title)
    return (not title.startswith(words[0]), entry.code < "F20", not all(word in title for word in words))


@cache
def _shelves() -> tuple[tuple[_Entry, ...], tuple[_Entry, ...]]:
    """Billable codes: mental health, then the rest."""
    billable = [entry for entry in _book().values() if entry.billable]
    near = tuple(entry for entry in billable if _MENTAL_HEALTH.match(entry.code))
    far = tuple(entry for entry in billable if not _MENTAL_HEALTH.match(entry.code))
    return near, far


def _book() -> dict[str, _Entry]:
    with _READING:
        return _read_book()


@cache
def _read_book() -> dict[str, _Entry]:
    import simple_icd_10_cm as release

    book: dict[str, _Entry] = {}
    for code in release.get_all_codes(with_dots=True):
        if not _CODE.fullmatch(code) or code in book:
            continue  # chapters and blocks are no codes
        title = release.get_description(code)
        names = _other_names(release, code) if _MENTAL_HEALTH.match(code) else ""
        book[code] = _Entry(code, code.replace(".", ""), title, release.is_leaf(code), _searched(f"{title} {names}"))
    return book


def _other_names(release: object, code: str) -> str:
    terms = release.get_inclusion_term(code) + release.get_inclusion_term(release.get_parent(code))  # type: ignore[attr-defined]
    return " ".join(terms)


def _searched(text: str) -> str:
    return "".join(f" {word}" for word in _words(text.lower()))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
