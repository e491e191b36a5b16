"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import path

from openhour.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
]
