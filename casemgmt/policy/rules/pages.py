"""The rule behind a page that decides nothing itself: what holds here, where that stands and what was looked at.

The rule is one that the profile holds already: nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.answer import answer, fact
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import RequestKind, RetentionKind

Rules = Iterable[Cited | None]


def _wordings(profile: Profile) -> Rules:
    """Correcting adds a wording; the earlier one stays, so that nobody loses or changes it unseen."""
    return profile.requests.kinds[RequestKind.CORRECTION], _logging(profile)


def _looked(profile: Profile) -> Rules:
    return _logging(profile) or profile.access.basics, profile.house_rules.log_view_delay


def _taking(profile: Profile) -> Rules:
    asked = profile.requests.kinds[RequestKind.INSPECTION]
    return asked, asked.decide_within, asked.form.channels


def _letters(profile: Profile) -> Rules:
    asked = profile.requests.kinds[RequestKind.INSPECTION]
    return asked.decide_within, asked.refusal_written


def _simulating(profile: Profile) -> Rules:
    return profile.meta.controller, profile.retention.classes[RetentionKind.DOSSIER]


def _publishing(profile: Profile) -> Rules:
    return profile.house_rules.second_person, profile.meta.controller


def _signing_in(profile: Profile) -> Rules:
    return (profile.security.own_account, *_second_factor(profile)) if profile.security else ()


def _second_factor(profile: Profile) -> Rules:
    return (profile.security.second_factor,) if profile.security else ()


def _logging(profile: Profile) -> Cited | None:
    return profile.security.logging if profile.security else None


PLACES: dict[str, Callable[[Profile], Rules]] = {
    "search": lambda profile: (profile.access.basics,),
    "wordings": _wordings,
    "looked": _looked,
    "colleagues": lambda profile: (profile.access.basics, profile.access.team_access),
    "taking": _taking,
    "letters": _letters,
    "keeping": lambda profile: (profile.retention.classes[RetentionKind.DOSSIER],),
    "simulating": _simulating,
    "publishing": _publishing,
    "signing_in": _signing_in,
    "second_factor": _second_factor,
}
"""What a page rests on, by the word with which its template asks."""


def page_rule(place: str, profile: Profile, **seen: Any) -> Decision | None:
    """The rules a page rests on, with the facts it was shown for; None where the regulation has nothing on it.

    Raises KeyError for a place that is not in PLACES.
    """
    return _worded(profile, PLACES[place](profile), seen)


def rules_of(articles: Iterable[str], profile: Profile, **seen: Any) -> Decision | None:
    """What articles about keeping say, for a document that names only them; None when nothing here rests on them."""
    known = set(articles)
    return _worded(profile, (one for one in _cited(profile.retention) if known.issuperset(one.articles)), seen)


def _worded(profile: Profile, rules: Rules, seen: dict[str, Any]) -> Decision | None:
    cited = [rule for rule in rules if rule is not None]
    return answer(profile, {}, cited, tuple(fact(*one) for one in seen.items())) if cited else None


def _cited(node: Any) -> Iterator[Cited]:
    if isinstance(node, Cited) and node.articles:
        yield node
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _cited(getattr(node, name))
    elif isinstance(node, (dict, tuple)):
        for one in node.values() if isinstance(node, dict) else node:
            yield from _cited(one)
