"""Whose consent is needed and whether what was given suffices. Being silent or refusing never counts as consent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from casemgmt.policy.decision import Decision
from casemgmt.policy.labels import dutch
from casemgmt.policy.rules.answer import answer, used
from casemgmt.policy.rules.conditions import unmet
from casemgmt.policy.rules.days import Said, strength
from casemgmt.policy.rules.facts import ConsentFacts, DisclosureFacts, GivenConsent, MissingFact
from casemgmt.policy.rules.representation import Ladder, Standing, client_facts, decider, stand, what_would_change
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.people import ConsentException, ConsentRule
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import ConsentPurpose, Informed, Mode, Person, Purpose, Recipient

# Of some there can be several, and any one of them will do.
_THE = {Person.ADULT_SIBLING: "een volwassen broer of zus", Person.ADULT_CHILD: "een volwassen kind"}


def whose_consent_needed(facts: ConsentFacts, profile: Profile, on: date) -> Decision:
    """Whose consent is needed for a purpose on the day `on`, and in which form. SH-2.3, 3.2, 3.7; VT-8, 15; GT-14;
    BT-toestemming.

    `from`: each of them must consent (with `mode` any_of: one suffices). Raises MissingFact without purpose or birth
    date.
    """
    if facts.purpose is None:
        raise MissingFact("purpose", "Het doel van de toestemming is nodig.")
    if facts.birth_date is None:
        raise MissingFact("birth_date", "De geboortedatum van de cliënt is nodig.")
    rule = profile.consent.purposes[facts.purpose]
    exception = _exception(facts, rule)
    if exception is not None or not rule.needed:
        outcome = {"from": (), "consent_needed": False, "mode": Mode.NONE, "escalate": False, **_form(rule, False)}
        seen = used(facts, "purpose", "source", "cooperation_needed", "suspicion_from_report", "necessary")
        return answer(profile, outcome, (exception or rule,), seen)
    ladder = ladder_of(rule, profile)
    standing = stand(facts, ladder, profile.representation, on)
    outcome = {
        "from": standing.by,
        "consent_needed": True,
        "mode": standing.mode,
        "escalate": standing.escalate,
        **_form(rule, True),
    }
    return answer(
        profile,
        outcome,
        (rule, *standing.cited, *_form_rules(rule)),
        used(facts, "purpose") + client_facts(facts, on),
        overrule_by=decider(profile) if standing.escalate else None,
        would_change=what_would_change(facts, ladder, profile.representation, on),
    )


def ladder_of(rule: ConsentRule, profile: Profile) -> Ladder:
    """The purpose's own ladder, else that of the exercise of rights."""
    return rule.ladder or profile.representation.ladder


def _exception(facts: ConsentFacts, rule: ConsentRule) -> ConsentException | None:
    return next((one for one in rule.exceptions if not unmet(one.when, facts)), None)


def _form(rule: ConsentRule, needed: bool) -> dict[str, object]:
    return {
        "written": needed and rule.written.value,
        "prior": needed and rule.prior.value,
        "each_time": needed and rule.each_time.value,
        "informed_of": rule.informed_of.value if needed and rule.informed_of else (),
    }


def _form_rules(rule: ConsentRule) -> tuple[Cited, ...]:
    asked: list[Cited] = [one for one in (rule.written, rule.prior, rule.each_time) if one.value]
    return (*asked, *((rule.informed_of,) if rule.informed_of else ()), *((rule.before,) if rule.before else ()))


@dataclass(frozen=True)
class Review:
    """What came of asking: who gave, refused or is missing; defects of form with the rule behind each.

    `silent` are those of the missing who gave no answer at all.
    """

    standing: Standing
    given: tuple[Person, ...]
    refused: tuple[Person, ...]
    missing: tuple[Person, ...]
    defects: tuple[tuple[Cited, str], ...]
    silent: tuple[Person, ...]

    @property
    def sufficient(self) -> bool:
        """Whether those whose consent is needed all (or, with any_of, one of them) gave it in the right form."""
        if self.standing.escalate or self.refused:
            return False
        return bool(self.given) if self.standing.mode is Mode.ANY_OF else not self.missing

    @property
    def absent(self) -> str:
        """Whose consent is simply not there, as a sentence; empty when nobody's is waited for."""
        if self.sufficient or self.refused or not self.silent:
            return ""
        any_of = self.standing.mode is Mode.ANY_OF
        names = [_THE.get(one) or f"de {dutch(one)}" for one in self.silent]
        joined = (" of " if any_of else " en ").join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        return f"De toestemming van {joined} is er nog niet."

    @property
    def cited(self) -> tuple[Cited, ...]:
        """The rules on which the judgement rests: the defects first, else the ladder."""
        return tuple(rule for rule, _ in self.defects) or self.standing.cited


def review_consents(facts: DisclosureFacts, profile: Profile, on: date) -> Review:
    """Lay the consents beside the ladder for this recipient; raises MissingFact without one."""
    if facts.recipient is None:
        raise MissingFact("recipient", "De ontvanger is nodig.")
    audit = facts.recipient is Recipient.EXTERNAL_AUDITOR or facts.purpose is Purpose.EXTERNAL_AUDIT
    rule = profile.consent.purposes[ConsentPurpose.EXTERNAL_AUDIT if audit else ConsentPurpose.DISCLOSURE]
    standing = stand(facts, ladder_of(rule, profile), profile.representation, on)
    answers = _answers(facts)
    defects: dict[Person, tuple[tuple[Cited, str], ...]] = {}
    given, refused = [], [one for one in standing.by if one in facts.objection_by]
    for person in standing.by:
        latest = _latest(person, answers, on)
        if latest is None or person in refused:
            continue
        if latest.refused or _withdrawn(latest, on):
            refused.append(person)
            continue
        defects[person] = tuple(_defects(latest, facts, rule, profile, on))
        given.extend([person] if not defects[person] else [])
    missing = tuple(one for one in standing.by if one not in given and one not in refused)
    found = tuple(dict.fromkeys(pair for one in missing for pair in defects.get(one, ())))
    silent = tuple(one for one in missing if one not in defects)
    return Review(standing, tuple(given), tuple(refused), missing, found, silent)


def _answers(facts: DisclosureFacts) -> tuple[GivenConsent, ...]:
    return (*facts.consents, *((facts.consent,) if facts.consent else ()))


def _latest(person: Person, answers: Iterable[GivenConsent], on: date) -> GivenConsent | None:
    """The answer of this person that stands; without a date a yes counts as the oldest, a no as of the day itself."""
    own = [one for one in answers if person in one.by]
    return max(own, key=lambda one: strength(_said(one, on)), default=None)


def _said(one: GivenConsent, on: date) -> Said:
    withdrawn = one.withdrawn_on if _withdrawn(one, on) else None
    no = one.refused or withdrawn is not None
    return Said(withdrawn or one.given_on or (on if no else date.min), no)


def _withdrawn(consent: GivenConsent, on: date) -> bool:
    return consent.withdrawn_on is not None and consent.withdrawn_on <= on


def _defects(
    consent: GivenConsent, facts: DisclosureFacts, rule: ConsentRule, profile: Profile, on: date
) -> Iterable[tuple[Cited, str]]:
    """What is wrong with the form of one consent, each with its rule."""
    specific = profile.consent.specific
    if consent.given_on is not None and consent.given_on > on:
        yield rule.prior, "De toestemming is pas later gegeven."
    if consent.given_on is None and rule.prior.value:
        yield rule.prior, "Niet bekend is dat de toestemming vooraf is gegeven."
    if rule.written.value and not consent.written:
        yield rule.written, "De toestemming is niet schriftelijk."
    if rule.informed_of and not set(rule.informed_of.value) <= set(consent.informed_of):
        yield rule.informed_of, "Niet alles is vooraf verteld."
    if rule.each_time.value and not consent.for_this_exchange:
        yield rule.each_time, "De toestemming is niet voor deze uitwisseling gegeven."
    general = consent.recipient is None and not specific.value
    if Informed.RECIPIENT in consent.differs or (consent.recipient is not facts.recipient and not general):
        yield specific, "De toestemming is niet voor deze ontvanger gegeven."
    if Informed.PURPOSE in consent.differs or consent.purpose is not facts.purpose:
        yield specific, "De toestemming is voor een ander doel gegeven."
    if Informed.CONTENT in consent.differs:
        yield specific, "De toestemming is voor een andere inhoud gegeven."
