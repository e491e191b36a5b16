"""Prepared queries: the SQL is kept, the values are new each time, and nothing is baked in unseen."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from openhour.guard.actor import COMMAND_LINE, Actor
from openhour.guard.roles import Role
from openhour.records.models import Episode, Patient, Visit
from openhour.records.queries.prepared import Prepared, PreparedFor
from openhour.records.queries.scoping import within

pytestmark = pytest.mark.django_db


def visits_of(patient, since):
    later = Visit.objects.filter(patient=OuterRef("patient"), starts_at__gte=since).order_by("-starts_at")
    rows = Visit.objects.filter(patient=patient, starts_at__gte=since).select_related("patient", "site")
    return rows.annotate(last=Subquery(later.values("starts_at")[:1])).order_by("starts_at")


def test_each_time_the_new_values_count_in_every_place(cast):
    query = Prepared(visits_of, patient=uuid.UUID, since=datetime)
    visit = cast.ana_visit
    (found,) = [row for row in query.rows(patient=visit.patient_id, since=visit.starts_at) if row.pk == visit.pk]
    assert found.last is not None
    assert query.rows(patient=uuid.uuid4(), since=visit.starts_at) == []
    assert query.rows(patient=visit.patient_id, since=datetime(2999, 1, 1, tzinfo=UTC)) == []
    assert visit in query.rows(patient=visit.patient_id, since=visit.starts_at - timedelta(days=1))


def test_rows_are_what_the_queryset_itself_gives(cast):
    query = Prepared(visits_of, patient=uuid.UUID, since=datetime)
    given = {"patient": cast.ana_visit.patient_id, "since": cast.ana_visit.starts_at - timedelta(days=1)}
    expected = list(visits_of(**given))
    for _ in range(2):
        found = query.rows(**given)
        assert found == expected
        assert [_columns(row) for row in found] == [_columns(row) for row in expected]


def _columns(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_joins_come_in_the_same_single_query(cast):
    query = Prepared(visits_of, patient=uuid.UUID, since=datetime)
    with CaptureQueriesContext(connection) as seen:
        rows = query.rows(patient=cast.ana_visit.patient_id, since=cast.ana_visit.starts_at)
        assert [(row.patient.last_name, row.site.name, row.last) for row in rows]
    assert len(seen) == 1


def test_tuples_are_converted_like_instances(cast):
    query = Prepared(lambda born: Patient.objects.filter(birth_date=born).values_list("id", "birth_date"), born=date)
    born = Patient.objects.get(pk=cast.ana_visit.patient_id).birth_date
    assert (cast.ana_visit.patient_id, born) in query.rows(born=born)
    assert query.rows(born=date(1801, 1, 1)) == []


def test_a_value_that_is_reckoned_with_is_refused(cast):
    query = Prepared(lambda at: Visit.objects.filter(starts_at__gte=at - timedelta(days=1)), at=datetime)
    with pytest.raises(TypeError, match="not in the SQL as a value"):
        query.rows(at=cast.ana_visit.starts_at)


@pytest.mark.parametrize(
    "given",
    [
        {"patient": uuid.uuid4()},
        {"patient": uuid.uuid4(), "since": date(2026, 1, 1)},
        {"patient": None, "since": datetime(2026, 1, 1, tzinfo=UTC)},
        {"patient": uuid.uuid4(), "since": datetime(2026, 1, 1, tzinfo=UTC), "site": 1},
    ],
)
def test_other_names_and_types_than_announced_are_refused(given):
    with pytest.raises(TypeError, match="takes"):
        Prepared(visits_of, patient=uuid.UUID, since=datetime).rows(**given)


def test_types_without_a_stand_in_are_refused():
    with pytest.raises(TypeError, match="float"):
        Prepared(lambda name: Patient.objects.filter(last_name=name), name=float)


def test_two_values_of_one_type_are_kept_apart(cast):
    query = Prepared(
        lambda since, until: Visit.objects.filter(starts_at__gte=since, starts_at__lt=until),
        since=datetime,
        until=datetime,
    )
    at, later = cast.ana_visit.starts_at, cast.ana_visit.starts_at + timedelta(minutes=1)
    assert cast.ana_visit in query.rows(since=at, until=later)
    assert query.rows(since=later, until=at) == []


def theirs(actor, at):
    return within(actor, "session.run", Visit.objects.filter(starts_at__lte=at).order_by(F("starts_at")))


def test_every_actor_sees_their_own_though_the_sql_is_one(cast):
    query = PreparedFor(theirs, at=datetime)
    at = cast.ana_visit.starts_at
    ben, carla = cast.actor("ben"), cast.actor("carla")
    for _ in range(2):
        assert cast.ana_visit in query.rows(ben, at=at)
        assert cast.ana_visit not in query.rows(carla, at=at)


def test_who_has_no_role_for_it_sees_nothing(cast):
    query = PreparedFor(theirs, at=datetime)
    at = cast.ana_visit.starts_at
    assert query.rows(Actor(cast.actor("ben").user_id, "", frozenset({Role.BILLER}), ""), at=at) == []
    assert query.rows(COMMAND_LINE, at=at) == []


def test_another_thread_reads_on_its_own_connection(transactional_db, cast):
    query = Prepared(lambda patient: Episode.objects.filter(patient=patient), patient=uuid.UUID)
    expected = query.rows(patient=cast.ana_visit.patient_id)
    found = []

    def read():
        with CaptureQueriesContext(connection) as seen:
            found.append((query.rows(patient=cast.ana_visit.patient_id), len(seen)))
        connection.close()

    other = threading.Thread(target=read)
    other.start()
    other.join()
    assert expected
    assert found == [(expected, 1)]


def test_a_join_that_finds_nothing_is_none_and_a_deferred_column_is_read_when_asked(cast):
    rows = Visit.objects.select_related("room", "patient", "session__note").only(
        "room", "patient__last_name", "session"
    )
    query = Prepared(lambda visit: rows.filter(pk=visit), visit=uuid.UUID)
    (expected,) = rows.filter(pk=cast.ana_visit.pk)
    (found,) = query.rows(visit=cast.ana_visit.pk)
    with CaptureQueriesContext(connection) as seen:
        assert getattr(found, "session", None) == getattr(expected, "session", None)
        assert (found.room_id, found.room) == (expected.room_id, expected.room)
        assert found.get_deferred_fields() == expected.get_deferred_fields()
        assert found.patient.get_deferred_fields() == expected.patient.get_deferred_fields()
    assert len(seen) == 0
    assert found.state == cast.ana_visit.state


def test_an_instance_knows_that_it_is_a_row_and_saves_as_one(cast):
    (found,) = Prepared(lambda one: Patient.objects.filter(pk=one), one=uuid.UUID).rows(one=cast.ana_visit.patient_id)
    assert (found._state.adding, found._state.db) == (False, "default")
    found.called = "Annie"
    found.save()
    assert Patient.objects.filter(pk=found.pk, called="Annie").count() == 1


def test_rows_that_bring_others_by_a_second_query_are_refused(cast):
    query = Prepared(lambda one: Patient.objects.filter(pk=one).prefetch_related("episodes"), one=uuid.UUID)
    with pytest.raises(TypeError, match="besides its own rows"):
        query.rows(one=cast.ana_visit.patient_id)


def test_a_model_that_somebody_listens_to_is_refused(cast):
    def heard(**_):
        pass

    post_init.connect(heard, sender=Patient)
    try:
        with pytest.raises(TypeError, match="Patient"):
            Prepared(lambda one: Visit.objects.filter(patient=one).select_related("patient"), one=uuid.UUID).rows(
                one=cast.ana_visit.patient_id
            )
    finally:
        post_init.disconnect(heard, sender=Patient)


def test_a_word_is_exchanged_too(cast):
    query = Prepared(lambda name: Patient.objects.filter(last_name=name), name=str)
    ana = Patient.objects.get(pk=cast.ana_visit.patient_id)
    assert query.rows(name=ana.last_name) == [ana]
    assert query.rows(name="nobody") == []


def test_a_part_is_counted_from_the_front_and_the_whole_is_counted_too(cast):
    ordered = Patient.objects.order_by("sort_name", "number")
    query = Prepared(lambda since: ordered.filter(birth_date__gte=since).values_list("pk", flat=True), since=date)
    since = date(1900, 1, 1)
    all_of_them = query.rows(since=since)
    assert len(all_of_them) > 1
    assert query.count(since=since) == len(all_of_them) == Patient.objects.count()
    assert query.part(0, 1, since=since) == all_of_them[:1]
    assert query.part(1, 1, since=since) == all_of_them[1:2]
    assert query.part(len(all_of_them), 5, since=since) == []
    assert query.count(since=date(2999, 1, 1)) == 0


def may_read(actor):
    return within(actor, "patient.read", Patient.objects.order_by("number"), therapist="episodes__therapist")


def test_a_role_that_may_see_any_row_needs_no_user_in_its_sql(cast):
    query = PreparedFor(may_read)
    everybody = set(Patient.objects.all())
    assert set(query.rows(cast.actor("dee"))) == everybody
    assert set(query.rows(cast.actor("ben"))) < everybody
    assert query.count(cast.actor("dee")) == len(everybody)
    assert query.part(cast.actor("dee"), 0, 1) == query.rows(cast.actor("dee"))[:1]
    assert (query.rows(COMMAND_LINE), query.part(COMMAND_LINE, 0, 9), query.count(COMMAND_LINE)) == ([], [], 0)


def test_a_value_that_a_role_needs_not_is_spared_only_where_it_was_said(cast):
    def theirs_before(actor, at):
        may_know = actor.holds(Role.THERAPIST)
        return Visit.objects.filter(starts_at__lte=at) if may_know else Visit.objects.filter(pk__isnull=True)

    with pytest.raises(TypeError, match="not in the SQL"):
        PreparedFor(theirs_before, at=datetime).rows(cast.actor("eli"), at=cast.ana_visit.starts_at)
    query = PreparedFor(theirs_before, spare=frozenset({"at"}), at=datetime)
    assert query.rows(cast.actor("eli"), at=cast.ana_visit.starts_at) == []
    assert cast.ana_visit in query.rows(cast.actor("ben"), at=cast.ana_visit.starts_at)
