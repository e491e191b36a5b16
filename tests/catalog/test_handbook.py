"""The pages that tell how to write a definition: each example is read by the real reader, and no key goes unmentioned."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from openhour.catalog import kinds, shelf_with, shipped_folder, shipped_shelf
from openhour.catalog.licences import TIERS
from tests.catalog.broken import SHIPPED, own_file
from tests.catalog.wordings import wording_file

PAGES = Path(__file__).resolve().parents[2] / "docs" / "definitions"
KINDS = sorted(SHIPPED)


def page(kind: str) -> str:
    return (PAGES / f"{kind}.md").read_text("utf-8")


def blocks(text: str) -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def keys(value: object) -> set[str]:
    """Every key of a file but the names that it makes itself: of its subscales and rules, in an example."""
    inner = value if isinstance(value, list) else []
    if isinstance(value, dict):
        inner = [one for key, one in value.items() if key not in ("subscales", "rules")]
    own = set(value) if isinstance(value, dict) else set()
    return own.union(*map(keys, inner))


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_page_is_read_without_a_complaint(kind, tmp_path):
    (block,) = blocks(page(kind))
    shelf = shelf_with(own_file(tmp_path, kind, block))
    values = tomllib.loads(block)
    assert shelf.findings == ()
    assert shelf.pinned(kind, f"{values['slug']}@{values['version']}").pin.effective == values["effective"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_mentions_every_key_of_its_files(kind):
    told = set(re.findall(r"[a-z_0-9]+", page(kind) + page("README")))
    folder = shipped_folder() / SHIPPED[kind].split("/")[0]
    for path in folder.glob("*.toml"):
        assert keys(tomllib.loads(path.read_text("utf-8"))) <= told, path.name


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("procedure", [*kinds.MONITORS, *kinds.CADENCES, *kinds.OFFER_WHEN, *kinds.PHASE_NEEDS, *kinds.LICENCES]),
        ("procedure", [one.name for parameters in kinds.MONITORS.values() for one in parameters]),
        ("instrument", [*kinds.SCORING, *kinds.BETTER]),
        ("instrument", [f'"{word}"' for word in (*kinds.GAPS, *kinds.RESPONDENTS, *TIERS)]),
        ("instrument", [f'fact = "{word}"' for word in kinds.FACTS]),
        ("note", [*kinds.NOTE_FACTS, *kinds.JUDGEMENTS]),
        ("homework", kinds.HOMEWORK_FIELDS),
        ("consent", kinds.CONSENT_FILLS),
        ("payer", [*kinds.PAYER_EDITS, *kinds.PAYER_KINDS]),
        ("payer", [one.name for parameters in kinds.PAYER_EDITS.values() for one in parameters]),
    ],
)
def test_a_page_mentions_every_kind_that_may_be_named(kind, known):
    told = page(kind)
    assert [word for word in known if f"`{word}`" not in told] == []


def test_the_example_of_words_is_read_without_a_complaint_and_offers_the_form(tmp_path):
    (block,) = blocks(page("wording"))
    shelf = shelf_with(wording_file(tmp_path, block))
    assert shelf.findings == ()
    assert {"wsas"} == {one.pin.slug for one in shelf.offered(on=date(2026, 12, 31)) if one.wording}
    assert not any(one.wording for one in shelf.offered(on=date(2027, 1, 1)))


def test_every_page_is_linked_from_the_first_one():
    assert set(re.findall(r"\]\((\w+\.md)\)", page("README"))) == {path.name for path in PAGES.glob("*.md")} - {
        "README.md"
    }


def test_the_complaint_that_the_first_page_shows_is_the_real_one(tmp_path):
    text = blocks(page("instrument"))[0].replace("at_least = 4", "at_least = 0")
    (finding, *_) = shelf_with(own_file(tmp_path, "instrument", text)).findings
    assert finding.sentence in page("README")


def test_the_procedure_example_replaces_only_what_it_writes(tmp_path):
    shelf = shelf_with(own_file(tmp_path, "procedure", blocks(page("procedure"))[0]))
    new = shelf.pinned("procedure", "psychotherapy-60@1.1.0")
    old = shipped_shelf().pinned("procedure", "psychotherapy-60@1.0.0")
    assert new.time.planned_minutes == 75
    assert len(new.indications) == 1
    assert (new.risks, new.alternatives, new.code) == (old.risks, old.alternatives, old.code)
