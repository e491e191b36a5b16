"""Pages, signed in, with access check and trail: queries per page, and time as a ratio to an empty view in the same run.

10,000 patients with a year of weekly visits (SQLite in a temporary folder), signed notes, scores and charges. Requests go
through the WSGI application in this process. Each page stands beside two peers that answer `OK` in the same turns: the empty
view, which asks for no session, and the floor, where somebody is signed in and let in and leaves an entry in the trail:
what no page that shows a patient can do without. Time is what this process computed; the clock on the wall, with the wait
for the disk, stands in rows of its own. Also: what a browser fetches for the first load of the session room, compressed.
"""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.rows import Row, size

if TYPE_CHECKING:
    from benchmarks.filled import Filled

AIM, WEIGHT_AIM, QUERIES_AIM = "5 or less", "60 or less", "8 or less"


def run() -> list[Row]:
    """In a process of its own: the settings of a site are read once a process."""
    with tempfile.TemporaryDirectory(prefix="oh-bench-") as home:
        settings = {"OPENHOUR_HOME": home, "DJANGO_SETTINGS_MODULE": "openhour.project.settings.demo"}
        command = [sys.executable, "-m", "benchmarks.bench_pages"]
        done = subprocess.run(command, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True, check=True)
    return [_row(line) for line in done.stdout.splitlines() if "\t" in line]


def _row(line: str) -> Row:
    name, ours, peer, unit, aim = line.split("\t")
    return Row(name, float(ours), float(peer) if peer else None, unit, aim)


# --- in the other process ---------------------------------------------------------------------------------------


def measure() -> list[Row]:
    """Fill, warm up, then time the pages in turns with the empty view."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from benchmarks.filled import fill

    filled = fill(size("PATIENTS", 10_000), size("WEEKS", 52))
    counts = counted(filled)
    pages = {
        "today, 15 visits": "/today/",
        f"patient list, 15 of {filled.patients:,}": "/patients/",
        "session room": f"/visits/{filled.visit}/session/",
    }
    if os.environ.get("OPENHOUR_BENCH_PROFILE"):
        profile(pages)
        return []
    return [*timed(pages), *counts, weight(pages["session room"])]


def timed(pages: dict[str, str]) -> list[Row]:
    """Median time of each page, against an empty view and against the floor."""
    from benchmarks.rows import measured

    install_empty_views()
    staff, nobody = client(), client(signed_in=False)
    peers = (staff_get(nobody, "/empty/"), staff_get(staff, "/empty/staff/"), staff_get(staff, "/empty/trailed/"))
    gets = [staff_get(staff, address) for address in pages.values()]
    empty, known, floor, *took = measured(*peers, *gets, rounds=size("ROUNDS", 60))
    named = list(zip(pages, took, strict=True))
    return [
        *(Row(f"page: {name} (peer: empty view)", one.cpu, empty.cpu, "ms", AIM) for name, one in named),
        *(Row(f"page: {name} (peer: the floor)", one.cpu, floor.cpu) for name, one in named),
        Row("page: empty, but signed in and let in (peer: empty view)", known.cpu, empty.cpu),
        Row("page: the floor: signed in, let in, trailed (peer: empty view)", floor.cpu, empty.cpu),
        *(Row(f"page: {name}, on the wall (peer: empty view)", one.wall, empty.wall) for name, one in named),
    ]


def counted(filled: Filled) -> list[Row]:
    """Queries of each page with all its rows and, as the peer, with fewer: constant in rows."""
    from benchmarks.filled import fewer_visits_today

    staff = client()
    room, fewer = f"/visits/{filled.visit}/session/", f"/visits/{filled.short_visit}/session/"
    pages = {"today": "/today/", "patient list": "/patients/", "session room": room}
    many = {name: queries_of(staff, address) for name, address in pages.items()}
    with fewer_visits_today(filled):
        few = {name: queries_of(staff, address) for name, address in {**pages, "session room": fewer}.items()}
    return [
        Row(f"queries: {name} (peer: with fewer rows)", many[name], few[name], "queries", QUERIES_AIM)
        for name in pages
    ]


def client(*, signed_in: bool = True) -> object:
    """A browser of the therapist; without CSRF checks no page differs, as only pages are read."""
    from django.test import Client

    from openhour.guard.models import User

    made = Client(headers={"host": "localhost"})
    if signed_in:
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        made.force_login(User.objects.get(email="ben@example.test"), backend)
    return made


def staff_get(browser: object, address: str):
    """A call that asks for the page and fails where it isn't there."""

    def get() -> None:
        answer = browser.get(address)  # type: ignore[attr-defined]
        assert answer.status_code == 200, (address, answer.status_code)

    return get


def queries_of(browser: object, address: str) -> int:
    """Statements that ask or write rows. Transaction control is not counted: it asks nothing of a table."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    staff_get(browser, address)()
    with CaptureQueriesContext(connection) as captured:
        staff_get(browser, address)()
    asked = [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(control)]
    if os.environ.get("OPENHOUR_BENCH_QUERIES"):
        print(address, *(f"  {sql[:150]}" for sql in asked), sep="\n", file=sys.stderr)
    return len(asked)


def install_empty_views() -> None:
    """Addresses that answer `OK` behind the same middlewares: to anybody, to a therapist who is signed in, and to one
    whose visit leaves an entry in the trail, as that of every page that shows a patient does."""
    from django.db import transaction
    from django.http import HttpResponse
    from django.urls import clear_url_caches, path

    from openhour.guard import trail
    from openhour.guard.door import staff
    from openhour.guard.roles import Role
    from openhour.project import urls

    def empty(request: object) -> HttpResponse:
        return HttpResponse("OK")

    @transaction.atomic
    def trailed(request: Any) -> HttpResponse:
        trail.write(request.actor, "chart.read", at=request.received_at, page="empty", patients=[])
        return HttpResponse("OK")

    let_in = staff(Role.THERAPIST)
    urls.urlpatterns[:0] = [
        path("empty/", empty),
        path("empty/staff/", let_in(empty)),
        path("empty/trailed/", let_in(trailed)),
    ]
    clear_url_caches()


def weight(address: str) -> Row:
    """HTML, CSS, JavaScript, fonts and icons of the first load, each as it is sent: compressed, in KB of 1,024 bytes."""
    from django.conf import settings

    page = client().get(address).content.decode()  # type: ignore[attr-defined]
    total = len(gzip.compress(page.encode(), 6))
    wanted = list(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    seen: set[str] = set()
    while wanted:
        name = wanted.pop().removeprefix("/static/")
        if name in seen:
            continue
        seen.add(name)
        file = Path(settings.STATIC_ROOT) / name
        packed = file.with_name(file.name + ".gz")
        total += (packed if packed.exists() else file).stat().st_size
        if file.suffix in {".css", ".js"}:
            text = file.read_text(encoding="utf-8")
            for found in re.findall(r'(?:url\(["\']?|from ?["\']|import ?["\'])(\.{0,2}/[^"\')]+)', text):
                wanted.append(
                    "/static/" + os.path.normpath(file.parent.joinpath(found).relative_to(settings.STATIC_ROOT))
                )
    return Row(f"weight: session room, first load, {len(seen) + 1} files", total / 1024, None, "KB", WEIGHT_AIM)


def profile(pages: dict[str, str]) -> None:
    """Where the time goes, for whoever looks: OPENHOUR_BENCH_PROFILE=1."""
    import cProfile
    import pstats

    staff = client()
    for name, address in pages.items():
        get = staff_get(staff, address)
        get()
        watch = cProfile.Profile(time.process_time)
        watch.enable()
        for _ in range(30):
            get()
        watch.disable()
        print(f"=== {name}", file=sys.stderr)
        stats = pstats.Stats(watch, stream=sys.stderr)
        stats.sort_stats("cumtime").print_stats(60)


if __name__ == "__main__":
    for row in measure():
        peer = "" if row.peer is None else repr(row.peer)
        print(row.name, repr(row.ours), peer, row.unit, row.aim, sep="\t")
