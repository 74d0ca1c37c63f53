"""Contrast is data: every pair that a component puts together, for each accent, in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text(encoding="utf-8")
_BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TOKEN = re.compile(r"--([\w-]+):\s*(light-dark\(([^,]+),\s*([^)]+)\)|#[0-9a-f]{6})")

TEXT_PAIRS = [
    (text, ground)
    for text in ("ink", "ink-soft", "accent", "danger", "warn", "good")
    for ground in ("paper", "surface", "sunken")
] + [
    ("ink", "accent-soft"),
    ("accent", "accent-soft"),
    ("accent-hard", "paper"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hard"),
    ("on-danger", "danger"),
    ("danger", "danger-soft"),
    ("warn", "warn-soft"),
    ("good", "good-soft"),
    ("ink", "danger-soft"),
    ("ink", "warn-soft"),
    ("ink", "good-soft"),
    ("on-redaction", "redaction"),
    ("surface", "ink"),
]
EDGE_PAIRS = [(edge, ground) for edge in ("line-strong", "focus") for ground in ("paper", "surface", "sunken")]


def tokens_of(selector_part: str, theme: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for selector, body in _BLOCK.findall(TOKENS):
        if selector_part in selector:
            for name, value, light, dark in _TOKEN.findall(body):
                found[name] = (light, dark)[theme].strip() if light else value
    return found


def accents() -> list[str]:
    return [":root {", *sorted(set(re.findall(r'\[data-(?:organisation|accent)="[\w-]+"\]', TOKENS)))]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def themed(accent: str, theme: int) -> dict[str, str]:
    base: dict[str, str] = {}
    for selector, body in _BLOCK.findall(TOKENS):
        if selector.strip().endswith(":root"):
            for name, value, light, dark in _TOKEN.findall(body):
                base[name] = (light, dark)[theme].strip() if light else value
    return base | (tokens_of(accent, theme) if accent.startswith("[") else {})


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("accent", accents())
def test_text_reads_and_edges_show_in_every_accent_and_theme(accent: str, theme: int) -> None:
    tokens = themed(accent, theme)
    weak = [
        f"{text} on {ground}: {contrast(tokens[text], tokens[ground]):.2f}"
        for pairs, least in ((TEXT_PAIRS, 4.5), (EDGE_PAIRS, 3.0))
        for text, ground in pairs
        if contrast(tokens[text], tokens[ground]) < least
    ]
    assert weak == []


def test_an_accent_sets_its_four_tokens_and_nothing_else() -> None:
    four = {"accent", "accent-hard", "accent-soft", "on-accent"}
    for accent in accents()[1:]:
        assert set(tokens_of(accent, 0)) == four, accent


def test_no_component_names_a_colour_of_its_own() -> None:
    for sheet in Path(__file__).resolve().parents[2].glob("static/css/*.css"):
        if sheet.name not in ("tokens.css", "letters.css"):  # a letter is paper and has no theme
            # A scanner reads a QR code only dark on white, in either theme.
            text = re.sub(
                r"light-dark\([^)]*\)|/\*.*?\*/|\.qr \{[^}]*\}", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL
            )
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)", text), sheet.name
