"""The address map: patients' pages, the sign-in library's pages, staff pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("c/", include("openhour.portal.urls")),
    path("account/", include("allauth.urls")),
    path("", include("openhour.web.urls")),
]

handler400 = "openhour.web.errors.bad_request"
handler403 = "openhour.web.errors.forbidden"
handler404 = "openhour.web.errors.not_found"
handler500 = "openhour.web.errors.server_error"
