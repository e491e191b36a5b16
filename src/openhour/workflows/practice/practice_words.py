"""What is typed about the practice itself, and what may be wrong with it. Used by `init_practice` and `change_practice`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from openhour.kernel import Finding, npi_finding
from openhour.workflows.practice import checks

CRISIS_TEXT = "If you may hurt yourself, call or text 988 now, or 911 in an emergency."


@dataclass(frozen=True, slots=True)
class PracticeWords:
    """npi, tax_id, taxonomy, submitter_id: needed for claims only, so they may come later.
    crisis_text: what a patient reads at once after a critical answer."""

    name: str
    phone: str = ""
    tax_id: str = ""
    npi: str = ""
    taxonomy: str = ""
    submitter_id: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    crisis_text: str = CRISIS_TEXT

    def columns(self) -> dict[str, str]:
        """As the table names them."""
        return {name: value.strip() for name, value in asdict(self).items()}


def practice_gaps(words: PracticeWords) -> Iterator[Finding]:
    """Everything that is missing or can't be read, beside its field."""
    yield from checks.text(words.name, "name", "the name of the practice", 60)
    yield from checks.phone(words.phone)
    yield from checks.digits(words.tax_id, "tax_id", 9, "A tax id")
    yield from checks.taxonomy(words.taxonomy, required=False)
    yield from checks.text(words.submitter_id, "submitter_id", "the submitter id", 15, required=False)
    yield from checks.address(words.address, words.city, words.state, words.zip_code, required=False)
    yield from checks.text(words.crisis_text.replace("\n", " "), "crisis_text", "the words for a crisis", 2000)
    if words.npi and (wrong := npi_finding(words.npi)):
        yield wrong
