"""Join the style sources into the one file that pages load: `python -m openhour.ui.stylesheet`.

Several small sources are read more easily than one long one, and one request is faster than seven. The joined file is
kept in the repository, so a user needs no build step; a test fails where it no longer equals its sources.
"""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = HERE / "styles"
JOINED = HERE / "static" / "ui" / "openhour.css"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")


def joined() -> str:
    """All sources in the order of their names, without comments and without spare white space."""
    rules = (_COMMENT.sub("", path.read_text(encoding="utf-8")) for path in sorted(SOURCES.glob("*.css")))
    return "\n".join(_SPACE.sub(" ", part).strip() for part in rules) + "\n"


def main() -> None:
    """Write the joined file."""
    JOINED.write_text(joined(), encoding="utf-8")


if __name__ == "__main__":
    main()
