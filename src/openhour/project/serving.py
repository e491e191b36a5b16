"""The application as `openhour serve` and the demo run it: `wsgi`, and the list of diagnoses read ahead.

Reading that list takes seconds. It is done beside the first visits, a moment after the worker is up, so that nobody who
opens a picker waits for it; whoever comes earlier waits for the same reading and doesn't begin another.
"""

from __future__ import annotations

from threading import Timer

from openhour.catalog.icd10 import load_diagnoses
from openhour.project.wsgi import application

__all__ = ["application", "reading_ahead"]

_AFTER_SECONDS = 3.0

reading_ahead = Timer(_AFTER_SECONDS, load_diagnoses)
reading_ahead.name = "diagnoses"
reading_ahead.daemon = True  # a server that is told to end doesn't wait for it
reading_ahead.start()
