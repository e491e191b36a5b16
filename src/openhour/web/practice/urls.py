"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import path

from openhour.web.practice import views

urlpatterns = [
    path("practice/", views.practice, name="practice"),
    path("practice/trail/", views.trail, name="trail"),
    path("practice/trail/verify/", views.verify, name="trail-verify"),
]
