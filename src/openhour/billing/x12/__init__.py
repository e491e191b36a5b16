"""The X12 837P file (005010X222A1): written, read and checked at the edge; inside, claims are plain values."""

from openhour.billing.x12.reader import read_837p
from openhour.billing.x12.survey import survey_837
from openhour.billing.x12.validator import validate_837p
from openhour.billing.x12.writer import write_837p

__all__ = ["read_837p", "survey_837", "validate_837p", "write_837p"]
