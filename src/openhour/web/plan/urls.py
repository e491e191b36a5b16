"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.plan import diagnoses, plan

urlpatterns: list[URLPattern] = [
    path("episodes/<uuid:episode_id>/diagnoses/", diagnoses.diagnoses, name="diagnoses"),
    path("episodes/<uuid:episode_id>/diagnoses/add/", diagnoses.add, name="diagnosis-add"),
    path("diagnoses/<uuid:diagnosis_id>/end/", diagnoses.end, name="diagnosis-end"),
    path("diagnoses/<uuid:diagnosis_id>/rank/", diagnoses.rank, name="diagnosis-rank"),
    path("episodes/<uuid:episode_id>/plan/", plan.plan, name="plan"),
    path("episodes/<uuid:episode_id>/plan/edit/", plan.edit, name="plan-edit"),
    path("episodes/<uuid:episode_id>/plan/revise/", plan.revise, name="plan-revise"),
    path("plans/<uuid:plan_id>/", plan.version, name="plan-version"),
    path("plans/<uuid:plan_id>/agree/", plan.agree, name="plan-agree"),
]
