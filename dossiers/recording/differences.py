"""What changed between two wordings, word by word."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

# Beyond this, comparing costs more than it tells; the texts then stand whole, one after the other.
MOST_WORDS = 4000


def marked(before: str, after: str) -> Iterable[tuple[str, str]]:
    """Pieces of text in reading order, each "same", "was" or "now"."""
    old, new = _words(before), _words(after)
    if len(old) + len(new) > MOST_WORDS:
        yield from (("was", before), ("now", after))
        return
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(new[new_from:new_to])
            continue
        if old_to > old_from:
            yield "was", "".join(old[old_from:old_to])
        if new_to > new_from:
            yield "now", "".join(new[new_from:new_to])


def _words(text: str) -> list[str]:
    """Words with the space after them, so that joining gives the text back."""
    return re.findall(r"\S+\s*|\s+", text)
