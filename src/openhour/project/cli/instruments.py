"""`openhour instruments`: what can be scored, and under which column names it is found without asking."""

from __future__ import annotations

from openhour.catalog import Instrument
from openhour.project.cli.contract import Answer, openhour_command
from openhour.project.cli.shelf import in_force, the_shelf


@openhour_command("instruments", example="openhour instruments\nopenhour instruments --json")
def command() -> Answer:
    """List the measures that can be scored."""
    instruments = in_force(the_shelf())
    lines = [f"{one.pin.slug:<12} {one.title} ({len(one.scored_items)} scored questions)" for one in instruments]
    return Answer({"instruments": [_facts(one) for one in instruments]}, "\n".join(lines))


def _facts(instrument: Instrument) -> dict[str, object]:
    return {
        "slug": instrument.pin.slug,
        "version": instrument.pin.version,
        "title": instrument.title,
        "items": [item.id for item in instrument.items],
        "scored_items": [item.id for item in instrument.scored_items],
        "columns": list(instrument.data_columns),
        "minimum": instrument.scoring.minimum,
        "maximum": instrument.scoring.maximum,
        "better": instrument.change.better,
        "case_cutoff": instrument.change.caseness_at,
        "reliable_points": instrument.change.reliable_points,
        "licence": instrument.licence,
        "source": instrument.source,
    }
