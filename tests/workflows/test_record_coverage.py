"""What pays for a patient: one coverage at a time, and nothing half said."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhour.guard.policy import NotAllowed
from openhour.records.models import Coverage
from openhour.workflows.intake.change_coverage import change_coverage
from openhour.workflows.intake.coverages import CoverageTyped, coverage_mark
from openhour.workflows.intake.record_coverage import record_coverage
from tests.cast import NOW, Cast
from tests.workflows.charts import codes_of, entry, nobody_but

LAST_YEAR = CoverageTyped("example-payer", date(2025, 1, 1), date(2025, 12, 31), member_id="M-1")
SPOUSE = {
    "relation": "spouse",
    "subscriber_first_name": "Abe",
    "subscriber_last_name": "Almond",
    "subscriber_birth_date": date(1984, 1, 1),
    "subscriber_sex": "M",
}


def record(cast: Cast, typed: CoverageTyped = LAST_YEAR, who: str = "dee") -> Coverage:
    return Coverage.objects.get(pk=record_coverage(cast.actor(who), cast.ana.pk, typed, at=NOW))


def test_an_insurer_is_recorded_with_its_number(cast):
    row = record(cast, replace(LAST_YEAR, member_id=" M-1 ", group_number="G", authorization="A7"))
    assert (row.payer, row.member_id, row.group_number, row.authorization) == ("example-payer", "M-1", "G", "A7")
    assert (row.valid_from, row.valid_to, row.relation) == (date(2025, 1, 1), date(2025, 12, 31), "self")
    assert "M-1" not in entry("coverage.recorded").detail


def test_self_pay_needs_no_number(cast):
    assert record(cast, replace(LAST_YEAR, payer="self-pay", member_id="")).payer == "self-pay"


def test_the_insured_person_is_kept_where_it_is_somebody_else(cast):
    row = record(cast, replace(LAST_YEAR, **SPOUSE))
    assert (row.subscriber_last_name, row.subscriber_birth_date) == ("Almond", date(1984, 1, 1))
    assert record(cast, replace(LAST_YEAR, **(SPOUSE | {"relation": "self"}), valid_from=date(2024, 1, 1), valid_to=date(2024, 2, 1))).subscriber_last_name == ""  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"payer": "no-such"}, ["payer.unknown"]),
        ({"member_id": ""}, ["member_id.missing"]),
        ({"member_id": "x" * 41}, ["member_id.too-long"]),
        ({"group_number": "a\x00"}, ["group_number.unreadable"]),
        ({"relation": "aunt", **{k: v for k, v in SPOUSE.items() if k != "relation"}}, ["relation.unknown"]),
        ({"relation": "child"}, ["subscriber.first-name", "subscriber.last-name", "subscriber.birth-date", "subscriber.sex"]),
        ({"valid_from": None}, ["valid_from.missing"]),
        ({"valid_from": None, "misread": ("valid_from",)}, ["valid_from.unreadable"]),
        ({"valid_to": date(2024, 12, 31)}, ["valid_to.early"]),
        ({"valid_to": None}, ["coverage.overlap"]),
        ({"valid_to": date(2026, 1, 1)}, ["coverage.overlap"]),
    ],
)  # fmt: skip
def test_each_reason_refuses(cast, typed, codes):
    assert codes_of(lambda: record(cast, replace(LAST_YEAR, **typed))) == codes
    assert Coverage.objects.filter(patient=cast.ana).count() == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 20))), max_size=6))
def test_no_two_coverages_ever_share_a_day(cast, spans):
    from django.db import transaction

    from openhour.kernel import Refused

    with transaction.atomic():
        Coverage.objects.filter(patient=cast.ana).delete()
        for first, days in spans:
            begins = date.fromordinal(date(2025, 1, 1).toordinal() + first)
            ends = None if days is None else date.fromordinal(begins.toordinal() + days)
            try:
                record(cast, replace(LAST_YEAR, valid_from=begins, valid_to=ends))
            except Refused:
                continue
        held = sorted(Coverage.objects.filter(patient=cast.ana).values_list("valid_from", "valid_to"))
        for (_, ends), (begins, _) in itertools.pairwise(held):
            assert ends is not None
            assert ends < begins
        transaction.set_rollback(True)


def test_front_desk_and_biller_record_and_nobody_else(cast):
    record(cast, who="eli")
    nobody_but({"dee", "eli"}, lambda who: record(cast, who=who))
    with pytest.raises(NotAllowed):
        record_coverage(cast.actor("dee"), uuid.uuid4(), LAST_YEAR, at=NOW)


def change(cast: Cast, who: str = "dee", mark: str | None = None, **typed) -> Coverage:
    row = Coverage.objects.get(patient=cast.ana)
    asked = replace(CoverageTyped("example-payer", date(2026, 1, 1), member_id="MEM1001"), **typed)
    change_coverage(cast.actor(who), row.pk, asked, mark=mark or coverage_mark(row), at=NOW)
    return Coverage.objects.get(pk=row.pk)


def test_a_coverage_is_ended_and_a_new_one_follows(cast):
    assert change(cast, valid_to=date(2026, 2, 28)).valid_to == date(2026, 2, 28)
    assert '"fields":["valid_to"]' in entry("coverage.changed").detail
    assert record(cast, replace(LAST_YEAR, valid_from=date(2026, 3, 1), valid_to=None)).valid_to is None


def test_a_coverage_does_not_stand_in_its_own_way(cast):
    assert change(cast, member_id="MEM-9").member_id == "MEM-9"


def test_the_second_tab_is_told(cast):
    mark = coverage_mark(Coverage.objects.get(patient=cast.ana))
    change(cast, member_id="MEM-9")
    assert codes_of(lambda: change(cast, mark=mark, member_id="MEM-8")) == ["coverage.changed-meanwhile"]


def test_a_therapist_does_not_change_it(cast):
    nobody_but({"dee", "eli"}, lambda who: change(cast, who, member_id="MEM-9"))
    with pytest.raises(NotAllowed):
        change_coverage(cast.actor("dee"), uuid.uuid4(), LAST_YEAR, mark="", at=NOW)
