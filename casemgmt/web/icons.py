"""Icons from one sprite; an icon only repeats what a word beside it says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.templatetags.static import static
from markupsafe import Markup

SPRITE = "icons/sprite.svg"
UNKNOWN = "circle-dashed"
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"')


@cache
def names() -> frozenset[str]:
    """Give the names of all icons in the sprite."""
    sprite = Path(__file__).resolve().parents[2] / "static" / SPRITE
    return frozenset(_SYMBOL.findall(sprite.read_text(encoding="utf-8")))


@cache
def icon(name: str, classes: str = "") -> Markup:
    """Give an icon that assistive technology passes over; an unknown name gives a dashed circle."""
    known = name if name in names() else UNKNOWN
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        f"icon {classes}".strip(), static(SPRITE), known
    )
