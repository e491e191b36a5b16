"""An expected course out of starting values on the shelf, for a practice without enough closed episodes of its own.

Called by whoever looks up the course of an instrument and finds no fit of the practice. The values carry no uncertainty of
their own estimates, which makes the band a little too narrow; where nobody confirmed them it drives no signal.
"""

from __future__ import annotations

from openhour.catalog.course import StartingCourse
from openhour.catalog.instrument import Instrument
from openhour.measures.course import INTAKE, Course
from openhour.measures.growth import Growth

_NO_ERROR = ((0.0,) * 4,) * 4


def starting_course(values: StartingCourse, instrument: Instrument) -> Course:
    """The course of these values. Raises ValueError where they are another instrument's."""
    if values.instrument != instrument.pin.slug:
        raise ValueError(f"{values.pin.key} holds values of {values.instrument}")
    growth = Growth(
        centres=(values.intake,),
        level=(values.level, values.level_by_intake),
        slope=(values.slope, values.slope_by_intake),
        fixed=_NO_ERROR,
        between=(values.level_variance, values.covariance, values.slope_variance),
        residual=values.residual,
    )
    return Course(
        slug=values.pin.slug,
        version=values.pin.version,
        instrument=values.instrument,
        source=values.source,
        confirmed=values.confirmed,
        data_from=None,
        data_until=None,
        patients=values.patients,
        scores=0,
        better=instrument.change.better,
        lowest=float(instrument.scoring.minimum),
        highest=float(instrument.scoring.maximum),
        predictors=(INTAKE,),
        model=growth,
    )
