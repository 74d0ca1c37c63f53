"""Whether somebody may be let in to a dossier: the organisation's ways in, the author of notes, who is kept out.

The door of a dossier goes by teams and assignments (`dossiers.access`); `may_access` answers that question of the
interface for decisions, as the examples in tests/articles ask it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from casemgmt.policy.decision import Decision, Fact
from casemgmt.policy.rules.answer import answer, used
from casemgmt.policy.rules.conditions import unmet
from casemgmt.policy.rules.facts import AccessFacts, MissingFact
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.basics import AccessRule
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import Item, RoleKey

REVIEWER = "internal_administrator"
CONFLICT = "Wie zelf cliënt, familie of buur is, krijgt geen toegang tot dit dossier, ook niet met een toewijzing."


def may_access(facts: AccessFacts, profile: Profile, on: date) -> Decision:
    """Whether this person may look at this item now. SH-2.5, VT-4, GT-12, BT-registr; working notes: author only.

    `logged` and `review_by` are set where the text lets somebody in with a reason (BT-registr-4). Roles outside the
    organisation's staff have no way in here: they need a grant. Raises MissingFact without a role.
    """
    if facts.role is None:
        raise MissingFact("role", "De rol van wie toegang wil, is nodig.")
    if facts.conflict_of_interest:
        return answer(profile, _outcome(False), (profile.access.basics,), _seen(facts), add=CONFLICT, absolute=True)
    kept_out = _kept_out(facts, profile)
    if kept_out is not None:
        return answer(profile, _outcome(False), (kept_out,), _seen(facts), absolute=True)
    if facts.item is Item.PERSONAL_WORKING_NOTES:
        outcome = _outcome(facts.is_author)
        return answer(profile, outcome, (profile.access.notes_author_only,), _seen(facts), absolute=not facts.is_author)
    return _by_rules(facts, profile)


def _by_rules(facts: AccessFacts, profile: Profile) -> Decision:
    own = _ways(facts, profile)
    paid = facts.role != RoleKey.VOLUNTEER.value if facts.paid is None else facts.paid
    derived = {"part_authorised": _part(facts), "paid": paid}
    missing = [(rule, unmet(rule.conditions, facts, derived)) for rule in own]
    way: AccessRule | None = next((rule for rule, left in missing if not left), None)
    if way is not None:
        return answer(profile, _outcome(True, way.logged), (way,), _seen(facts))
    refused: tuple[Cited, ...] = tuple(own) or (profile.access.basics,)
    hints = [question for _, left in missing for question in left]
    decision = answer(profile, _outcome(False), refused, _seen(facts), would_change=dict.fromkeys(hints))
    return replace(decision, explanation=profile.access.colleague_sentence.sentence)


def _ways(facts: AccessFacts, profile: Profile) -> list[AccessRule]:
    """The ways for this role; where some are made for the very item asked, only those."""
    own = [rule for rule in profile.access.rules if facts.role in rule.roles]
    return [rule for rule in own if facts.item in rule.items] or [rule for rule in own if not rule.items]


def _part(facts: AccessFacts) -> bool:
    """Whether the authorisation covers the part asked for; None stands for all parts, or for the whole file."""
    if facts.authorised_parts is None:
        return True
    return facts.requested_part is not None and facts.requested_part in facts.authorised_parts


def _kept_out(facts: AccessFacts, profile: Profile) -> Cited | None:
    role = {key.value: one for key, one in profile.roles.table.items()}.get(facts.role or "")
    if facts.role == RoleKey.VOLUNTEER.value and not profile.access.volunteers.value:
        return profile.access.volunteers
    return role if role is not None and not role.access else None


def _outcome(allowed: bool, logged: bool = False) -> dict[str, object]:
    return {"allowed": allowed, "logged": logged, "review_by": REVIEWER if logged else None}


def _seen(facts: AccessFacts) -> tuple[Fact, ...]:
    return used(facts, "role", "item", "involved", "necessary", "authorised")
