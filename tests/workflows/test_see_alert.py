"""See an alert: said by the one it is addressed to, once, and it stays open."""

from __future__ import annotations

from uuid import uuid4

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Alert
from openhour.workflows.safety.see_alert import see_alert
from tests.cast import NOW
from tests.workflows.answers import by_link, form_of, give
from tests.workflows.hours import trail_of


@pytest.fixture
def alert(cast):
    ana = by_link(cast)
    give(ana, form_of(cast).pk, "9", 2)
    return Alert.objects.get()


def test_the_therapist_has_seen_it(cast, alert):
    see_alert(cast.actor("ben"), alert.pk, at=NOW)
    alert.refresh_from_db()
    assert (alert.state, alert.seen_at, alert.answered_at) == ("seen", NOW, None)
    entry = TrailEntry.objects.get(action="alert.seen")
    assert (entry.subject_id, entry.patient_id) == (str(alert.pk), str(cast.ana.pk))


def test_twice_changes_nothing(cast, alert):
    see_alert(cast.actor("ben"), alert.pk, at=NOW)
    see_alert(cast.actor("ben"), alert.pk, at=NOW.replace(hour=20))
    alert.refresh_from_db()
    assert alert.seen_at == NOW
    assert trail_of("alert.seen") == 1


def test_the_supervisor_can_t_see_it_for_the_therapist(cast, alert):
    with pytest.raises(Refused, match=r"alert\.not-addressed"):
        see_alert(cast.actor("sam"), alert.pk, at=NOW)
    alert.refresh_from_db()
    assert (alert.state, alert.seen_at) == ("open", None)


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_for_everybody_else_it_isn_t_there(cast, alert, who):
    with pytest.raises(NotAllowed):
        see_alert(cast.actor(who), alert.pk, at=NOW)
    with pytest.raises(NotAllowed):
        see_alert(cast.actor("ben"), uuid4(), at=NOW)
