"""When a term of keeping has passed, when destruction must be done, and whether it may be done today.

The counting stands in profiles (clock, term, family clock, end action); here it is only followed, row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from casemgmt.policy.calendar import SumBuilder, add_term, birthday, say
from casemgmt.policy.decision import DateSum, Decision, Fact
from casemgmt.policy.rules.answer import answer, used
from casemgmt.policy.rules.entitlement import claim
from casemgmt.policy.rules.facts import KeepingFacts, MissingFact
from casemgmt.policy.rules.representation import client_facts, decider
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.asking import RefusalGround
from casemgmt.policy.schema.keeping import RetentionClass
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import Channel, Clock, RequestKind, RetentionKind
from casemgmt.policy.terms import Term

ASKED_ENOUGH = ("inspected", "received_copy", "written_waiver_and_request")
CHILD_WITHOUT_DATE = (
    "Van een kind van het gezin is de geboortedatum niet bekend. Daarom eindigt de bewaartermijn niet vanzelf en "
    "beslist iemand: heropen het dossier en vul de geboortedatum in, of beoordeel opnieuw of langer bewaren nodig is."
)
OPPOSING = ("substantial_interest_of_other", "law_forbids", "funder_accountability")


@dataclass(frozen=True)
class End:
    """The end of a term: the class, the sum (None while the clock does not run), the rules used, the family cap.

    `person_decides`: no day can be counted, since nobody filled in when a child of the family was born (VT-18.3).
    """

    rule: RetentionClass
    sum: DateSum | None
    cited: tuple[Cited, ...]
    cap: date | None = None
    person_decides: bool = False

    @property
    def no_day(self) -> str:
        """Why there is no last day."""
        return CHILD_WITHOUT_DATE if self.person_decides else "De termijn loopt nog niet."

    @property
    def expires_on(self) -> date | None:
        """The first day on which the term has fully passed."""
        return self.sum.answer if self.sum else None

    def waits_for_youth(self) -> bool:
        """Whether destruction afterwards still waits for the now adult youth (VT-18.4); never beyond the cap."""
        return self.cap is not None and self.expires_on is not None and self.expires_on < self.cap


def retention_expires(facts: KeepingFacts, profile: Profile, on: date) -> Decision:
    """The first day on which the term has fully passed, and whether it has on the day `on`.

    `expires_on` is None while the dossier is open. SH-4.2, VT-18, GT-9, BT-bewaren. Data without a class of their own
    follow the dossier; a complaint file is no part of it, so without a class a person decides.
    """
    end = end_of_term(facts, profile)
    if end is None:
        return _no_class(facts, profile, {"expires_on": None, "expired": False})
    expires = end.expires_on
    outcome = {
        "expires_on": expires,
        "expired": expires is not None and expires <= on,
        "waits_for_adult_youth": end.waits_for_youth(),
        "cap": end.cap,
        "escalate": end.person_decides,
    }
    text = f"De bewaartermijn is voorbij op {say(expires)}." if expires else end.no_day
    overrule = decider(profile) if end.person_decides else None
    return answer(profile, outcome, end.cited, _facts(facts), add=text, sum=end.sum, overrule_by=overrule)


def destruction_due(facts: KeepingFacts, profile: Profile, on: date) -> Decision:
    """The last permitted day of destruction: by the passed term, or by a granted request (whichever is earlier).

    `due` is None where the text has no fixed day; then `as_soon_as_possible`, and `house_due` is the day by the house
    rule. `actions` says whether to destroy or also to anonymise.
    """
    if facts.request_granted and facts.received_on is not None:
        return _due_by_request(facts, profile, on)
    end = end_of_term(facts, profile)
    if end is None:
        return _no_class(facts, profile, {"due": None, "as_soon_as_possible": False, "actions": ()})
    return _due_by_term(end, facts, profile)


def may_destroy(facts: KeepingFacts, profile: Profile, on: date) -> Decision:
    """Whether the text permits destruction on the day `on`: on a request of `requested_by`, else because a term passed.

    Raises MissingFact for a request without birth date. Terms that have passed also carry a request that has not
    enough grounds of its own.
    """
    if facts.requested_by:
        return _on_request(facts, profile, on)
    end = end_of_term(facts, profile)
    if end is None:
        return _no_class(facts, profile, {"allowed": False, "actions": ()})
    blocked = _blocked(end, facts, profile, on)
    if blocked is not None:
        cited, text = blocked
        outcome = {"allowed": False, "actions": (), "escalate": end.person_decides}
        return answer(profile, outcome, cited, _facts(facts), add=text, absolute=True, sum=end.sum)
    outcome = {"allowed": True, "actions": end.rule.actions}
    return answer(profile, outcome, end.cited, _facts(facts), sum=end.sum)


def end_of_term(facts: KeepingFacts, profile: Profile) -> End | None:
    """Follow the class of these data to its end; None when the profile has no class for them."""
    rule = _class_of(facts, profile)
    if rule is None:
        return None
    start = _START[rule.clock](facts)
    if start is None:
        return End(rule, None, (rule,))
    if rule.family is not None and facts.keeping_helps and facts.children_of_unknown_age:
        # The youngest may be the very child of whom nobody knows the birth date.
        return End(rule, None, (rule.family,), person_decides=True)
    day, label = start
    builder = SumBuilder(day, label)
    cited: tuple[Cited, ...] = (rule,)
    if rule.clock is Clock.YEAR_END_OF_CLOSING:
        builder.to_year_end("einde van het jaar van afsluiten")
    if rule.term is not None:
        builder.add(rule.term.value, f"bewaartermijn: {rule.term.value.dutch()}")
        cited = (rule.term,)
    cited += _extended(rule, facts, builder)
    cap, family = _family(rule, facts, builder)
    return End(rule, builder.done(), cited + family, cap)


def _class_of(facts: KeepingFacts, profile: Profile) -> RetentionClass | None:
    classes = profile.retention.classes
    own = classes.get(facts.kind)
    if own is not None and (facts.adoption_or_relinquishment or not own.only_when_adoption):
        return own
    return None if facts.kind is RetentionKind.COMPLAINT_FILE else classes[RetentionKind.DOSSIER]


Start = tuple[date, str] | None


def _closing(facts: KeepingFacts) -> Start:
    """The closing day; where trajectories are known, the last one counts, and an open one stops the clock."""
    if facts.trajectories_closed_on:
        closed = [day for day in facts.trajectories_closed_on if day is not None]
        if len(closed) < len(facts.trajectories_closed_on):
            return None
        return max(closed), "laatste traject afgesloten"
    return (facts.closed_on, "afgesloten") if facts.closed_on else None


def _complaint(facts: KeepingFacts) -> Start:
    return (facts.complaint_settled_on, "klacht afgehandeld") if facts.complaint_settled_on else None


def _session(facts: KeepingFacts) -> Start:
    """The next session, unless agreed otherwise; at the latest the end of treatment (reading 5)."""
    end = (facts.treatment_ends_on, "einde van de behandeling") if facts.treatment_ends_on else None
    if facts.kept_by_agreement or facts.next_session_on is None:
        return end
    following = (facts.next_session_on, "volgende sessie")
    return min(following, end) if end else following


_START: dict[Clock, Callable[[KeepingFacts], Start]] = {
    Clock.CLOSED_ON: _closing,
    Clock.YEAR_END_OF_CLOSING: _closing,
    Clock.LAST_TRAJECTORY: _closing,
    Clock.COMPLAINT_SETTLED_ON: _complaint,
    Clock.NEXT_SESSION: _session,
}


def _extended(rule: RetentionClass, facts: KeepingFacts, builder: SumBuilder) -> tuple[Cited, ...]:
    if rule.extension is None or facts.extended_until is None or not facts.extension_needed_for_care:
        return ()
    builder.not_before(facts.extended_until, "verlengd met reden tot")
    return (rule.extension,)


def _family(rule: RetentionClass, facts: KeepingFacts, builder: SumBuilder) -> tuple[date | None, tuple[Cited, ...]]:
    """VT-18.3 and 18.4: the later of the term and the youngest child's majority; then the cap for waiting."""
    clock = rule.family
    if clock is None or not facts.keeping_helps or not facts.family_children_birth_dates:
        return None, ()
    of_age = birthday(max(facts.family_children_birth_dates), clock.majority)
    builder.not_before(of_age, "jongste kind van het gezin meerderjarig")
    return add_term(of_age, clock.cap.value), (clock, clock.waits_for_adult_youth)


def _due_by_term(end: End, facts: KeepingFacts, profile: Profile) -> Decision:
    rule, execute = end.rule, end.rule.execute_within
    at_once = rule.term is None or execute is None
    outcome: dict[str, Any] = {"due": None, "as_soon_as_possible": at_once, "actions": rule.actions, "house_due": None}
    if end.sum is None or end.expires_on is None:
        return answer(profile, outcome, end.cited, _facts(facts), add=end.no_day)
    if rule.term is None:
        outcome["due"] = end.expires_on
        return answer(profile, outcome, end.cited, _facts(facts), sum=end.sum)
    if execute is None:
        house = profile.house_rules.execution_term
        outcome["house_due"] = add_term(end.expires_on, house.value) if house else None
        return answer(profile, outcome, (*end.cited, rule), _facts(facts), sum=end.sum)
    sum = _further(end.sum, execute.value, f"uitvoeren: {execute.value.dutch()}")
    outcome["due"] = sum.answer
    text = f"Uiterlijk op {say(sum.answer)} is alles vernietigd."
    return answer(profile, outcome, (*end.cited, execute), _facts(facts), add=text, sum=sum)


def _further(sum: DateSum, term: Term, label: str) -> DateSum:
    builder = SumBuilder(sum.answer, label).add(term, label).done()
    return DateSum((*sum.rows, *builder.rows[1:]), builder.answer)


def _due_by_request(facts: KeepingFacts, profile: Profile, on: date) -> Decision:
    request = profile.requests.kinds[RequestKind.DESTRUCTION]
    term = request.carry_out_within
    if term is None or facts.received_on is None:
        raise MissingFact("received_on", "De dag waarop het verzoek binnenkwam, is nodig.")
    builder = SumBuilder(facts.received_on, "verzoek ontvangen").add(term.value, f"uitvoeren: {term.value.dutch()}")
    by_term = destruction_due(replace(facts, request_granted=False), profile, on).outcome.get("due")
    if by_term is not None:
        builder.not_after(by_term, "uiterste dag door de bewaartermijn")
    sum = builder.done()
    actions = profile.retention.classes[RetentionKind.DOSSIER].actions[:1]
    outcome = {"due": sum.answer, "as_soon_as_possible": False, "actions": actions, "house_due": None}
    seen = used(facts, "received_on", "request_granted")
    return answer(profile, outcome, (term,), seen, add=f"De laatste dag is {say(sum.answer)}.", sum=sum)


def _blocked(end: End, facts: KeepingFacts, profile: Profile, on: date) -> tuple[tuple[Cited, ...], str] | None:
    """What stops destruction by a passed term: not passed, a bar, or the now adult youth who was not asked."""
    if end.expires_on is None:
        return end.cited, end.no_day
    if on < end.expires_on:
        return end.cited, f"De bewaartermijn is pas voorbij op {say(end.expires_on)}."
    for bar in profile.retention.bars_expiry:
        if getattr(facts, bar.reason.value):
            return (bar,), ""
    family = end.rule.family
    if family and end.waits_for_youth() and facts.adult_youth not in ASKED_ENOUGH and end.cap and on < end.cap:
        return (family.waits_for_adult_youth, family.cap), f"Na {say(end.cap)} wachten wij niet langer."
    return None


def _on_request(facts: KeepingFacts, profile: Profile, on: date) -> Decision:
    if facts.birth_date is None:
        raise MissingFact("birth_date", "De geboortedatum van de cliënt is nodig.")
    request = profile.requests.kinds[RequestKind.DESTRUCTION]
    who = claim(facts, request, profile, on)
    against = _form_defects(facts, profile) + _opposing(facts, profile)
    outcome: dict[str, Any] = {"allowed": who.allowed and not against, "actions": (), "escalate": who.escalate}
    cited: tuple[Cited, ...] = who.cited if not who.allowed else against or (request, *who.cited)
    seen = client_facts(facts, on) + used(facts, "requested_by", "written", *OPPOSING)
    if outcome["allowed"] and _family_interest(facts, profile):
        family = profile.retention.classes[RetentionKind.DOSSIER].family
        outcome |= {"allowed": False, "escalate": True}
        cited = (*cited, family) if family else cited
    elif outcome["allowed"]:
        outcome["actions"] = profile.retention.classes[RetentionKind.DOSSIER].actions[:1]
    overrule = decider(profile) if outcome["escalate"] else None
    return answer(profile, outcome, cited, seen, absolute=not (outcome["allowed"] or overrule), overrule_by=overrule)


def _form_defects(facts: KeepingFacts, profile: Profile) -> tuple[Cited, ...]:
    form = profile.requests.kinds[RequestKind.DESTRUCTION].form
    oral = form.channels.value == Channel.WRITTEN.value and not facts.written
    unknown = form.identification.value and not facts.identified
    return (*((form.channels,) if oral else ()), *((form.identification,) if unknown else ()))


def _opposing(facts: KeepingFacts, profile: Profile) -> tuple[RefusalGround, ...]:
    grounds = profile.requests.kinds[RequestKind.DESTRUCTION].grounds
    return tuple(g for g in grounds if g.reason.value in OPPOSING and getattr(facts, g.reason.value))


def _family_interest(facts: KeepingFacts, profile: Profile) -> bool:
    """Reading 58: keeping for the child usually is another's substantial interest; a person must test that."""
    family = profile.retention.classes[RetentionKind.DOSSIER].family
    return family is not None and facts.keeping_helps


def _facts(facts: KeepingFacts) -> tuple[Fact, ...]:
    names = ["kind", "closed_on"]
    names += [
        name
        for name in ("trajectories_closed_on", "family_children_birth_dates", "children_of_unknown_age")
        if getattr(facts, name)
    ]
    names += [name for name in ("keeping_helps", "extended_until", *OPPOSING) if getattr(facts, name)]
    return used(facts, *names)


def _no_class(facts: KeepingFacts, profile: Profile, outcome: dict[str, object]) -> Decision:
    """No rule for these data: a person decides."""
    rule = profile.retention.classes[RetentionKind.DOSSIER]
    text = "Het reglement zegt niet hoe lang deze gegevens worden bewaard. Iemand moet daarover beslissen."
    base = answer(profile, {**outcome, "escalate": True}, (rule,), used(facts, "kind"), overrule_by=decider(profile))
    return replace(base, articles=(), citations=(), explanation=text)
