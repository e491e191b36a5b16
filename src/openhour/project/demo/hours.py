"""One hour of a demo patient, from the link the day before to the signature after it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta

from openhour.care.visits import CANCEL_REASONS, MOVE_REASONS
from openhour.project.demo import words
from openhour.project.demo.answering import answer_all, send_link
from openhour.project.demo.lives import Chart, Life, consent_and_diagnose, register
from openhour.project.demo.people import ROOM_OF, Person
from openhour.project.demo.planning import agree
from openhour.project.demo.setting_up import Stage
from openhour.records.models import Alert, Assignment, Note, Visit
from openhour.workflows.homework.assign_homework import Homework, assign_homework
from openhour.workflows.homework.review_homework import review_homework
from openhour.workflows.hour.amend_note import amend_note
from openhour.workflows.hour.choose_layout import choose_layout
from openhour.workflows.hour.fields import Typed
from openhour.workflows.hour.save_agenda import save_agenda
from openhour.workflows.hour.save_note import save_note
from openhour.workflows.hour.sign_note import sign_note
from openhour.workflows.hour.start_session import start_session
from openhour.workflows.hour.stop_session import stop_session
from openhour.workflows.hour.typed import base_of
from openhour.workflows.safety.answer_alert import answer_alert
from openhour.workflows.safety.see_alert import see_alert
from openhour.workflows.schedule.cancel_visit import cancel_visit
from openhour.workflows.schedule.check_in import check_in
from openhour.workflows.schedule.mark_missed import mark_missed
from openhour.workflows.schedule.move_visit import move_visit

_RISKY_HOUR, _MISSED_HOUR, _MOVED_HOUR, _AMENDED_HOUR = 6, 3, 3, 9
_DAY = timedelta(days=1)


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def life(stage: Stage, person: Person, number: int, arrives: str) -> Life:
    """All of it. arrives: first name of the one who sits in the waiting room now."""
    chart = yield from register(stage, person, number)
    for count in range(len(chart.visits)):
        if person.special == "open-alert" and chart.starts[count] > stage.now:
            yield from _answers_early(chart, count)
            return
        if person.special == "cancels" and count == _of_today(chart):
            yield from _cancelled(chart, count)
            continue
        if person.first == arrives and count == _of_today(chart):
            yield from _arrived(chart, count)
            return
        yield from _hour(chart, count)


def _of_today(chart: Chart) -> int:
    day = chart.stage.today
    days = [start.astimezone(chart.stage.zone).date() for start in chart.starts]
    return days.index(day) if day in days else -1


def _answers_early(chart: Chart, count: int) -> Life:
    """Answers from home for the next visit; one of them raises an alert that nobody has dealt with yet."""
    yield chart.stage.now - minutes(200)
    patient = send_link(chart, chart.visits[count], chart.stage.now - minutes(200))
    yield from answer_all(chart, patient, chart.visits[count], count, chart.stage.now - minutes(40), risk=1)


def _cancelled(chart: Chart, count: int) -> Life:
    at = chart.starts[count] - _DAY - minutes(125)
    yield at
    visit = Visit.objects.get(pk=chart.visits[count])
    reason = CANCEL_REASONS[0].slug
    cancel_visit(chart.stage.actors["dee"], visit.pk, reason=reason, revision=visit.revision, at=at)


def _arrived(chart: Chart, count: int) -> Life:
    """In the waiting room, everything answered, the hour not begun."""
    stage = chart.stage
    start, visit = chart.starts[count], chart.visits[count]
    yield start - _DAY
    patient = send_link(chart, visit, start - _DAY)
    at = max(stage.on(stage.today, 0), min(stage.now - minutes(9), start - minutes(14)))
    yield at
    check_in(stage.actors["dee"], visit, at=at)
    yield from answer_all(chart, patient, visit, count, at + minutes(1))


def _hour(chart: Chart, count: int) -> Life:
    start, visit = chart.starts[count], chart.visits[count]
    if chart.person.special == "moves" and count == _MOVED_HOUR:
        start = yield from _moved(chart, count)
    yield start - _DAY + minutes(70)
    patient = send_link(chart, visit, start - _DAY + minutes(70))
    if chart.person.special == "misses" and count == _MISSED_HOUR:
        yield start + minutes(25)
        mark_missed(chart.stage.actors["dee"], visit, at=start + minutes(25))
        return
    if chart.person.special == "new":  # comes today for the first time; the consent is still to be taken
        return
    yield from _answers(chart, count, patient, start)
    yield start - minutes(6)
    check_in(chart.stage.actors["dee"], visit, at=start - minutes(6))
    yield from _held(chart, count, start)


def _moved(chart: Chart, count: int) -> Generator[datetime, None, datetime]:
    """Two hours later in the day."""
    visit = Visit.objects.get(pk=chart.visits[count])
    at = chart.starts[count] - timedelta(days=2)
    yield at
    wall = (chart.starts[count] + timedelta(hours=2)).astimezone(chart.stage.zone).replace(tzinfo=None)
    room = chart.stage.rooms[ROOM_OF[chart.person.therapist]]
    reason = MOVE_REASONS[0].slug
    move_visit(
        chart.stage.actors["dee"],
        visit.pk,
        room_id=room,
        starts=wall,
        reason=reason,
        revision=visit.revision,
        at=at,
    )
    return chart.stage.moment(wall)


def _answers(chart: Chart, count: int, patient: object, start: datetime) -> Life:
    """At home the evening before, or in the waiting room; and whoever is alarmed by an answer hears of it at once."""
    risk = int(chart.person.special == "answered-alert" and count == _RISKY_HOUR)
    at_home = chart.chance.random() < 0.5
    at = start - timedelta(hours=15) if at_home else start - minutes(13)
    yield from answer_all(chart, patient, chart.visits[count], count, at, risk=risk, topic=count % 2 == 0)  # type: ignore[arg-type]
    if risk:
        yield at + minutes(4)
        alert = Alert.objects.get(patient_id=chart.patient)
        see_alert(chart.therapist, alert.pk, at=at + minutes(4))
        answer_alert(
            chart.therapist,
            alert.pk,
            risk_level="low",
            action=words.RISK_ACTION,
            follow_up_on=start.astimezone(chart.stage.zone).date(),
            value_shown=alert.value,
            at=at + minutes(5),
        )


def _held(chart: Chart, count: int, start: datetime) -> Life:
    therapist, visit = chart.therapist, chart.visits[count]
    began = start + minutes(chart.chance.choice((0, 1, 2)))
    yield began
    start_session(therapist, visit, at=began)
    if count == 0:
        consent_and_diagnose(chart, began + minutes(6))
    if count == 1:
        agree(chart, began + minutes(20))
    for point in chart.work.agenda:
        save_agenda(therapist, visit, "add", point, at=began + minutes(2))
    ended = began + minutes(chart.chance.choice((54, 55, 55, 56, 57, 48)))
    yield ended
    stop_session(therapist, visit, at=ended)
    yield ended + minutes(4)
    _write(chart, count, ended + minutes(4))
    if chart.person.special == "unsigned" and start > chart.stage.now - timedelta(days=5):
        return
    yield ended + minutes(9)
    note = sign_note(therapist, visit, at=ended + minutes(9)).note
    if count == _AMENDED_HOUR and chart.number == 0:
        yield from _amended(chart, note, ended + _DAY)


def _amended(chart: Chart, note: Note, at: datetime) -> Life:
    yield at
    reason, text = words.ADDENDUM
    amend_note(chart.therapist, note.pk, reason, text, at=at)


def _write(chart: Chart, count: int, at: datetime) -> None:
    """Homework, chips, note."""
    therapist, visit = chart.therapist, chart.visits[count]
    layout = {"ben": "dap", "carla": "soap", "tess": "birp"}[chart.person.therapist]
    if chart.person.special == "plan-due":
        layout = "girp"
        choose_layout(therapist, visit, layout, at=at)
    _homework(chart, count, at)
    told = chart.stage_of(count) * {"better": 1.0, "dip": 0.9, "same": 0.6, "worse": 0.3}[chart.person.course]
    typed = {f"sections.{slug}": text for slug, text in words.sections(layout, chart.work, told).items()}
    if chart.person.special == "unsigned" and chart.starts[count] > chart.stage.now - timedelta(days=5):
        typed = dict(list(typed.items())[:1])
    if chart.person.special == "answered-alert" and count == _RISKY_HOUR:
        typed["risk"] = words.RISK_WORDS
    fields = {name: Typed(text, base_of("")) for name, text in typed.items()}
    if count == 0:
        fields["interventions"] = Typed(("history-taking", "measures-review", "formulation"), ())
    else:
        worked = [str(thread) for thread in chart.objectives[: 1 + count % 2]]
        fields["interventions"] = Typed(chart.work.interventions[: 2 + count % 2], ())
        fields["objectives"] = Typed(tuple(worked), ())
        for thread in worked:
            fields[f"responses.{thread}"] = Typed(words.response(chart.work, told), base_of(""))
    save_note(therapist, visit, fields, at=at)


def _homework(chart: Chart, count: int, at: datetime) -> None:
    therapist, visit, form = chart.therapist, chart.visits[count], chart.work.homework
    if chart.homework is not None:
        done = chart.chance.choice(("all", "all", "some", "none"))
        said = {
            "all": "Did all of it; two entries looked at together.",
            "some": "Three days of seven; the weekend was empty.",
            "none": "Forgot the sheet at home; told about it instead.",
        }[done]
        review_homework(therapist, visit, chart.homework, done, said, at=at)
        chart.homework = None
    if form and count >= 2 and count % 2 == 0:
        homework = Homework(form, chart.objectives[0], why=f"For the goal: {chart.work.goal.lower()}.")
        given: Assignment = assign_homework(therapist, visit, homework, at=at)
        chart.homework = given.pk
