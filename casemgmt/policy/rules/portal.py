"""Who may be given a page of their own in the portal: a house rule, for no regulation speaks of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casemgmt.policy.calendar import age_on
from casemgmt.policy.decision import Decision, Fact
from casemgmt.policy.rules.answer import answer
from casemgmt.policy.rules.facts import ClientFacts
from casemgmt.policy.rules.representation import BOUNDARIES, client_facts, ladder_for, stand
from casemgmt.policy.rules.spoken import said
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Person

# What a version says that was published before the rule was written down.
UNWRITTEN = (
    "Een eigen toegang tot het portaal is er voor de cliënt vanaf twaalf jaar, voor vertegenwoordigers en pleegouders."
)


@dataclass(frozen=True, kw_only=True)
class PortalFacts(ClientFacts):
    """A client, and what the person who would be invited is to this client."""

    who: Person
    foster_parent: bool = False


def portal_open_to(facts: PortalFacts, profile: Profile, on: date) -> Decision:
    """`allowed`: whether this person may be invited to the portal `on` because of this client.

    The client from an age of the house rule, and only when the birth date is known; whoever represents the client by
    law or by the organisation's own ladder; a foster parent. Raises ImpossibleFact for a birth after `on`.
    """
    rule = profile.house_rules.portal_client_age
    allowed = _old_enough(facts, rule.value if rule else BOUNDARIES[0], on) or _stands_for(facts, profile, on)
    known = (*client_facts(facts, on), _invited(facts))
    return answer(profile, {"allowed": allowed}, (rule,) if rule else (), known, add="" if rule else UNWRITTEN)


def _invited(facts: PortalFacts) -> Fact:
    who = "pleegouder" if facts.foster_parent else said("requested_by", facts.who)
    return Fact("invited", facts.who.value, "wie een eigen toegang krijgt", who)


def _old_enough(facts: PortalFacts, age: int, on: date) -> bool:
    return facts.who is Person.CLIENT and facts.birth_date is not None and age_on(facts.birth_date, on) >= age


def _stands_for(facts: PortalFacts, profile: Profile, on: date) -> bool:
    if facts.who is Person.CLIENT:
        return False
    acting = stand(facts, ladder_for(profile.representation, None), profile.representation, on).by
    return facts.foster_parent or facts.who is Person.LEGAL_REPRESENTATIVE or facts.who in acting
