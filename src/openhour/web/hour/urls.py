"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.hour import note, room, save, sign, steps

urlpatterns: list[URLPattern] = [
    path("visits/<uuid:visit_id>/session/", room.room, name="session-room"),
    path("visits/<uuid:visit_id>/session/start/", steps.start, name="session-start"),
    path("visits/<uuid:visit_id>/session/stop/", steps.stop, name="session-stop"),
    path("visits/<uuid:visit_id>/session/times/", steps.times, name="session-times"),
    path("visits/<uuid:visit_id>/session/agenda/", steps.agenda, name="session-agenda"),
    path("visits/<uuid:visit_id>/session/next/", steps.book_next, name="session-book-next"),
    path("visits/<uuid:visit_id>/note/save/", save.save, name="note-save"),
    path("visits/<uuid:visit_id>/note/layout/", steps.layout, name="note-layout"),
    path("visits/<uuid:visit_id>/note/sign/", sign.sign, name="note-sign"),
    path("visits/<uuid:visit_id>/homework/", steps.homework, name="homework-assign"),
    path("visits/<uuid:visit_id>/homework/<uuid:assignment_id>/withdraw/", steps.withdraw, name="homework-withdraw"),
    path("notes/<uuid:note_id>/", note.note, name="note"),
    path("notes/<uuid:note_id>/pdf/", note.pdf, name="note-pdf"),
    path("notes/<uuid:note_id>/amend/", note.amend, name="note-amend"),
]
