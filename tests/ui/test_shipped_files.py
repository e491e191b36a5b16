"""What a browser fetches: nothing inline, nothing from outside, known sums, and small."""

import gzip
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "src" / "openhour"
STATIC = ROOT / "ui" / "static" / "ui"
TEMPLATES = sorted(path for path in ROOT.rglob("*.html") if "site-packages" not in path.parts)
SCRIPTS = sorted(STATIC.glob("*.js"))
INLINE = {
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    # A block of JSON is data: no browser runs it, and the policy lets it stand.
    "script without src": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=.application/json.)", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx code in markup": re.compile(r"\shx-on\b|\shx-vals\s*=\s*[\"']js:", re.IGNORECASE),
    "outside address": re.compile(r"(?:src|href|action|srcset)\s*=\s*[\"']\s*(?:https?:)?//", re.IGNORECASE),
}


def weight(*paths: Path) -> int:
    """Bytes after gzip, each file by itself, as a browser fetches them."""
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) >= 12


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.parametrize("kind", INLINE)
def test_no_template_needs_an_exception_from_the_policy(path, kind):
    found = INLINE[kind].search(path.read_text(encoding="utf-8"))
    assert not found, f"{kind}: {found.group() if found else ''}"


@pytest.mark.parametrize("path", [*SCRIPTS, *STATIC.glob("*.svg")], ids=lambda path: path.name)
def test_our_own_files_call_nobody_and_evaluate_nothing(path):
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"https?://|\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write|\.style\b", text
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_keeps_text_on_a_shared_machine(path):
    assert not re.search(r"localStorage|sessionStorage|indexedDB|caches\.", path.read_text(encoding="utf-8"))


def vendored() -> list[dict[str, str]]:
    return tomllib.loads((STATIC / "vendor" / "VENDOR.toml").read_text(encoding="utf-8"))["file"]


@pytest.mark.parametrize("entry", vendored(), ids=lambda entry: entry["name"])
def test_a_vendored_file_is_what_its_maker_published(entry):
    file = STATIC / "vendor" / entry["path"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"]
    assert entry["version"] in entry["path"]
    assert entry["licence"]
    assert (STATIC / "vendor" / entry["text"]).read_text(encoding="utf-8").strip()


def test_nothing_is_vendored_without_a_record():
    named = {entry["path"] for entry in vendored()} | {entry["text"] for entry in vendored()} | {"VENDOR.toml"}
    assert {path.name for path in (STATIC / "vendor").iterdir()} == named


def test_the_style_sheet_stays_small():
    assert weight(STATIC / "openhour.css") < 12_000


def test_our_scripts_stay_small():
    assert weight(*SCRIPTS) < 8_000


def test_the_first_load_leaves_half_of_the_budget_to_the_page():
    """60 KB is the promise for the session room; the look takes less than 36 KB of it with everything loaded."""
    vendor = [STATIC / "vendor" / entry["path"] for entry in vendored()]
    assert weight(STATIC / "openhour.css", STATIC / "favicon.svg", *SCRIPTS, *vendor) < 36_000
