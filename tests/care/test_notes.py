"""What a note lacks before it can be signed: all at once, and only what is really missing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.care.consents import ConsentFacts
from openhour.care.credentials import Licence
from openhour.care.notes import CHECKS, NoteFacts, blocking, note_gaps, supported_procedures
from openhour.catalog import shipped_shelf
from openhour.kernel import Interval
from tests.care.conftest import BENS_LICENCE, DAY, LATER, NOON, OBJECTIVE, PLAN

OLD = PLAN.agreed_on - timedelta(400)


def held(note, minutes, **more):
    return replace(note, started_at=NOON, stopped_at=NOON + timedelta(minutes=minutes), **more)


def without_section(note, slug):
    return replace(note, sections={**note.sections, slug: "  \n"})


# One thing taken away, the one gap it makes, where it is mended, and whether it blocks.
ONE_THING_MISSING = [
    (lambda n: replace(n, visit_state="cancelled"), "visit.not-held", "visit", True),
    (lambda n: replace(n, visit_state="missed"), "visit.not-held", "visit", True),
    (lambda n: replace(n, author_is_session_therapist=False), "author.not-therapist", "author", True),
    (lambda n: replace(n, licences=()), "licence.none-in-force", "licences", True),
    (lambda n: replace(n, site_state="WI"), "licence.none-in-force", "licences", True),
    (lambda n: replace(n, consents=()), "consent.missing", "consents.psychotherapy", True),
    (
        lambda n: replace(n, consents=(replace(n.consents[0], signed_on=OLD),)),
        "consent.expired",
        "consents.psychotherapy",
        True,
    ),
    (
        lambda n: replace(n, consents=(replace(n.consents[0], withdrawn_on=DAY - timedelta(1)),)),
        "consent.withdrawn",
        "consents.psychotherapy",
        True,
    ),
    (
        lambda n: replace(n, consents=(replace(n.consents[0], withdrawn_on=DAY),)),
        "consent.withdrawn",
        "consents.psychotherapy",
        False,
    ),
    (
        lambda n: replace(n, consents=(ConsentFacts("psychotherapy@0.9.0", DAY),)),
        "consent.older-version",
        "consents.psychotherapy",
        False,
    ),
    (lambda n: replace(n, started_at=None), "times.missing", "times", True),
    (lambda n: replace(n, stopped_at=None), "times.missing", "times", True),
    (lambda n: replace(n, started_at=None, stopped_at=None), "times.missing", "times", True),
    (lambda n: replace(n, stopped_at=NOON), "times.stop-before-start", "times", True),
    (lambda n: replace(n, stopped_at=NOON - timedelta(hours=1)), "times.stop-before-start", "times", True),
    (
        lambda n: replace(n, started_at=LATER - timedelta(minutes=50), stopped_at=LATER + timedelta(minutes=5)),
        "times.in-future",
        "times",
        True,
    ),
    (lambda n: held(n, 15, chosen_code=None), "times.too-short", "times", False),
    (lambda n: held(n, 121), "times.very-long", "times", False),
    (lambda n: held(n, 52), "code.unsupported", "code", True),
    (lambda n: replace(n, chosen_code="99999"), "code.unsupported", "code", True),
    (lambda n: replace(n, diagnoses=()), "diagnosis.missing", "diagnoses", True),
    (lambda n: replace(n, plan=None), "plan.missing", "plan", True),
    (lambda n: replace(n, plan=replace(PLAN, active=False)), "plan.missing", "plan", True),
    (lambda n: replace(n, plan=replace(PLAN, agreed_on=None)), "plan.not-agreed", "plan", True),
    (
        lambda n: replace(n, plan=replace(PLAN, review_by=DAY - timedelta(1))),
        "plan.review-overdue",
        "plan.review",
        True,
    ),
    (
        lambda n: replace(n, plan=replace(PLAN, review_by=DAY - timedelta(1)), review_waived_because="Next week."),
        "plan.review-overdue",
        "plan.review",
        False,
    ),
    (lambda n: replace(n, objectives_worked=()), "objective.missing", "objectives", True),
    (lambda n: replace(n, objectives_worked=("of-another-plan",)), "objective.missing", "objectives", True),
    (lambda n: replace(n, interventions=()), "intervention.missing", "interventions", True),
    (lambda n: replace(n, responses={}), "response.missing", "responses.o1", True),
    (lambda n: replace(n, responses={"o1": " "}), "response.missing", "responses.o1", True),
    (lambda n: replace(n, risk_addressed=" "), "risk.unaddressed", "risk", True),
    (lambda n: without_section(n, "data"), "section.empty:data", "sections.data", True),
    (lambda n: without_section(n, "assessment"), "section.empty:assessment", "sections.assessment", True),
    (lambda n: without_section(n, "plan"), "section.empty:plan", "sections.plan", True),
]


def test_a_whole_note_can_be_signed(note, dap, family):
    assert note_gaps(note, dap, family, at=LATER) == ()


@pytest.mark.parametrize(
    ("take_away", "code", "place", "blocks"), ONE_THING_MISSING, ids=[one[1] for one in ONE_THING_MISSING]
)
def test_only_the_gap_of_what_is_missing_appears(note, dap, family, take_away, code, place, blocks):
    gaps = note_gaps(take_away(note), dap, family, at=LATER)
    assert [(gap.finding.code, gap.finding.place, gap.blocks) for gap in gaps] == [(code, place, blocks)]
    assert blocking(gaps) == tuple(gap.finding for gap in gaps if blocks)


def test_an_empty_note_hears_everything_at_once(hour, dap, family, consent_form):
    empty = NoteFacts(day=DAY, procedure=hour, site_state="IL", consent_forms=(consent_form,))
    codes = [gap.finding.code for gap in note_gaps(empty, dap, family, at=LATER)]
    assert codes == [
        "licence.none-in-force",
        "consent.missing",
        "times.missing",
        "diagnosis.missing",
        "plan.missing",
        "intervention.missing",
        "section.empty:data",
        "section.empty:assessment",
        "section.empty:plan",
    ]


def test_both_missing_times_are_named_in_one_sentence(note, dap, family):
    (gap,) = note_gaps(replace(note, started_at=None, stopped_at=None), dap, family, at=LATER)
    assert gap.finding.sentence == "The start and stop of the session are still empty."


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(16, "90832"), (37, "90832"), (38, "90834"), (52, "90834"), (53, "90837"), (60, "90837"), (90, "90837")],
)
def test_the_minutes_support_one_code_and_no_other(note, dap, family, minutes, code):
    for chosen in ("90832", "90834", "90837"):
        gaps = note_gaps(held(note, minutes, chosen_code=chosen), dap, family, at=LATER)
        assert ("code.unsupported" in [gap.finding.code for gap in gaps]) == (chosen != code)


@pytest.mark.parametrize(("minutes", "code"), [(16, "90832"), (53, "90837"), (120, "90837")])
def test_the_shortest_and_the_longest_usual_hour_are_not_asked_about(note, dap, family, minutes, code):
    assert note_gaps(held(note, minutes, chosen_code=code), dap, family, at=LATER) == ()


def test_a_code_that_is_not_supported_hears_which_one_is(note, dap, family):
    (gap,) = note_gaps(held(note, 52), dap, family, at=LATER)
    assert gap.finding.sentence == "52 minutes don't support 90837; they support 90834."


def test_breaks_are_no_face_to_face_minutes(note, dap, family):
    pause = Interval(NOON + timedelta(minutes=20), NOON + timedelta(minutes=23))
    (gap,) = note_gaps(held(note, 55, breaks=(pause,)), dap, family, at=LATER)
    assert gap.finding.code == "code.unsupported"


def test_under_sixteen_minutes_the_note_is_signed_and_no_code_is(note, dap, family):
    gaps = note_gaps(held(note, 15, chosen_code="90832"), dap, family, at=LATER)
    assert [(gap.finding.code, gap.blocks) for gap in gaps] == [
        ("times.too-short", False),
        ("code.unsupported", True),
    ]
    assert blocking(note_gaps(held(note, 15, chosen_code=None), dap, family, at=LATER)) == ()


def test_an_evaluation_needs_no_plan_and_no_minutes(note, dap, shelf, evaluation):
    facts = held(note, 12, procedure=evaluation, chosen_code="90791", plan=None, objectives_worked=(), responses={})
    group = shelf.family(evaluation.family, on=DAY)
    assert note_gaps(facts, dap, group, at=LATER) == ()
    assert supported_procedures(12, group, evaluation) == (evaluation,)


def test_a_supported_code_of_another_kind_of_hour_is_still_refused(note, dap, shelf, evaluation):
    facts = held(note, 55, procedure=evaluation, chosen_code="90837", plan=None, objectives_worked=(), responses={})
    gaps = note_gaps(facts, dap, shelf.family(evaluation.family, on=DAY), at=LATER)
    assert [gap.finding.code for gap in gaps] == ["code.unsupported"]


def test_each_objective_worked_on_asks_for_its_own_response(note, dap, family):
    plan = replace(PLAN, objectives=(OBJECTIVE, replace(OBJECTIVE, id="o2"), replace(OBJECTIVE, id="o3")))
    facts = replace(note, plan=plan, objectives_worked=("o1", "o2"), responses={})
    gaps = note_gaps(facts, dap, family, at=LATER)
    assert [gap.finding.place for gap in gaps] == ["responses.o1", "responses.o2"]
    assert gaps[1].finding.sentence == "How the patient responded to the work on objective 2 of 2 is still empty."


def test_an_objective_that_is_closed_is_none_of_the_plan(note, dap, family):
    plan = replace(PLAN, objectives=(replace(OBJECTIVE, active=False),))
    gaps = note_gaps(replace(note, plan=plan), dap, family, at=LATER)
    assert [gap.finding.code for gap in gaps] == ["objective.missing"]


@pytest.mark.parametrize("layout", ["birp", "girp"])
def test_a_format_with_a_response_section_holds_the_response_there(note, shelf, family, layout):
    form = shelf.note(layout, on=DAY)
    sections = {section.slug: "Words." for section in form.sections}
    facts = replace(note, sections=sections, responses={})
    assert note_gaps(facts, form, family, at=LATER) == ()
    empty = replace(facts, sections={**sections, "response": ""})
    assert [gap.finding.code for gap in note_gaps(empty, form, family, at=LATER)] == ["section.empty:response"]


def test_an_optional_response_section_left_empty_still_leaves_the_response_missing(note, shelf, family):
    form = shelf.note("birp", on=DAY)
    optional = replace(form, sections=tuple(replace(one, required=False) for one in form.sections))
    gaps = note_gaps(replace(note, sections={}, responses={}), optional, family, at=LATER)
    assert [gap.finding.code for gap in gaps] == ["response.missing"]


def test_a_section_that_is_not_required_may_stay_empty(note, dap, family):
    optional = replace(dap, sections=tuple(replace(one, required=False) for one in dap.sections))
    assert note_gaps(replace(note, sections={}), optional, family, at=LATER) == ()


def test_without_a_positive_answer_nothing_is_asked_about_risk(note, dap, family):
    facts = replace(note, risk_item_positive=False, risk_addressed="")
    assert note_gaps(facts, dap, family, at=LATER) == ()


def test_a_session_that_ends_this_very_moment_is_not_in_the_future(note, dap, family):
    assert note_gaps(note, dap, family, at=note.stopped_at) == ()
    assert len(note_gaps(note, dap, family, at=note.stopped_at - timedelta(seconds=1))) == 1


def test_no_sentence_repeats_a_word_of_the_note(note, dap, family):
    secret = replace(
        note,
        sections={"data": "SECRET", "assessment": "", "plan": "SECRET"},
        responses={"o1": ""},
        risk_addressed="",
        plan=replace(PLAN, objectives=(replace(OBJECTIVE, text="SECRET"),)),
    )
    gaps = note_gaps(secret, dap, family, at=LATER)
    assert len(gaps) == 3
    assert not any("SECRET" in str(gap.finding) for gap in gaps)


# Every part of a note that can be filled in, as it is when whole. A gap's subject is the part that mends it.
PARTS = {
    "times": ("started_at", "stopped_at"),
    "diagnoses": ("diagnoses",),
    "plan": ("plan",),
    "objectives": ("objectives_worked",),
    "interventions": ("interventions",),
    "responses": ("responses",),
    "risk": ("risk_addressed",),
    "licences": ("licences",),
    "consents": ("consents",),
    "sections": ("sections",),
}
# What filling a part may uncover: a question that could not be asked before. Nothing else may appear.
UNCOVERS = {
    "times": {"times", "code"},
    "plan": {"objectives", "responses", "plan"},
    "objectives": {"responses"},
}


def _whole():
    shelf = shipped_shelf()
    form = shelf.consent("psychotherapy", on=DAY)
    return NoteFacts(
        day=DAY,
        procedure=shelf.procedure("psychotherapy-60", on=DAY),
        sections={"data": "Words.", "assessment": "Words.", "plan": "Words."},
        started_at=NOON,
        stopped_at=NOON + timedelta(minutes=55),
        chosen_code="90837",
        diagnoses=("F33.1",),
        plan=PLAN,
        objectives_worked=("o1",),
        interventions=("exposure",),
        responses={"o1": "Words."},
        risk_item_positive=True,
        risk_addressed="Words.",
        licences=(BENS_LICENCE,),
        site_state="IL",
        consent_forms=(form,),
        consents=(ConsentFacts(form.pin.key, date(2025, 12, 1)),),
    )


def _emptied(parts):
    whole, empty = _whole(), NoteFacts(day=DAY, procedure=_whole().procedure)
    names = [name for part in parts for name in PARTS[part]]
    return replace(whole, **{name: getattr(empty, name) for name in names})


def _places(facts):
    shelf = shipped_shelf()
    family = shelf.family("individual-psychotherapy", on=DAY)
    gaps = note_gaps(facts, shelf.note("dap", on=DAY), family, at=LATER)
    return {gap.finding.place.partition(".")[0] for gap in gaps}


@given(st.sets(st.sampled_from(sorted(PARTS)), min_size=1), st.data())
@settings(max_examples=200)
def test_filling_something_in_never_adds_an_unrelated_gap(missing, data):
    filled = data.draw(st.sampled_from(sorted(missing)))
    before, after = _places(_emptied(missing)), _places(_emptied(missing - {filled}))
    assert after - before <= UNCOVERS.get(filled, set())
    assert filled not in after


@given(st.sets(st.sampled_from(sorted(PARTS))))
def test_every_gap_is_about_something_that_is_missing(missing):
    assert _places(_emptied(missing)) <= missing


@given(st.integers(1, 300), st.sampled_from(["90832", "90834", "90837", "90791"]))
def test_a_code_is_blocked_exactly_when_its_own_window_does_not_hold_the_minutes(minutes, code):
    shelf = shipped_shelf()
    family = shelf.family("individual-psychotherapy", on=DAY)
    windows = {one.code.value: (one.time.billed_from, one.time.billed_to or 10**6) for one in family}
    low, high = windows.get(code, (1, 0))
    facts = held(_whole(), minutes, chosen_code=code)
    codes = [gap.code for gap in blocking(note_gaps(facts, shelf.note("dap", on=DAY), family, at=LATER))]
    assert codes == ([] if low <= minutes <= high else ["code.unsupported"])


def test_a_licence_of_the_day_of_the_session_counts_not_of_the_day_of_signing(note, dap, family):
    ended = Licence("IL", "1", date(2024, 1, 1), DAY)
    assert note_gaps(replace(note, licences=(ended,)), dap, family, at=LATER + timedelta(30)) == ()


def test_the_checks_are_a_tuple_of_functions():
    assert isinstance(CHECKS, tuple)
    assert all(callable(check) for check in CHECKS)
