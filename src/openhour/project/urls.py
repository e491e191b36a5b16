"""The address map: patients' pages, sign-in, staff pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("c/", include("openhour.portal.urls")),
    path("account/", include("openhour.web.home.account_urls")),
    path("", include("openhour.web.urls")),
]

handler400 = "openhour.web.errors.bad_request"
handler403 = "openhour.web.errors.forbidden"
handler404 = "openhour.web.errors.not_found"
handler429 = "openhour.web.errors.too_many"  # asked for by the sign-in library, not by Django
handler500 = "openhour.web.errors.server_error"
