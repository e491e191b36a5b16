"""Addresses of the patient pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.portal import course, goals, homework, pages, questions

urlpatterns: list[URLPattern] = [
    path("<str:token>/", pages.welcome, name="portal"),
    path("<str:token>/topic/", pages.topic, name="portal-topic"),
    path("<str:token>/expect/", pages.expect, name="portal-expect"),
    path("<str:token>/course/", course.course, name="portal-course"),
    path("<str:token>/goals/", goals.goals, name="portal-goals"),
    path("<str:token>/done/", pages.done, name="portal-done"),
    path("<str:token>/homework/<uuid:assignment_id>/", homework.homework, name="portal-homework"),
    path("<str:token>/<uuid:response_id>/all/", questions.whole, name="portal-all"),
    path("<str:token>/<uuid:response_id>/finish/", questions.finish, name="portal-finish"),
    path("<str:token>/<uuid:response_id>/now/", questions.help_now, name="portal-help"),
    path("<str:token>/<uuid:response_id>/<int:place>/", questions.question, name="portal-question"),
]
