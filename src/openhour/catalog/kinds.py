"""The kinds that a definition may name, with the parameters each takes.

Data chooses a kind, code decides what it does: monitors live in `care.monitors`, payer edits in `billing.edits`, homework
fields in the portal, scoring in `measures`. The readers of the shelf refuse a kind or a parameter that doesn't stand here,
so a new use is a data file, and a new kind is code with tests and one more line below.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a kind.

    takes: `text`, `texts` (a tuple of str), `number` (int), `instruments` (a tuple of instrument slugs on the shelf),
    `places` (a tuple of place-of-service codes) or `pattern` (a regular expression of literals, character classes and
    counted repeats, for `re.fullmatch`).
    one_of: the only values allowed, empty where any is. minimum and maximum: for `number`, both included.
    shape: for `text` and `texts`, what each value must look like in full (a regular expression), with its words in `like`.
    """

    name: str
    takes: str
    required: bool = True
    minimum: int | None = None
    maximum: int | None = None
    one_of: tuple[str, ...] = ()
    shape: str = ""
    like: str = ""


MONITORS: dict[str, tuple[Parameter, ...]] = {
    # An answer at a flag of the instrument: `raises` names the flag (`suicide-risk`).
    "item-flag": (
        Parameter("of", "instruments"),
        Parameter("raises", "text", shape="[a-z0-9]+(-[a-z0-9]+)*", like="suicide-risk"),
    ),
    # Worse by the instrument's reliable points than the score it is held against.
    "reliable-worsening": (
        Parameter("of", "instruments"),
        Parameter("against", "text", one_of=("baseline", "previous", "best")),
    ),
    # So many sessions without a reliable gain on any of the instruments.
    "long-without-gain": (Parameter("of", "instruments"), Parameter("sessions", "number", minimum=1, maximum=500)),
    # The patient's own rating after a session, 0 (not at all) to 10 (as distressed as can be).
    "session-distress": (Parameter("at_least", "number", minimum=1, maximum=10),),
}

PAYER_EDITS: dict[str, tuple[Parameter, ...]] = {
    "requires-authorization": (Parameter("codes", "texts", shape="[0-9A-Z]{5}", like="90837"),),
    "allowed-place-of-service": (Parameter("places", "places"),),
    "requires-member-id-pattern": (Parameter("pattern", "pattern"),),
    # `taxonomy` is a prefix (`101Y`); the modifier stands on every line that such a clinician renders.
    "modifier-for-taxonomy": (
        Parameter("taxonomy", "text", shape="[0-9A-Z]{3,10}", like="101Y"),
        Parameter("modifier", "text", shape="[0-9A-Z]{2}", like="HO"),
    ),
}

SCORING = ("sum", "mean", "weighted", "subscales", "highest-of", "triage", "personal")
"""Each has its typed terms in `catalog.scoring_terms` and its function in `measures.totals`."""

GAPS = ("mean", "zero")
"""What stands for an item that may be missing: the mean of those answered, or nothing (a blank counts 0)."""

FACTS: dict[str, tuple[str, ...]] = {"sex": ("female", "male")}
"""What must be known about a person for some cut-offs, and the values for which a source gives one."""

RESPONDENTS = ("patient", "parent", "clinician")
HOMEWORK_FIELDS = ("text", "long-text", "scale", "time", "date")
NOTE_FACTS = ("times", "place", "people", "scores", "homework")
JUDGEMENTS = ("intervention", "response", "risk", "progress", "plan")
CONSENT_FILLS = ("risks", "benefits", "alternatives", "summary", "time", "cadence", "experience")
CADENCES = ("weekly", "biweekly")
LICENCES = ("active-in-state-on-date",)
PHASE_NEEDS = ("history", "presenting-issues", "screens", "goals-agreed-by-both")
OFFER_WHEN = ("consent", "plan-review", "no-gain")
MEASURED_WITHOUT_INSTRUMENT = ("goal-attainment", "homework-done")
ASK_AFTER = ("session-feelings",)
PAYER_KINDS = ("self-pay", "insurer")
BETTER = ("lower", "higher")
