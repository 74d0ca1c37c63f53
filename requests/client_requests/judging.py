"""The questions that a request puts to the rules, each as one call that answers with a decision.

The rules stand in ``casemgmt.policy``; here stands only which of them is asked
when. A refusal that a text does not make absolute is a person's to overrule.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from casemgmt.policy.decision import Decision
from casemgmt.policy.rules import requests as rules
from casemgmt.policy.rules.answer import answer, used
from casemgmt.policy.rules.entitlement import kind_of
from casemgmt.policy.rules.facts import MissingFact, RequestFacts
from casemgmt.policy.rules.house import answer_promised
from casemgmt.policy.rules.unknown import not_filled_in, of_client
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.asking import Request
from casemgmt.policy.schema.vocabulary import About, Force, Reason, RequestKind, RoleKey
from client_requests.facts import FOUND_OUT, Asked, request_facts
from client_requests.vocabulary import NO_GROUND_NAMED, SHOWING, Identified, Outcome
from consent.facts import Somebody

ABOUT_REFUSED = {
    RequestKind.INSPECTION: About.REFUSED_INSPECTION,
    RequestKind.COPY: About.REFUSED_INSPECTION,
    RequestKind.INFORMATION: About.REFUSED_INFORMATION,
    RequestKind.CORRECTION: About.REFUSED_CORRECTION,
    RequestKind.SUPPLEMENT: About.REFUSED_CORRECTION,
    RequestKind.OWN_STATEMENT: About.REFUSED_CORRECTION,
    RequestKind.RESTRICTION: About.REFUSED_CORRECTION,
    RequestKind.REMOVAL: About.REFUSED_REMOVAL,
    RequestKind.DESTRUCTION: About.REFUSED_DESTRUCTION,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which this request can be refused; ``must``: the text refuses by itself."""

    key: str
    label: str
    decision: Decision
    must: bool
    part_only: bool

    @property
    def overrule_by(self) -> str | None:
        """The role that may decide otherwise, where the text leaves that to a person."""
        return self.decision.overrule_by


def kinds_offered(profile: Profile) -> tuple[tuple[RequestKind, Request], ...]:
    """The kinds of request that the organisation takes, in the order of its regulation."""
    return tuple((RequestKind(key), kind) for key, kind in profile.requests.kinds.items() if kind.offered)


def deadline(kind: str, received_on: date, profile: Profile, on: date) -> Decision:
    """Until when to decide, with the sum; our own promise where the text names no term for this kind."""
    facts = RequestFacts(request=RequestKind(kind), received_on=received_on)
    try:
        return rules.request_deadline(facts, profile, on)
    except MissingFact:
        return answer_promised(facts.request, received_on, profile)


def entitled(asked: Asked, profile: Profile, on: date) -> Decision:
    """Whether those who ask may ask this, for this client, on this day."""
    return of_client(rules.may_ask, request_facts(asked), profile, on)


def may_be_shown(asked: Asked, profile: Profile, on: date) -> Decision:
    """Whether what was asked may be shown now; judged anew at decision and at every opening."""
    if asked.kind not in SHOWING:
        return entitled(asked, profile, on)
    facts = request_facts(replace(asked, identified=True))
    return of_client(rules.may_inspect, facts, profile, on)


def form_of(kind: str, profile: Profile, on: date) -> Decision:
    """What a request of this kind must look like: written, identification, category, reason, change."""
    return rules.request_form(RequestFacts(request=RequestKind(kind)), profile, on)


def identification_of(kind: str, profile: Profile, on: date) -> Decision:
    """Whether the text asks identification for this kind, with its own sentence."""
    rule = kind_of(profile, RequestKind(kind)).form.identification
    facts = RequestFacts(request=RequestKind(kind))
    return answer(profile, {"identification": rule.value}, (rule,), used(facts, "request"))


def ways_to_identify(form: Decision) -> tuple[Identified, ...]:
    """How it may be established who asks: knowing somebody is not enough where the text asks identification."""
    if form.outcome["identification"]:
        return (Identified.DOCUMENT, Identified.PORTAL)
    return (Identified.DOCUMENT, Identified.PORTAL, Identified.KNOWN)


def questions_that_matter(asked: Asked, profile: Profile, on: date) -> tuple[str, ...]:
    """The facts staff must find out: those whose answer changes whether this may be shown."""
    now = _outcome(asked, profile, on)
    found = []
    for name in FOUND_OUT:
        other = replace(asked, found_out=asked.found_out ^ {name})
        if name in asked.found_out or _outcome(other, profile, on) != now:
            found.append(name)
    return tuple(found)


def who_could_join(asked: Asked, profile: Profile, on: date) -> tuple[Somebody, ...]:
    """The people whose asking along changes whether this may be shown, and those who do already."""
    now = _outcome(asked, profile, on)
    found = []
    for one in asked.around.people:
        if one.id == asked.asker_id:
            continue
        other = replace(asked, joined=(*asked.joined, one.id))
        if one.id in asked.joined or _outcome(other, profile, on) > now:
            found.append(one)
    return tuple(found)


def _outcome(asked: Asked, profile: Profile, on: date) -> tuple[bool, bool]:
    decision = may_be_shown(asked, profile, on)
    return bool(decision.outcome["allowed"]), bool(decision.outcome["escalate"])


def grounds(asked: Asked, profile: Profile, on: date) -> tuple[Ground, ...]:
    """Every ground that can refuse this request now, as the profile names them; none while that cannot be told."""
    kind = kind_of(profile, RequestKind(asked.kind))
    who = entitled(asked, profile, on)
    if not_filled_in(who):
        return ()
    found = [_ground(asked, reason, label, part, profile, on) for reason, label, part in _named(kind)]
    if not who.outcome["allowed"] and not who.outcome["escalate"]:
        # Who may not ask at all is refused for that and for nothing else.
        return tuple(one for one in found if one is not None and one.key == Reason.AGE_OR_CAPACITY.value)
    offered = tuple(one for one in found if one is not None)
    if offered or kind.grounds:
        return offered
    label = _("another reason, which you explain (the regulation names none)")
    seen = used(request_facts(asked), "request")
    decision = answer(profile, {"must_refuse": False, "may_refuse": True}, (kind,), seen)
    return (Ground(NO_GROUND_NAMED, label, decision, must=False, part_only=False),)


def ground_of(key: str, asked: Asked, profile: Profile, on: date) -> Ground | None:
    """One ground by its key, when it can refuse this request."""
    return next((one for one in grounds(asked, profile, on) if one.key == key), None)


def _named(kind: Request) -> list[tuple[Reason, str, bool]]:
    named = {one.reason: (one.reason, one.label, one.part_only) for one in kind.grounds}
    # Who may not ask is refused on every kind, also where the list of grounds does not say so.
    named.setdefault(Reason.AGE_OR_CAPACITY, (Reason.AGE_OR_CAPACITY, _("who asks may not ask this"), False))
    return list(named.values())


def _ground(asked: Asked, reason: Reason, label: str, part_only: bool, profile: Profile, on: date) -> Ground | None:
    decision = rules.refusal_grounds(request_facts(asked, reason=reason), profile, on)
    if not decision.outcome["may_refuse"]:
        return None
    return Ground(reason.value, label, decision, bool(decision.outcome["must_refuse"]), part_only)


def others_must_be_left_out(asked: Asked, profile: Profile, on: date) -> Decision | None:
    """The rule that keeps data about others out of what is shown, where the text has one."""
    if asked.kind not in SHOWING:
        return None
    facts = request_facts(asked, reason=Reason.PRIVACY_OF_OTHER)
    decision = rules.refusal_grounds(facts, profile, on)
    return decision if decision.outcome["may_refuse"] else None


def must_be_partly(asked: Asked, profile: Profile, on: date) -> bool:
    """Whether the text refuses by itself the part that is about others."""
    kind = kind_of(profile, RequestKind(asked.kind))
    return any(g.reason is Reason.PRIVACY_OF_OTHER and g.force is Force.MUST for g in kind.grounds)


def appeal(kind: str, profile: Profile, on: date) -> Decision:
    """Where somebody who disagrees with the decision can go."""
    return rules.appeal_route(ABOUT_REFUSED.get(RequestKind(kind), About.DOSSIER_DISPUTE), profile, on)


def may_grant(asked: Asked, shown: Decision, roles: tuple[str, ...], profile: Profile) -> bool:
    """Whether somebody with these roles may say yes: as the rule does, or by overruling what is not absolute."""
    if shown.outcome["allowed"]:
        return True
    if shown.absolute or not shown.outcome["escalate"]:
        return False
    kind = kind_of(profile, RequestKind(asked.kind))
    return bool({shown.overrule_by, kind.decided_by.value.value} & set(roles))


def mandator(kind: str, roles: tuple[str, ...], profile: Profile) -> str:
    """The role that the text lets decide, when somebody with these roles decides by its written mandate only.

    The college or the board hands its power over in writing (GT-21, VT-20); where the text names a manager,
    who is above or stands in decides without. Empty when no mandate is needed.
    """
    decides = kind_of(profile, RequestKind(kind)).decided_by.value
    return "" if decides is not RoleKey.DIRECTOR or decides.value in roles else decides.value


def is_yes(outcome: str) -> bool:
    """Whether something is given."""
    return outcome in (Outcome.GRANTED, Outcome.PARTLY)
