"""Two phones at the same moment: both answers stay in the history, and one alert holds the highest."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from openhour.records.models import Alert, Answer
from tests.care.plain import ask_two_measures
from tests.workflows.answers import BEFORE, by_link, form_of, give, issue


def at_once(*works):
    """Run each in a thread with a connection of its own, all let go together; what they raise is raised here."""
    from django.db import connection

    start = threading.Barrier(len(works))

    def run(work):
        try:
            start.wait(timeout=10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result(timeout=60) for done in [pool.submit(run, work) for work in works]]


def test_no_answer_is_lost_and_there_is_one_alert_with_the_highest(transactional_db, cast):
    ana = by_link(cast)
    form = form_of(cast)
    values = [1, 3, 2, 0, 1, 2]
    found = at_once(*[lambda value=value: give(ana, form.pk, "9", value) for value in values])
    assert [one.needs_help for one in found] == [value > 0 for value in values]
    assert sorted(Answer.objects.values_list("value", flat=True)) == sorted(values)
    assert [(alert.value, alert.state) for alert in Alert.objects.all()] == [(3, "open")]
    form.refresh_from_db()
    assert form.revision == len(values)
    assert form.answers["9"] in values


def test_different_questions_at_once_keep_each_other(transactional_db, cast):
    ana = by_link(cast)
    form = form_of(cast)
    at_once(*[lambda item=item: give(ana, form.pk, str(item), 1) for item in range(1, 10)])
    form.refresh_from_db()
    assert form.answers == {str(item): 1 for item in range(1, 10)}
    assert form.total == 9
    assert Alert.objects.get().value == 1


def test_two_links_issued_at_once_leave_one_that_works_and_ask_nothing_twice(transactional_db, cast, monkeypatch):
    from openhour.records.models import PatientLink, Response

    ask_two_measures(monkeypatch)
    at_once(lambda: issue(cast, "dee"), lambda: issue(cast, "ben"))
    assert PatientLink.objects.filter(withdrawn_at__isnull=True).count() == 1
    asked = Response.objects.filter(due_on=BEFORE.date()).values_list("instrument", flat=True)
    assert sorted(asked) == ["gad-7", "phq-9"]
