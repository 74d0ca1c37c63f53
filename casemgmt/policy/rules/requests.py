"""The client's requests: until when to decide, why one may refuse, where to go after a refusal, what it may cost.

No page asks for money; `fee` answers `copy_fee` of the interface for decisions, as the examples in tests/articles do.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from casemgmt.policy.calendar import SumBuilder, say
from casemgmt.policy.decision import Citation, DateSum, Decision
from casemgmt.policy.rules.answer import answer, fact, used
from casemgmt.policy.rules.entitlement import claim, kind_of
from casemgmt.policy.rules.facts import FeeFacts, MissingFact, RequestFacts
from casemgmt.policy.rules.inspection import may_inspect
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.asking import Fee, RefusalGround, Request
from casemgmt.policy.schema.values import Cited, Valued
from casemgmt.policy.schema.vocabulary import About, FeeKind, Force, Person, Reason, RequestKind
from casemgmt.policy.terms import Term

__all__ = [
    "appeal_route",
    "fee",
    "may_ask",
    "may_inspect",
    "refusal_grounds",
    "refusal_is_valid",
    "request_deadline",
    "request_form",
]


def request_deadline(facts: RequestFacts, profile: Profile, on: date) -> Decision:
    """The last permitted day for the decision; for destruction: for carrying it out. With the sum.

    `carry_out_due` is the last day for carrying out where the text gives one. The clock starts at receipt
    (reading 11). Raises MissingFact without kind or day of receipt, or for a kind without any term.
    """
    request = kind_of(profile, facts.request)
    if facts.received_on is None:
        raise MissingFact("received_on", "De dag waarop het verzoek binnenkwam, is nodig.")
    first = request.decide_within or request.carry_out_within
    if facts.request is RequestKind.DESTRUCTION and request.carry_out_within:
        first = request.carry_out_within
    if first is None:
        raise MissingFact("request", "Voor dit soort verzoek noemt het reglement geen termijn.")
    sum = _counted(facts.received_on, first)
    carry = request.carry_out_within
    carry_due = _counted(facts.received_on, carry).answer if carry else None
    return answer(
        profile,
        {"due": sum.answer, "carry_out_due": carry_due},
        (first,) if carry is None or carry is first else (first, carry),
        used(facts, "request", "received_on"),
        add=f"De laatste dag is {say(sum.answer)}.",
        sum=sum,
    )


def _counted(received_on: date, term: Valued[Term]) -> DateSum:
    return SumBuilder(received_on, "verzoek ontvangen").add(term.value, f"termijn: {term.value.dutch()}").done()


def may_ask(facts: RequestFacts, profile: Profile, on: date) -> Decision:
    """Whether the people in `requested_by` may make this request at all on the day `on`: the ladder, with the why."""
    request = kind_of(profile, facts.request)
    who = claim(facts, request, profile, on)
    outcome = {"allowed": who.allowed, "escalate": who.escalate, "wanted": who.wanted}
    overrule = profile.representation.decided_by.value.value if who.escalate else None
    seen = used(facts, "request", "requested_by", "birth_date", "client_capable")
    return answer(profile, outcome, who.cited, seen, overrule_by=overrule, absolute=not (who.allowed or who.escalate))


def request_form(facts: RequestFacts, profile: Profile, on: date) -> Decision:
    """What this kind of request must look like: `channels`, `identification`, `category`, `reason`, `changes`."""
    request = kind_of(profile, facts.request)
    form = request.form
    rules = (form.channels, form.identification, form.category_needed, form.reason_needed, form.changes_needed)
    names = ("channels", "identification", "category", "reason", "changes")
    outcome = {name: rule.value if rule else False for name, rule in zip(names, rules, strict=True)}
    return answer(profile, outcome, [rule for rule in rules if rule], used(facts, "request"))


def refusal_grounds(facts: RequestFacts, profile: Profile, on: date) -> Decision:
    """Whether `facts.reason` must or may refuse this request; and whether a refusal is valid in form.

    Raises MissingFact without a kind, and without a reason unless the question is about the form of a refusal.
    """
    request = kind_of(profile, facts.request)
    if facts.reason is None:
        if facts.refusal_written is None:
            raise MissingFact("reason", "De reden van de weigering is nodig.")
        return refusal_is_valid(facts, profile, on)
    if facts.reason is Reason.AGE_OR_CAPACITY:
        return _by_age(facts, request, profile, on)
    return _by_ground(facts, request, profile)


def _by_ground(facts: RequestFacts, request: Request, profile: Profile) -> Decision:
    asked = set(facts.requested_by or (Person.CLIENT,))
    fits = (g for g in request.grounds if g.reason is facts.reason and (not g.only_for or asked & set(g.only_for)))
    ground: RefusalGround | None = next(fits, None)
    if ground is None:
        outcome = {"must_refuse": False, "may_refuse": False}
        known: tuple[Cited, ...] = tuple(g for g in request.grounds if g.reason is not Reason.AGE_OR_CAPACITY)
        text = "Dit is geen grond om te weigeren."
        return answer(profile, outcome, known or (request,), used(facts, "request", "reason"), add=text)
    must = ground.force is Force.MUST
    return answer(
        profile,
        {"must_refuse": must, "may_refuse": True, "part_only": ground.part_only},
        (ground,),
        used(facts, "request", "reason", "requested_by"),
        absolute=ground.absolute,
        overrule_by=ground.overrule_by.value if ground.overrule_by else None,
    )


def _by_age(facts: RequestFacts, request: Request, profile: Profile, on: date) -> Decision:
    """Age or capacity refuses exactly when those who ask may not ask; then nobody may decide otherwise."""
    if not facts.requested_by:
        facts = _asked_by_client(facts)
    who = claim(facts, request, profile, on)
    refuse = not who.allowed and not who.escalate
    outcome = {"must_refuse": refuse, "may_refuse": refuse, "escalate": who.escalate}
    seen = used(facts, "request", "reason", "requested_by", "birth_date", "client_capable")
    return answer(profile, outcome, who.cited, seen, absolute=refuse)


def _asked_by_client(facts: RequestFacts) -> RequestFacts:
    return replace(facts, requested_by=(Person.CLIENT,))


def refusal_is_valid(facts: RequestFacts, profile: Profile, on: date) -> Decision:
    """Whether a refusal has the form the text asks: in writing, with reasons, the refused text kept."""
    request = kind_of(profile, facts.request)
    needs = (
        (request.refusal_written, facts.refusal_written),
        (request.refusal_reasoned, facts.refusal_reasoned),
        (request.refused_text_kept, facts.refused_text_kept),
    )
    asked = [rule for rule, _ in needs if rule and rule.value]
    broken = [rule for rule, done in needs if rule and rule.value and not done]
    outcome = {"must_refuse": False, "may_refuse": False, "refusal_valid": not broken}
    seen = used(facts, "request", "refusal_written", "refusal_reasoned", "refused_text_kept")
    return answer(profile, outcome, broken or asked or [request], seen)


def appeal_route(about: About | None, profile: Profile, on: date) -> Decision:
    """Where somebody can go; `text` is the sample paragraph for the letter, ours and marked as sample."""
    if about is None:
        raise MissingFact("about", "Waarover het gaat, is nodig.")
    rule = profile.requests.appeal[about]
    outcome = {"route": rule.route, "label": rule.label, "text": rule.sample_text}
    return answer(profile, outcome, (rule,), (fact("about", about),))


def fee(facts: FeeFacts, profile: Profile, on: date) -> Decision:
    """What may be asked for a copy (`pages` needed), an overview or an inspection; amounts in euro, None: no amount.

    VT-13: 0.23 a page, at most 5.00; above 100 pages a reasonable fee of at most 22.50 (reading 32). SH-3.4.5b.
    """
    if facts.kind is None:
        raise MissingFact("kind", "Wat er wordt geleverd, is nodig.")
    if facts.kind is FeeKind.COPY and facts.pages is None:
        raise MissingFact("pages", "Het aantal pagina's is nodig.")
    rule = profile.requests.fees[facts.kind]
    pages = facts.pages or 0
    many = rule.many_pages is not None and pages > rule.many_pages and rule.many_maximum is not None
    most = rule.many_maximum if many else _by_page(rule, pages)
    outcome = {"fee_allowed": rule.allowed, "max_fee_eur": most, "reasonable": rule.reasonable or many}
    decision = answer(profile, outcome, (rule,), used(facts, "kind", "pages"))
    return _about_many(decision, rule) if many else decision


def _by_page(rule: Fee, pages: int) -> Decimal | None:
    if not rule.allowed:
        return Decimal("0.00")
    if rule.per_page is None:
        return rule.maximum
    price = rule.per_page * pages
    return (price if rule.maximum is None else min(price, rule.maximum)).quantize(Decimal("0.01"))


def _about_many(decision: Decision, rule: Fee) -> Decision:
    sentence = rule.many_sentence or rule.sentence
    citations = tuple(Citation(article, sentence, rule.kind) for article in rule.many_articles)
    return replace(decision, articles=rule.many_articles, explanation=sentence, citations=citations)
