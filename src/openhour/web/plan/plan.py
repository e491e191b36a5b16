"""The plan: as it stands, its draft in a form, the agreement, the next version, and the versions before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openhour.care.plans import plan_gaps
from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.queries.chart import EpisodeHead
from openhour.records.queries.plan import PlanPage, episode_of_plan, plan_of, plan_version
from openhour.web.chrome import render_page
from openhour.web.patients.reading import beside, read_date, read_whole, status_of, summary
from openhour.web.plan import form
from openhour.workflows.plan.agree_plan import AGREED_HOW, agree_plan
from openhour.workflows.plan.revise_plan import revise_plan
from openhour.workflows.plan.save_plan import measures_on, save_plan
from openhour.workflows.plan.typed import GOALS_AT_MOST, OBJECTIVES_AT_MOST, STATES

READERS = (Role.THERAPIST, Role.SUPERVISOR)
FREQUENCIES = {"weekly": "Once a week", "biweekly": "Every other week"}
AGREEMENT = ("agreed_on", "agreed_how")


@require_safe
@staff(*READERS)
def plan(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """What is in force, and what is in the making."""
    asked = cast(StaffRequest, request)
    return _plan_page(asked, episode_id, ())


def _plan_page(request: StaffRequest, episode_id: UUID, findings: tuple[Finding, ...]) -> HttpResponse:
    page = plan_of(request.actor, episode_id, at=request.received_at)
    context = {"page": page, "findings": findings, **_words(page.head)}
    return render_page(request, "web/plan/plan.html", context, status=status_of(findings))


def _words(head: EpisodeHead) -> dict[str, Any]:
    """What turns slugs into words, in every view of a plan."""
    return {
        "head": head,
        "frequencies": FREQUENCIES,
        "states": dict(STATES),
        "measures": {slug: one.short for slug, one in measures_on(head.today).items()},
        "interventions": {one.slug: one.title for one in head.procedure.interventions},
    }


@require_safe
@staff(*READERS)
def version(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One version, as it was agreed."""
    asked = cast(StaffRequest, request)
    head, view = plan_version(asked.actor, plan_id, at=asked.received_at)
    return render_page(request, "web/plan/version.html", {"plan": view, **_words(head)})


@require_POST
@staff(Role.THERAPIST)
def revise(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The next version begins as a copy."""
    asked = cast(StaffRequest, request)
    try:
        revise_plan(asked.actor, episode_id, at=asked.received_at)
    except Refused as refusal:
        return _plan_page(asked, episode_id, refusal.findings)
    return redirect("plan-edit", episode_id)


@require_http_methods(["GET", "POST"])
@staff(Role.THERAPIST)
def edit(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """The draft: add and remove places without saving; save with as many gaps as there are."""
    asked = cast(StaffRequest, request)
    page = plan_of(asked.actor, episode_id, at=asked.received_at, action="chart.write")
    if request.method == "GET":
        if page.draft is None and page.active is not None:
            return redirect("plan", episode_id)  # a change to a plan in force begins with its next version
        fields = form.from_draft(page.draft, page) if page.draft else form.fresh(page)
        return _edit_form(asked, page, fields, ())
    fields = form.from_sent(request.POST)
    if form.step(fields, request.POST.get("step", ""), page.head.procedure):
        return _edit_form(asked, page, fields, (), revision=request.POST.get("revision", ""))
    try:
        revision = read_whole(request.POST.get("revision", "")) or 0
        draft = save_plan(asked.actor, episode_id, form.typed_of(fields), revision=revision, at=asked.received_at)
    except Refused as refusal:
        return _edit_form(asked, page, fields, refusal.findings)
    if request.POST.get("step") == "agree":
        return redirect("plan-agree", draft)
    messages.success(request, "The draft is saved. Nothing is in force yet.")
    return redirect("plan-edit", episode_id)


def _edit_form(
    request: StaffRequest,
    page: PlanPage,
    fields: form.Fields,
    findings: tuple[Finding, ...],
    *,
    revision: str | None = None,
) -> HttpResponse:
    errors = beside(findings, form.field_names(fields))
    measures = measures_on(page.head.today)
    chosen = {goal["purpose"] for goal in fields["goals"]}
    known = revision is not None and read_whole(revision) is not None
    context = {
        "page": page,
        "typed": form.with_baselines(fields, page.latest),
        "errors": errors,
        "summary": summary(errors),
        "revision": read_whole(revision or "") if known else (page.draft.revision if page.draft else 0),
        "templates": [one for one in page.head.procedure.goals if one.slug not in chosen],
        "measure_choices": [(slug, one.short) for slug, one in measures.items()],
        "intervention_choices": [(one.slug, one.title) for one in page.head.procedure.interventions],
        "cadence": [(slug, FREQUENCIES.get(slug, slug)) for slug in page.head.procedure.recovery.cadence],
        "state_choices": STATES,
        "may_add_goal": len(fields["goals"]) < GOALS_AT_MOST,
        "objectives_at_most": OBJECTIVES_AT_MOST,
        "conflict": status_of(findings) == 409,
        **_words(page.head),
    }
    return render_page(request, "web/plan/edit.html", context, status=status_of(findings))


@require_http_methods(["GET", "POST"])
@staff(Role.THERAPIST)
def agree(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The draft as both read it, everything that is still missing, and the agreement."""
    asked = cast(StaffRequest, request)
    episode_id = episode_of_plan(plan_id)
    page = plan_of(asked.actor, episode_id, at=asked.received_at, action="chart.write")
    if page.draft is None or page.draft.id != plan_id:
        if request.method == "GET":
            return redirect("plan", episode_id)
        return _plan_page(asked, episode_id, (_NO_DRAFT,))
    typed = {"agreed_on": page.head.today.isoformat(), "agreed_how": ""}
    if request.method == "GET":
        return _agree_form(asked, page, typed, _gaps_now(page))
    typed = {name: request.POST.get(name, "") for name in AGREEMENT}
    try:
        agree_plan(
            asked.actor,
            plan_id,
            agreed_on=read_date(typed["agreed_on"]),
            agreed_how=typed["agreed_how"],
            revision=read_whole(request.POST.get("revision", "")) or 0,
            at=asked.received_at,
        )
    except Refused as refusal:
        return _agree_form(asked, page, typed, refusal.findings, status_of(refusal.findings))
    messages.success(request, "The plan is in force.")
    return redirect("plan", episode_id)


_NO_DRAFT = Finding("plan.no-draft", "This version was agreed already; write a new one to change it.")


def _gaps_now(page: PlanPage) -> tuple[Finding, ...]:
    """What is missing before anybody has pressed anything; the agreement itself is what this page is for."""
    if page.draft_facts is None:
        raise NotAllowed("chart.write")
    facts = replace(page.draft_facts, agreed_on=page.head.today, agreed_how="not asked yet")
    return plan_gaps(facts, on=page.head.today)


def _agree_form(
    request: StaffRequest, page: PlanPage, typed: Mapping[str, str], findings: tuple[Finding, ...], status: int = 200
) -> HttpResponse:
    own = {f"plan.{name}": name for name in AGREEMENT}
    errors = beside((replace(one, place=own.get(one.place, "-")) for one in findings), AGREEMENT)
    context = {
        "page": page,
        "plan": page.draft,
        "typed": typed,
        "errors": errors,
        "gaps_found": [{"sentence": one.sentence, "href": _mended_at(page.head, one)} for one in findings],
        "hows": AGREED_HOW,
        **_words(page.head),
    }
    return render_page(request, "web/plan/agree.html", context, status=status)


def _mended_at(head: EpisodeHead, finding: Finding) -> str:
    """The field in which a gap of `care.plans` is mended."""
    edit_form = reverse("plan-edit", args=[head.id])
    place = finding.place.removeprefix("plan.")
    kind, _, what = place.partition(".")
    if kind == "diagnoses":
        return reverse("diagnoses", args=[head.id])
    if kind in AGREEMENT:
        return f"#id_{kind}"
    if kind == "treatment":
        return f"{edit_form}#id_{'approach' if what == 'type' else what}"
    if kind == "review_by":
        return f"{edit_form}#id_review_by"
    if kind == "goals":
        return f"{edit_form}#{f'goal-{what}' if what else 'add-goal'}"
    if kind == "objectives":
        where, _, field = what.partition(".")
        goal, _, objective = where.partition("-")
        return f"{edit_form}#id_goals-{goal}-objectives-{objective}-{field or 'measure'}"
    return ""
