"""Addresses of pages by their names: Django's `reverse`, with what was found once kept.

Called by every template (`url`) and by the bar at the top of each page. A page of a day names some fifty addresses, the
same ones each time it is opened, and finding them anew takes as long as a fifth of the page.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

_KEPT = 8192


def address_of(name: str, *args: object, **kwargs: object) -> str:
    """The address of the named page. Raises django.urls.NoReverseMatch where there is none."""
    # Of the arguments only the text goes into an address; 1 and True are equal, and are not the same text.
    words = tuple(str(one) for one in args)
    named = tuple((key, str(one)) for key, one in kwargs.items())
    return _found(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, words, named)


@lru_cache(maxsize=_KEPT)
def _found(urlconf: str, prefix: str, name: str, args: tuple[str, ...], kwargs: tuple[tuple[str, str], ...]) -> str:
    return reverse(name, urlconf, args=args or None, kwargs=dict(kwargs) or None)
