"""Bring answers in from a file: each row a form of a patient, good rows kept, bad ones named with row and column.

For the owner, from the command line. A source has a name and keeps the mapping of its columns. The same row never makes a
second form, so a file may be run again. Rows are kept in portions, each with one entry in the trail that names its
patients. An answer that a person must see raises its alert, unless it is older than `ALERT_DAYS`: then it is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b

from django.db import IntegrityError, transaction

from openhour.care.sitting import facts_of
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.measures import score
from openhour.measures.flags import flags_of_form
from openhour.outcomes.answer_file import AnswerFile, AnswerRow, RowFinding
from openhour.records.models import Answer, Episode, MeasureSource, Patient, Response
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.safety.raising import raise_alerts
from openhour.workflows.safety.record_answer import lay_down

ALERT_DAYS = 14
"""Answers older than so many days raise no alert when they are brought in; they are listed. [local policy] As far back as
the PHQ-9 looks."""

PORTION = 500
NAME_AT_MOST = 60
NAMED = 1_000
"""So many bad rows are kept in the report; all of them are counted, and given to `seen` one by one."""

_SENTENCES = {
    "patient.unknown": "There is no patient of this number.",
    "patient.no-course": "This patient has no course of treatment.",
    "patient.two-courses": "Two courses of treatment fit this day; enter it by hand where it belongs.",
    "date.ahead": "This day is still to come.",
    "date.before-birth": "That is before the patient was born.",
    "total.differs": "The total in the file is not what these answers give.",
    "row.twice": "The same row stands in the file twice.",
    "row.changed": "This row was brought in before with other answers; mend it by hand.",
    "form.answered-already": "The patient has answers to this form on this day already.",
    "form.waits": "The form of this day is not sent yet; it isn’t overwritten.",
}


@dataclass(frozen=True, slots=True)
class ImportedFlag:
    """An answer that a person must see. raised: an alert stands; False = too old for one, or only tried."""

    row: int
    instrument: str
    item: str
    value: int
    day: date
    raised: bool


@dataclass(slots=True)
class ImportReport:
    """rows: all that the file has; kept: new forms; known: there already, the same; refused: rows with a finding.
    codes: how often each; findings: the first `NAMED`. Grows while the file is read."""

    source: str
    dry_run: bool
    rows: int = 0
    kept: int = 0
    known: int = 0
    refused: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    findings: list[RowFinding] = field(default_factory=list)
    flags: list[ImportedFlag] = field(default_factory=list)


Seen = Callable[[RowFinding], None]


def import_measures(
    actor: Actor,
    file: AnswerFile,
    *,
    source: str,
    mapping: Mapping[str, str],
    dry_run: bool,
    at: datetime,
    seen: Seen = lambda finding: None,
) -> ImportReport:
    """mapping: as it is kept for the source. dry_run: nothing is written. seen: told of each bad row as it is found.

    Raises NotAllowed, or Refused where the source's name can't be.
    """
    require(actor, "measures.import")
    name = tidied(source)
    if gaps := tuple(writable_gaps(name, "source", NAME_AT_MOST, asked="Give the source a name.")):
        raise Refused(gaps)
    row = None if dry_run else _source(name, mapping, at)
    standing = row or MeasureSource.objects.filter(name=name).first()
    run = _Run(actor, standing, ImportReport(name, dry_run), seen, file.columns, practice_day(at), at)
    for rows, problems in file.rows():
        run.note_unread(problems, len(rows))
        for portion in _portions(rows):
            run.take(portion)
    return run.report


def mapping_of(source: str) -> dict[str, str]:
    """The mapping that was kept for the source; empty where there is none."""
    return MeasureSource.objects.filter(name=tidied(source)).values_list("mapping", flat=True).first() or {}


def _source(name: str, mapping: Mapping[str, str], at: datetime) -> MeasureSource:
    row, _ = MeasureSource.objects.get_or_create(name=name, defaults={"mapping": dict(mapping), "made_at": at})
    if row.mapping != dict(mapping):
        row.mapping = dict(mapping)
        row.save(update_fields=["mapping"])
    return row


def _portions(rows: Sequence[AnswerRow]) -> Iterator[Sequence[AnswerRow]]:
    for start in range(0, len(rows), PORTION):
        yield rows[start : start + PORTION]


@dataclass(slots=True)
class _Known:
    """What is looked up for a portion: patients by number, their courses of treatment, rows of this source that stand,
    and the forms that stand on the days."""

    patients: dict[str, Patient]
    episodes: dict[object, list[Episode]]
    rows: dict[str, Response]
    days: dict[tuple[object, str, date], str]


@dataclass(slots=True)
class _Run:
    """One import under way. keys: digests of the rows of this file that were taken, so that none is taken twice."""

    actor: Actor
    source: MeasureSource | None
    report: ImportReport
    seen: Seen
    columns: Mapping[str, str]
    today: date
    at: datetime
    keys: set[bytes] = field(default_factory=set)

    def note_unread(self, problems: Iterable[RowFinding], good: int) -> None:
        """Rows that couldn't be read."""
        held = list(problems)
        bad = len({one.row for one in held if one.row})
        self.report.rows += good + bad
        self.report.refused += bad
        for one in held:
            self._note(one)

    def take(self, rows: Sequence[AnswerRow]) -> None:
        """Keep the good ones of a portion, in one transaction."""
        with transaction.atomic():
            known = self._look_up(rows)
            fresh = [(row, form) for row in rows if (form := self._form(row, known)) is not None]
            fresh = fresh if self.report.dry_run else self._written(fresh)
            for row, form in fresh:
                self._flags(row, form)
            self.report.kept += len(fresh)

    def _look_up(self, rows: Sequence[AnswerRow]) -> _Known:
        patients = {one.number: one for one in Patient.objects.filter(number__in={row.patient for row in rows})}
        episodes: dict[object, list[Episode]] = {}
        found = Episode.objects.filter(patient__in=patients.values()).select_related("therapist")
        for one in found.order_by("opened_on"):
            episodes.setdefault(one.patient_id, []).append(one)
        keys = {row.key for row in rows}
        held = Response.objects.filter(source=self.source, source_row__in=keys) if self.source else ()
        days = Response.objects.filter(patient__in=patients.values(), due_on__in={row.day for row in rows})
        standing = days.exclude(state="withdrawn").values_list("patient", "instrument", "due_on", "state")
        return _Known(
            patients,
            episodes,
            {one.source_row: one for one in held},
            {(patient, slug, day): state for patient, slug, day, state in standing},
        )

    def _form(self, row: AnswerRow, known: _Known) -> Response | None:
        """The form to keep; None where it is there already, or where the row is refused."""
        mark = blake2b(row.key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        twice = mark in self.keys
        self.keys.add(mark)
        held = known.rows.get(row.key)
        if held is not None and not twice:
            if held.answers == dict(row.answers):
                self.report.known += 1
                return None
            self._refuse(row, "row.changed")
            return None
        patient = known.patients.get(row.patient)
        if patient is None:
            self._refuse(row, "patient.unknown")
            return None
        codes = ["row.twice"] if twice else []
        codes += ["date.ahead"] if row.day > self.today else []
        codes += ["date.before-birth"] if row.day < patient.birth_date else []
        result = score(row.instrument, row.answers, facts_of(patient.sex))
        codes += ["total.differs"] if row.total is not None and row.total != result.total else []
        codes += [_STATES[state]] if (state := known.days.get((patient.pk, row.instrument.pin.slug, row.day))) else []
        episode = _episode(known.episodes.get(patient.pk, []), row.day)
        codes += [episode] if isinstance(episode, str) else []
        if codes or isinstance(episode, str):
            self._refuse(row, *codes)
            return None
        known.days[patient.pk, row.instrument.pin.slug, row.day] = "complete"
        form = self._made(row, patient, episode)
        lay_down(form, result)
        return form

    def _made(self, row: AnswerRow, patient: Patient, episode: Episode) -> Response:
        return Response(
            patient=patient,
            episode=episode,
            instrument=row.instrument.pin.slug,
            instrument_key=row.instrument.pin.key,
            instrument_digest=row.instrument.pin.digest,
            due_on=row.day,
            answered_on=row.day,
            state="complete",
            answers=dict(row.answers),
            mode="import",
            language=row.language,
            source=self.source,
            source_row=row.key,
            started_at=self.at,
            saved_at=self.at,
            completed_at=self.at,
            made_at=self.at,
        )

    def _written(self, fresh: list[tuple[AnswerRow, Response]]) -> list[tuple[AnswerRow, Response]]:
        """All at once; where somebody answers such a form at this very moment, one by one."""
        if not fresh:
            return fresh
        try:
            with transaction.atomic():
                self._write([form for _, form in fresh])
        except IntegrityError:
            return [pair for pair in fresh if self._alone(*pair)]
        return fresh

    def _alone(self, row: AnswerRow, form: Response) -> bool:
        try:
            with transaction.atomic():
                self._write([form])
        except IntegrityError:
            self._refuse(row, "form.answered-already")
            return False
        return True

    def _write(self, forms: Sequence[Response]) -> None:
        Response.objects.bulk_create(forms)
        Answer.objects.bulk_create(
            Answer(response=form, item=item, value=value, by=self.actor.label, made_at=self.at)
            for form in forms
            for item, value in form.answers.items()
        )
        patients = sorted({str(form.patient_id) for form in forms})
        trail.write(self.actor, "measures.imported", at=self.at, source=str(self.source.pk if self.source else ""),
                    forms=len(forms), patients=patients)  # fmt: skip

    def _flags(self, row: AnswerRow, form: Response) -> None:
        """What a person must see: an alert where it is fresh, a line of the report in any case."""
        fresh = (self.today - row.day).days <= ALERT_DAYS and not self.report.dry_run
        for flag in flags_of_form(row.instrument, row.answers):
            if fresh:
                raise_alerts(self.actor, form, row.instrument, flag.item, flag.value, news=True, at=self.at)
            found = ImportedFlag(row.row, row.instrument.short, flag.item, flag.value, row.day, fresh)
            self.report.flags.append(found)

    def _refuse(self, row: AnswerRow, *codes: str) -> None:
        self.report.refused += 1
        for code in codes:
            column = self.columns.get(code.partition(".")[0], "")
            self._note(RowFinding(row.row, column, code, _SENTENCES[code]))

    def _note(self, finding: RowFinding) -> None:
        self.report.codes[finding.code] += 1
        if len(self.report.findings) < NAMED:
            self.report.findings.append(finding)
        self.seen(finding)


_STATES = {"complete": "form.answered-already", "open": "form.waits"}


def _episode(episodes: Sequence[Episode], day: date) -> Episode | str:
    """The course of treatment that the day lies in; before the first one of all, that first one, since what was asked
    elsewhere belongs to its beginning. A code where none fits."""
    if not episodes:
        return "patient.no-course"
    fitting = [one for one in episodes if one.opened_on <= day and (one.closed_on is None or day <= one.closed_on)]
    if len(fitting) > 1:
        return "patient.two-courses"
    if fitting:
        return fitting[0]
    later = [one for one in episodes if one.opened_on > day]
    return min(later, key=lambda one: one.opened_on) if later else max(episodes, key=lambda one: one.opened_on)
