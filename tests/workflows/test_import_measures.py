"""Answers from a file: good rows kept, bad ones named with row and column, the same file twice the same."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openhour.guard.actor import COMMAND_LINE
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.outcomes.answer_file import open_answers
from openhour.records.models import Alert, Answer, Episode, MeasureSource, Response
from openhour.records.queries.due import instruments_on
from openhour.workflows.measures.import_measures import ALERT_DAYS, import_measures, mapping_of
from tests.cast import NOW, TODAY
from tests.workflows.charts import nobody_but
from tests.workflows.hours import answer, trail_of

HEAD = "MRN,Day,a1,a2,a3,a4,a5,a6,a7,a8,a9"
MAP = {"patient": "MRN", "date": "Day", **{f"q{item}": f"a{item}" for item in range(1, 10)}}
ANA = "P-1001,2026-02-20,1,1,1,1,1,1,1,1,0"


def written(tmp_path, *rows, head=HEAD):
    path = tmp_path / "answers.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def bring_in(
    path, *, mapping=MAP, who=COMMAND_LINE, dry_run=False, only="phq-9", source="old system", at=NOW, **more
):
    file = open_answers(path, mapping, instruments_on(TODAY), only=only, **more)
    return import_measures(who, file, source=source, mapping=mapping, dry_run=dry_run, at=at)


def places(report):
    return [(one.row, one.column, one.code) for one in report.findings]


def test_a_row_becomes_a_form_that_was_sent_on_its_day(cast, tmp_path):
    report = bring_in(written(tmp_path, ANA))
    assert (report.rows, report.kept, report.refused) == (1, 1, 0)
    form = Response.objects.get()
    assert (form.patient, form.episode, form.mode, form.state) == (cast.ana, cast.ana_episode, "import", "complete")
    assert (form.due_on, form.answered_on, form.total, form.band) == (date(2026, 2, 20), date(2026, 2, 20), 8, "mild")
    assert form.instrument_digest == instruments_on(TODAY)["phq-9"].pin.digest
    assert form.source.name == "old system"
    assert Answer.objects.filter(response=form).count() == 9
    assert trail_of("measures.imported") == 1


def test_the_same_file_twice_gives_the_same(cast, tmp_path):
    path = written(tmp_path, ANA, "P-9999,2026-02-20,1,1,1,1,1,1,1,1,0")
    first, second = bring_in(path), bring_in(path)
    assert (first.kept, second.kept, second.known) == (1, 0, 1)
    assert places(first) == places(second) == [(3, "MRN", "patient.unknown")]
    assert Response.objects.count() == 1
    assert trail_of("measures.imported") == 1


def test_good_rows_are_kept_and_every_bad_one_is_named_with_row_and_column(cast, tmp_path):
    report = bring_in(
        written(
            tmp_path,
            ANA,
            "P-9999,2026-02-20,1,1,1,1,1,1,1,1,0",
            ",2026-02-21,1,1,1,1,1,1,1,1,0",
            "P-1001,20.2.2026,1,1,1,1,1,1,1,1,0",
            "P-1001,2026-02-22,1,7,1,1,1,1,1,x,0",
            "P-1001,2026-04-01,1,1,1,1,1,1,1,1,0",
            "P-1001,1980-01-01,1,1,1,1,1,1,1,1,0",
            "P-1001,2026-02-23,,,,,,,,,",
            "P-1002,2026-02-20,0,0,0,0,0,0,0,0,0",
            ANA,
        )
    )
    assert sorted(places(report)) == [
        (3, "MRN", "patient.unknown"),
        (4, "MRN", "patient.missing"),
        (5, "Day", "date.unreadable"),
        (6, "a2", "answer.outside-choices"),
        (6, "a8", "cell.not-a-number"),
        (7, "Day", "date.ahead"),
        (8, "Day", "date.before-birth"),
        (9, "", "answers.missing"),
        (11, "", "form.answered-already"),
        (11, "", "row.twice"),
    ]
    assert (report.rows, report.kept, report.refused) == (10, 2, 8)
    assert sorted(Response.objects.values_list("patient__number", "total")) == [("P-1001", 8), ("P-1002", 0)]


def test_a_dry_run_says_the_same_and_writes_nothing(cast, tmp_path):
    path = written(tmp_path, ANA, "P-9999,2026-02-20,1,1,1,1,1,1,1,1,2")
    dry = bring_in(path, dry_run=True)
    assert (dry.kept, dry.refused) == (1, 1)
    assert not Response.objects.exists()
    assert not MeasureSource.objects.exists()
    assert trail_of("measures.imported") == 0
    assert places(bring_in(path)) == places(dry)


def test_parquet_reads_like_csv_and_numbers_may_be_numbers(cast, tmp_path):
    table = {"MRN": ["P-1001", "P-1001"], "Day": [date(2026, 2, 20), date(2026, 2, 27)]}
    table |= {f"a{item}": pa.array([1, None if item == 9 else 0], pa.int8()) for item in range(1, 10)}
    path = tmp_path / "answers.parquet"
    pq.write_table(pa.table(table), path)
    assert bring_in(path).kept == 2
    first, second = Response.objects.order_by("due_on")
    assert (first.total, second.total, second.gap) == (9, None, "score.incomplete")
    assert "9" not in second.answers


def test_a_column_may_name_the_instrument_and_its_own_names_need_no_mapping(cast, tmp_path):
    path = written(
        tmp_path,
        "P-1001,2026-02-20,phq-2,1,1,",
        "P-1001,2026-02-20,GAD-2,1,2,",
        "P-1001,2026-02-20,mystery,1,2,",
        "P-1001,2026-02-21,phq-2,1,2,3",
        head="patient,date,instrument,q1,q2,q9",
    )
    report = bring_in(path, mapping={}, only="")
    assert report.kept == 2
    assert places(report) == [(4, "instrument", "instrument.unknown"), (5, "q9", "answer.unknown-item")]


def test_the_mapping_stays_with_the_source_and_can_be_replaced(cast, tmp_path):
    bring_in(written(tmp_path, ANA))
    assert mapping_of("old system") == MAP
    assert mapping_of("another") == {}
    bring_in(written(tmp_path, ANA), mapping={**MAP, "row": "MRN"})
    assert mapping_of(" old system ")["row"] == "MRN"


def test_a_fresh_answer_that_must_be_seen_raises_the_alert(cast, tmp_path):
    day = TODAY - timedelta(days=ALERT_DAYS)
    report = bring_in(written(tmp_path, f"P-1001,{day},1,1,1,1,1,1,1,1,2"))
    alert = Alert.objects.get()
    assert (alert.owner, alert.value, alert.item) == (cast.ben, 2, "9")
    assert [(one.row, one.item, one.value, one.raised) for one in report.flags] == [(2, "9", 2, True)]


def test_an_older_one_is_listed_and_raises_none(cast, tmp_path):
    day = TODAY - timedelta(days=ALERT_DAYS + 1)
    report = bring_in(written(tmp_path, f"P-1001,{day},1,1,1,1,1,1,1,1,2"))
    assert not Alert.objects.exists()
    assert [(one.day, one.raised) for one in report.flags] == [(day, False)]


def test_a_row_that_changed_since_is_named_and_left_as_it_was(cast, tmp_path):
    bring_in(written(tmp_path, ANA))
    report = bring_in(written(tmp_path, ANA.replace("1,0", "3,0")))
    assert places(report) == [(2, "", "row.changed")]
    assert Response.objects.get().total == 8


def test_a_key_of_the_file_s_own_names_the_row(cast, tmp_path):
    mapping = {**MAP, "row": "id"}
    bring_in(written(tmp_path, f"{ANA},A7", head=f"{HEAD},id"), mapping=mapping)
    assert Response.objects.get().source_row == "A7"


def test_answers_of_that_day_are_never_overwritten(cast, tmp_path):
    answer(cast.ana_episode, "phq-9", (2,) * 9, date(2026, 2, 20))
    assert places(bring_in(written(tmp_path, ANA))) == [(2, "", "form.answered-already")]
    Response.objects.update(state="open")
    assert places(bring_in(written(tmp_path, ANA))) == [(2, "", "form.waits")]
    assert Response.objects.get().total == 18


def test_a_total_that_the_answers_do_not_give_is_named(cast, tmp_path):
    path = written(tmp_path, f"{ANA},9", head=f"{HEAD},sum")
    assert places(bring_in(path, mapping={**MAP, "total": "sum"})) == [(2, "sum", "total.differs")]
    path = written(tmp_path, f"{ANA},8", head=f"{HEAD},sum")
    assert bring_in(path, mapping={**MAP, "total": "sum"}).kept == 1


def test_days_that_run_against_the_sessions_are_named(cast, tmp_path):
    rows = [f"{ANA},1", ANA.replace("02-20", "02-27") + ",2", ANA.replace("02-20", "02-25") + ",3"]
    report = bring_in(written(tmp_path, *rows, head=f"{HEAD},n"), mapping={**MAP, "session": "n"})
    assert places(report) == [(4, "Day", "date.out-of-order")]
    assert report.kept == 2


def test_days_may_be_written_otherwise(cast, tmp_path):
    path = written(tmp_path, ANA.replace("2026-02-20", "2/20/2026"))
    assert bring_in(path, date_format="%m/%d/%Y").kept == 1
    assert Response.objects.get().due_on == date(2026, 2, 20)


def test_what_was_asked_before_the_treatment_began_here_belongs_to_its_beginning(cast, tmp_path):
    bring_in(written(tmp_path, ANA.replace("2026-02-20", "2024-05-05")))
    assert Response.objects.get().episode == cast.ana_episode


def test_where_two_courses_fit_nobody_guesses(cast, tmp_path):
    Episode.objects.create(
        patient=cast.ana,
        therapist=cast.carla,
        procedure="psychotherapy-60",
        procedure_key="psychotherapy-60@1.0.0",
        opened_on=date(2026, 1, 5),
        made_at=NOW,
    )
    assert places(bring_in(written(tmp_path, ANA))) == [(2, "MRN", "patient.two-courses")]


def test_a_patient_without_a_course_is_named(cast, tmp_path):
    cast.cleo.number = "P-1003"
    cast.cleo.pk = None
    cast.cleo._state.adding = True
    from uuid import uuid4

    cast.cleo.pk = uuid4()
    cast.cleo.save(force_insert=True)
    assert places(bring_in(written(tmp_path, ANA.replace("P-1001", "P-1003")))) == [(2, "MRN", "patient.no-course")]


def test_a_row_that_is_too_short_is_named_and_the_others_are_kept(cast, tmp_path):
    report = bring_in(written(tmp_path, ANA, "P-1001,2026-02-21,1"))
    assert report.kept == 1
    assert [one.code for one in report.findings] == ["row.length"]


@pytest.mark.parametrize(
    ("mapping", "only", "codes"),
    [
        ({"patient": "MRN"}, "phq-9", ["map.missing", "map.no-answers"]),
        (MAP, "", ["map.missing"]),
        (MAP, "mystery", ["instrument.unknown"]),
        ({**MAP, "mood": "a1"}, "phq-9", ["map.unknown"]),
        ({**MAP, "q1": "nowhere"}, "phq-9", ["column.missing"]),
    ],
    ids=["no-day", "no-instrument", "instrument", "wanted", "column"],
)
def test_a_mapping_that_the_file_does_not_hold_is_refused_before_anything_is_read(tmp_path, mapping, only, codes):
    with pytest.raises(Refused) as refused:
        open_answers(written(tmp_path, ANA), mapping, instruments_on(TODAY), only=only)
    assert [finding.code for finding in refused.value.findings] == codes


def test_only_the_owner_brings_answers_in(cast, tmp_path):
    path = written(tmp_path, ANA)
    nobody_but({"olga"}, lambda who: bring_in(path, who=cast.actor(who)))
    assert not Response.objects.exists()
    with pytest.raises(NotAllowed):
        bring_in(path, who=cast.actor("ben"), dry_run=True)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\0b"])
def test_a_source_has_a_name_that_can_be_kept(cast, tmp_path, name):
    with pytest.raises(Refused):
        bring_in(written(tmp_path, ANA), source=name)
    assert not Response.objects.exists()


@pytest.mark.parametrize("cell", ["\x00", "'; DROP TABLE--", "ï»¿", "9" * 400, "=1+1"])
def test_odd_cells_are_findings_and_never_an_error(cast, tmp_path, cell):
    odd = [f'"{cell}",2026-02-20,1,1,1,1,1,1,1,1,0', f'P-1001,"{cell}",1,1,1,1,1,1,1,1,0']
    odd += [f'P-1001,2026-02-21,"{cell}",1,1,1,1,1,1,1,0']
    report = bring_in(written(tmp_path, *odd, ANA))
    assert (report.kept, report.refused) == (1, 3)


def test_more_rows_than_one_portion_are_all_kept_with_an_entry_each(cast, tmp_path, monkeypatch):
    monkeypatch.setattr("openhour.workflows.measures.import_measures.PORTION", 10)
    days = [date(2024, 1, 1) + timedelta(days=7 * week) for week in range(25)]
    assert bring_in(written(tmp_path, *(ANA.replace("2026-02-20", str(day)) for day in days))).kept == 25
    assert trail_of("measures.imported") == 3
