"""Whether a requester gets to see (this part of) a dossier now: who asks, identified, and what is asked for."""

from __future__ import annotations

from datetime import date

from casemgmt.policy.decision import Decision, Fact
from casemgmt.policy.rules.answer import answer, used
from casemgmt.policy.rules.conditions import holds, unmet
from casemgmt.policy.rules.entitlement import claim, kind_of
from casemgmt.policy.rules.facts import MissingFact, RequestFacts
from casemgmt.policy.rules.representation import client_facts, decider
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.asking import RefusalGround
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import Force, Person, Reason, RequestKind


def may_inspect(facts: RequestFacts, profile: Profile, on: date) -> Decision:
    """Whether the people in `requested_by` may inspect on the day `on`. SH-3.4, VT-11 and 12, GT-18 and 22, BT-rechten.

    A ground that only *may* refuse ("kan") is never applied by itself: it leads to `escalate`. Raises MissingFact.
    """
    request = kind_of(profile, facts.request or RequestKind.INSPECTION)
    if not facts.requested_by:
        raise MissingFact("requested_by", "Wie inzage vraagt, is nodig.")
    if facts.requested_by == (Person.PERSON_IN_OTHER_DOSSIER,):
        return _other_person(facts, profile)
    if facts.birth_date is None:
        raise MissingFact("birth_date", "De geboortedatum van de cliënt is nodig.")
    who = claim(facts, request, profile, on)
    if not who.allowed:
        return _no(facts, profile, on, who.cited, escalate=who.escalate)
    for check in (_restricted, _unidentified, _outside, _privacy):
        found = check(facts, profile)
        if found is not None:
            return _no(facts, profile, on, found)
    optional = _may_refuse(facts, profile)
    if optional is not None:
        return _no(facts, profile, on, (*who.cited, optional), escalate=True)
    return answer(profile, {"allowed": True, "escalate": False}, (request, *who.cited), _facts(facts, on))


def _no(
    facts: RequestFacts, profile: Profile, on: date, cited: tuple[Cited, ...], *, escalate: bool = False
) -> Decision:
    return answer(
        profile,
        {"allowed": False, "escalate": escalate},
        cited,
        _facts(facts, on),
        absolute=not escalate,
        overrule_by=decider(profile) if escalate else None,
        would_change=[one.when.question for rule in cited for one in getattr(rule, "conditional", ())],
    )


def _facts(facts: RequestFacts, on: date) -> tuple[Fact, ...]:
    return client_facts(facts, on) + used(facts, "requested_by", "identified", "item")


def _restricted(facts: RequestFacts, profile: Profile) -> tuple[Cited, ...] | None:
    rule = profile.representation.may_be_refused
    others = set(facts.requested_by) - {Person.CLIENT}
    return (rule,) if rule and facts.leader_refuses_representative and others else None


def _unidentified(facts: RequestFacts, profile: Profile) -> tuple[Cited, ...] | None:
    rule = kind_of(profile, RequestKind.INSPECTION).form.identification
    return (rule,) if rule.value and not facts.identified else None


def _outside(facts: RequestFacts, profile: Profile) -> tuple[Cited, ...] | None:
    for rule in profile.requests.outside_inspection:
        if rule.item is facts.item and not (rule.unless and holds(rule.unless.test, facts)):
            return (rule,)
    return None


def _privacy(facts: RequestFacts, profile: Profile) -> tuple[Cited, ...] | None:
    rule = profile.requests.privacy_of_other
    return (rule,) if rule and facts.harms_privacy_of_other else None


def _may_refuse(facts: RequestFacts, profile: Profile) -> RefusalGround | None:
    """The ground "privacy of another" where it only may refuse: then a person decides about that part."""
    if not facts.harms_privacy_of_other:
        return None
    grounds = kind_of(profile, RequestKind.INSPECTION).grounds
    return next((g for g in grounds if g.reason is Reason.PRIVACY_OF_OTHER and g.force is Force.MAY), None)


def _other_person(facts: RequestFacts, profile: Profile) -> Decision:
    rule = profile.requests.other_person
    seen = used(facts, "requested_by", "asks", "names_dossier_holder", "identified", "secrecy_opposes")
    if rule is None:
        cited = (kind_of(profile, RequestKind.INSPECTION),)
        return answer(profile, {"allowed": False, "escalate": False}, cited, seen, absolute=True)
    missing = unmet(rule.when, facts)
    outcome = {"allowed": not missing, "escalate": False}
    return answer(profile, outcome, (rule,), seen, would_change=missing)
