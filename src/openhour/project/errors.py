"""Which error page fits the address: a patient's page gets help with it, everything else the calm page of the staff.

Called by Django for what no view has answered.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from openhour.portal.errors import broken
from openhour.web import errors

_PATIENTS = "/c/"


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400"""
    return broken(request, status=400) if _of_a_patient(request) else errors.bad_request(request)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403"""
    return broken(request, status=403) if _of_a_patient(request) else errors.forbidden(request)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404"""
    return broken(request, status=404) if _of_a_patient(request) else errors.not_found(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """500"""
    return broken(request, status=500) if _of_a_patient(request) else errors.server_error(request)


def _of_a_patient(request: HttpRequest) -> bool:
    return request.path.startswith(_PATIENTS)
