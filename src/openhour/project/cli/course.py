"""`openhour course …`: learn an expected course from a file, show one, check a file, and try the signals on made patients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np

from openhour.catalog.instrument import Instrument
from openhour.kernel import Finding, Refused
from openhour.measures.change import points_rule
from openhour.measures.course import LONGEST, Course, expected
from openhour.measures.starting import starting_course
from openhour.outcomes import growth, neighbours
from openhour.outcomes.cells import Codes
from openhour.outcomes.course_file import CourseAsked, read_course_file
from openhour.outcomes.foresight import foresight_unseen
from openhour.outcomes.growth import FEWEST, CourseOf, too_few
from openhour.outcomes.held_out import foretold_unseen
from openhour.outcomes.places import refuse
from openhour.outcomes.session_scores import courses_in
from openhour.outcomes.simulation import Plan, simulate
from openhour.project.cli.contract import Answer, openhour_command, progress
from openhour.project.cli.course_shown import course_text, fitted_text, simulated_text
from openhour.project.cli.options import PATH, delimiter_option, names
from openhour.project.cli.shelf import instrument_named, the_shelf, today

FIT = """openhour course fit sessions.csv --id patient --session session --score phq9 \\
    --day seen_on --instrument phq-9 --out phq-9-course.json"""


@click.group("course", epilog="\b\nExample:\n  " + FIT.replace("\n", "\n  "))
def command() -> None:
    """Learn, show and check expected courses; try the signals on made patients."""


def _file_options(function: Any) -> Any:
    for made in (
        click.argument("file", type=PATH),
        click.option("--id", "id_column", required=True, metavar="COLUMN", help="Column that names the patient."),
        click.option("--session", required=True, metavar="COLUMN", help="Column of the session: 1, 2, 3 ..."),
        click.option("--score", required=True, metavar="COLUMN", help="Column of the total score."),
        click.option("--instrument", required=True, metavar="SLUG", help="The measure, such as phq-9."),
        click.option("--day", metavar="COLUMN", help="Column of the day, written 2026-01-31; kept as the data span."),
        click.option("--therapist", metavar="COLUMN", help="Column by which whole therapists are held out."),
        click.option("--known", metavar="A,B,...", help="Columns of what else was known at intake; numbers."),
        click.option("--missing-codes", default="", metavar="99,...", help="Codes that mean no score."),
        delimiter_option,
    ):
        function = made(function)
    return function


def _asked(options: dict[str, Any]) -> CourseAsked:
    return CourseAsked(
        options["file"],
        options["id_column"],
        options["session"],
        options["score"],
        options["day"],
        options["therapist"],
        names(options["known"]),
        Codes.of(options["missing_codes"]),
        options["delimiter"],
    )


@openhour_command("fit", example=FIT)
@_file_options
@click.option("--model", type=click.Choice(["growth", "neighbours"]), default="growth", help="Which model to learn.")
@click.option("--version", default="1", metavar="TEXT", help="What this fit is called; a later one needs another.")
@click.option("--source", default="own closed episodes", metavar="TEXT", help="Whose patients these are.")
@click.option("--out", type=PATH, metavar="FILE", help="Write the course to this .json file.")
def fit(**options: Any) -> Answer:
    """Learn the expected course of a measure from FILE (.csv, .tsv or .parquet), one row a patient and session.

    Needs 300 patients with a score at session 1 (or 0) and one later. Patients are held out to see how good it is.
    """
    instrument, asked = instrument_named(options["instrument"]), _asked(options)
    out = _checked_out(options["out"], options["file"])
    of = CourseOf.of(instrument, options["version"], source=options["source"])
    with progress("Reading") as seen:
        table = read_course_file(asked, of, seen)
    learn = {"growth": growth.fit, "neighbours": neighbours.fit}[options["model"]]
    try:
        course = learn(table, of)
    except Refused as refusal:  # a refusal that knows no place gets the file's name
        file = str(options["file"])
        raise Refused([Finding(f.code, f.sentence, f.place or file) for f in refusal.findings]) from refusal
    signal = _foreseen(instrument, course, table)
    if out is not None:
        _write(out, course)
    facts = {"course": course.to_json(), "signal": signal, "out": None if out is None else str(out)}
    return Answer(facts, fitted_text(course, signal, out))


def _foreseen(instrument: Instrument, course: Course, table: Any) -> dict[str, Any] | None:
    """How the signal would have done on the patients held out; None without a confirmed reliable change."""
    points = points_rule(instrument)
    if points is None:
        return None
    fitter = growth.growth_of if course.kind == "growth" else neighbours.neighbours_of
    courses = courses_in(table)
    mean, sd = foretold_unseen(courses, fitter)
    return foresight_unseen(courses, mean, sd, points, course.lowest, course.highest).facts()


def _checked_out(out: Path | None, file: Path) -> Path | None:
    if out is None:
        return None
    if out.suffix.lower() != ".json":
        raise refuse("file.unknown-kind", "A course is written to a .json file.", str(out))
    if out.resolve() == file.resolve():
        raise refuse("file.same", "This file is being read, so it can't be written over.", str(out))
    if not out.parent.is_dir():
        raise refuse("file.no-folder", "There is no such folder to write to.", str(out.parent))
    return out


def _write(out: Path, course: Course) -> None:
    hidden = out.with_name(f".{out.name}.part")
    try:
        hidden.write_text(json.dumps(course.to_json(), allow_nan=False), "utf-8")
        hidden.replace(out)
    except OSError as error:
        hidden.unlink(missing_ok=True)
        words = f"The file can't be written: {error.strerror or 'output error'}."
        raise refuse("file.unwritable", words, str(out)) from error


@openhour_command("check", example=FIT.replace("course fit", "course check").replace(" --out phq-9-course.json", ""))
@_file_options
def check(**options: Any) -> Answer:
    """Look at every row of FILE and say whether a course could be learnt from it; learn nothing."""
    of = CourseOf.of(instrument_named(options["instrument"]), "check")
    with progress("Reading") as seen:
        courses = courses_in(read_course_file(_asked(options), of, seen))
    enough = courses.n >= FEWEST
    words = "A course can be learnt from it." if enough else too_few(courses, FEWEST).sentence
    out = [f"{count:>8,}  left out: {reason}" for reason, count in courses.left_out.items() if count]
    facts = {"patients": courses.n, "scores": len(courses.scores), "left_out": courses.left_out, "enough": enough}
    return Answer(facts, "\n".join([f"{courses.n:>8,}  patients, {len(courses.scores):,} later scores", *out, words]))


@openhour_command(
    "show", example="openhour course show phq-9-course.json --intake 18\nopenhour course show phq-9 --json"
)
@click.argument("what", metavar="FILE_OR_MEASURE")
@click.option(
    "--intake", type=float, help="Score at intake; the mean of the patients it was learnt from unless given."
)
@click.option(
    "--until", type=click.IntRange(1, 500), default=20, help="Last session to show, where so much is known."
)
def show(what: str, intake: float | None, until: int) -> Answer:
    """Show a course that was learnt, or the starting values for a measure: where it comes from, and what it expects."""
    course, last = _course_from(what)
    begun = float(round(course.model.centres[0])) if intake is None else intake
    band = expected(course, begun, range(1, min(until, last) + 1))
    facts = {"course": course.to_json(), "intake": begun, "band": band.to_json()}
    return Answer(facts, course_text(course, begun, band))


def _course_from(what: str) -> tuple[Course, int]:
    """The course, and the last session of which it says anything."""
    if what.lower().endswith(".json"):
        return _read(Path(what)), LONGEST
    instrument = instrument_named(what)
    values = the_shelf().starting_course(instrument.pin.slug, on=today())
    if values is None:
        words = "The shelf holds no starting values for this measure. Learn a course with: openhour course fit"
        raise refuse("course.no-values", words, instrument.pin.slug)
    return starting_course(values, instrument), values.until


def _read(path: Path) -> Course:
    try:
        facts = json.loads(path.read_text("utf-8"))
    except OSError as error:
        words = f"The file can't be read: {error.strerror or 'input error'}."
        raise refuse("file.unreadable", words, str(path)) from error
    except (ValueError, RecursionError) as error:
        raise refuse("course.unreadable", "This file is no JSON.", str(path)) from error
    if not isinstance(facts, dict):
        raise refuse("course.unreadable", "This file holds no stored course.", str(path))
    try:
        return Course.from_json(facts)
    except Refused as refusal:
        raise refuse("course.unreadable", refusal.findings[0].sentence, str(path)) from refusal


@openhour_command("simulate", example="openhour course simulate --seed 1 --patients 2000")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), required=True, help="The same seed makes the same patients."
)
@click.option(
    "--patients", type=int, default=1000, help="How many are made to learn from, and how many to try it on."
)
@click.option("--instrument", default="phq-9", metavar="SLUG", help="The measure on whose scale they are made.")
@click.option(
    "--noise",
    type=float,
    help="Error of measurement, standard deviation in points; what its reliable change says unless given.",
)
@click.option("--gaps", type=float, default=Plan().gaps, help="Share of forms that are missing.")
def command_simulate(seed: int, patients: int, instrument: str, noise: float | None, gaps: float) -> Answer:
    """Make patients whose truth is known, and see what the signals catch, how early, and whom they trouble for nothing.

    It shows that the rules do what they say on such patients. It doesn't show that real ones fare better for it.
    """
    measure = instrument_named(instrument)
    points = points_rule(measure)
    if points is None:
        words = "No source confirms how many points of this measure are reliable, so no signal rests on them."
        raise refuse("change.no-points", words, "--instrument")
    own = {} if noise is None else {"noise": noise}
    plan = Plan.of(points, measure.scoring.minimum, measure.scoring.maximum, patients=patients, gaps=gaps, **own)
    report = simulate(plan, CourseOf.of(measure, "made"), points, np.random.default_rng(seed))
    return Answer(report.facts() | {"seed": seed}, simulated_text(report))


for _made in (fit, check, show, command_simulate):
    command.add_command(_made)
