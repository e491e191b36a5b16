"""`openhour instruments`: what can be scored and what may be asked, one instrument in full, and words a site is licensed for.

Loading words checks them against the definition and lays the file into the folder of the practice's own definitions; a
server that runs reads it at its next start.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from openhour.catalog import Instrument, Shelf, shelf_with, why_not_offered
from openhour.catalog.licences import SITE_LOADS_WORDS
from openhour.catalog.reading.source import MOST_BYTES
from openhour.kernel import Finding, Refused
from openhour.project.cli.contract import Answer, openhour_command
from openhour.project.cli.options import PATH
from openhour.project.cli.shelf import in_force, instrument_named, the_shelf, today
from openhour.project.cli.wording_file import filed_as, template


@openhour_command("list", example="openhour instruments list\nopenhour instruments --json")
def listed() -> Answer:
    """List the measures: tier, licence, and whether they may be asked today."""
    shelf = the_shelf()
    found = [_facts(one, shelf) for one in in_force(shelf)]
    lines = [
        f"{one['slug']:<18} {one['tier']:<4} {'offered' if one['offered'] else 'scored only':<12} {one['title']}"
        for one in found
    ]
    return Answer({"instruments": found}, "\n".join([*lines, "", TOLD]))


TOLD = (
    "Tier A: anybody may copy the words. B and C: the practice loads words it is licensed for (scored only until then).\n"
    "openhour instruments show SLUG tells the rest."
)


@openhour_command("show", example="openhour instruments show wsas")
@click.argument("instrument")
def show(instrument: str) -> Answer:
    """Show one measure: licence, scoring, cut-offs, and what no source confirmed."""
    shelf, one = the_shelf(), instrument_named(instrument)
    facts = _facts(one, shelf)
    return Answer(facts, "\n".join(_lines(one, facts)))


@openhour_command("load-wording", example="openhour instruments load-wording wsas.en.toml")
@click.argument("file", type=PATH)
@click.option("--shelf", "folder", type=PATH, help="The practice's own definitions; otherwise OPENHOUR_SHELF.")
def load_wording(file: Path, folder: Path | None) -> Answer:
    """Check the words in FILE against their definition, and lay them into the practice's own shelf."""
    into = folder or _own_folder()
    kept = filed_as(_content(file), str(file), into)
    shelf = shelf_with(into)
    one = shelf.instrument_pinned(kept.instrument)
    why = why_not_offered(one, kept.wording, today())
    facts = {"instrument": kept.instrument, "language": kept.wording.language, "file": str(kept.path)}
    told = "It is offered from now on." if why is None else why.sentence
    text = (
        f"The words of {one.short} are kept in {kept.path}.\n{told} A server that runs reads them at its next start."
    )
    return Answer({**facts, "offered": why is None, "why_not": "" if why is None else why.sentence}, text)


@openhour_command("wording-template", example="openhour instruments wording-template wsas > wsas.en.toml")
@click.argument("instrument")
@click.option("--language", default="en", show_default=True, metavar="en", help="Language of the words.")
def wording_template(instrument: str, language: str) -> Answer:
    """Print an empty wording file for a measure whose words a practice loads itself."""
    one = instrument_named(instrument)
    if one.tier not in SITE_LOADS_WORDS:
        raise Refused(Finding("wording.not-needed", f"{one.short} brings its own words.", "INSTRUMENT"))
    text = template(one, language)
    return Answer({"instrument": one.pin.key, "template": text}, text)


@click.group("instruments", invoke_without_command=True, epilog="\b\nExample:\n  openhour instruments show phq-9")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """List the measures that can be scored, show one, and load words."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(listed, as_json=as_json)


for one in (listed, show, load_wording, wording_template):
    command.add_command(one)


def _own_folder() -> Path:
    named = os.environ.get("OPENHOUR_SHELF", "")
    home = os.environ.get("OPENHOUR_HOME", "")
    if named or home:
        return Path(named) if named else Path(home) / "shelf"
    sentence = "Say where the practice's own definitions lie: --shelf FOLDER, or set OPENHOUR_SHELF."
    raise Refused(Finding("shelf.no-folder", sentence, "--shelf"))


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Refused(Finding("shelf.too-large", f"A file may have at most {MOST_BYTES:,} bytes.", "FILE"))
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or "no reason given"
        raise Refused(Finding("file.unreadable", f"The file can't be read: {reason}.", "FILE")) from None


def _facts(instrument: Instrument, shelf: Shelf) -> dict[str, Any]:
    why = why_not_offered(instrument, shelf.wording_of(instrument), today())
    then = instrument.leads_to
    return {
        "slug": instrument.pin.slug,
        "version": instrument.pin.version,
        "title": instrument.title,
        "tier": instrument.tier,
        "kind": instrument.kind,
        "respondent": instrument.respondent,
        "validated": instrument.validated,
        "minutes": instrument.minutes,
        "offered": why is None,
        "why_not": "" if why is None else why.sentence,
        "items": [item.id for item in instrument.items],
        "scored_items": [item.id for item in instrument.scored_items],
        "columns": list(instrument.data_columns),
        "minimum": instrument.scoring.minimum if instrument.scoring.gives_total else None,
        "maximum": instrument.scoring.maximum if instrument.scoring.gives_total else None,
        "bands": list(instrument.band_labels),
        "subscales": [part.slug for part in instrument.subscales],
        "better": instrument.change.better,
        "case_cutoff": instrument.change.caseness_at,
        "reliable_points": instrument.change.reliable_points,
        "leads_to": None if then is None else {"instrument": then.instrument, "at_least": then.at_least},
        "unconfirmed": {mark.place: mark.value for mark in instrument.unconfirmed},
        "licence": instrument.licence,
        "source": instrument.source,
    }


def _lines(instrument: Instrument, facts: dict[str, Any]) -> list[str]:
    rule = instrument.change
    total = f"{facts['minimum']} to {facts['maximum']}" if instrument.scoring.gives_total else "none"
    lines = [
        f"{instrument.title} ({instrument.pin.key})",
        f"  tier          {instrument.tier}; {'offered' if facts['offered'] else 'not offered: ' + facts['why_not']}",
        f"  licence       {instrument.licence}",
        f"  source        {instrument.source}",
        f"  scored as     {instrument.kind}: {len(instrument.scored_items)} questions, total {total}, {rule.better} is better",
        f"  levels        {', '.join(instrument.band_labels) or 'none'}{'' if instrument.bands_confirmed else ' (unconfirmed)'}",
        *(f"  part          {part.title}{'' if part.confirmed else ' (unconfirmed)'}" for part in instrument.subscales),
        *(f"  judged by     {one.fact} = {one.value}: a case from {one.caseness_at}" for one in instrument.bands_for),
        f"  case cut-off  {'none confirmed' if rule.caseness_at is None else rule.caseness_at}",
        f"  reliable      {'none confirmed' if rule.reliable_points is None else f'{rule.reliable_points} points'}",
        *_flag_lines(instrument),
        *([] if facts["leads_to"] is None else [f"  leads to      {facts['leads_to']['instrument']} from {facts['leads_to']['at_least']}"]),
        *([] if instrument.validated else ["  validated     no"]),
    ]  # fmt: skip
    marks = [
        f"  unconfirmed   {mark.place}{f': {mark.value}' if mark.value else ''}" for mark in instrument.unconfirmed
    ]
    return lines + marks


def _flag_lines(instrument: Instrument) -> list[str]:
    return [
        f"  alert         {flag.raises}: question {flag.item} from {flag.at_least}{'' if flag.confirmed else ' (unconfirmed: raises nothing)'}"
        for flag in instrument.flags
    ]
