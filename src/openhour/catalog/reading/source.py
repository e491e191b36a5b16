"""From a folder to sources: each definition file as bytes, digest and TOML values, or the reason it could not be read.

Also resolves `extends = "slug@version"`: the file takes every top-level key of the file it names, and its own keys
replace those whole; its digest then covers both files.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from openhour.catalog.reading.wording import printable
from openhour.kernel import Finding

FOLDERS = {
    "procedures": "procedure",
    "instruments": "instrument",
    "notes": "note",
    "homework": "homework",
    "consents": "consent",
    "payers": "payer",
    "wordings": "wording",
    "courses": "course",
}
MOST_BYTES = 1_000_000
_HEAD = ("schema", "slug", "version", "effective", "extends")


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file. file: `instruments/phq-9.v1.toml`; content: its bytes; digest: SHA-256 over what it is made of."""

    kind: str
    file: str
    content: bytes
    digest: str
    values: dict[str, Any]

    @property
    def key(self) -> str:
        """`phq-9@1.0.0` as the file says it, unchecked."""
        return f"{self.values.get('slug')}@{self.values.get('version')}"


def sources_in(folder: Path) -> Iterator[Source | Finding]:
    """Every `*.toml` in the sub-folders, in order of name, and a Finding for what can't be read."""
    if not folder.is_dir():
        yield Finding("shelf.no-folder", "There is no such folder of definitions.", str(folder))
        return
    yield from _strays(folder)
    for name, kind in FOLDERS.items():
        for path in sorted((folder / name).glob("*.toml")):
            yield read_source(path, kind, f"{name}/{printable(path.name)}")


def read_source(path: Path, kind: str, file: str) -> Source | Finding:
    """One file from the disk."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return Finding("shelf.too-large", f"A definition may have at most {MOST_BYTES:,} bytes.", file)
        content = path.read_bytes() if path.is_file() else None
    except OSError as error:
        return Finding("shelf.unreadable", f"The file can't be read: {error.strerror or 'no reason given'}.", file)
    if content is None:
        return Finding("shelf.unreadable", "This is not a file.", file)
    return source_from(content, kind, file)


def source_from(content: bytes, kind: str, file: str) -> Source | Finding:
    """The bytes of a file as TOML values."""
    try:
        values = _parsed(content)
    except UnicodeDecodeError as error:
        return Finding("shelf.not-utf8", f"The file is not UTF-8: byte {error.start + 1} doesn't fit.", file)
    except RecursionError:
        return Finding(
            "shelf.not-toml", "The file is not good TOML: lists or tables stand too deep in each other.", file
        )
    except ValueError as error:
        return Finding(
            "shelf.not-toml", f"The file is not good TOML: {printable(str(error).rstrip('.'), 160)}.", file
        )
    return Source(kind, file, content, hashlib.sha256(content).hexdigest(), values)


@lru_cache(maxsize=256)
def _parsed(content: bytes) -> dict[str, Any]:
    """Kept, because a site's shelf is read over the shipped one again and again; nobody writes into the values."""
    return tomllib.loads(content.decode("utf-8"))


def extended(sources: Iterable[Source]) -> Iterator[Source | Finding]:
    """Each source with what it extends laid below it, or the reason that can't be done."""
    known: dict[tuple[str, str], Source] = {}
    asked = tuple(sources)
    for source in asked:
        known.setdefault((source.kind, source.key), source)
    for source in asked:
        yield _over_its_base(source, known) if "extends" in source.values else source


def _over_its_base(source: Source, known: dict[tuple[str, str], Source]) -> Source | Finding:
    name, place = source.values["extends"], f"{source.file}: extends"
    base = known.get((source.kind, name)) if isinstance(name, str) else None
    if base is None or base is source:
        return Finding("shelf.not-on-shelf", f"The shelf holds no {source.kind} of that name and version.", place)
    if "extends" in base.values:
        return Finding("shelf.extends-twice", "The file it extends extends another one; name that one.", place)
    below = {key: value for key, value in base.values.items() if key not in _HEAD}
    above = {key: value for key, value in source.values.items() if key != "extends"}
    digest = hashlib.sha256(base.content + b"\n" + source.content).hexdigest()
    return replace(source, digest=digest, values=below | above)


def _strays(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.glob("*/*.toml")):
        if path.parent.name not in FOLDERS:
            sentence = f"Definitions lie in the folders {', '.join(FOLDERS)}; this one is never read."
            yield Finding("shelf.stray-file", sentence, printable(f"{path.parent.name}/{path.name}"))
    for path in sorted(folder.glob("*.toml")):
        sentence = f"Definitions lie in the folders {', '.join(FOLDERS)}; this one is never read."
        yield Finding("shelf.stray-file", sentence, printable(path.name))
