"""How the words of the trail are said to people: each package says its own, in its ``trail_words.py``.

The trail keeps words of the code ("timeline"); whoever asks who looked reads
plain ones. A standing test fails on a word that nobody said.

A client reads of a word no more than "the dossier" or "a list", unless it tells
nothing of anybody else: one dossier holds a family, and that somebody asked,
answered, got a letter or was let in is not for the others to know.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from casemgmt.base.registries import Registry


@dataclass(frozen=True, slots=True)
class Said:
    """One word as English msgids: to staff, and to a client; empty: no more than the dossier, or a list."""

    staff: str
    client: str


words: Registry[Said] = Registry("word of the trail")


def say(word: str, staff: str, client: str = "") -> None:
    """Tell how ``word`` is said to staff; both are English msgids.

    ``client`` is for a client's own visits and for what staff read of their own accord (``say_to_all``). What
    one person of the family did or got never has it: the others read the same page.
    """
    words.add(word, Said(staff, client))


def say_to_all(word: str, said: str) -> None:
    """Tell how ``word`` is said to staff and to every client of the dossier, for it tells nothing of any of them."""
    words.add(word, Said(said, said))


def said_to_staff(word: str) -> str:
    """The data of an event, to whoever works with the dossier."""
    return _(_said(word).staff) if word else ""


def said_to_client(word: str) -> str:
    """The data of an event, to a client."""
    return _(_said(word).client or _ELSE.client)


def list_said_to_client(word: str) -> str:
    """The list in which the name stood, to a client."""
    return _(_said(word).client or _LIST)


def said_so_often(said: str, often: int) -> str:
    """A list and how often it was shown, where that is more than once: "the worklist (12 times)"."""
    if often < 2:
        return said
    return ngettext("%(what)s (%(num)s time)", "%(what)s (%(num)s times)", often) % {"what": said, "num": often}


# A crash is written with the name of its page ("dossiers:timeline"), which tells nobody anything.
_PAGE = Said(gettext_noop("a page that did not open"), gettext_noop("a page that did not open"))
_ELSE = Said(gettext_noop("the dossier"), gettext_noop("the dossier"))
_LIST = gettext_noop("a list")

say("trail", gettext_noop("who looked"))
say_to_all("crash", _PAGE.staff)


def _said(word: str) -> Said:
    if word in words:
        return words.get(word)
    return _PAGE if ":" in word else _ELSE
