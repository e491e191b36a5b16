"""One table of a definition file, asked key by key, each answer typed.

The only place in this room where `Any` stands: what TOML gave goes in, typed values come out. Every complaint is kept
as a Finding with the file and the key path, and a neutral value is handed back, so that one reading reports all of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from openhour.catalog.reading.wording import printable
from openhour.kernel import Finding, Money

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MOST_TEXT = 4_000
_DAY_ZERO = date(1900, 1, 1)
_NOT_PRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Table:
    """Asks for keys; remembers which were asked, so that `close` can name those nobody knows."""

    def __init__(self, values: Mapping[str, Any], file: str, findings: list[Finding], path: str = "") -> None:
        self._values = values
        self._file = file
        self._findings = findings
        self._path = path
        self._asked: set[str] = set()

    def refuse(self, code: str, sentence: str, key: str = "") -> None:
        """Keep a complaint about a key of this table."""
        self._findings.append(Finding(f"shelf.{code}", printable(sentence), f"{self._file}: {self._key(key)}"))

    @property
    def good(self) -> bool:
        """True while nothing of the file was refused."""
        return not self._findings

    def has(self, key: str) -> bool:
        """True where the file writes the key."""
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """Words: not empty, at most 4,000 characters, no control characters."""
        value = self._take(key, str, "text in quotation marks", default)
        return self._words(value, key) if isinstance(value, str) and self.has(key) else (value or "")

    def slug(self, key: str) -> str:
        """A name of lower-case letters, digits and single hyphens, at most 64 characters."""
        value = self.text(key)
        if value and not (SLUG.fullmatch(value) and len(value) <= 64):
            self.refuse("bad-slug", "A name here has only lower-case letters, digits and single hyphens.", key)
        return value

    def number(self, key: str, default: int | None = None, *, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number between least and most, both included."""
        value = self._take(key, int, "a whole number", default)
        if value is None:
            return least
        if not least <= value <= most:
            self.refuse("out-of-range", f"The number must lie between {least} and {most}.", key)
        return int(value)

    def maybe_number(self, key: str, *, least: int = 0, most: int = 1_000_000) -> int | None:
        """A whole number, or None where the key is absent."""
        return self.number(key, least=least, most=most) if self._known(key) else None

    def numbers(self, key: str, *, least: int = 0, most: int = 1_000_000) -> tuple[int, ...]:
        """A list of whole numbers between least and most, both included; at least one."""
        good = self._list(key, int, "a whole number", True)
        for place, value in good:
            if not least <= value <= most:
                self.refuse("out-of-range", f"The number must lie between {least} and {most}.", f"{key}[{place}]")
        if self.has(key) and not good:
            self.refuse("empty", "This list may not be empty.", key)
        return tuple(value for _, value in good)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys that the table has, in the order of the file."""
        return tuple(self._values)

    def yes(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        return bool(self._take(key, bool, "true or false", default))

    def day(self, key: str) -> date:
        """A date written 2026-01-31, without quotation marks, in or after 1900."""
        value = self._take(key, date, "a date such as 2026-01-31, without quotation marks", None)
        if value is not None and value < _DAY_ZERO:
            self.refuse("out-of-range", "The date must lie in or after the year 1900.", key)
        return value or _DAY_ZERO

    def money(self, key: str) -> Money:
        """An amount of dollars written as text: "180.00"; zero or more, in whole cents."""
        written = self.text(key)
        if not re.fullmatch(r"\d{1,7}(\.\d{2})?", written, re.ASCII):
            if written:
                self.refuse("bad-amount", 'An amount of dollars is written as "180" or "180.00".', key)
            return Money(0)
        return Money.of(written)

    def texts(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        """A list of words; empty where the key is absent and not needed. No word may stand twice."""
        good = dict(self._list(key, str, "text in quotation marks", needed))
        # What is no text stays as an empty word, so that the places of the others still count.
        words = tuple(
            self._words(good[place], f"{key}[{place}]") if place in good else ""
            for place in range(1, max(good, default=0) + 1)
        )
        told = [word for word in words if word]
        if len(set(told)) < len(told):
            self.refuse("duplicate", "The same word stands in this list twice.", key)
        if needed and self.has(key) and not words:
            self.refuse("empty", "This list may not be empty.", key)
        return words

    def one_of(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """A word out of a known set."""
        value = self.text(key, default)
        if self.has(key) and value and value not in allowed:
            self.refuse(
                "unknown-kind", f"“{printable(value, 40)}” isn't known here. Known: {', '.join(allowed)}.", key
            )
        return value

    def some_of(self, key: str, allowed: Collection[str], *, needed: bool = True) -> tuple[str, ...]:
        """A list of words out of a known set."""
        values = self.texts(key, needed=needed)
        for place, value in enumerate(values, start=1):
            if value and value not in allowed:
                sentence = f"“{printable(value, 40)}” isn't known here. Known: {', '.join(allowed)}."
                self.refuse("unknown-kind", sentence, f"{key}[{place}]")
        return values

    def raw(self, key: str) -> Any:
        """The value as TOML gave it, None where absent; for a reader that checks it itself."""
        return self._values[key] if self._known(key) else None

    def table(self, key: str) -> Table:
        """The table under the key, empty where it is absent (and that is said)."""
        value = self._take(key, dict, "a table", None)
        return Table(value or {}, self._file, self._findings if value is not None else [], self._key(key))

    def tables(self, key: str, *, needed: bool = True) -> tuple[Table, ...]:
        """The tables of an array of tables, at least one where needed."""
        rows = self._list(key, dict, "a table", needed)
        if needed and self.has(key) and not rows:
            self.refuse("empty", "This list may not be empty.", key)
        return tuple(Table(row, self._file, self._findings, self._key(f"{key}[{place}]")) for place, row in rows)

    def unique(self, rows: Collection[Table], key: str) -> None:
        """Refuse a value of `key` that two of the rows share."""
        seen: set[str] = set()
        for row in rows:
            value = row.raw(key)
            if isinstance(value, str) and value in seen:
                row.refuse("duplicate", f"“{printable(value, 40)}” stands here twice.", key)
            if isinstance(value, str):
                seen.add(value)

    def close(self) -> None:
        """Refuse every key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.refuse("unknown-key", f"The key “{printable(key, 40)}” isn't known here.", printable(key, 40))

    def _known(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def _take(self, key: str, kind: type, words: str, default: Any) -> Any:
        if not self._known(key):
            if default is None:
                self.refuse("missing-key", f"The key “{key}” is missing.", key)
            return default
        value = self._values[key]
        if not _is(value, kind):
            self.refuse("wrong-type", f"Here stands {_words_for(value)}, but it must be {words}.", key)
            return None
        return value

    def _list(self, key: str, kind: type, words: str, needed: bool) -> list[tuple[int, Any]]:
        """The rows of the right kind, each with its place in the file, counted from 1."""
        rows = list(enumerate(self._take(key, list, "a list", None if needed else []) or [], start=1))
        for place, row in rows:
            if not _is(row, kind):
                sentence = f"Here stands {_words_for(row)}, but it must be {words}."
                self.refuse("wrong-type", sentence, f"{key}[{place}]")
        return [(place, row) for place, row in rows if _is(row, kind)]

    def _words(self, value: str, key: str) -> str:
        if not value.strip():
            self.refuse("empty", "This text may not be empty.", key)
        if len(value) > _MOST_TEXT:
            self.refuse("too-long", f"This text may have at most {_MOST_TEXT} characters.", key)
        if _NOT_PRINTABLE.search(value):
            self.refuse("control-character", "This text holds a control character.", key)
        return value.strip()

    def _key(self, key: str) -> str:
        return ".".join(part for part in (self._path, key) if part)


def _is(value: Any, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, kind)


def _words_for(value: Any) -> str:
    names = {str: "text", bool: "true or false", int: "a whole number", float: "a decimal number", list: "a list"}
    return names.get(type(value), "a table" if isinstance(value, dict) else "a date or time")
