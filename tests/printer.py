"""Letters made by the very printer of the child, inside the process of the tests.

Starting a child that loads the page engine takes a second, hundreds of times a run. What the child is there for is
asked in `tests/letters`, where it is the real one, and the journeys print by the application as it runs.
"""

from collections.abc import Sequence
from functools import lru_cache

from casemgmt.letters import pdf
from casemgmt.letters.child import Printer
from casemgmt.letters.pdf import LetterFailed

in_a_child = pdf._ask_child


def print_here() -> None:
    """From now on print in this process; a second call changes nothing."""
    pdf._ask_child = _ask_ourselves


def _ask_ourselves(letters: Sequence[str], css: str) -> tuple[list[bytes | LetterFailed], LetterFailed]:
    """As the child answers: each letter its PDF or its own failure."""
    return [_printed(html, css) for html in letters], LetterFailed("A printer in our own process does not end.")


def _printed(html: str, css: str) -> bytes | LetterFailed:
    try:
        return _printer(css).pdf(html)
    except Exception:
        return LetterFailed("This letter could not be made into a PDF.")


@lru_cache(maxsize=4)
def _printer(css: str) -> Printer:
    return Printer(css)
