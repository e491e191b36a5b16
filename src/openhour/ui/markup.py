"""Small makers of safe HTML that templates and charts share: attributes, class names, the choices of a field.

Everything that comes in as text is escaped. Style and event-handler attributes are refused with ValueError: the
Content-Security-Policy would ignore them in silence, and a page would break only in front of a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

_NAME = re.compile(r"[a-zA-Z_][\w:.-]*")
# What XML 1.0 can't hold at all, escaped or not.
_NOT_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: object) -> Markup:
    """Escaped, and without the control characters that no document may hold."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, (int, float)):
        return Markup(value)  # noqa: S704  a number holds nothing to escape
    words = str(value)
    return escape(words if words.isprintable() else _NOT_TEXT.sub("�", words))


def attributes(*many: Mapping[str, object], **more: object) -> Markup:
    """` name="value"` for each; None and False are left out, True stands alone. `_` at the end of a name is dropped.

    Raises ValueError for `style`, `on…` and what is no name.
    """
    merged: dict[str, object] = {}
    for one in (*many, more):
        merged |= one
    return Markup("".join([_attribute(name.rstrip("_"), value) for name, value in merged.items()]))  # noqa: S704


def _attribute(name: str, value: object) -> str:
    if not _may_stand(name):
        raise ValueError(f"not an attribute of a page: {name!r}")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    return f' {name}="{value if isinstance(value, (int, float)) else text(value)}"'


@lru_cache(maxsize=512)
def _may_stand(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name != "style" and not name.startswith("on")


@lru_cache(maxsize=512)
def _dashed(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def element(tag: str, *inside: object, **attrs: object) -> Markup:
    """`<tag …>inside</tag>`; in names of attributes, `_` stands for `-` (`stroke_width`)."""
    named = "".join([_attribute(_dashed(name), value) for name, value in attrs.items()])
    return Markup(f"<{tag}{named}>{''.join([text(part) for part in inside])}</{tag}>")  # noqa: S704


def classes(*names: object, **when: object) -> str:
    """`classes("btn", "wide", primary=is_first)` → the names that hold, with `_` written as `-`."""
    kept = [str(name) for name in names if name]
    return " ".join(kept + [name.replace("_", "-") for name, holds in when.items() if holds])


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field. hint: a quiet word beside it; group: the heading it stands under, or empty."""

    value: str
    label: str
    chosen: bool = False
    hint: str = ""
    group: str = ""


def options_of(choices: Iterable[object], chosen: object = ()) -> tuple[Option, ...]:
    """Options from `(value, label)`, `(value, label, hint)`, plain values, or Django's `(group, [pairs])`.

    chosen: one value or several; compared as text, as browsers send them.
    """
    several = chosen if isinstance(chosen, (list, tuple, set, frozenset)) else (chosen,)
    picked = {str(one) for one in several if one is not None}
    return tuple(_options(choices, picked, ""))


def _options(choices: Iterable[object], picked: set[str], group: str) -> Iterable[Option]:
    for choice in choices:
        if isinstance(choice, Option):
            yield choice
            continue
        value, label, hint = _parts(choice)
        if isinstance(label, (list, tuple)):
            yield from _options(label, picked, str(value))
        else:
            code = "" if value is None else str(value)
            yield Option(code, str(label), code in picked, str(hint), group)


def _parts(choice: object) -> tuple[object, object, object]:
    if isinstance(choice, Sequence) and not isinstance(choice, str):
        value, label, *rest = choice
        return value, label, rest[0] if rest else ""
    return choice, choice, ""


def grouped(options: Iterable[Option]) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """Options under their headings, in order; those without one come under an empty heading."""
    groups: dict[str, list[Option]] = {}
    for option in options:
        groups.setdefault(option.group, []).append(option)
    return tuple((heading, tuple(held)) for heading, held in groups.items())


def errors_of(errors: object) -> tuple[str, ...]:
    """Sentences from one text, a list, Django's ErrorList, findings, or nothing."""
    if not errors:
        return ()
    if isinstance(errors, (str, Markup)):
        return (str(errors),)
    return tuple(str(getattr(error, "sentence", error)) for error in errors)  # type: ignore[attr-defined]


@lru_cache(maxsize=2048)
def identifier(name: str) -> str:
    """An id for a field's name: `goal[1]` → `id_goal-1`. Always the same, so that a summary can link to it."""
    return "id_" + (re.sub(r"[^\w-]+", "-", name).strip("-") or "field")
