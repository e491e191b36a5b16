"""One patient: what the reader's role may see, the chart of each course of treatment for those who treat."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.records.queries.patient_page import EpisodeLine, patient_page
from openhour.web.chrome import render_page
from openhour.web.hour.measures_shown import measure_shown
from openhour.web.patients.listing import READERS
from openhour.web.patients.reading import link_to
from openhour.web.patients.words import HOMEWORK_STATES, RELATION_WORDS, SEX_WORDS, VISIT_STATES
from openhour.web.progress.words import title_of


@require_safe
@staff(*READERS)
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Everything on one page."""
    asked = cast(StaffRequest, request)
    page = patient_page(asked.actor, patient_id, at=asked.received_at)
    context = {
        "page": page,
        "head": page.head,
        "patient": page.head.row,
        "episodes": [(episode, _shown(episode)) for episode in page.episodes],
        "link_to": link_to,
        "sex_words": SEX_WORDS,
        "relation_words": RELATION_WORDS,
        "visit_states": VISIT_STATES,
        "homework_states": HOMEWORK_STATES,
        "title_of": title_of,
    }
    with timezone.override(page.head.zone):
        return render_page(request, "web/patients/patient.html", context)


def _shown(episode: EpisodeLine) -> dict[str, Any]:
    if episode.chart is None:
        return {}
    return {
        "measures": [measure_shown(one) for one in episode.chart.measures],
        "open_alerts": [one for one in episode.chart.alerts if one.state != "answered"],
        "answered": [one for one in episode.chart.alerts if one.state == "answered"],
    }
