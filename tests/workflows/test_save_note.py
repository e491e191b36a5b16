"""What is typed is kept: field by field, never silently over somebody else's words, and never a word of it in the trail."""

from __future__ import annotations

import json

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Note, Session
from openhour.workflows.hour.choose_layout import choose_layout
from openhour.workflows.hour.fields import Typed
from openhour.workflows.hour.save_note import Overtaken, save_note
from openhour.workflows.hour.typed import base_of
from tests.cast import NOW
from tests.workflows.hours import agree_plan, minutes, trail_of


def save(cast, who="ben", at=NOW, **fields):
    """fields: `data=("words", "words it began from")`"""
    typed = {f"sections.{slug}": Typed(new, base_of(old)) for slug, (new, old) in fields.items()}
    return save_note(cast.actor(who), cast.ana_visit.pk, typed, at=at)


def put(cast, name, value, base, who="ben"):
    return save_note(cast.actor(who), cast.ana_visit.pk, {name: Typed(value, base)}, at=NOW)


def text(slug: str) -> str:
    return Note.objects.get().sections[slug]["text"]


def test_words_are_kept_with_the_count_of_their_saves(cast):
    save(cast, data=("She", ""))
    save(cast, data=("She slept", "She"))
    assert Note.objects.get().sections == {"data": {"text": "She slept", "revision": 2}}
    assert Note.objects.get().saved_at == NOW


def test_two_tabs_on_different_sections_do_not_meet(cast):
    save(cast, data=("First tab", ""))
    save(cast, plan=("Second tab", ""))
    save(cast, data=("First tab goes on", "First tab"))
    assert (text("data"), text("plan")) == ("First tab goes on", "Second tab")


def test_two_tabs_on_one_section_are_told_and_nothing_is_overwritten(cast):
    save(cast, data=("From the first tab", ""))
    with pytest.raises(Overtaken) as overtaken:
        save(cast, data=("From the second tab", ""), plan=("And a plan", ""))
    assert overtaken.value.theirs == {"sections.data": "From the first tab"}
    assert Note.objects.get().sections.keys() == {"data"}  # all or nothing
    assert trail_of("note.saved") == 1


def test_after_seeing_both_the_merged_words_are_kept(cast):
    save(cast, data=("Theirs", ""))
    save(cast, data=("Mine\n\nTheirs", "Theirs"))
    assert text("data") == "Mine\n\nTheirs"


def test_the_very_same_save_again_is_answered_as_saved(cast):
    save(cast, data=("Once", ""))
    assert save(cast, data=("Once", "")).changed == ()
    assert Note.objects.get().sections["data"]["revision"] == 1
    assert trail_of("note.saved") == 1


def test_a_field_that_was_not_touched_never_takes_older_words_back(cast):
    save(cast, data=("Old", ""))
    save(cast, data=("New", "Old"))
    saved = save(cast, data=("Old", "Old"), plan=("Words", ""))
    assert saved.values["sections.data"] == "New"
    assert (text("data"), text("plan")) == ("New", "Words")


def test_line_breaks_of_every_browser_are_one(cast):
    save(cast, data=("One\r\nTwo", ""))
    assert text("data") == "One\nTwo"
    assert save(cast, data=("One\nTwo", "")).changed == ()


def test_words_may_be_taken_away_again(cast):
    save(cast, data=("Words", ""))
    save(cast, data=("", "Words"))
    assert text("data") == ""


def test_the_trail_holds_sizes_and_never_a_word(cast):
    save(cast, data=("Something private", ""))
    detail = TrailEntry.objects.get(action="note.saved").detail
    assert json.loads(detail)["sizes"] == {"sections.data": 17}
    assert "private" not in detail


@pytest.mark.parametrize("bad", ["nul \0", "half \ud800", "x" * 60_001])
def test_words_that_cannot_be_kept_are_told_beside_their_field(cast, bad):
    with pytest.raises(Refused) as refused:
        save(cast, data=(bad, ""), plan=("Good", ""))
    assert {finding.place for finding in refused.value.findings} == {"sections.data"}
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    "name", ["sections.nothing", "nothing", "responses.nothing", "responses.8d7e7027-64a0-40c1-84c8-044b22db11aa"]
)
def test_a_field_that_is_not_there_is_refused(cast, name):
    with pytest.raises(Refused, match=r"field\.unknown"):
        put(cast, name, "Words", base_of(""))


@pytest.mark.parametrize("name", ["risk", "people", "review_waiver"])
def test_words_beside_the_note_are_kept_with_the_session(cast, name):
    put(cast, name, "Asked, and no plan", base_of(""))
    assert getattr(Session.objects.get(), name) == "Asked, and no plan"
    with pytest.raises(Overtaken):
        put(cast, name, "Other words", base_of(""))


def test_interventions_of_two_tabs_are_laid_together(cast):
    put(cast, "interventions", ("grounding",), ())
    put(cast, "interventions", ("validation",), ())  # a tab that doesn't know of grounding
    assert Session.objects.get().interventions == ["grounding", "validation"]
    put(cast, "interventions", ("validation",), ("grounding", "validation"))
    assert Session.objects.get().interventions == ["validation"]


def test_an_intervention_that_is_not_in_the_definition_is_refused(cast):
    with pytest.raises(Refused, match=r"choice\.unknown"):
        put(cast, "interventions", ("hypnosis-by-phone",), ())


def test_an_objective_of_another_patients_plan_is_refused(cast):
    agree_plan(cast.ana_episode)
    foreign = agree_plan(cast.cleo_episode)
    with pytest.raises(Refused, match=r"choice\.unknown"):
        put(cast, "objectives", (str(foreign.thread),), ())


def test_a_response_belongs_to_its_objective(cast):
    thread = str(agree_plan(cast.ana_episode).thread)
    put(cast, "objectives", (thread,), ())
    put(cast, f"responses.{thread}", "Relieved", base_of(""))
    assert Session.objects.get().objectives == [{"thread": thread, "response": "Relieved"}]


def test_taking_an_objective_off_keeps_its_words_for_when_it_comes_back(cast):
    thread = str(agree_plan(cast.ana_episode).thread)
    put(cast, "objectives", (thread,), ())
    put(cast, f"responses.{thread}", "Relieved", base_of(""))
    put(cast, "objectives", (), (thread,))
    assert Session.objects.get().objectives == []
    put(cast, "objectives", (thread,), ())
    assert Session.objects.get().objectives == [{"thread": thread, "response": "Relieved"}]


def test_objective_and_response_in_one_save_find_each_other(cast):
    thread = str(agree_plan(cast.ana_episode).thread)
    typed = {f"responses.{thread}": Typed("Relieved", base_of("")), "objectives": Typed((thread,), ())}
    save_note(cast.actor("ben"), cast.ana_visit.pk, typed, at=NOW)
    session = Session.objects.get()
    assert session.objectives == [{"thread": thread, "response": "Relieved"}]
    assert session.set_aside == {}


def test_another_format_loses_no_word(cast):
    save(cast, data=("What she said", ""), assessment=("How she is", ""))
    choose_layout(cast.actor("ben"), cast.ana_visit.pk, "soap", at=minutes(1))
    assert Note.objects.get().layout_key == "soap@1.0.0"
    save(cast, data=("What she said, and more", "What she said"))  # carried along, and still hers to edit
    choose_layout(cast.actor("ben"), cast.ana_visit.pk, "dap", at=minutes(2))
    assert (text("data"), text("assessment")) == ("What she said, and more", "How she is")
    assert trail_of("note.layout-chosen") == 2


def test_a_format_that_is_not_on_the_shelf_is_refused(cast):
    with pytest.raises(Refused, match=r"layout\.unknown"):
        choose_layout(cast.actor("ben"), cast.ana_visit.pk, "poem", at=NOW)


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_writes_into_it(cast, who):
    with pytest.raises(NotAllowed):
        save(cast, who, data=("Words", ""))
    with pytest.raises(NotAllowed):
        choose_layout(cast.actor(who), cast.ana_visit.pk, "soap", at=NOW)
    assert not Note.objects.exists()
