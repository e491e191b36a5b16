"""Patients found and one patient's page: each reader gets their own part of it, and the words of a search stay out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from openhour.guard.policy import NotAllowed
from openhour.records.models import Alert, Consent, Coverage, Episode, Patient, Plan, Therapist, Visit
from openhour.records.queries.patient import (
    age_on,
    patient_to_change,
    patients_found,
    read_birth_date,
    therapists_for,
)
from openhour.records.queries.patient_page import patient_page
from tests.cast import NOW
from tests.guard import access_records as rows
from tests.records.reading import actor_of, entry_of, named_in, queries_of, those_who_may
from tests.workflows.hours import agree_plan, answer, diagnose, give_consent, weekly_visits

pytestmark = pytest.mark.django_db

LISTED = {"dee": {"Ana", "Cleo"}, "eli": {"Ana", "Cleo"}, "ben": {"Ana"}, "sam": {"Ana"}, "carla": {"Cleo"}}


def first_names(found):
    return {line.name.split(", ")[1] for line in found.lines}


def another(number, first="Dora", last="Dill", **other):
    usual = {"sort_name": f"{last} {first}".casefold(), "birth_date": date(1970, 1, 1), "made_at": NOW}
    return Patient.objects.create(number=number, first_name=first, last_name=last, **(usual | other))


def treated(cast, patient, therapist, **other):
    usual = {
        "procedure": "psychotherapy-60",
        "procedure_key": "psychotherapy-60@1.0.0",
        "opened_on": date(2026, 2, 1),
        "reason": "Words that are between the two of them.",
        "made_at": NOW,
    }
    return Episode.objects.create(patient=patient, therapist=therapist, **(usual | other))


# --- the list


@pytest.mark.parametrize("who", LISTED)
def test_the_list_holds_whom_the_reader_may_know(cast, who):
    assert first_names(patients_found(cast.actor(who), at=NOW)) == LISTED[who]


def test_who_reads_no_patients_has_no_list(cast):
    assert those_who_may(cast, lambda actor: patients_found(actor, at=NOW)) == set(LISTED)


@pytest.mark.parametrize("who", LISTED)
def test_one_entry_names_the_patients_that_were_shown(cast, who):
    entry = entry_of(lambda: patients_found(cast.actor(who), at=NOW))
    assert named_in(entry) == {str(row.pk) for row in (cast.ana, cast.cleo) if row.first_name in LISTED[who]}


def test_the_words_of_a_search_do_not_stand_in_the_trail(cast):
    entry = entry_of(lambda: patients_found(cast.actor("dee"), "almond", at=NOW))
    assert "almond" not in str(vars(entry)).casefold()
    assert named_in(entry) == {str(cast.ana.pk)}


@pytest.mark.parametrize(
    "words",
    [
        "alm",
        "Ana",
        "ALMOND, ana",
        "ana almond",
        "P-1001",
        "p-1001",
        "1985-04-12",
        "4/12/1985",
        "ana 4/12/1985",
        "\x00ana",
    ],
)
def test_ana_is_found_by_what_the_desk_may_know_of_her(cast, words):
    assert first_names(patients_found(cast.actor("dee"), words, at=NOW)) == {"Ana"}


@pytest.mark.parametrize("words", ["lmond", "ana quince", "1985-04-13", "P-1009", "%", "_na", "\\"])
def test_nobody_is_found_by_half_a_word_or_by_a_sign(cast, words):
    found = patients_found(cast.actor("dee"), words, at=NOW)
    assert (found.lines, found.total, found.pages) == ((), 0, 1)


def test_a_search_finds_nobody_elses_patient(cast):
    assert patients_found(cast.actor("carla"), "Ana", at=NOW).total == 0


def test_pages_hold_fifteen_by_family_name_and_end_with_the_last(cast):
    for place in range(20):
        another(f"P-2{place:03}", last=f"Bay{place:02}")
    first, last = (patients_found(cast.actor("dee"), page=page, at=NOW) for page in (1, 99))
    assert (len(first.lines), len(last.lines), last.page, last.pages, last.total) == (15, 7, 2, 2, 22)
    names = [line.name for line in (*first.lines, *last.lines)]
    assert names == sorted(names, key=str.casefold)
    assert patients_found(cast.actor("dee"), page=-3, at=NOW).page == 1


def test_a_longer_list_takes_no_more_queries(cast):
    few = queries_of(lambda: patients_found(cast.actor("dee"), at=NOW))
    for place in range(13):
        treated(cast, another(f"P-3{place:03}"), cast.ben)
    assert queries_of(lambda: patients_found(cast.actor("dee"), at=NOW)) == few <= 6


def line_of(cast, who, name="Ana", at=NOW):
    return next(line for line in patients_found(actor_of(cast, who), at=at).lines if name in line.name)


def test_the_next_visit_is_the_first_to_come_that_stands(cast):
    assert line_of(cast, "dee").next_visit == NOW
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    assert line_of(cast, "dee").next_visit is None
    assert line_of(cast, "dee", "Cleo").next_visit == NOW
    assert line_of(cast, "dee", "Cleo", at=NOW + timedelta(minutes=1)).next_visit is None


def test_the_biller_is_told_neither_of_visits_nor_of_consents(cast):
    line = line_of(cast, "eli")
    assert (line.next_visit, line.consent, line.therapists) == (None, "", ("Ben Brook",))


def test_the_list_tells_the_worst_word_of_the_consents(cast):
    assert line_of(cast, "dee").consent == "missing"
    give_consent(cast.ana_episode)
    assert line_of(cast, "dee").consent == "signed"
    assert line_of(cast, "dee", "Cleo").consent == "missing"
    Consent.objects.update(withdrawn_at=NOW - timedelta(days=1))
    assert line_of(cast, "dee").consent == "withdrawn"


def test_a_therapist_is_not_told_of_another_who_treats_the_same_patient(cast):
    treated(cast, cast.ana, cast.carla)
    assert line_of(cast, "ben").therapists == ("Ben Brook",)
    assert line_of(cast, "carla").therapists == ("Carla Cole",)
    assert line_of(cast, "dee").therapists == ("Ben Brook", "Carla Cole")


@pytest.mark.parametrize(
    ("words", "day"),
    [("1985-04-12", date(1985, 4, 12)), ("4/12/1985", date(1985, 4, 12)), ("1985-02-30", None), ("ana", None)],
)
def test_a_birth_date_is_read_as_it_is_written_here(words, day):
    assert read_birth_date(words) == day


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 4, 11), 40), (date(2026, 4, 12), 41), (date(1985, 4, 12), 0), (date(2027, 1, 1), 41)]
)
def test_age_is_in_whole_years(day, age):
    assert age_on(date(1985, 4, 12), day) == age


def test_born_on_the_last_of_february_one_is_older_on_the_first_of_march():
    assert [age_on(date(2004, 2, 29), date(2026, 2, 28)), age_on(date(2004, 2, 29), date(2026, 3, 1))] == [21, 22]


def test_with_whom_a_treatment_may_be_opened(cast):
    def names(who):
        return [name for _, name in therapists_for(actor_of(cast, who))]

    assert names("dee") == ["Ben Brook", "Carla Cole"]
    assert names("ben") == ["Ben Brook"]
    assert [names(who) for who in ("sam", "eli", "olga", "nobody")] == [[], [], [], []]
    Therapist.objects.filter(pk=cast.carla.pk).update(active=False)
    assert names("dee") == ["Ben Brook"]


# --- one patient


def test_who_opens_the_page_of_ana(cast):
    assert those_who_may(cast, lambda actor: patient_page(actor, cast.ana.pk, at=NOW)) == {"ben", "sam", "dee", "eli"}


def test_who_may_change_her_data(cast):
    assert those_who_may(cast, lambda actor: patient_to_change(actor, cast.ana.pk, at=NOW)) == {"ben", "dee"}


@pytest.mark.parametrize(
    ("who", "action"),
    [("ben", "chart.read"), ("sam", "chart.read"), ("dee", "patient.read"), ("eli", "patient.read")],
)
def test_the_page_leaves_one_entry_that_says_whether_a_chart_was_read(cast, who, action):
    entry = entry_of(lambda: patient_page(cast.actor(who), cast.ana.pk, at=NOW))
    assert (entry.action, named_in(entry)) == (action, {str(cast.ana.pk)})


WHAT = ("charted", "sees_visits", "coverage", "consents", "write", "cover", "take", "book")
SEES = {
    "ben": {"charted", "sees_visits", "coverage", "consents", "write", "take", "book"},
    "sam": {"charted", "sees_visits", "consents"},
    "dee": {"sees_visits", "coverage", "consents", "write", "cover", "take", "book"},
    "eli": {"coverage", "cover"},
}


@pytest.mark.parametrize("who", SEES)
def test_what_each_reader_sees_and_may_do_on_the_page(cast, who):
    give_consent(cast.ana_episode)
    page = patient_page(cast.actor(who), cast.ana.pk, at=NOW)
    (episode,) = page.episodes
    said = (
        page.charted,
        page.sees_visits,
        bool(page.head.coverages) and page.head.sees_coverage,
        bool(episode.consents and episode.signed) and episode.sees_consents,
        page.head.may_write,
        page.head.may_cover,
        episode.may_take,
        episode.may_book,
    )
    assert {what for what, yes in zip(WHAT, said, strict=True) if yes} == SEES[who]
    assert bool(page.to_come) == ("sees_visits" in SEES[who])


def full_chart(cast):
    agree_plan(cast.ana_episode)
    diagnose(cast.ana_episode)
    answer(cast.ana_episode, "phq-9", (2,) * 9, date(2026, 2, 2))
    for kind in ("alert", "note", "assignment"):
        rows.make(kind, cast, "ana")
        rows.make(kind, cast, "cleo")
    diagnose(cast.cleo_episode, "F60.3", "Of another")


@pytest.mark.parametrize("who", ["ben", "sam"])
def test_the_chart_holds_everything_of_this_treatment_and_nothing_of_another(cast, who):
    full_chart(cast)
    (episode,) = patient_page(cast.actor(who), cast.ana.pk, at=NOW).episodes
    chart = episode.chart
    assert chart.reason == "Low since the autumn."
    assert [one.code for one in chart.diagnoses] == ["F32.1"]
    assert (chart.plan.version, chart.plan.days_left, len(chart.plan.objectives)) == (1, 34, 2)
    assert [one.id for one in chart.notes] == [rows.note(cast, "ana").pk]
    assert [one.id for one in chart.homework] == [rows.assignment(cast, "ana").pk]
    assert [one.id for one in chart.alerts] == [rows.alert(cast, "ana").pk]
    assert chart.may_write is (who == "ben")


def test_the_desk_and_the_biller_are_handed_no_chart(cast):
    full_chart(cast)
    for who in ("dee", "eli"):
        assert [one.chart for one in patient_page(cast.actor(who), cast.ana.pk, at=NOW).episodes] == [None]


def test_of_a_patient_with_two_therapists_each_reads_their_own_treatment(cast):
    with_carla = treated(cast, cast.ana, cast.carla)
    diagnose(with_carla, "F60.3", "Carla's")
    later = NOW + timedelta(days=1)
    Visit.objects.create(
        episode=with_carla,
        patient=cast.ana,
        therapist=cast.carla,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=later,
        ends_at=later + timedelta(hours=1),
        made_at=NOW,
    )
    ben, carla, dee = (patient_page(cast.actor(who), cast.ana.pk, at=NOW) for who in ("ben", "carla", "dee"))
    assert [one.id for one in ben.episodes] == [cast.ana_episode.pk]
    assert [one.id for one in carla.episodes] == [with_carla.pk]
    assert [one.starts_at for one in ben.to_come] == [NOW]
    assert [one.starts_at for one in carla.to_come] == [later]
    assert {one.id for one in dee.episodes} == {cast.ana_episode.pk, with_carla.pk}
    assert [one.starts_at for one in dee.to_come] == [NOW, later]


def test_visits_to_come_are_the_next_that_stand_and_past_ones_the_last_whatever_became_of_them(cast):
    weekly_visits(cast, 14)
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    page = patient_page(cast.actor("ben"), cast.ana.pk, at=NOW)
    assert page.to_come == ()
    assert [one.starts_at for one in page.past] == [NOW - timedelta(weeks=week) for week in range(1, 13)]
    later = patient_page(cast.actor("ben"), cast.ana.pk, at=NOW + timedelta(hours=2))
    assert (later.past[0].starts_at, later.past[0].state) == (NOW, "cancelled")


def test_a_biller_is_not_told_that_a_patient_without_a_treatment_has_no_visits(cast):
    dora = another("P-4000")
    assert patient_page(cast.actor("eli"), dora.pk, at=NOW).sees_visits is False
    assert patient_page(cast.actor("dee"), dora.pk, at=NOW).sees_visits is True


def test_a_treatment_that_ended_asks_for_nothing_more(cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=date(2026, 3, 1))
    give_consent(cast.ana_episode)
    (episode,) = patient_page(cast.actor("dee"), cast.ana.pk, at=NOW).episodes
    assert (episode.is_open, episode.consents, episode.may_take, episode.may_book) == (False, (), False, False)
    assert episode.signed


def test_who_treated_a_patient_once_still_reads_their_own_chart(cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=date(2026, 3, 1))
    assert patient_page(cast.actor("ben"), cast.ana.pk, at=NOW).charted


def test_open_alerts_come_before_answered_ones_and_the_newest_first(cast):
    form = rows.response(cast, "ana")
    made = ((0, "1", "answered"), (3, "2", "open"), (1, "3", "open"))
    for days, item, state in made:
        Alert.objects.create(
            patient=cast.ana,
            episode=cast.ana_episode,
            response=form,
            owner=cast.ben,
            kind="suicide-risk",
            item=item,
            value=1,
            state=state,
            due_at=NOW,
            made_at=NOW - timedelta(days=days),
        )
    (episode,) = patient_page(cast.actor("ben"), cast.ana.pk, at=NOW).episodes
    assert [one.item for one in episode.chart.alerts] == ["3", "2", "1"]


def test_the_day_on_the_page_is_that_on_the_wall_of_the_practice(cast):
    agree_plan(cast.ana_episode, date(2026, 3, 2))
    late = datetime(2026, 3, 3, 5, 59, tzinfo=UTC)
    page = patient_page(cast.actor("ben"), cast.ana.pk, at=late)
    assert (page.head.today, page.episodes[0].chart.plan.days_left) == (date(2026, 3, 2), 0)
    page = patient_page(cast.actor("ben"), cast.ana.pk, at=late + timedelta(minutes=1))
    assert (page.head.today, page.episodes[0].chart.plan.days_left) == (date(2026, 3, 3), -1)


def test_homework_given_late_at_night_is_of_that_day(cast):
    given = rows.assignment(cast, "ana")
    type(given).objects.update(made_at=datetime(2026, 3, 3, 5, 30, tzinfo=UTC))
    (episode,) = patient_page(cast.actor("ben"), cast.ana.pk, at=NOW).episodes
    assert episode.chart.homework[0].given_on == date(2026, 3, 2)


def test_a_plan_in_draft_is_told_of_and_not_taken_for_the_one_in_force(cast):
    Plan.objects.create(episode=cast.ana_episode, version=1, made_at=NOW)
    (episode,) = patient_page(cast.actor("ben"), cast.ana.pk, at=NOW).episodes
    assert (episode.chart.has_draft, episode.chart.plan) == (True, None)


def test_coverages_of_another_patient_are_not_on_the_page(cast):
    page = patient_page(cast.actor("eli"), cast.ana.pk, at=NOW)
    assert [one.member_id for one in page.head.coverages] == ["MEM1001"]
    Coverage.objects.filter(patient=cast.ana).update(valid_to=date(2026, 3, 1))
    assert patient_page(cast.actor("eli"), cast.ana.pk, at=NOW).head.coverages[0].standing == "over"


def test_an_older_chart_takes_no_more_queries(cast):
    full_chart(cast)
    few = queries_of(lambda: patient_page(cast.actor("ben"), cast.ana.pk, at=NOW))
    for visit in weekly_visits(cast, 20):
        answer(cast.ana_episode, "gad-7", (1,) * 7, visit.starts_at.date())
        give_consent(cast.ana_episode, visit.starts_at.date())
    assert queries_of(lambda: patient_page(cast.actor("ben"), cast.ana.pk, at=NOW)) == few <= 7


def test_a_patient_without_any_treatment_is_nobodys_but_the_desks_and_the_billers(cast):
    dora = another("P-4001")
    assert those_who_may(cast, lambda actor: patient_page(actor, dora.pk, at=NOW)) == {"dee", "eli"}
    with pytest.raises(NotAllowed):
        patient_to_change(cast.actor("ben"), dora.pk, at=NOW)
