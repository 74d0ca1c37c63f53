"""Whether a disclosure may take place: first what never leaves, then grounds without consent, then consent.

The text decides here; the house rule that a manager approves stands apart and never blocks a duty or acute danger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from casemgmt.policy.calendar import SumBuilder, add_working_days
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.answer import answer, fact, used
from casemgmt.policy.rules.conditions import holds, unmet
from casemgmt.policy.rules.consent import Review, review_consents
from casemgmt.policy.rules.facts import DisclosureFacts, MissingFact
from casemgmt.policy.rules.representation import cell_on, client_facts, decider
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.sharing import GroundRule, NeverGiven
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import Cell, Ground, Item, Recipient

_TOLD_INSTEAD_OF_ASKED = (
    Cell.UNDER_12,
    Cell.CAPABLE_12_TO_15,
    Cell.INCAPABLE_12_TO_15,
    Cell.INCAPABLE_16_17,
    Cell.INCAPABLE_ADULT,
)
DECIDED = "decision"
"""The ground of a disclosure that a person let go where the text is silent on whose consent it needs."""


@dataclass(frozen=True)
class Weighed:
    """One ground laid beside the facts: the questions that are not (yet) answered with yes."""

    rule: GroundRule
    unmet: tuple[str, ...]


def may_disclose(
    facts: DisclosureFacts, profile: Profile, on: date, *, chosen: str = "", decided: bool = False
) -> Decision:
    """Whether this disclosure, as described, may take place on the day `on`. SH-2.7 and 3.7, VT-15 to 19, GT-13 to 16,
    BT-toestemming.

    `ground` names what carries it; `open` lists the grounds of this organisation that could carry it and what each
    still misses; `consent_needed` is true when only consent could. `duty_to_speak` and `acute` say whether the house
    rule of approval stands aside: `acute` only when this ground may not wait and there is acute danger in this case.
    `chosen` is the key of the ground somebody chose: it carries before other grounds, but never before a duty.
    `decided`: who decides where the text is silent let it go; that counts nowhere else. Raises MissingFact without
    recipient.
    """
    if facts.recipient is None:
        raise MissingFact("recipient", "De ontvanger is nodig.")
    never = _never_given(facts, profile, on)
    if never is not None:
        outcome = _outcome(False, None, consent_needed=False)
        return answer(profile, outcome, (never,), used(facts, "recipient", "item"), absolute=True)
    weighed = weigh_grounds(facts, profile, on)
    review = review_consents(facts, profile, on)
    fitting = [one.rule for one in weighed if not one.unmet and not _harms(one.rule, facts, profile)]
    carrying = sorted(fitting, key=lambda rule: (not _must_speak(rule, facts, profile, on), ground_key(rule) != chosen))
    if carrying:
        return _on_ground(carrying[0], facts, profile, on)
    by_person = review.standing.escalate and not review.refused
    if decided and by_person and not unmet(profile.disclosure.consent_conditions, facts):
        return _on_decision(review, facts, profile, on)
    return _on_consent(review, weighed, facts, profile, on)


def weigh_grounds(facts: DisclosureFacts, profile: Profile, on: date) -> tuple[Weighed, ...]:
    """Every ground without consent that is open to this recipient, with its unanswered conditions."""
    derived = _derived(facts, profile, on)
    open_to = grounds_for(profile, facts.recipient)
    return tuple(Weighed(rule, unmet(rule.conditions, facts, derived)) for rule in open_to)


def grounds_for(profile: Profile, recipient: Recipient | None) -> tuple[GroundRule, ...]:
    """The grounds without consent that this organisation knows for a recipient, for the form that asks them."""
    return tuple(rule for rule in profile.disclosure.grounds if not rule.recipients or recipient in rule.recipients)


def ground_key(rule: GroundRule) -> str:
    """What tells two grounds of one organisation apart: its name and its first article."""
    return f"{rule.ground.value}.{rule.articles[0]}" if rule.articles else rule.ground.value


def approval_needed(profile: Profile, *, duty_to_speak: bool, acute_danger: bool) -> Decision:
    """House rule: whether a manager approves before handing over. Never for a duty to speak or in acute danger.

    `review_within_days` (working days) is set when the disclosure is looked at afterwards instead: in acute danger,
    also when speaking is a duty. Looking afterwards stops nothing.
    """
    rule, within = profile.house_rules.disclosure_approval, profile.house_rules.disclosure_review_within
    needed = rule.value and not duty_to_speak and not acute_danger
    afterwards = rule.value and acute_danger
    outcome = {
        "needed": needed,
        "by": profile.disclosure.approved_by.value,
        "review_within_days": within.value if afterwards else None,
    }
    seen = (fact("duty_to_speak", duty_to_speak), fact("acute_danger", acute_danger))
    return answer(profile, outcome, (within,) if afterwards else (rule,), seen)


def review_due(profile: Profile, given_on: date) -> date:
    """House rule: the last day on which somebody looks at what went, in acute danger, on that day."""
    return add_working_days(given_on, profile.house_rules.disclosure_review_within.value)


def question_due(profile: Profile, asked_on: date) -> Decision:
    """House rule: `due`, the last day for answering whether data may go without consent, asked on that day; the sum.

    A version that was published before the term was written down says nothing: the answer is then due at once.
    """
    within = profile.house_rules.disclosure_question_within
    if within is None:
        return answer(profile, {"due": asked_on}, (), ())
    total = SumBuilder(asked_on, "vraag voorgelegd").add(within.value, "huisregel").done()
    return answer(profile, {"due": total.answer}, (within,), (fact("asked_on", asked_on),), sum=total)


def _outcome(allowed: bool, ground: str | None, *, consent_needed: bool, **more: Any) -> dict[str, Any]:
    base = {"allowed": allowed, "ground": ground, "consent_needed": consent_needed, "duty": False, "escalate": False}
    base |= {"duty_to_speak": False, "acute": False}
    return {**base, "missing": (), "open": (), **more}


def _never_given(facts: DisclosureFacts, profile: Profile, on: date) -> NeverGiven | None:
    derived = _derived(facts, profile, on)
    for rule in profile.disclosure.never:
        if rule.item is facts.item and (not rule.unless or unmet(rule.unless, facts, derived)):
            return rule
    return None


def _derived(facts: DisclosureFacts, profile: Profile, on: date) -> dict[str, Any]:
    """What conditions may ask beside the facts themselves."""
    return {
        "moral_distress_answered": facts.six_questions.moral_distress is not None,
        "under_16_or_incapable": cell_on(facts, profile.representation, on) in _TOLD_INSTEAD_OF_ASKED,
        "nobody_objected": not facts.objection_by,
        "item_approved_informant": facts.item is Item.INFORMANT_INFORMATION and facts.informant_approved,
    }


def _harms(rule: GroundRule, facts: DisclosureFacts, profile: Profile) -> bool:
    """VT-15.1: only as far as another's privacy is not harmed, unless a legal duty overrides it."""
    return bool(profile.disclosure.privacy_of_other and facts.harms_privacy_of_other and not rule.overrides_privacy)


def _is_duty(rule: GroundRule, facts: DisclosureFacts, profile: Profile, on: date) -> bool:
    derived = _derived(facts, profile, on)
    return rule.is_duty or (bool(rule.duty_when) and all(holds(t.test, facts, derived) for t in rule.duty_when))


def _must_speak(rule: GroundRule, facts: DisclosureFacts, profile: Profile, on: date) -> bool:
    """Whether there is a duty to speak: the regulation obliges, or the law does (SH-2.7.b names that apart)."""
    return rule.ground is Ground.LEGAL_DUTY or _is_duty(rule, facts, profile, on)


def _on_ground(rule: GroundRule, facts: DisclosureFacts, profile: Profile, on: date) -> Decision:
    duty, speak = _is_duty(rule, facts, profile, on), _must_speak(rule, facts, profile, on)
    # That a ground may not wait says nothing of this case: only danger that is there lets the house rule stand aside.
    acute = rule.acute and facts.acute_danger
    outcome = _outcome(True, rule.ground, consent_needed=False, duty=duty, duty_to_speak=speak, acute=acute)
    cited: tuple[Cited, ...] = (rule, *((rule.consultation,) if rule.consultation else ()))
    seen = ("recipient", "purpose", "item", "necessary", "legal_duty", *(("acute_danger",) if rule.acute else ()))
    return answer(profile, outcome, cited, used(facts, *seen), add="Dit moet: het is een plicht." if speak else "")


def _on_decision(review: Review, facts: DisclosureFacts, profile: Profile, on: date) -> Decision:
    """Where the text does not say who may consent, the role that decides there let it go."""
    harmed = profile.disclosure.privacy_of_other if facts.harms_privacy_of_other else None
    outcome = _outcome(harmed is None, None if harmed else DECIDED, consent_needed=False)
    seen = used(facts, "recipient", "purpose", "item") + client_facts(facts, on)
    if harmed is not None:
        return answer(profile, outcome, (harmed,), seen)
    return answer(profile, outcome, review.standing.cited, seen, add="Wie hier besluit, liet het gaan, met een reden.")


def _on_consent(
    review: Review, weighed: tuple[Weighed, ...], facts: DisclosureFacts, profile: Profile, on: date
) -> Decision:
    missing = unmet(profile.disclosure.consent_conditions, facts)
    harmed = profile.disclosure.privacy_of_other if facts.harms_privacy_of_other else None
    allowed = review.sufficient and not missing and harmed is None
    escalate = review.standing.escalate
    outcome = _outcome(allowed, "consent" if allowed else None, consent_needed=True, escalate=escalate)
    outcome["missing"] = (*(text for _, text in review.defects), *missing)
    outcome["wanted"], outcome["refused"] = review.missing, review.refused
    outcome["open"] = tuple({"ground": one.rule.ground, "label": one.rule.label, "unmet": one.unmet} for one in weighed)
    cited = _consent_cited(review, allowed, harmed, profile) + (() if allowed else _own_grounds(weighed))
    return answer(
        profile,
        outcome,
        cited,
        used(facts, "recipient", "purpose", "item") + client_facts(facts, on),
        add="" if allowed else _not_so(review, outcome["missing"]),
        overrule_by=decider(profile) if escalate else None,
        would_change=[f"{one.rule.label}: {' '.join(one.unmet)}" for one in weighed if one.unmet],
    )


def _own_grounds(weighed: tuple[Weighed, ...]) -> tuple[Cited, ...]:
    """The grounds made for this very recipient whose conditions are not met: they belong in the explanation."""
    return tuple(one.rule for one in weighed if one.rule.recipients and one.unmet)


def _consent_cited(review: Review, allowed: bool, harmed: Cited | None, profile: Profile) -> tuple[Cited, ...]:
    route = profile.disclosure.consent_route
    if allowed:
        return (route, *review.standing.cited)
    if harmed is not None:
        return (harmed,)
    if review.refused:
        return (*review.standing.cited, profile.consent.refusal_blocks)
    if review.defects:
        return review.cited
    # The sentence of the route says that the consent is there; its article counts, that sentence does not.
    return (*review.cited, route.model_copy(update={"sentence": _why_no_route(review)}))


def _why_no_route(review: Review) -> str:
    if review.absent:
        return review.absent
    if review.sufficient:
        return "De toestemming is er, maar er staat nog een vraag open."
    return "Het staat niet vast wie hier toestemming mag geven."


def _not_so(review: Review, missing: tuple[str, ...]) -> str:
    """What is missing, after whose consent is missing; where nobody answered, the rule cited already says whose."""
    absent = review.absent if review.defects else ""
    return " ".join(filter(None, (absent, *missing))) or "Deze verstrekking mag zo niet."
