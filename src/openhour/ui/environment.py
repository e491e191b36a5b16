"""The Jinja2 environment of all pages, for Django's own backend: `"OPTIONS": {"environment": "openhour.ui.environment.environment"}`.

Adds `static`, `url`, `script`, the filters of `openhour.ui.words` and the makers of `openhour.ui.markup`. A name that a
page uses but nobody gave is an error, in tests and in service alike: an empty place where a score should stand is
worse than a page that says it can't be shown. Pass `strict=False` to loosen that.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from openhour.ui import markup, words

TEMPLATES = Path(__file__).parent / "jinja2"


def _static(path: str) -> str:
    from django.templatetags.static import static

    return static(path)


def _url(name: str, *args: object, **kwargs: object) -> str:
    from openhour.ui.addresses import address_of

    return address_of(name, *args, **kwargs)


def environment(**options: Any) -> Environment:
    """An environment with everything that the templates of `ui`, `web` and `portal` may use.

    strict (default True): undefined names raise. static, url: stand-ins for Django's, for pages made without it.
    """
    static: Callable[..., str] = options.pop("static", _static)
    url: Callable[..., str] = options.pop("url", _url)
    if options.pop("strict", True):
        options["undefined"] = StrictUndefined
    options.setdefault("autoescape", True)
    options.setdefault("loader", FileSystemLoader(TEMPLATES))
    options |= {"trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options)  # noqa: S701  autoescape is set above
    made.globals |= {
        "static": static,
        "url": url,
        "script": lambda name: _script(static, name),
        "attributes": markup.attributes,
        "classes": markup.classes,
        "options_of": markup.options_of,
        "grouped": markup.grouped,
        "errors_of": markup.errors_of,
        "identifier": markup.identifier,
    }
    made.filters |= words.FILTERS
    return made


def _script(static: Callable[..., str], name: str) -> Markup:
    """The tag of one module of ours (`script("autosave")`), or of htmx (`script("htmx")`)."""
    if name == "htmx":
        return Markup('<script defer src="{}"></script>').format(static("ui/vendor/htmx-4.0.1.min.js"))
    return Markup('<script type="module" src="{}"></script>').format(static(f"ui/{name}.js"))
