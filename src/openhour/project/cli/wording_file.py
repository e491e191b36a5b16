"""A site's wording as a file: the empty one to fill in, and the checked one laid into the practice's own shelf.

Called by `openhour instruments`. Refuses words that don't fit their definition, with every reason, before anything is
written; what stood there before for the same form and language is replaced whole.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from openhour.catalog import Instrument, Wording, shipped_folder
from openhour.catalog.reading import shelf_from
from openhour.catalog.reading.source import Source, source_from, sources_in
from openhour.kernel import Finding, Refused

_PLACE = "this wording"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the words lie, and which form they are for (`wsas@1.0.0`)."""

    instrument: str
    wording: Wording
    path: Path


def filed_as(content: bytes, name: str, folder: Path) -> Kept:
    """Check the words and write them into `folder/wordings/`. Raises Refused; then nothing was written."""
    wording = checked(content, name, folder)
    slug, _, version = wording.instrument.partition("@")
    path = folder / "wordings" / f"{slug}.{version}.{wording.language}.toml"
    _write(path, content)
    return Kept(wording.instrument, wording, path)


def checked(content: bytes, name: str, folder: Path) -> Wording:
    """The wording, read against the shipped definitions and the practice's own. Raises Refused with every reason."""
    source = source_from(content, "wording", _PLACE)
    if isinstance(source, Finding):
        raise Refused(_named(source, name))
    beside = [*sources_in(shipped_folder()), *(sources_in(folder) if folder.is_dir() else ())]
    kept = [one for one in beside if isinstance(one, Source) and one.kind == "instrument"]
    shelf = shelf_from([*kept, source])
    findings = [_named(one, name) for one in shelf.findings if one.place.startswith(_PLACE)]
    if findings:
        raise Refused(findings)
    return shelf.wordings[0]


def _named(finding: Finding, name: str) -> Finding:
    return replace(finding, place=finding.place.replace(_PLACE, name, 1))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a name beside it is moved over it."""
    beside = path.with_suffix(".writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        os.replace(beside, path)
    except OSError as error:
        reason = error.strerror or "no reason given"
        raise Refused(Finding("out.not-written", f"The file can't be written: {reason}.", str(path))) from None


def template(instrument: Instrument, language: str) -> str:
    """A wording file with every place to fill in, and none filled."""
    shared = instrument.scored_items[-1].choices
    lines = [
        f"# Words for {instrument.title}. Fill in what stands between quotation marks, as your licence lets you.",
        "",
        'schema     = "wording/1"',
        f'instrument = "{instrument.pin.key}"',
        f'language   = "{language}"',
        'stem       = ""',
        "",
        *_choice_lines([choice.score for choice in shared]),
    ]
    for item in instrument.items:
        lines += ["", "[[item]]", f'id   = "{item.id}"', 'text = ""']
        if item.choices != shared:
            lines += _choice_lines([choice.score for choice in item.choices])
    return "\n".join([*lines, "", *_LICENCE])


def _choice_lines(scores: list[int]) -> list[str]:
    return ["choice = [", *(f'  {{ score = {score}, text = "" }},' for score in scores), "]"]


_LICENCE = (
    "[licence]",
    'holder   = ""          # who gave it',
    'kind     = ""          # what it is called',
    "from     = 2026-01-01  # first day",
    "to       = 2026-12-31  # last day; leave out where it has none",
    'document = ""          # where the paper lies',
    'notice   = "©"         # what must stand with the form',
)
