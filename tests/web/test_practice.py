"""The owner's pages: the practice as it stands, and the trail found by patient, person and period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from openhour.catalog.shelf import Shelf
from openhour.guard import trail
from openhour.guard.models import TrailEntry, User
from openhour.guard.policy import NotAllowed
from openhour.kernel import Finding, Refused
from openhour.records import shelf as shelf_of_site
from openhour.records.models import Licence, Practice, Room, Site
from openhour.records.queries.practice import licence_line, practice_view
from openhour.records.queries.trail import PAGE, Asked, trail_of_patient, trail_page
from tests.cast import NOW, TODAY, Cast
from tests.guard.tampering import by_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(cast: Cast) -> Cast:
    """Ben read Ana on one day, Carla read Cleo on the next, Dee listed both on the third."""
    with transaction.atomic():
        trail.write(cast.actor("ben"), "chart.read", cast.ana, at=NOW)
        trail.write(cast.actor("carla"), "chart.read", cast.cleo, at=NOW + timedelta(days=1))
        both = [str(cast.ana.pk), str(cast.cleo.pk)]
        trail.write(cast.actor("dee"), "patients.listed", None, at=NOW + timedelta(days=2), patients=both)
    return cast


def ask(cast: Cast, **asked):
    return trail_page(cast.actor("olga"), Asked(**asked), at=NOW)


class TestPractice:
    def test_it_shows_practice_sites_staff_and_licences(self, cast: Cast, sign_in) -> None:
        page = sign_in("olga").get("/practice/").content.decode()
        for word in ("Elm Street Therapy", "Main Street", "Blue room", "Ben Brook, PsyD", "supervised by Sam Stone"):
            assert word in page, word
        assert "IL IL-1876" in page

    def test_it_shows_no_patient(self, cast: Cast, sign_in) -> None:
        page = sign_in("olga").get("/practice/").content.decode()
        assert "Almond" not in page
        assert "P-1001" not in page

    def test_an_empty_practice_is_told_how_to_begin(self, cast: Cast, sign_in) -> None:
        Practice.objects.all().delete()
        assert b"openhour practice init" in sign_in("olga").get("/practice/").content

    def test_a_refused_definition_is_shown_with_file_and_reason(self, cast: Cast, sign_in, monkeypatch) -> None:
        broken = Shelf((), (), (), (), (), (), (Finding("x", "The score needs a kind.", "mine.v1.toml, score.kind"),))
        monkeypatch.setattr(shelf_of_site, "_read", lambda local: broken)
        page = sign_in("olga").get("/practice/").content.decode()
        assert "mine.v1.toml, score.kind" in page
        assert "The score needs a kind." in page

    @pytest.mark.parametrize(
        ("ends", "standing", "days"),
        [
            (TODAY - timedelta(days=1), "over", 0),
            (TODAY, "soon", 1),
            (TODAY + timedelta(days=59), "soon", 60),
            (TODAY + timedelta(days=60), "holds", 61),
        ],
    )
    def test_a_licence_says_how_many_days_are_left(self, cast: Cast, ends: date, standing: str, days: int) -> None:
        line = licence_line(Licence(state="IL", number="1", valid_from=date(2020, 1, 1), valid_to=ends), TODAY)
        assert (line.standing, line.days_left) == (standing, days)

    def test_a_licence_that_has_not_begun_says_so(self) -> None:
        coming = Licence(
            state="IL", number="1", valid_from=TODAY + timedelta(days=1), valid_to=TODAY + timedelta(days=9)
        )
        assert licence_line(coming, TODAY).standing == "later"

    def test_a_therapist_without_a_licence_is_named(self, cast: Cast, sign_in) -> None:
        Licence.objects.filter(therapist=cast.carla).delete()
        assert "No licence: can’t be booked" in sign_in("olga").get("/practice/").content.decode()

    def test_the_number_of_queries_does_not_grow_with_the_practice(
        self, cast: Cast, django_assert_num_queries
    ) -> None:
        with django_assert_num_queries(5):
            practice_view(cast.actor("olga"), on=TODAY)
        for number in range(10):
            User.objects.create_user(f"x{number}@example.test", name=f"X {number}", roles=["biller"])
            Room.objects.create(site=Site.objects.get(), name=f"Room {number}")
        with django_assert_num_queries(5):
            practice_view(cast.actor("olga"), on=TODAY)

    def test_only_the_owner_reads_it(self, cast: Cast) -> None:
        for who in ("ben", "dee", "eli", "sam"):
            with pytest.raises(NotAllowed):
                practice_view(cast.actor(who), on=TODAY)


class TestTrail:
    def test_the_newest_stands_first(self, history: Cast) -> None:
        assert [line.seq for line in ask(history).lines] == [3, 2, 1]
        assert [line.seq for line in ask(history, order="oldest").lines] == [1, 2, 3, 4]
        assert [line.who for line in ask(history, order="who", since=NOW + timedelta(hours=1)).lines] == [
            "Carla Cole",
            "Dee Dale",
        ]

    def test_one_patient_is_found_by_number_in_lists_too(self, history: Cast) -> None:
        assert [line.seq for line in ask(history, patient="p-1001").lines] == [3, 1]
        assert ask(history, patient="P-1002").lines[-2].patients == ("P-1001", "P-1002")

    def test_one_person_is_found_by_name_or_address(self, history: Cast) -> None:
        assert [line.seq for line in ask(history, who="carla").lines] == [2]
        assert [line.seq for line in ask(history, who="dee@example.test").lines] == [3]
        assert ask(history, who="zoe").lines == ()

    def test_a_period_has_its_first_day_and_not_its_end(self, history: Cast) -> None:
        first, third = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
        assert [line.seq for line in ask(history, since=first, until=third).lines] == [2, 1]

    def test_patients_are_numbers_and_never_names(self, history: Cast, sign_in) -> None:
        page = sign_in("olga").post("/practice/trail/", {"patient": "P-1001"}).content.decode()
        assert "P-1001" in page
        assert "Almond" not in page
        assert "Ben Brook" in page

    def test_to_read_it_is_an_entry_that_names_the_patient_asked_for(self, history: Cast) -> None:
        ask(history, patient="P-1001")
        last = TrailEntry.objects.latest("seq")
        assert (last.action, last.patient_id) == ("trail.read", str(history.ana.pk))

    def test_it_comes_in_pages_whose_cost_is_constant(self, history: Cast, django_assert_num_queries) -> None:
        """Seven with the patient asked for, and the session's one: eight a page; two more are savepoints of the test."""
        with django_assert_num_queries(7 + 2):
            ask(history, patient="P-1001")
        with transaction.atomic():
            for _ in range(PAGE + 10):
                trail.write(history.actor("ben"), "chart.read", history.ana, at=NOW)
        with django_assert_num_queries(7 + 2):
            ask(history, patient="P-1001")
        page = ask(history)
        assert (len(page.lines), page.pages) == (PAGE, 2)
        assert len(ask(history, page=2).lines) == page.found - PAGE + 1
        assert ask(history, page=99).page == 2

    def test_the_next_page_keeps_what_was_asked(self, history: Cast, sign_in) -> None:
        with transaction.atomic():
            for _ in range(PAGE + 10):
                trail.write(history.actor("ben"), "chart.read", history.ana, at=NOW)
        olga = sign_in("olga")
        for order, way in (("newest", "Older"), ("oldest", "Newer"), ("who", "On")):
            page = olga.post("/practice/trail/", {"patient": "P-1001", "order": order}).content.decode()
            pager = page[page.index('class="pager"') :]
            for name, held in (("patient", "P-1001"), ("order", order)):
                assert f'type="hidden" name="{name}" value="{held}"' in pager
            assert 'name="page" value="2"' in pager
            assert f">{way}<svg" in pager
        second = olga.post("/practice/trail/", {"patient": "P-1001", "order": "newest", "page": "2"})
        assert ">Newer" in second.content.decode()

    def test_whom_one_looked_for_stands_in_no_address(self, history: Cast, sign_in) -> None:
        page = sign_in("olga").get("/practice/trail/?patient=P-404&who=carla&since=yesterday")
        assert page.status_code == 200
        for words in ("P-404", "carla@", "yesterday", "page=", 'method="get"'):
            assert words not in page.content.decode()

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("patient=P-404", "No patient has this number."),
            ("since=yesterday", "Write the day as"),
            ("until=0001-01-01", "Write the day as"),
        ],
    )
    def test_what_cannot_be_read_is_said_beside_its_field_and_kept(
        self, cast: Cast, sign_in, query: str, sentence: str
    ) -> None:
        name, _, held = query.partition("=")
        answer = sign_in("olga").post("/practice/trail/", {name: held})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert f'value="{query.split("=")[1]}"' in page
        assert 'aria-invalid="true"' in page

    def test_the_export_is_of_one_patient_and_oldest_first(self, history: Cast) -> None:
        lines = trail_of_patient(history.actor("olga"), "P-1001", at=NOW)
        assert [line.seq for line in lines] == [1, 3]
        assert TrailEntry.objects.latest("seq").action == "trail.exported"
        for number in ("", " ", "P-404"):
            with pytest.raises(Refused):
                trail_of_patient(history.actor("olga"), number, at=NOW)

    def test_only_the_owner_reads_it(self, history: Cast) -> None:
        for who in ("ben", "carla", "dee", "eli", "sam"):
            with pytest.raises(NotAllowed):
                trail_page(history.actor(who), Asked(), at=NOW)
            with pytest.raises(NotAllowed):
                trail_of_patient(history.actor(who), "P-1001", at=NOW)
        assert TrailEntry.objects.count() == 3

    def test_the_button_verifies_and_says_what_it_found(self, history: Cast, sign_in) -> None:
        olga = sign_in("olga")
        assert "The trail holds" in olga.post("/practice/trail/verify/").content.decode()
        by_hand("UPDATE guard_trailentry SET actor = 'user:99' WHERE seq = 2")
        page = olga.post("/practice/trail/verify/").content.decode()
        assert "The trail does not hold" in page
        assert "entry 2" in page
        assert olga.get("/practice/trail/verify/").status_code == 405
