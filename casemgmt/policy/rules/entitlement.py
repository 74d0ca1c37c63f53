"""Whether the people who ask may ask: the organisation's own rule for that kind of request, else its ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casemgmt.policy.rules.conditions import holds
from casemgmt.policy.rules.facts import MissingFact, RequestFacts
from casemgmt.policy.rules.representation import Standing, cell_on, ladder_for, stand
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.asking import Entitlement, Request
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import Mode, Person, RequestKind


@dataclass(frozen=True)
class Claim:
    """May they ask? Or does the text not say (escalate)? `wanted` is who should have asked instead."""

    allowed: bool
    escalate: bool
    cited: tuple[Cited, ...]
    wanted: tuple[Person, ...]


def kind_of(profile: Profile, kind: RequestKind | None) -> Request:
    """The profile's rules for this kind of request; raises MissingFact without a kind."""
    if kind is None:
        raise MissingFact("request", "De soort van het verzoek is nodig.")
    return profile.requests.kinds[kind]


def claim(facts: RequestFacts, request: Request, profile: Profile, on: date) -> Claim:
    """Judge those in `facts.requested_by`; raises MissingFact when nobody is named."""
    if not facts.requested_by:
        raise MissingFact("requested_by", "Wie het verzoek doet, is nodig.")
    if request.entitled is not None:
        return _by_own_rule(facts, request.entitled[cell_on(facts, profile.representation, on)])
    ladder = ladder_for(profile.representation, request.right)
    standing = stand(facts, ladder, profile.representation, on)
    return _by_ladder(facts, standing, request.right in profile.representation.all_needed)


def _by_own_rule(facts: RequestFacts, rule: Entitlement) -> Claim:
    met = [one for one in rule.conditional if holds(one.when.test, facts)]
    asked_conditional = [one for one in rule.conditional if one.by in facts.requested_by]
    by = rule.by + tuple(one.by for one in met)
    allowed = _asked_rightly(facts, by, rule.together)
    failed = [one for one in asked_conditional if one not in met]
    silent = rule.escalate and not allowed and (not rule.by or Person.LEGAL_REPRESENTATIVE in facts.requested_by)
    cited: tuple[Cited, ...] = (rule, *(asked_conditional if allowed else failed))
    return Claim(allowed and not failed, silent, cited, by or tuple(one.by for one in rule.conditional))


def _by_ladder(facts: RequestFacts, standing: Standing, all_needed: bool) -> Claim:
    together = standing.mode is Mode.JOINTLY or (all_needed and standing.mode is Mode.BESIDE)
    allowed = not standing.escalate and _asked_rightly(facts, standing.by, together)
    return Claim(allowed, standing.escalate, standing.cited, standing.by)


def _asked_rightly(facts: RequestFacts, by: tuple[Person, ...], together: bool) -> bool:
    """Together: all of `by` ask. Else: one of them does, and nobody else but the client joins in."""
    asked = set(facts.requested_by)
    if together:
        return set(by) <= asked
    return bool(asked & set(by)) and asked <= {*by, Person.CLIENT}
