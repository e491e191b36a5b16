"""The URL map and the access table side by side: which routes there are, what each answers to whom.

Used by the tests that walk every route (access, headers, trail). A route without a row, and a row without a route, are
found by `test_access`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from openhour.guard.models import User
from tests.cast import Cast
from tests.guard import access_records

TABLE = Path(__file__).with_name("access_table.toml")
KEYS = {"methods", "record", "arg", "also", "with", "open", "allow", "allow_post", "note"}
OPEN = {"", "anyone", "signed-in", "nobody"}
RELATIONS = {"any", "own", "supervised"}
ROLES = {"owner", "therapist", "supervisor", "front-desk", "biller"}
# Who asks. Ben treats Ana, Carla treats Cleo, Sam supervises Ben.
PEOPLE = {
    "ben": "therapist",
    "carla": "therapist",
    "sam": "supervisor",
    "dee": "front-desk",
    "eli": "biller",
    "olga": "owner",
    "nia": "",
}
CARE = {"ben": "ana", "carla": "cleo", "sam": "ana"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Row:
    """One route of the table; the keys are explained in its header."""

    name: str
    methods: tuple[str, ...]
    record: str = ""
    arg: str = ""
    fixed: dict[str, Any] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    open: str = ""
    allow: dict[str, str] = field(default_factory=dict)
    allow_post: dict[str, str] = field(default_factory=dict)

    def relation(self, who: str, method: str = "GET") -> str:
        """`any`, `own`, `supervised`, or empty where the person's role opens nothing here."""
        table = self.allow_post if method == "POST" and self.allow_post else self.allow
        return table.get(PEOPLE[who], "")

    def opens(self, who: str, whose: str, method: str = "GET") -> bool:
        """Whether `who` may see the record of `whose` ("ana", "cleo"); for a route without a record, the route."""
        relation = self.relation(who, method)
        if not relation or not self.record or relation == "any":
            return bool(relation)
        return CARE.get(who) == whose


def rows() -> dict[str, Row]:
    """The table, by route name."""
    found = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        name: Row(
            name,
            tuple(row["methods"]),
            row.get("record", ""),
            row.get("arg", ""),
            row.get("with", {}),
            row.get("also", {}),
            row.get("open", ""),
            row.get("allow", {}),
            row.get("allow_post", {}),
        )
        for name, row in found.items()
    }


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the URL map with its name, however deep it is included."""
    yield from _walk(get_resolver().url_patterns)


def _walk(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
        else:
            yield pattern.name or f"<no name: {pattern.pattern}>", pattern


def arguments(row: Row, cast: Cast, whose: str) -> dict[str, Any]:
    """What the address needs: the record of "ana" or "cleo", or of nobody for "missing"."""
    if not row.record:
        return dict(row.fixed)
    made = (
        access_records.missing(row.record, cast)
        if whose == "missing"
        else access_records.make(row.record, cast, whose)
    )
    others = {
        arg: access_records.make(kind, cast, "ana" if whose == "missing" else whose) for arg, kind in row.also.items()
    }
    if isinstance(made, dict):
        return {**row.fixed, **others, **made}
    return {**row.fixed, **others, row.arg or _first_argument(row): made}


def _first_argument(row: Row) -> str:
    pattern = next(pattern for name, pattern in routes() if name == row.name)
    free = [name for name in pattern.pattern.converters if name not in row.fixed and name not in row.also]
    assert len(free) == 1, f"{row.name}: say with `arg` which of {free} names the record"
    return free[0]


def address(row: Row, cast: Cast, whose: str) -> str:
    return reverse(row.name, kwargs=arguments(row, cast, whose))


def client_of(cast: Cast, who: str) -> Client:
    """A signed-in client; "" is somebody who isn't signed in, "off" was switched off after signing in."""
    client = Client()
    if who == "nia":
        client.force_login(User.objects.get_or_create(email="nia@example.test", defaults={"name": "Nia"})[0], BACKEND)
    elif who == "off":
        user = User.objects.create_user("off@example.test", name="Off", roles=sorted(ROLES))
        client.force_login(user, BACKEND)
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif who:
        client.force_login(getattr(cast, f"{who}_user"), BACKEND)
    return client


def hidden_names(cast: Cast, who: str, row: Row) -> list[str]:
    """Names that no page of this route may show to the person: of patients who aren't theirs."""
    relation = row.relation(who) if who in PEOPLE else ""
    theirs = {"any": {"ana", "cleo"}, "": set()}.get(relation, {CARE.get(who, "")})
    if PEOPLE.get(who) == "owner":
        theirs = set()  # an owner reads no chart
    return [name for one in ("ana", "cleo") if one not in theirs for name in _names(getattr(cast, one))]


def _names(patient: Any) -> list[str]:
    return [patient.first_name, patient.last_name]


def shows(body: str, name: str) -> bool:
    """The name as a word of its own, in any case."""
    return re.search(rf"\b{re.escape(name)}\b", body, re.IGNORECASE) is not None


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


class FormFinder(HTMLParser):
    """Forms of a page: (method, action, names of fields that take words)."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self.links: list[str] = []
        self.styled: list[str] = []
        self.scripted: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("src", "href", "action", "formaction", "poster") if name in given]
        self.styled += [tag for name in given if name == "style"]
        self.scripted += [f"{tag} {name}" for name in given if name.startswith("on")]
        if tag == "style":
            self.styled.append(tag)
        if (
            tag == "script"
            and "src" not in given
            and given.get("type") not in ("application/json", "application/ld+json")
        ):
            self.scripted.append("script")
        if tag == "form":
            self.forms.append((given.get("method", "get").lower(), given.get("action", ""), {}))
        if tag in ("input", "textarea", "select", "button") and given.get("name") and self.forms:
            self.forms[-1][2][given["name"]] = given.get("value", "")
