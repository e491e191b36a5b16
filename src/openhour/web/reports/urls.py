"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import path

from openhour.web.reports import views

urlpatterns = [
    path("reports/practice/", views.practice, name="report-practice"),
    path("reports/practice/csv/", views.practice_csv, name="report-practice-csv"),
    path("reports/practice/pdf/", views.practice_pdf, name="report-practice-pdf"),
    path("reports/own/", views.own, name="report-own"),
    path("reports/own/csv/", views.own_csv, name="report-own-csv"),
    path("reports/own/pdf/", views.own_pdf, name="report-own-pdf"),
]
