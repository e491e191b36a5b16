"""The shelf: what the procedure, the measures, the notes, the forms and the payers are, as data.

Every definition is one TOML file with a slug, a version and the day from which it holds. This room reads and checks
them into typed values; it knows no patient. Readers look things up by day: `shelf.procedure("psychotherapy-60", on=day)`.

`shipped_shelf()` is what the package brings, `shelf_with(folder)` lays a site's own definitions over it. What can't be
read is left out and stands in `shelf.findings`, with file, key and reason.
"""

from openhour.catalog.forms import (
    Clause,
    ConsentForm,
    Fee,
    Field,
    HomeworkForm,
    NoteFormat,
    Payer,
    PayerEdit,
    Section,
)
from openhour.catalog.instrument import Band, ChangeRule, Choice, Example, Flag, Instrument, Item, Scoring
from openhour.catalog.pin import Pin
from openhour.catalog.procedure import (
    Alternative,
    Battery,
    Benefit,
    BenefitLimits,
    Experience,
    Goal,
    Indication,
    Intervention,
    Monitor,
    Personnel,
    Phase,
    Preparation,
    Procedure,
    Recovery,
    Risk,
    RoomNeeds,
    Setting,
    TimeRule,
    Turn,
)
from openhour.catalog.reading import read_shelf
from openhour.catalog.scoring_terms import Schedule, Subscale, Then, Unconfirmed
from openhour.catalog.shelf import NotOnShelf, Shelf
from openhour.catalog.shipped import shelf_with, shipped_folder, shipped_shelf
from openhour.catalog.wording import SiteLicence, Wording, offered, why_not_offered

__all__ = [
    "Alternative",
    "Band",
    "Battery",
    "Benefit",
    "BenefitLimits",
    "ChangeRule",
    "Choice",
    "Clause",
    "ConsentForm",
    "Example",
    "Experience",
    "Fee",
    "Field",
    "Flag",
    "Goal",
    "HomeworkForm",
    "Indication",
    "Instrument",
    "Intervention",
    "Item",
    "Monitor",
    "NotOnShelf",
    "NoteFormat",
    "Payer",
    "PayerEdit",
    "Personnel",
    "Phase",
    "Pin",
    "Preparation",
    "Procedure",
    "Recovery",
    "Risk",
    "RoomNeeds",
    "Schedule",
    "Scoring",
    "Section",
    "Setting",
    "Shelf",
    "SiteLicence",
    "Subscale",
    "Then",
    "TimeRule",
    "Turn",
    "Unconfirmed",
    "Wording",
    "offered",
    "read_shelf",
    "shelf_with",
    "shipped_folder",
    "shipped_shelf",
    "why_not_offered",
]
