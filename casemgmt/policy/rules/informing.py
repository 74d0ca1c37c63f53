"""Who must be told what after an event, when, and when telling may wait, may be left out, or is forbidden."""

from __future__ import annotations

from datetime import date

from casemgmt.policy.calendar import SumBuilder, age_on
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.answer import answer, fact, used
from casemgmt.policy.rules.conditions import holds, unmet
from casemgmt.policy.rules.facts import InformFacts, MissingFact
from casemgmt.policy.rules.representation import decider, has_representative, is_minor, stand
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.sharing import Deferral, InformRule
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import Event, InformWho, Person, Timing

_PROFESSIONALS = ("school", "cooperating_professional", "professional")


def must_inform_client(facts: InformFacts, profile: Profile, on: date) -> Decision:
    """Whether somebody must be told after `facts.event`, who, when and what. SH-3.3, 3.7.7; VT-5, 10, 19; GT-6, 15, 16;
    BT-toestemming-10, BT-lek.

    Leaving out (`duty` false) is something else than waiting (`timing` may_be_deferred). An event the regulation does
    not mention gives `regulated` false. Raises MissingFact without event.
    """
    if facts.event is None:
        raise MissingFact("event", "De gebeurtenis is nodig.")
    rule = _rule(facts, profile)
    if rule is None:
        text = "Het reglement zegt hier niets over."
        return answer(profile, {"regulated": False}, (), used(facts, "event"), add=text)
    who, escalate = _who(rule, facts, profile, on)
    derived = _derived(facts)
    deferral = next((one for one in rule.deferrals if holds(one.when.test, facts, derived)), None)
    asked = not unmet(rule.duty_when, facts, derived)
    extra = [one for one in rule.extra if holds(one.when.test, facts, derived)]
    left_out = deferral is not None and (deferral.omit or deferral.forbids)
    outcome = {
        "duty": rule.duty and asked and not left_out,
        "who": who,
        "timing": _timing(rule, deferral, left_out),
        "content": (*rule.content, *(item for one in extra for item in one.content)),
        "channels": rule.channels,
        "forbidden": deferral is not None and deferral.forbids,
        "task_for": rule.task_for,
        "escalate": escalate,
    }
    cited: tuple[Cited, ...] = (deferral,) if deferral else (rule, *extra)
    overrule = decider(profile) if escalate else None
    return answer(profile, outcome, cited, used(facts, "event", "ground", "safety_threat"), overrule_by=overrule)


def why_telling_waited(facts: InformFacts, profile: Profile) -> Decision:
    """What the regulation itself says of telling later about `facts.event`: its sentences, nothing of this case.

    SH-3.7.7; VT-U10-b; GT-15.5-b, 16.4; BT-toestemming-10. For whoever is told at last. Where it names no reason to
    wait, the rule about telling; an event it does not mention gives `regulated` false.
    """
    rule = _rule(facts, profile)
    if rule is None:
        return answer(profile, {"regulated": False}, (), used(facts, "event"))
    waits = tuple(one for one in rule.deferrals if not one.forbids)
    return answer(profile, {"regulated": True}, waits or (rule,), used(facts, "event", "ground"))


def informing_waits_until(profile: Profile, on: date) -> Decision:
    """House rule: `until`, the last day until which telling may be put off when that is decided on `on`; the sum.

    Putting it off is not leaving it out (GT-15.5-b): on that day at the latest somebody looks at it again.
    """
    rule = profile.house_rules.informing_deferred
    total = SumBuilder(on, "uitgesteld").add(rule.value, "huisregel").done()
    return answer(profile, {"until": total.answer}, (rule,), (fact("deferred_on", on),), sum=total)


def _rule(facts: InformFacts, profile: Profile) -> InformRule | None:
    own = profile.informing.per_ground.get(facts.ground) if facts.ground else None
    if facts.event is Event.DISCLOSURE and own is not None:
        return own
    return profile.informing.events.get(facts.event) if facts.event else None


def _timing(rule: InformRule, deferral: Deferral | None, left_out: bool) -> Timing | None:
    if left_out:
        return None
    return Timing.MAY_BE_DEFERRED if deferral else rule.timing


def _derived(facts: InformFacts) -> dict[str, bool]:
    professional = facts.source in _PROFESSIONALS
    risk = facts.threat_to_victim or facts.threat_to_source or facts.trust_disturbed
    return {
        "professional_source_at_risk": professional and risk,
        "private_source_refuses": not professional and not facts.source_consents,
    }


def _who(rule: InformRule, facts: InformFacts, profile: Profile, on: date) -> tuple[tuple[Person, ...], bool]:
    if rule.who is InformWho.NETWORK_PERSON:
        return (Person.NETWORK_PERSON,), False
    if rule.who is InformWho.LADDER:
        standing = stand(facts, profile.representation.ladder, profile.representation, on)
        return standing.by, standing.escalate
    old_enough = facts.birth_date is None or age_on(facts.birth_date, on) >= 12
    told = rule.who is InformWho.CLIENT_AND_REPRESENTATIVES or old_enough
    client = (Person.CLIENT,) if told else ()
    guarded = is_minor(facts, on) and has_representative(facts, on)
    return (*client, *((Person.LEGAL_REPRESENTATIVE,) if guarded else ())), False
