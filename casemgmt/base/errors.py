"""The few ways in which the application says no; the top floor turns each into a page."""

from typing import Any


class Refusal(Exception):
    """Somebody may not do this; ``sentence`` is what they read and can act on, ``word`` the ground in the trail."""

    status = 403
    word = "refusal"

    def __init__(self, sentence: str, decision: Any = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.decision = decision


class Refused(Refusal):
    """A rule says no; ``decision`` carries outcome, articles and explanation."""

    status = 409
    word = "rule"

    def __init__(self, decision: Any) -> None:
        super().__init__(str(decision.explanation), decision)


class NotAllowed(Refusal):
    """A colleague without the right: 403 and a sentence they can act on."""

    word = "not-allowed"


class Conflict(Refusal):
    """The state changed meanwhile, or the step is out of order; nothing was changed.

    ``field`` names the field of the form where what was filled in cannot be, such as a day before somebody's birth.
    """

    status = 409
    word = "conflict"

    def __init__(self, sentence: str, decision: Any = None, *, field: str = "") -> None:
        super().__init__(sentence, decision)
        self.field = field


class NotThere(Exception):
    """Unknown, another organisation's, or nothing of yours: always the same 404."""

    word = "not-there"


class Unavailable(Exception):
    """A store this needs (database, vault, broker, files) cannot be reached now; nothing was half done."""
