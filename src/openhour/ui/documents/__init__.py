"""Printed documents: one typst template a kind, plain data in, accessible PDF out.

Called by the verbs and pages that print. Templates: `superbill`, `note`, `consent`, `report`; `document.typ` is their common
dress. Data reach a template as JSON values and are set as text, so no string in them can become markup.
Nothing is downloaded. The fonts are those inside the typst wheel; the machine's own are asked only for letters that
these lack, and what no font has is printed as a question mark: an accessible PDF may not hold a letter without a glyph.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import typst

FOLDER = Path(str(files("openhour.ui.documents")))
TEMPLATES = ("consent", "note", "report", "superbill")
_UNDATED = datetime(2000, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - typst wants a fixed offset
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
"""Unicode categories that print nothing: controls, marks of direction, halves, private and unassigned ones."""


def render_pdf(template: str, data: Mapping[str, object], *, dated: datetime | None = None) -> bytes:
    """The document as a tagged PDF (PDF/UA-1), the same bytes for the same data.

    template: one of TEMPLATES; data: JSON values only; dated: the creation time that the file states, aware of its
    zone; without it a fixed one. Raises KeyError for an unknown template, typst.TypstError where data lack a part.
    """
    if template not in TEMPLATES:
        raise KeyError(template)
    clean = _each_text(data, _printable)
    stamp = int((dated or _UNDATED).timestamp())
    try:
        return _compiled(template, clean, stamp, system=False)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    return _with_what_fonts_have(template, clean, stamp)


def _with_what_fonts_have(template: str, data: object, stamp: int) -> bytes:
    shown = _each_text(data, lambda text: "".join(mark if _has_glyph(mark) else "?" for mark in text))
    try:
        return _compiled(template, shown, stamp, system=True)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    # Marks that no font can put together, each of which it has alone.
    plain = _each_text(shown, lambda text: "".join(mark if mark < "\u0250" else "?" for mark in text))
    return _compiled(template, plain, stamp, system=True)


def _compiled(template: str, data: object, stamp: int, *, system: bool) -> bytes:
    made = typst.compile(
        str(FOLDER / f"{template}.typ"),
        root=str(FOLDER),
        font_paths=_fonts(system),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data, ensure_ascii=True)},
        timestamp=stamp,
    )
    assert isinstance(made, bytes)
    return made


def _each_text(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(one, change) for one in value]
    return value


def _printable(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\t", " ").replace("\r", "\n")
    return "".join(mark for mark in lines if mark == "\n" or unicodedata.category(mark) not in _UNSEEN)


@lru_cache(maxsize=4096)
def _has_glyph(mark: str) -> bool:
    if mark == "\n" or " " <= mark <= "~":
        return True
    page = '#set document(title: "glyph")\n#text(sys.inputs.mark)'
    try:
        typst.compile(
            page.encode(), font_paths=_fonts(True), format="pdf", pdf_standards=["ua-1"], sys_inputs={"mark": mark}
        )
    except typst.TypstError:
        return False
    return True


@cache
def _fonts(system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=True)
