"""Answers of patients in a file, one row a form: each row as it reads, or why it can't be read, with row and column.

Called by the import of measures. The file streams by; a bad row costs no other. Knows no patient: whether there is one of
that number is the caller's to say. Refuses, as a whole, a file that is none, and a mapping that the file doesn't hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from openhour.catalog.instrument import Instrument
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import can_be_kept
from openhour.outcomes.cells import read_number, texts_in
from openhour.outcomes.places import refuse
from openhour.outcomes.tables import Batch, Source, open_table, read_batches

NEEDED = ("patient", "date")
OPTIONAL = ("instrument", "row", "total", "session", "language")
_ITEM = "q"
_KEY_AT_MOST, _LANGUAGE_AT_MOST = 120, 10


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Why a row is not kept. row: as a spreadsheet counts, heading = 1; 0 for the file as a whole."""

    row: int
    column: str
    code: str
    sentence: str

    @property
    def place(self) -> str:
        """`row 7, column DPQ010`"""
        where = f"row {self.row}" if self.row else "file"
        return f"{where}, column {self.column}" if self.column else where


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One form as the file has it. key: names the row for good; answers: item id to value, without those not given.
    session: its number in the file, None where there is none."""

    row: int
    key: str
    patient: str
    day: date
    instrument: Instrument
    answers: Mapping[str, int]
    total: int | None
    session: float | None
    language: str


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file with the columns that were found for what is wanted. columns: `patient` or `q9` -> name of the column.
    instruments: by slug; only: the one that the whole file is about, None where a column names it."""

    source: Source
    columns: Mapping[str, str]
    instruments: Mapping[str, Instrument]
    only: Instrument | None
    date_format: str = ""
    _last: dict[tuple[str, str], tuple[float, date]] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[list[AnswerRow], list[RowFinding]]]:
        """Batch by batch what can be read and what can't. A file that turns out damaged ends with a finding of row 0."""
        try:
            for batch in read_batches(self.source, tuple(self.columns.values())):
                yield self._batch(batch)
        except Refused as refusal:
            yield [], [RowFinding(0, "", one.code, f"{one.sentence} ({one.place})") for one in refusal.findings]

    def _batch(self, batch: Batch) -> tuple[list[AnswerRow], list[RowFinding]]:
        cells, unreadable = self._cells(batch)
        read, problems = list[tuple[int, AnswerRow]](), list[tuple[int, RowFinding]]()
        for place in range(batch.rows):
            words = {name: texts[place] for name, texts in cells.items()}
            found = [_finding(self.columns[name], "cell.not-utf8") for name in unreadable.get(place, ())]
            row = None if found else self._row(words, found)
            problems += [(place, one) for one in found]
            if row is not None and not found:
                read.append((place, row))
        numbers = self._numbers(batch, [place for place, _ in problems])
        rows = [_at(row, numbers.get(place, batch.first + place + 2)) for place, row in read]
        return rows, [RowFinding(numbers[place], one.column, one.code, one.sentence) for place, one in problems]

    def _numbers(self, batch: Batch, places: Sequence[int]) -> dict[int, int]:
        different = list(dict.fromkeys(places))
        found = self.source.rows_of([batch.first + place for place in different]) if different else []
        return dict(zip(different, found, strict=True))

    def _cells(self, batch: Batch) -> tuple[dict[str, list[str]], dict[int, list[str]]]:
        texts: dict[str, list[str]] = {}
        unreadable: dict[int, list[str]] = {}
        for name, column in self.columns.items():
            array, bad = texts_in(batch.columns[column])
            texts[name] = array.to_pylist()
            for place in bad:
                unreadable.setdefault(int(place), []).append(name)
        return texts, unreadable

    def _row(self, words: Mapping[str, str], found: list[RowFinding]) -> AnswerRow | None:
        """The row; what is wrong with it is added to `found`."""
        patient = words["patient"]
        if not patient:
            found.append(_finding(self.columns["patient"], "patient.missing"))
        day = self._day(words["date"], found)
        instrument = self._instrument(words, found)
        if day is None or instrument is None:
            return None
        answers = self._answers(words, instrument, found)
        total = self._whole("total", words, found)
        session = self._whole("session", words, found)
        if not can_be_kept(patient + words.get("row", "") + words.get("language", "")):
            found.append(_finding(self.columns["patient"], "cell.unstorable"))
        key = words.get("row") or f"{patient}|{instrument.pin.slug}|{day.isoformat()}"
        if len(key) > _KEY_AT_MOST:
            found.append(_finding(self.columns.get("row", self.columns["patient"]), "row.key-too-long"))
        self._in_order(patient, instrument, session, day, found)
        language = words.get("language", "") or "en"
        if len(language) > _LANGUAGE_AT_MOST:
            found.append(_finding(self.columns["language"], "language.unknown"))
        return AnswerRow(0, key, patient, day, instrument, answers, total, session, language)

    def _day(self, text: str, found: list[RowFinding]) -> date | None:
        try:
            return datetime.strptime(text, self.date_format).date() if self.date_format else _iso(text)  # noqa: DTZ007
        except ValueError:
            found.append(_finding(self.columns["date"], "date.unreadable" if text else "date.missing"))
            return None

    def _instrument(self, words: Mapping[str, str], found: list[RowFinding]) -> Instrument | None:
        if self.only is not None:
            return self.only
        instrument = self.instruments.get(words["instrument"].strip().lower())
        if instrument is None:
            found.append(_finding(self.columns["instrument"], "instrument.unknown"))
        return instrument

    def _answers(self, words: Mapping[str, str], instrument: Instrument, found: list[RowFinding]) -> dict[str, int]:
        answers: dict[str, int] = {}
        choices = {item.id: {choice.score for choice in item.choices} for item in instrument.items}
        for name, text in words.items():
            if not _is_item(name):
                continue
            number = read_number(text)
            if number is None:
                found.append(_finding(self.columns[name], "cell.not-a-number"))
            elif math.isnan(number):
                continue
            elif (item := name.removeprefix(_ITEM)) not in choices:
                found.append(_finding(self.columns[name], "answer.unknown-item"))
            elif number not in choices[item]:
                found.append(_finding(self.columns[name], "answer.outside-choices"))
            else:
                answers[item] = int(number)
        if not answers and not found:
            found.append(_finding("", "answers.missing"))
        return answers

    def _whole(self, name: str, words: Mapping[str, str], found: list[RowFinding]) -> int | None:
        number = read_number(words[name]) if name in words else math.nan
        if number is not None and math.isnan(number):
            return None
        if number is None or not number.is_integer():
            found.append(_finding(self.columns[name], "cell.not-a-number"))
            return None
        return int(number)

    def _in_order(
        self, patient: str, instrument: Instrument, session: int | None, day: date, found: list[RowFinding]
    ) -> None:
        """A later session has no earlier day. Keeps one pair for each patient and instrument."""
        if session is None or found:
            return
        before = self._last.get((patient, instrument.pin.slug))
        if before is not None and (session - before[0]) * (day - before[1]).days < 0:
            found.append(_finding(self.columns["date"], "date.out-of-order"))
            return
        if before is None or session >= before[0]:
            self._last[patient, instrument.pin.slug] = (session, day)


SENTENCES = {
    "cell.not-utf8": "The cell is not UTF-8. Save the file as CSV UTF-8.",
    "cell.not-a-number": "The cell holds no whole number.",
    "cell.unstorable": "This holds a character that can’t be kept.",
    "patient.missing": "No patient is named.",
    "date.missing": "No day is given.",
    "date.unreadable": "This is no day. Give it as 2026-01-31, or say how days are written with --date-format.",
    "date.out-of-order": "A later session has an earlier day than the one before.",
    "instrument.unknown": "There is no such instrument on the shelf.",
    "answer.unknown-item": "The instrument has no such question.",
    "answer.outside-choices": "The answer is none of the choices of this question.",
    "answers.missing": "No question is answered.",
    "row.key-too-long": f"What names the row is longer than {_KEY_AT_MOST} characters.",
    "language.unknown": "A language is a short code such as en or es.",
}


def _finding(column: str, code: str) -> RowFinding:
    return RowFinding(0, column, code, SENTENCES[code])


def _at(row: AnswerRow, number: int) -> AnswerRow:
    return AnswerRow(
        number,
        row.key,
        row.patient,
        row.day,
        row.instrument,
        row.answers,
        row.total,
        row.session,
        row.language,
    )


def _iso(text: str) -> date:
    """`2026-01-31`, with or without a time of day."""
    return datetime.fromisoformat(text).date()


def open_answers(
    path: Path,
    mapping: Mapping[str, str],
    instruments: Mapping[str, Instrument],
    *,
    only: str = "",
    date_format: str = "",
    delimiter: str = ",",
) -> AnswerFile:
    """mapping: what is wanted -> column; what isn't named is looked for under its own name. only: slug of the instrument
    that the whole file is about. Raises Refused with every reason at once."""
    source = open_table(path, delimiter)
    wanted = {**{name: name for name in _usual(source, instruments) if name not in mapping}, **mapping}
    if findings := tuple(_mapping_findings(source, wanted, mapping, instruments, only)):
        raise Refused(findings)
    try:
        date(2026, 1, 31).strftime(date_format).encode("utf-8")
    except ValueError as error:
        raise refuse("date.format", "This is no way to write days; such as %m/%d/%Y.", "date-format") from error
    return AnswerFile(source, wanted, instruments, instruments[only] if only else None, date_format)


def _usual(source: Source, instruments: Mapping[str, Instrument]) -> list[str]:
    """Columns that bear the very names that are wanted."""
    items = {f"{_ITEM}{item.id}" for one in instruments.values() for item in one.items}
    return [name for name in source.names if name in {*NEEDED, *OPTIONAL, *items}]


def _is_item(name: str) -> bool:
    return name.startswith(_ITEM) and name not in OPTIONAL


def _mapping_findings(
    source: Source,
    wanted: Mapping[str, str],
    mapping: Mapping[str, str],
    instruments: Mapping[str, Instrument],
    only: str,
) -> Iterator[Finding]:
    items = {f"{_ITEM}{item.id}" for one in instruments.values() for item in one.items}
    if only and only not in instruments:
        yield Finding("instrument.unknown", "There is no such instrument on the shelf.", "instrument")
    for name in NEEDED if only else (*NEEDED, "instrument"):
        if name not in wanted:
            words = f"Say which column holds it: --map {name}=COLUMN."
            yield Finding("map.missing", words, name)
    for name in mapping:
        if name not in {*NEEDED, *OPTIONAL, *items}:
            yield Finding("map.unknown", "Nothing of that name is wanted; questions are q1, q2 and so on.", name)
    if not any(_is_item(name) for name in wanted):
        yield Finding("map.no-answers", "No column holds answers: --map q1=COLUMN and so on.", "q1")
    for name, column in wanted.items():
        if column not in source.names:
            listed = ", ".join(source.names[:12])
            yield Finding("column.missing", f"There is no column {column}. The file has: {listed}.", name)
