"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.patients import consent, coverage, ending, episodes, listing, patient, register

urlpatterns: list[URLPattern] = [
    path("patients/", listing.patients, name="patients"),
    path("patients/new/", register.register, name="patient-register"),
    path("patients/<uuid:patient_id>/", patient.patient, name="patient"),
    path("patients/<uuid:patient_id>/change/", register.change, name="patient-change"),
    path("patients/<uuid:patient_id>/episodes/new/", episodes.open_, name="episode-open"),
    path("patients/<uuid:patient_id>/coverage/new/", coverage.record, name="coverage-record"),
    path("coverage/<uuid:coverage_id>/", coverage.change, name="coverage-change"),
    path("episodes/<uuid:episode_id>/why/", episodes.change, name="episode-change"),
    path("episodes/<uuid:episode_id>/close/", ending.close, name="episode-close"),
    path("episodes/<uuid:episode_id>/consent/", consent.take, name="consent-take"),
    path("consents/<uuid:consent_id>/", consent.consent, name="consent"),
    path("consents/<uuid:consent_id>/pdf/", consent.pdf, name="consent-pdf"),
    path("consents/<uuid:consent_id>/withdraw/", consent.withdraw, name="consent-withdraw"),
]
