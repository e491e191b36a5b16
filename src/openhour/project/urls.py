"""The address map: patients' pages, sign-in, staff pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("c/", include("openhour.portal.urls")),
    path("account/", include("openhour.web.home.account_urls")),
    path("", include("openhour.web.urls")),
]

handler400 = "openhour.project.errors.bad_request"
handler403 = "openhour.project.errors.forbidden"
handler404 = "openhour.project.errors.not_found"
handler429 = "openhour.web.errors.too_many"  # asked for by the sign-in library, not by Django
handler500 = "openhour.project.errors.server_error"
