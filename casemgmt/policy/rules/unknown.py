"""What a rule answers about the client of a dossier while a fact that it must know is not filled in.

A question without a birth date is about an adult, or is a bad question. In a dossier the same gap means only that
nobody wrote the date down: nobody may count as an adult by that, so nobody decides until somebody fills it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from casemgmt.policy.decision import Decision, Kind
from casemgmt.policy.rules.answer import answer, used
from casemgmt.policy.rules.facts import ClientFacts, MissingFact
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import Mode

F = TypeVar("F", bound=ClientFacts)

BIRTH_DATE = "De geboortedatum van de cliënt is niet bekend."
WAITS = "Daarom is nog niet te zeggen wat het reglement hier zegt. Tot die is ingevuld, beslist niemand."
# Read by whoever asks a rule: nobody may, nobody consents for anybody, and it is for a person to see to it.
_NOBODY: Mapping[str, Any] = {
    "allowed": False,
    "escalate": True,
    "must_refuse": False,
    "may_refuse": False,
    "by": (),
    "from": (),
    "who": (),
    "wanted": (),
    "mode": Mode.NONE,
    "consent_needed": True,
}


def of_client(rule: Callable[[F, Profile, date], Decision], facts: F, profile: Profile, on: date) -> Decision:
    """What `rule` answers of a client on the day `on`; a fact that is absent never makes somebody an adult.

    Without a birth date, or another fact that the rule must know, the outcome escalates and its `not_filled_in` names
    the fact; it is absolute, so that nobody decides around it. Raises ImpossibleFact for a birth after `on`.
    """
    if facts.birth_date is None:
        return cannot_tell(facts, profile, "birth_date", BIRTH_DATE)
    try:
        return rule(facts, profile, on)
    except MissingFact as error:
        return cannot_tell(facts, profile, error.name, error.sentence)


def cannot_tell(facts: ClientFacts, profile: Profile, name: str, sentence: str) -> Decision:
    """The decision while the fact `name` is absent; `sentence` says that in Dutch. Ours: no text speaks of it."""
    own = Cited(kind=Kind.HOUSE_RULE, sentence=f"{sentence} {WAITS}")
    seen = used(facts, name) if hasattr(facts, name) else ()
    return answer(profile, {**_NOBODY, "not_filled_in": name}, (own,), seen, absolute=True)


def not_filled_in(decision: Decision) -> str:
    """The name of the fact for want of which a rule could not be asked; empty when it was."""
    return str(decision.outcome.get("not_filled_in") or "")
