"""What each kind of request is called in a sentence: "you asked for …". The short labels come from the profile."""

from typing import Any

from django.utils.translation import gettext, gettext_noop

_ASKED_FOR = {
    "inspection": gettext_noop("inspection of the %(dossier)s"),
    "copy": gettext_noop("a copy from the %(dossier)s"),
    "information": gettext_noop("an overview of the data"),
    "correction": gettext_noop("correction of data"),
    "supplement": gettext_noop("an addition to the data"),
    "own_statement": gettext_noop("your own statement in the %(dossier)s"),
    "restriction": gettext_noop("shielding of data"),
    "removal": gettext_noop("removal of data"),
    "destruction": gettext_noop("destruction of the %(dossier)s"),
    "objection": gettext_noop("an answer to your objection"),
    "complaint": gettext_noop("an answer to your complaint"),
}

# The explanation below each choice in the portal.
_MEANS = {
    "inspection": gettext_noop("You read what we wrote about you."),
    "copy": gettext_noop("You get papers that you can keep."),
    "information": gettext_noop("You hear which data we have, why, and who received them."),
    "correction": gettext_noop("Something is not right. You tell us what."),
    "supplement": gettext_noop("Something is missing. You tell us what."),
    "own_statement": gettext_noop("We add your own text. We change nothing in it."),
    "restriction": gettext_noop("We keep data, but fewer people may see them."),
    "removal": gettext_noop("You want us to take out a part."),
    "destruction": gettext_noop("You want us to destroy what we have. This cannot be undone."),
    "objection": gettext_noop("You do not agree that we use your data."),
    "complaint": gettext_noop("You are not satisfied with how we treat your data."),
}


def asked_for(kind: str, words: Any) -> str:
    """The request in words that follow "you asked for"."""
    phrase = gettext(_ASKED_FOR[kind])
    return phrase % {"dossier": words.dossier} if "%(" in phrase else phrase


def meaning(kind: str) -> str:
    """What somebody gets who asks this, in one plain sentence."""
    return gettext(_MEANS[kind])
