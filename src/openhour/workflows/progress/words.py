"""What may be said about a signal: the choices of the answer page, as they are kept and as they are read.

Read by the verbs, which refuse what isn't here, and by the pages, which offer it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

ANSWER_WITHIN = timedelta(days=7)
"""So long a signal waits for its therapist before it goes to the supervisor. [local policy] One weekly hour."""

LOOK_AFTER = 2
"""Attended sessions after which the system looks again by itself, unless somebody chose another number."""

LOOK_AFTER_AT_MOST = 6

WORDS_AT_MOST = 400
"""One sentence, or two."""

IN_THE_WAY: Mapping[str, str] = MappingProxyType(
    {
        "alliance": "How we work together",
        "motivation": "Motivation, readiness to change",
        "support": "Too little support around them",
        "life-events": "Something happened in their life",
        "approach": "The approach itself",
        "severity": "How heavy it is",
        "other": "Something else, or not clear yet",
    }
)
"""What may be in the way."""

NOTHING = "nothing"

DOING: Mapping[str, str] = MappingProxyType(
    {
        "talk": "Talk about it together",
        "method": "Change the method",
        "frequency": "Change how often we meet",
        "supervision": "Bring it to supervision",
        NOTHING: "Nothing for now",
    }
)
"""What somebody will do, beside the alternatives that the definition of the hour names."""

HAPPENED: Mapping[str, str] = MappingProxyType(
    {"better": "Better", "same": "About the same", "worse": "Worse", "unknown": "Not known"}
)
"""What the second look found."""
