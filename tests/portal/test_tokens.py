"""The city's colours can be read: contrast of every pair in use, light and dark, computed as WCAG 2.2 says."""

import gzip
import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "services/portal/quartier_portal/static/css"
SHEETS = sorted(CSS.glob("*.css"))
FOUNDATION = (CSS / "foundation.css").read_text()
LIGHT, DARK, FORCED = 0, 1, 2

TEXT, LARGE = 4.5, 3.0
# (what is drawn, on what, the ratio it owes): text 4.5, graphics, borders of controls and focus 3.
GROUNDS = ("paper", "paper-2")
PAIRS = [
    *((front, ground, TEXT) for front in ("ink", "ink-soft", "link", "accent", "stop", "ok", "warn") for ground in GROUNDS),
    *((front, ground, LARGE) for front in ("line", "focus") for ground in GROUNDS),
    ("accent-ink", "accent", TEXT), ("paper", "ink", TEXT), ("ink", "accent-paper", TEXT), ("ink-soft", "accent-paper", TEXT),
    ("accent", "accent-paper", TEXT), ("link", "accent-paper", TEXT), ("focus", "accent-paper", LARGE),
    *((tone, f"{tone}-paper", TEXT) for tone in ("ok", "warn", "stop")),
    *((front, f"{tone}-paper", TEXT) for tone in ("ok", "warn", "stop") for front in ("ink", "ink-soft", "link")),
    *(("line", f"{tone}-paper", LARGE) for tone in ("ok",)),
    *(("focus", f"{tone}-paper", LARGE) for tone in ("ok", "warn", "stop")),
    ("band-ink", "band", TEXT), ("band-soft", "band", TEXT), ("band-focus", "band", LARGE),
    *((f"data-{n}", ground, LARGE) for n in range(1, 7) for ground in GROUNDS),
]


def tokens(mode: int) -> dict[str, str]:
    """The tokens of a mode: each later block of `:root` overrides what it names."""
    blocks = [dict(re.findall(r"--qtr-([\w-]+):\s*([^;]+);", block)) for block in re.findall(r":root \{([^}]*)\}", FOUNDATION)]
    return {**blocks[LIGHT], **(blocks[mode] if mode else {})}


def luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at:at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_computes_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_every_pair_of_colours_in_use_can_be_read(mode: int) -> None:
    colours = tokens(mode)
    faint = {f"{front} on {ground}": round(found, 2) for front, ground, owed in PAIRS
             if (found := contrast(colours[front], colours[ground])) < owed}
    assert not faint


def test_dark_and_forced_modes_name_every_colour_that_the_light_one_names() -> None:
    colours = {name for name, value in tokens(LIGHT).items() if value.startswith("#")}
    blocks = re.findall(r":root \{([^}]*)\}", FOUNDATION)
    for mode in (DARK, FORCED):
        assert set(re.findall(r"--qtr-([\w-]+):", blocks[mode])) == colours


def test_a_colour_on_a_ground_is_a_pair_of_this_test() -> None:
    """A rule that sets both must set a pair that is computed above."""
    known = {(front, ground) for front, ground, _ in PAIRS}
    for sheet in SHEETS:
        for rule in re.findall(r"\{([^{}]*)\}", sheet.read_text()):
            front = re.search(r"(?<![\w-])color: var\(--qtr-([\w-]+)\)", rule)
            ground = re.search(r"background(?:-color)?: var\(--qtr-([\w-]+)\)", rule)
            if front and ground:
                assert (front[1], ground[1]) in known, f"{sheet.name}: {rule.strip()}"


def test_only_tokens_are_raw_colours() -> None:
    raw = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^\"]*\")|\b(?:rgb|hsl|oklch|lab|color-mix)\(")
    for sheet in SHEETS:
        for line in sheet.read_text().splitlines():
            assert not raw.search(line) or re.search(r"--qtr-[\w-]+: #", line), f"{sheet.name}: {line.strip()}"


def test_every_token_in_use_exists_and_every_token_is_in_use() -> None:
    everything = "".join(sheet.read_text() for sheet in SHEETS)
    assert set(re.findall(r"var\(--qtr-([\w-]+)\)", everything)) == set(re.findall(r"--qtr-([\w-]+):", everything))


def test_a_page_loads_three_sheets_of_fifteen_kilobytes_at_most() -> None:
    assert len(SHEETS) <= 3
    assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in SHEETS) < 15_000
