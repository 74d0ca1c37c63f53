"""Bars drawn as SVG by hand: no library, readable in light and dark, every bar with its figure."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW, GAP, HEAD = 760, 250, 90, 20, 10, 34
COLOURS = {"met": "#2f7d4f", "NOT MET": "#b3401f", "": "#4a6fa5"}
TEXT, PALE, BACK = "#222222", "#666666", "#ffffff"


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its value as a number and in words, and a verdict that gives its colour."""

    label: str
    value: float
    words: str
    verdict: str = ""


@dataclass(frozen=True)
class Chart:
    """Some bars under a title; ``limit`` is drawn as a line, said in words."""

    title: str
    bars: tuple[Bar, ...]
    limit: float | None = None
    limit_words: str = ""


def draw(charts: list[Chart]) -> str:
    """All charts under each other, as one SVG picture."""
    parts, top = [], 10
    for chart in charts:
        parts.append(_chart(chart, top))
        top += HEAD + len(chart.bars) * (ROW + 4) + GAP + 16
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}"'
        f' font-family="sans-serif" font-size="12" role="img">\n'
        f"<title>{escape('; '.join(chart.title for chart in charts))}</title>\n"
        f'<rect width="{WIDTH}" height="{top}" fill="{BACK}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _chart(chart: Chart, top: int) -> str:
    largest = max([bar.value for bar in chart.bars] + [chart.limit or 0.0]) or 1.0
    room = WIDTH - LEFT - RIGHT
    lines = [f'<text x="10" y="{top + 14}" font-weight="bold" fill="{TEXT}">{escape(chart.title)}</text>']
    first = top + HEAD
    for number, bar in enumerate(chart.bars):
        y, wide = first + number * (ROW + 4), max(1.0, bar.value / largest * room)
        colour = COLOURS.get(bar.verdict, COLOURS[""])
        words = f"{bar.words} · {bar.verdict}" if bar.verdict else bar.words
        lines += [
            f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end" fill="{TEXT}">{escape(bar.label)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{wide:.1f}" height="{ROW}" fill="{colour}"/>',
            *_words(words, LEFT + wide, y + 14),
        ]
    if chart.limit is not None:
        x, bottom = LEFT + chart.limit / largest * room, first + len(chart.bars) * (ROW + 4)
        lines += [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{first - 4}" y2="{bottom}" stroke="{TEXT}" stroke-dasharray="4 3"/>',
            f'<text x="{x:.1f}" y="{first - 7}" text-anchor="middle" fill="{PALE}">{escape(chart.limit_words)}</text>',
        ]
    return "\n".join(lines)


def _words(words: str, end: float, y: int) -> list[str]:
    """The figure behind the bar, or in it where there is no room behind."""
    if end + 7 * len(words) + 8 <= WIDTH:
        return [f'<text x="{end + 5:.1f}" y="{y}" fill="{TEXT}">{escape(words)}</text>']
    return [f'<text x="{end - 5:.1f}" y="{y}" text-anchor="end" fill="{BACK}">{escape(words)}</text>']
