"""Colours are read by everyone: the contrast of every pair, in both lights, is computed and not believed."""

import re

import pytest

from openhour.ui.stylesheet import JOINED, SOURCES, joined

TOKENS = (SOURCES / "01-tokens.css").read_text(encoding="utf-8")
BLOCK = re.compile(r"(:root[^{]*)\{([^{}]*)\}")
TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,6})")

TEXT_PAIRS = [
    (ink, ground)
    for ink, grounds in {
        "ink": ("paper", "surface", "sunken", "accent-soft", "ok-soft", "warn-soft", "danger-soft", "info-soft"),
        "ink-soft": ("paper", "surface", "sunken", "warn-soft", "ok-soft"),
        "accent": ("paper", "surface", "accent-soft", "sunken"),
        "accent-strong": ("paper", "surface", "accent-soft"),
        "on-accent": ("accent", "accent-strong"),
        "ok": ("surface", "paper", "ok-soft"),
        "warn": ("surface", "paper", "warn-soft"),
        "danger": ("surface", "paper", "danger-soft"),
        "info": ("surface", "paper", "info-soft"),
    }.items()
    for ground in grounds
]
# Edges of controls, focus rings and marks of charts: 3 to 1 (WCAG 1.4.11, 2.4.13).
SHAPE_PAIRS = [
    (mark, ground) for mark in ("line-strong", "focus", "accent", "danger") for ground in ("paper", "surface")
] + [("line-strong", "warn-soft"), ("focus", "sunken")]


def themes() -> dict[str, dict[str, str]]:
    """Colours by light, as `light`, `system dark` and `chosen dark`."""
    blocks = [dict(TOKEN.findall(body)) for _, body in BLOCK.findall(TOKENS)]
    light, system, chosen = [block for block in blocks if "paper" in block]
    return {"light": light, "system dark": system, "chosen dark": chosen}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """From 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_the_yardstick_is_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_both_ways_to_dark_are_the_same_dark():
    found = themes()
    assert found["system dark"] == found["chosen dark"]
    assert found["light"].keys() == found["chosen dark"].keys()


@pytest.mark.parametrize("light", ["light", "chosen dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_read_on_its_ground(light, ink, ground):
    colours = themes()[light]
    assert contrast(colours[ink], colours[ground]) >= 4.5, f"{ink} on {ground}, {light}"


@pytest.mark.parametrize("light", ["light", "chosen dark"])
@pytest.mark.parametrize(("mark", "ground"), SHAPE_PAIRS)
def test_edges_and_marks_are_seen(light, mark, ground):
    colours = themes()[light]
    assert contrast(colours[mark], colours[ground]) >= 3, f"{mark} on {ground}, {light}"


def test_every_colour_used_is_a_token():
    """Outside the tokens and print, no rule names a colour of its own."""
    for path in SOURCES.glob("*.css"):
        if path.name[:2] not in ("01", "07"):
            own = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", path.read_text(encoding="utf-8"))
            assert not own, f"{path.name}: {own}"


def test_every_token_used_exists():
    """Names that the tokens give, or that the same source gives for measures of its own."""
    given = re.compile(r"--([\w-]+):")
    known = set(given.findall(TOKENS)) | {"tone", "tone-soft"}
    for path in SOURCES.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        unknown = set(re.findall(r"var\(--([\w-]+)", text)) - known - set(given.findall(text))
        assert not unknown, f"{path.name}: {unknown}"


def test_the_joined_sheet_equals_its_sources():
    assert JOINED.read_text(encoding="utf-8") == joined(), "run python -m openhour.ui.stylesheet"


@pytest.mark.parametrize(
    "promise", ["prefers-reduced-motion", "prefers-color-scheme: dark", "@media print", ":focus-visible", "@page"]
)
def test_the_sheet_keeps_its_promises(promise):
    assert promise in joined()


def test_the_sheet_asks_no_other_address():
    assert "url(" not in joined()
    assert "@import" not in joined()
