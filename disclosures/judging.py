"""Asking the rules about one disclosure: whose consent, whether it may, who must be told.

The facts come from `consent.facts` and from what the worker answered; the
decisions are kept whole, with the version of the regulation that gave them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.conditions import holds
from casemgmt.policy.rules.consent import whose_consent_needed
from casemgmt.policy.rules.days import answers_count_from, strength
from casemgmt.policy.rules.disclosure import (
    DECIDED,
    approval_needed,
    ground_key,
    grounds_for,
    may_disclose,
    review_due,
    weigh_grounds,
)
from casemgmt.policy.rules.facts import DisclosureFacts, InformFacts
from casemgmt.policy.rules.informing import must_inform_client, why_telling_waited
from casemgmt.policy.rules.representation import decider
from casemgmt.policy.rules.unknown import BIRTH_DATE, cannot_tell, not_filled_in, of_client
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.sharing import Condition, GroundRule
from casemgmt.policy.schema.vocabulary import Channel, ConsentPurpose, Event, Ground, Informed, Mode, Purpose, Recipient
from casemgmt.web.dates import date_plain
from consent.facts import (
    Circle,
    Exchange,
    Somebody,
    answers_given,
    client_facts,
    consent_facts,
    newest_by_person,
    said_in,
)
from consent.models import Consent
from consent.queries import consents_for
from consent.vocabulary import ConsentState, Form, Told
from disclosures.conditions import Asked, asked_of, chosen_ground, facts_of
from disclosures.models import Disclosure
from disclosures.package import to_tell

_YES_NO = frozenset(one.name for one in fields(DisclosureFacts) if isinstance(one.default, bool))


@dataclass(frozen=True, slots=True)
class Needed:
    """Somebody whose consent is needed, what they answered so far, and why a yes does not count (in sentences)."""

    person: Somebody
    answer: Consent | None
    lacks: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether they said yes, in the form that is asked, to what this disclosure is."""
        return self.answer is not None and self.answer.state == ConsentState.GIVEN and not self.lacks

    @property
    def refused(self) -> bool:
        """Whether they said no."""
        return self.answer is not None and self.answer.state == ConsentState.REFUSED

    @property
    def withdrawn(self) -> bool:
        """Whether they took their yes back."""
        return self.answer is not None and self.answer.state == ConsentState.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decisions about one disclosure, and who is needed.

    ``who``: whose consent; ``may``: whether it may go now; ``missing``: those of
    whom a yes that counts is not there.
    """

    who: Decision
    may: Decision
    needed: tuple[Needed, ...]

    @property
    def allowed(self) -> bool:
        """Whether this disclosure, as described, may take place now."""
        return bool(self.may.outcome["allowed"])

    @property
    def by_consent(self) -> bool:
        """Whether it is consent that carries it."""
        return bool(self.may.outcome.get("consent_needed", True))

    @property
    def ground(self) -> str:
        """On which ground it rests, as a word of the policy."""
        return str(self.may.outcome.get("ground") or "")

    @property
    def missing(self) -> tuple[Needed, ...]:
        """Those whose yes is still needed; where one of several suffices, nobody once one said yes."""
        if self.who.outcome.get("mode") == Mode.ANY_OF and any(one.counts for one in self.needed):
            return ()
        return tuple(one for one in self.needed if not one.counts)

    @property
    def waits_for_consent(self) -> bool:
        """Whether asking is the next thing to do."""
        return not self.allowed and bool(self.missing)

    @property
    def basis(self) -> dict[str, Any]:
        """What an approval is given on: the ground, and where it is consent, whose."""
        yes = sorted(str(one.person.id) for one in self.needed if one.counts) if self.by_consent else []
        return {"ground": self.ground, "consent_of": yes}

    def rests_as(self, approved: Mapping[str, Any] | None) -> bool:
        """Whether it still rests on what was approved; one yes more takes nothing away."""
        if not approved or approved["ground"] != self.ground:
            return False
        return set(approved["consent_of"]) <= set(self.basis["consent_of"])

    def approval(self, profile: Profile) -> Decision:
        """The house rule: whether a second person approves this before it goes, or looks at it afterwards."""
        duty, acute = bool(self.may.outcome.get("duty_to_speak")), bool(self.may.outcome.get("acute"))
        return approval_needed(profile, duty_to_speak=duty, acute_danger=acute)

    def lacks_approval(self, profile: Profile, approved_by: UUID | None) -> bool:
        """Whether a second person must approve it by now, and nobody did."""
        return approved_by is None and bool(self.approval(profile).outcome["needed"])

    def review_by(self, profile: Profile, on: date) -> date | None:
        """By when a second person looks at what leaves on this day; None where the house rule asks it of nobody."""
        if self.approval(profile).outcome["review_within_days"] is None:
            return None
        return review_due(profile, on)

    def to_json(self) -> dict[str, Any]:
        """As stored with the disclosure."""
        return {"who": self.who.to_dict(), "may": self.may.to_dict(), "ground": self.ground}


@dataclass(frozen=True, slots=True)
class Question:
    """A condition that a person answers: the fact it sets and the profile's question."""

    fact: str
    question: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherGround:
    """A ground without consent that this organisation knows for this recipient, and how it stands.

    ``asked``: the questions to the worker; ``conditions``: what must hold; ``unmet``: which of it does not, as far
    as this ground was answered.
    """

    key: str
    ground: str
    label: str
    sentence: str
    articles: tuple[str, ...]
    conditions: tuple[str, ...]
    unmet: tuple[str, ...]
    asked: tuple[Asked, ...]
    consultation: str
    chosen: bool
    asks_request: bool


@reads
def judge(disclosure: Disclosure, around: Circle, profile: Profile, on: date) -> Judgement:
    """What the regulation says of this disclosure on a day. The key must be loaded.

    While the client's birth date is missing nobody can tell whose consent counts, so none does: only a ground that
    asks no consent carries it then.
    """
    who = of_client(whose_consent_needed, consent_facts(around, _consent_purpose(disclosure)), profile, on)
    rows = _rows(disclosure, each_time=bool(who.outcome.get("each_time")))
    chosen = chosen_ground(profile, disclosure.answers)
    key = ground_key(chosen) if chosen else ""
    if not_filled_in(who):
        facts = disclosure_facts(disclosure, around, [], profile)
        return Judgement(who, _without_consent(may_disclose(facts, profile, on, chosen=key), who), ())
    facts = disclosure_facts(disclosure, around, rows, profile)
    decided = bool((disclosure.answers.get("decision") or {}).get("may"))
    may = may_disclose(facts, profile, on, chosen=key, decided=decided)
    return Judgement(who, may, _needed(_exchange(disclosure, around, rows, profile), around, who, rows, on))


def _without_consent(may: Decision, unknown: Decision) -> Decision:
    """What may go on a ground without consent; else that it cannot be told, and that nobody decides around it."""
    if may.outcome["allowed"]:
        return may
    return replace(
        may,
        outcome={**may.outcome, **unknown.outcome},
        articles=unknown.articles,
        citations=unknown.citations,
        explanation=unknown.explanation,
        absolute=True,
        overrule_by=None,
    )


def disclosure_facts(disclosure: Disclosure, around: Circle, rows: list[Consent], profile: Profile) -> DisclosureFacts:
    """Everything that is known of one disclosure, for ``may_disclose``: also what the chosen ground asked."""
    purpose = Purpose(disclosure.purpose_kind)
    exchange = _exchange(disclosure, around, rows, profile)
    given = answers_given(rows, around, purpose=purpose, exchange=exchange)
    chosen = chosen_ground(profile, disclosure.answers)
    known: dict[str, Any] = {
        **client_facts(around),
        "recipient": Recipient(disclosure.recipient_kind),
        "purpose": purpose,
        "channel": Channel.WRITTEN,
        "consents": given,
        "objection_by": tuple(who for one in given if one.refused for who in one.by),
        **yes_no(disclosure.answers),
    }
    return DisclosureFacts(**known | (facts_of(chosen, disclosure.answers["ground"]["answers"]) if chosen else {}))


def must_inform(disclosure: Disclosure, around: Circle, profile: Profile, on: date, **answers: Any) -> Decision:
    """Who is told of this disclosure, of what and when; ``answers`` are facts that may make it wait.

    While the client's birth date is missing it names nobody: whether a representative is told hangs on the age.
    """
    facts = _inform_facts(disclosure, around, **answers)
    decision = must_inform_client(facts, profile, on)
    if facts.birth_date is not None:
        return decision
    unknown = cannot_tell(facts, profile, "birth_date", BIRTH_DATE)
    nobody = {"who": (), "escalate": True, "not_filled_in": "birth_date"}
    return replace(decision, outcome={**decision.outcome, **nobody}, explanation=unknown.explanation)


def why_told_late(disclosure: Disclosure, around: Circle, profile: Profile) -> Decision:
    """What the regulation says of telling later, for the letter: no word of staff, nothing of this case."""
    return why_telling_waited(_inform_facts(disclosure, around), profile)


def _inform_facts(disclosure: Disclosure, around: Circle, **answers: Any) -> InformFacts:
    ground = ground_of((disclosure.judgement or {}).get("ground") or "")
    return InformFacts(**client_facts(around), event=Event.DISCLOSURE, ground=ground, **answers)


def people_of(around: Circle, who: tuple[str, ...] | list[str]) -> tuple[Somebody, ...]:
    """The people who play these parts, each once, in the dossier's order."""
    return tuple(one for one in around.people if one.who in tuple(who))


def questions(profile: Profile, facts: DisclosureFacts) -> tuple[Question, ...]:
    """What the worker answers beside consent, in the profile's words; what holds by itself is not asked."""
    asked = (_question(one, facts) for one in profile.disclosure.consent_conditions)
    return tuple(one for one in asked if one is not None)


def yes_no(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that are facts of the vocabulary."""
    return {name: value for name, value in answers.items() if name in _YES_NO and isinstance(value, bool)}


@reads
def other_grounds(disclosure: Disclosure, around: Circle, profile: Profile, on: date) -> tuple[OtherGround, ...]:
    """The grounds without consent that the organisation knows for this recipient, each laid beside the facts."""
    chosen = chosen_ground(profile, disclosure.answers)
    facts = disclosure_facts(disclosure, around, _rows(disclosure, each_time=False), profile)
    return tuple(_other(one.rule, one.unmet, profile, chosen) for one in weigh_grounds(facts, profile, on))


def offered(profile: Profile, disclosure: Disclosure, key: str) -> GroundRule | None:
    """The ground of this key, where the organisation knows it for this recipient."""
    known = grounds_for(profile, Recipient(disclosure.recipient_kind))
    return next((one for one in known if ground_key(one) == key), None)


def ground_of(name: str) -> Ground | None:
    """The ground of this name; None for none, and for what a person decided, which is no ground of a regulation."""
    return Ground(name) if name and name != DECIDED else None


def ground_label(profile: Profile, ground: str) -> str:
    """What a ground is called in this organisation."""
    if ground == DECIDED:
        return _("decision of the %(role)s") % {"role": profile.roles.label(decider(profile))}
    return next((one.label for one in profile.disclosure.grounds if one.ground == ground), profile.words.consent)


def _consent_purpose(disclosure: Disclosure) -> ConsentPurpose:
    """For which purpose consent is asked: outsiders who audit have a rule of their own."""
    audit = disclosure.purpose_kind == Purpose.EXTERNAL_AUDIT
    audit = audit or disclosure.recipient_kind == Recipient.EXTERNAL_AUDITOR
    return ConsentPurpose.EXTERNAL_AUDIT if audit else ConsentPurpose.DISCLOSURE


def _rows(disclosure: Disclosure, *, each_time: bool) -> list[Consent]:
    """The answers that may count; one for another exchange only where the rule can say that it does not."""
    found = consents_for(
        disclosure.dossier_id,
        disclosure.about_id,
        recipient_kind=disclosure.recipient_kind,
        recipient=_named(disclosure),
        exchange_id=disclosure.id,
    )
    # A no to another exchange is a no to who receives; a yes to it is no yes to this one.
    return [
        row
        for row in found
        if each_time or row.exchange_id in (None, disclosure.id) or row.state == ConsentState.REFUSED
    ]


def _named(disclosure: Disclosure) -> str:
    return recipient_line(disclosure.recipient)


def recipient_line(recipient: Mapping[str, str]) -> str:
    """A recipient in one line: organisation and name."""
    return ", ".join(filter(None, (recipient.get("organisation", ""), recipient.get("name", ""))))


def beginning(disclosure: Disclosure, profile: Profile) -> Decision:
    """From which day on an answer can be one to this disclosure: where consent is asked anew, since it was proposed."""
    return answers_count_from(_consent_purpose(disclosure), clock.local_date(disclosure.proposed_at), profile)


def _exchange(disclosure: Disclosure, around: Circle, rows: list[Consent], profile: Profile) -> Exchange:
    """What this disclosure is, to be laid beside the answers; its pieces where somebody was told of any."""
    told = any(row.pieces is not None for row in rows)
    return Exchange(
        disclosure.id,
        disclosure.recipient_kind,
        _named(disclosure),
        disclosure.purpose,
        to_tell(disclosure, around) if told else (),
        beginning(disclosure, profile).outcome["not_before"],
    )


def _needed(exchange: Exchange, around: Circle, who: Decision, rows: list[Consent], on: date) -> tuple[Needed, ...]:
    newest = newest_by_person(rows, exchange)
    return tuple(
        Needed(person, answer, tuple(_lacks(_yes_after(answer, rows), who.outcome, exchange, on)))
        for person in people_of(around, who.outcome.get("from", ()))
        for answer in (newest.get(person.id),)
    )


def _yes_after(answer: Consent | None, rows: list[Consent]) -> Consent | None:
    """The yes of which is told why it does not count: the answer itself, or one that came after a no that stands."""
    if answer is None or answer.state == ConsentState.GIVEN:
        return answer
    said = strength(said_in(answer))
    given = (row for row in rows if row.person_id == answer.person_id and row.state == ConsentState.GIVEN)
    return max((row for row in given if strength(said_in(row)) > said), key=lambda row: row.recorded_at, default=None)


def _lacks(row: Consent | None, form: Mapping[str, Any], exchange: Exchange, on: date) -> Iterator[str]:
    """Why one yes does not count here, each a sentence; the whole is judged by ``may_disclose``."""
    if row is None:
        return
    if row.given_on > on:
        yield _("that day has yet to come")
    if form.get("each_time") and not exchange.is_of(row):
        yield _("it was said to another disclosure, and consent is asked anew each time")
    yield from _changed_since(row, exchange)
    if form.get("written") and row.form != Form.WRITTEN:
        yield _("it was not in writing")
    untold = set(form.get("informed_of") or ()) - exchange.told_in(row)
    if untold:
        words = ", ".join(str(Told(word).label) for word in Told.values if word in untold)
        yield _("not told first: %(what)s") % {"what": words}
    if Told.CONTENT in untold and exchange.written_after(row):
        yield _("some of what would go was only written down after the yes of %(day)s") % {
            "day": date_plain(row.given_on)
        }


def _changed_since(row: Consent, exchange: Exchange) -> Iterator[str]:
    """What is other by now than what this yes was said to."""
    differs, day = exchange.differs(row), {"day": date_plain(row.given_on)}
    if Informed.RECIPIENT in differs:
        yield _("the recipient changed since the yes of %(day)s") % day
    if Informed.PURPOSE in differs and not row.what_for:
        yield _("it was not written down what the yes of %(day)s was for") % day
    elif Informed.PURPOSE in differs and row.exchange_id == exchange.id:
        yield _("the purpose changed since the yes of %(day)s") % day
    elif Informed.PURPOSE in differs:
        yield _("the yes of %(day)s was for something else: %(what_for)s") % {**day, "what_for": row.what_for}
    if Informed.CONTENT in differs:
        yield _("more would go than was told before the yes of %(day)s") % day


def _question(condition: Condition, facts: DisclosureFacts) -> Question | None:
    names = [part.split(" ")[0] for part in condition.test.split(" or ")]
    fact = next((name for name in names if name in _YES_NO), None)
    unanswered: dict[str, Any] = {fact: False} if fact else {}
    if fact is None or holds(condition.test, replace(facts, **unanswered)):
        return None
    return Question(fact, condition.question, condition.articles)


def _other(rule: GroundRule, unmet: tuple[str, ...], profile: Profile, chosen: GroundRule | None) -> OtherGround:
    return OtherGround(
        key=ground_key(rule),
        unmet=unmet,
        asked=asked_of(rule, profile),
        chosen=rule is chosen,
        asks_request=any(one.test == "requested" for one in (*rule.conditions, *rule.duty_when)),
        ground=rule.ground.value,
        label=rule.label,
        sentence=rule.sentence,
        articles=tuple(rule.articles),
        conditions=tuple(one.question for one in rule.conditions),
        consultation=rule.consultation.sentence if rule.consultation else "",
    )
