"""Addresses of this chapter."""

from __future__ import annotations

from django.urls import URLPattern, path

from openhour.web.money import batches, charges, claims, superbills

urlpatterns: list[URLPattern] = [
    path("claims/", claims.claims, name="claims"),
    path("claims/write/", claims.write, name="batch-write"),
    path("claims/batches/", batches.batches, name="batches"),
    path("claims/batches/<uuid:batch_id>/", batches.batch, name="batch"),
    path("claims/batches/<uuid:batch_id>/file/", batches.file, name="batch-file"),
    path("charges/<uuid:charge_id>/", charges.charge, name="charge"),
    path("charges/<uuid:charge_id>/again/", charges.again, name="charge-again"),
    path("claims/superbills/", superbills.superbills, name="superbills"),
    path("claims/superbills/make/", superbills.make, name="superbill-make"),
    path("claims/superbills/<uuid:superbill_id>/", superbills.superbill, name="superbill"),
    path("claims/superbills/<uuid:superbill_id>/file/", superbills.file, name="superbill-file"),
]
