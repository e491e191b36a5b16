"""Write the look as plain pages for eyes: `python -m openhour.ui.preview FOLDER`. Needs no Django and no database.

Used when the look is worked on, and by the tests that measure it in a browser. All people in it are made up.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from markupsafe import Markup

from openhour.kernel import Finding
from openhour.ui.charts import CoursePoint, ItemChange, item_change_rows, score_course, session_clock
from openhour.ui.environment import environment
from openhour.ui.nav import NavItem

PAGES = {
    "index.html": "ui/styleguide.html",
    "staff.html": "ui/_sample_staff.html",
    "patient.html": "ui/_sample_patient.html",
    "404.html": "ui/404.html",
}
STATIC = Path(__file__).parent / "static"
NOON = datetime(2026, 3, 2, 9, 32, tzinfo=UTC)
DEPRESSION = ((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately severe"), (20, "severe"))
ANXIETY = ((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe"))


def _course(scores: str, start: date = date(2026, 1, 5), flags: Mapping[int, str] | None = None) -> list[CoursePoint]:
    """Weekly points from text: numbers, and `-` for a form without a score."""
    return [
        CoursePoint(
            start + timedelta(weeks=week), None if score == "-" else float(score), (flags or {}).get(week, "")
        )
        for week, score in enumerate(scores.split())
    ]


def _charts() -> dict[str, Markup]:
    phq = _course("18 19 16 - 14 13 11 9 9", flags={0: "item 9", 8: "item 9"})
    expected = [
        CoursePoint(date(2025, 11, 3), 9),
        CoursePoint(date(2026, 1, 5), 14),
        CoursePoint(date(2026, 3, 2), 18),
    ]
    return {
        "phq": score_course(phq, "PHQ-9", DEPRESSION, 27, reliable_points=6, caseness=10),
        "gad": score_course(
            _course("8 9 8 11 13 12 15 16 15 16 17 18"), "GAD-7", ANXIETY, 21, reliable_points=4, caseness=8
        ),
        "who5": score_course(
            _course("6 8 13 15", date(2025, 11, 3)), "WHO-5", ((0, "low"), (13, "good")), 25,
            reliable_points=3, better="higher", expected=expected,
        ),
        "once": score_course(_course("18", flags={0: "item 9"}), "PHQ-9", DEPRESSION, 27, reliable_points=6),
    }  # fmt: skip


def _items() -> Markup:
    answers = (("Little interest", 2, 1), ("Low mood", 2, 1), ("Sleep", 3, 1), ("Appetite", None, 1), ("Focus", 1, 2))
    changes = [ItemChange(str(place), text, then, now) for place, (text, then, now) in enumerate(answers, 1)]
    return item_change_rows([*changes, ItemChange("9", "Thoughts of death", 0, 1, flag=True)], "PHQ-9, item by item")


def context() -> dict[str, object]:
    """All that the pages of the preview ask for."""
    return {
        "nav": (
            NavItem("Today", "index.html", current=True),
            NavItem("Patients", "staff.html"),
            NavItem("Calendar", "#"),
            NavItem("Alerts", "#", badge="2"),
        ),
        "viewer_name": "Ben Okafor",
        "viewer_role": "Therapist",
        "sign_out_url": "#",
        "practice_name": "Linden Practice",
        "csrf_input": "",
        "findings": (
            Finding("note.time", "The stop time is missing.", "stopped_at"),
            Finding("note.response", "The note says nothing about Ana’s response.", "data"),
            Finding("note.risk", "Item 9 was positive: say how safety was addressed.", "assessment"),
        ),
        "items": _items(),
        "early": session_clock(NOON - timedelta(minutes=32), NOON),
        "late": session_clock(NOON - timedelta(minutes=71), NOON, NOON),
        **_charts(),
    }


def write(folder: Path) -> tuple[Path, ...]:
    """Write every page and the static files into the folder; the paths of the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    made = environment(static=lambda path: f"static/{path}", url=lambda name, *args, **kwargs: f"#{name}")
    paths = []
    for name, template in PAGES.items():
        path = folder / name
        path.write_text(made.get_template(template).render(context()), encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def main(arguments: list[str]) -> int:
    """Exit code 0, or 2 where no folder is named."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m openhour.ui.preview FOLDER\n")
        return 2
    for path in write(Path(arguments[0])):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
