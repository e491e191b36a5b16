"""Signals in words: what a kind is called, and what a state looks like."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from openhour.workflows.progress.words import DOING, HAPPENED, IN_THE_WAY

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "not-on-track": "Not on track",
        "reliably-worse": "Reliably worse",
        "no-gain-by-session-6": "No gain yet",
        "long-without-gain": "Long without gain",
        "measures-missing": "Measures missing",
        "dropout-risk": "May stop coming",
    }
)

STATES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "open": ("Needs thought", "warn", "flag"),
        "passed-to-supervisor": ("With the supervisor", "warn", "person"),
        "answered": ("Answered", "info", "clock"),
        "looked-again": ("Looked at again", "quiet", "eye"),
        "cleared": ("Cleared", "quiet", "done"),
    }
)
"""A state's word, tone and sign."""

OUTCOMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "better": ("ok", "done"),
        "same": ("quiet", "circle"),
        "worse": ("danger", "alert"),
        "unknown": ("quiet", "info"),
    }
)
"""Tone and sign of what the second look found."""

TRENDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "better": ("reliably better", "ok", "done"),
        "worse": ("reliably worse", "danger", "alert"),
        "no reliable change": ("no reliable change", "quiet", "circle"),
    }
)


def title_of(kind: str) -> str:
    """`Not on track`."""
    return KINDS.get(kind, kind.replace("-", " ").capitalize())


WORDS = {
    "title_of": title_of,
    "states": STATES,
    "outcomes": OUTCOMES,
    "trends": TRENDS,
    "happened_words": HAPPENED,
    "in_the_way_words": IN_THE_WAY,
    "doing_words": DOING,
}
"""What every template of this chapter is given."""
