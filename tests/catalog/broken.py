"""A site's own file, made from a shipped one: under a slug of its own, with one thing changed."""

from __future__ import annotations

from pathlib import Path

from openhour.catalog import Shelf, shelf_with, shipped_folder

SHIPPED = {
    "procedure": "procedures/psychotherapy-60.v1.toml",
    "instrument": "instruments/phq-9.v1.toml",
    "note": "notes/dap.v1.toml",
    "homework": "homework/thought-record.v1.toml",
    "consent": "consents/psychotherapy.v1.toml",
    "payer": "payers/example-payer.v1.toml",
}


def own_text(kind: str) -> str:
    """The shipped file of the kind, as a site would write it: own slug, and a procedure in a family of its own."""
    text = (shipped_folder() / SHIPPED[kind]).read_text("utf-8")
    slug_line = next(line for line in text.splitlines() if line.startswith("slug"))
    text = text.replace(slug_line, 'slug = "own"', 1)
    return text.replace('family = "individual-psychotherapy"', 'family = "own"')


def own_file(folder: Path, kind: str, content: str | bytes) -> Path:
    """Lay the content where files of the kind lie. Returns the folder."""
    path = folder / SHIPPED[kind].split("/")[0] / "own.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def changed(kind: str, old: str, new: str) -> str:
    """The own file with the first `old` replaced. Fails where the file doesn't hold it."""
    text = own_text(kind)
    assert old in text, f"{kind} has no {old!r} to change"
    return text.replace(old, new, 1)


def own_shelf(folder: Path, kind: str, content: str | bytes) -> Shelf:
    """The shipped shelf with this one file of the site."""
    return shelf_with(own_file(folder, kind, content))
