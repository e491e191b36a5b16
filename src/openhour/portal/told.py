"""What the definition of an hour says in short names, told in a patient's words: how a benefit is seen, how often people
come. Pure over the definition and the shelf; called by the page that tells what to expect."""

from __future__ import annotations

from openhour.catalog import NotOnShelf, Procedure
from openhour.records.queries.link import OpenLink
from openhour.records.shelf import shelf

_WITHOUT_INSTRUMENT = {
    "goal-attainment": "how far you come with your goals",
    "homework-done": "what you try between visits",
}
_RHYTHMS = {"weekly": "every week", "biweekly": "every other week"}


def measured(procedure: Procedure, link: OpenLink) -> dict[str, tuple[str, ...]]:
    """By the slug of a benefit, what shows it; what has no words for a patient is left out."""
    return {
        benefit.slug: tuple(words for slug in benefit.measured_by if (words := _seen_in(slug, link)))
        for benefit in procedure.benefits
    }


def rhythms(procedure: Procedure) -> tuple[str, ...]:
    """How often people come, as the definition lets a series recur."""
    return tuple(_RHYTHMS[one] for one in procedure.recovery.cadence if one in _RHYTHMS)


def _seen_in(slug: str, link: OpenLink) -> str:
    if slug in _WITHOUT_INSTRUMENT:
        return _WITHOUT_INSTRUMENT[slug]
    try:
        return f"the questions of the {shelf().instrument(slug, on=link.day).short}"
    except NotOnShelf:
        return ""
