"""What people do with versions of the rules: draft, change, work through, submit, publish, take back.

Another person always publishes; PostgreSQL refuses the same one as well. Nothing here judges a client.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy import offers, placing, simulation
from casemgmt.policy.catalogue import field_catalogue, jsonable
from casemgmt.policy.loader import ProfileError, with_value
from casemgmt.policy.models import FROZEN, OPEN, PENDING, PolicyChange, PolicySimulation, PolicyVersion, State
from casemgmt.policy.schema import Profile
from casemgmt.policy.sentences import SUFFIX, sentences_of, with_sentence
from casemgmt.policy.still_right import say_right, sort_out
from casemgmt.policy.terms import Term, Unit
from casemgmt.policy.versions import body_of, forget_held, parse_body

DRAFT, PUBLISH = "policy.draft", "policy.publish"
LONGEST_KEPT = Term(100, Unit.YEARS)


class WrongValues(ValueError):
    """What was asked does not fit; ``errors`` gives for each field the sentence that its user reads."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep the sentences."""
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in self.errors.items()))


@act
def start_draft(*, based_on: UUID, by: Actor, at: datetime) -> UUID:
    """Begin a draft from a published version; one at a time, so that two drafts cannot undo each other."""
    _need(by, DRAFT)
    base = _locked(based_on)
    if not base.is_frozen:
        raise Conflict(_("A draft is made from a published version."))
    if PolicyVersion.objects.filter(state__in=PENDING).exists():
        raise Conflict(_("There is a draft already. Finish it, or throw it away first."))
    try:
        with transaction.atomic():
            version = PolicyVersion.objects.create(
                number=next_number(),
                body=base.body,
                body_hash=base.body_hash,
                based_on=base,
                made_by_id=_person(by),
                made_at=at,
            )
    except IntegrityError as error:
        raise Conflict(_("A colleague just began a draft. Look at that one.")) from error
    _record(version, "draft")
    return version.id


@act
def change_values(
    *,
    version_id: UUID,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    sentences: Mapping[str, str] | None = None,
    right: Iterable[str] = (),
) -> int:
    """Change values of a draft and their sentences, all or none; returns how many were not so already.

    ``right`` are paths of sentences that are right as they are, though their value changed: they count as well.
    A draft that was worked through is a draft again: what was worked out no longer tells of it. Raises WrongValues
    for a value that is unknown, of the wrong kind or out of bounds.
    """
    _need(by, DRAFT)
    version = _locked(version_id)
    if version.state not in OPEN:
        raise Conflict(_("This version was submitted. Take it back first, then change it."))
    before = parse_body(version.body)
    after = _with_values(before, values, sentences or {})
    changed = _write_changes(version, before, after, by, at)
    if version.based_on is not None:
        changed += say_right(version, parse_body(version.based_on.body), after, right, by=_person(by), at=at)
    if after.content_hash != before.content_hash:
        version.body, version.body_hash = body_of(after), after.content_hash
        version.state = State.DRAFT
        version.save(update_fields=["body", "body_hash", "state"])
    if changed:
        _record(version, "change")
    return changed


@act
def simulate(*, version_id: UUID, by: Actor, at: datetime) -> UUID:
    """Ask for working out what a draft would change; the same content twice is one piece of work."""
    _need(by, DRAFT)
    version = _locked(version_id)
    if version.state not in OPEN:
        raise Conflict(_("This version was submitted already."))
    on = _earliest_day(version, clock.local_date(at))
    asked = simulation.of_content(version, on, simulation.BUSY).first()
    if asked is None:
        asked = simulation.ask(version, on, by=_person(by), at=at)
        _record(version, "simulate")
    jobs.enqueue(simulation.SIMULATE, asked.id)
    return asked.id


@act
def submit(*, version_id: UUID, from_date: date, why: str, by: Actor, at: datetime, why_past: str = "") -> None:
    """Offer a draft that was worked through for publication from a day; raises WrongValues naming the field.

    What it changes is counted for that day as well, unless that was done: who publishes sees that count.
    """
    _need(by, DRAFT)
    version = _locked(version_id)
    if version.state != State.SIMULATED:
        raise Conflict(_("Work out first what this draft would change."))
    errors = _submission_errors(version, from_date, why, why_past, clock.local_date(at))
    if errors:
        raise WrongValues(errors)
    version.state = State.SUBMITTED
    # A reason for a day that passed says nothing true of a version that begins today or later.
    past = why_past.strip() if from_date < clock.local_date(at) else ""
    version.from_date, version.why, version.why_past = from_date, why.strip(), past
    version.submitted_by_id, version.submitted_at, version.answer = _person(by), at, ""
    version.save()
    simulation.count_first_day(version, by=_person(by), at=at)
    offers.tell_offered(version.id, at)
    _record(version, "submit")


@act
def publish(*, version_id: UUID, confirm: str, by: Actor, at: datetime, takes_over: int | None = None) -> None:
    """Let a submitted version hold from its first day; by somebody who had no hand in it.

    ``confirm`` is the number of the version, typed. The version before it ends on that day. ``takes_over`` is the
    number of the version planned earlier that ends this one, as the publisher confirmed it; none where none does.
    Raises WrongValues naming the field, also while what it changes is not counted for its first day.
    """
    _need(by, PUBLISH)
    # All frozen rows in one order, so that two publications wait for one another.
    frozen = list(PolicyVersion.objects.select_for_update().filter(state__in=FROZEN).order_by("id"))
    version = _locked(version_id)
    if version.state != State.SUBMITTED:
        raise Conflict(_("This version is not waiting for publication."))
    if by.user_id in hands(version):
        raise NotAllowed(same_person_sentence())
    if confirm.strip() != str(version.number):
        raise WrongValues({"confirm": _("Type the number %(number)s.") % {"number": version.number}})
    from_date = _first_day(version, clock.local_date(at))
    errors = _publication_errors(version, from_date, takes_over)
    if errors:
        raise WrongValues(errors)
    version.until_date = _make_room(frozen, from_date)
    version.state, version.published_by_id, version.published_at = State.PUBLISHED, by.user_id, at
    version.save()
    forget_held()
    simulation.enqueue_beginning(version.id, from_date, at)
    offers.tell_settled(version.id, published=True, by=by, at=at)
    _record(version, "publish")


@act
def withdraw(*, version_id: UUID, by: Actor, at: datetime, answer: str = "") -> None:
    """Take a submitted version back, or send it back with an answer; it can be changed again."""
    if not by.may(DRAFT):
        _need(by, PUBLISH)
    version = _locked(version_id)
    if version.state != State.SUBMITTED:
        raise Conflict(_("This version is not waiting for publication."))
    version.state = State.SIMULATED
    version.submitted_by_id = version.submitted_at = None
    version.answer = answer.strip()
    version.save()
    offers.tell_settled(version.id, published=False, by=by, at=at)
    _record(version, "withdraw")


@act
def discard(*, version_id: UUID, by: Actor, at: datetime) -> None:
    """Throw a draft away with its changes; the trail keeps that it was there."""
    _need(by, DRAFT)
    version = _locked(version_id)
    if version.state not in OPEN:
        raise Conflict(_("Only a draft can be thrown away. Take this version back first."))
    _record(version, "discard")
    PolicySimulation.objects.filter(version=version).delete()
    PolicyChange.objects.filter(version=version).delete()
    version.delete()


def hands(version: PolicyVersion) -> frozenset[UUID]:
    """Everybody who had a hand in a version: who began, changed or submitted it."""
    changed = PolicyChange.objects.filter(version=version).values_list("by_id", flat=True)
    return frozenset(filter(None, (version.made_by_id, version.submitted_by_id, *changed)))


def next_number() -> int:
    """The number of the organisation's next version."""
    last = PolicyVersion.objects.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def raw(value: Any) -> Any:
    """A value of a profile as JSON holds it."""
    return json.loads(json.dumps(value, default=jsonable))


def same_person_sentence() -> str:
    """Why somebody cannot publish a version they had a hand in, and what to do."""
    return _("You had a hand in this version, so a colleague publishes it. Ask one of the people named on its page.")


def _need(by: Actor, capability: str) -> None:
    if not by.may(capability):
        raise NotAllowed(_("Your role does not include this. Ask the administrator of your organisation."))


def _person(by: Actor) -> UUID:
    """Who it is; the application itself changes no rules."""
    if by.user_id is None:
        raise NotAllowed(_("Only a person changes the rules."))
    return by.user_id


def _locked(version_id: UUID) -> PolicyVersion:
    version = PolicyVersion.objects.select_for_update().filter(id=version_id).first()
    if version is None:
        raise NotThere
    return version


def _record(version: PolicyVersion, what: str) -> None:
    events.record(Action.POLICY, data="policy_version", object_id=version.id, ground=what)


def _with_values(profile: Profile, values: Mapping[str, Any], told: Mapping[str, str]) -> Profile:
    errors: dict[str, str] = {}
    for path, value in values.items():
        try:
            profile = with_value(profile, path, value)
        except ProfileError as error:
            errors[path] = error.sentence
        else:
            errors |= _out_of_reason(path, value)
    for path, sentence in told.items():
        try:
            profile = with_sentence(profile, path, sentence)
        except (KeyError, ValueError):
            errors[path + SUFFIX] = _("Write a sentence of at least 3 and at most 600 characters.")
    if errors:
        raise WrongValues(errors)
    return profile


def _out_of_reason(path: str, value: Any) -> dict[str, str]:
    """Nobody keeps for no time at all, or longer than the longest term a regulation names: that is a slip of the hand.

    The schema has no bounds here, for a version that was published before must stay readable.
    """
    try:
        term = Term.parse(value) if path.startswith("retention.") and isinstance(value, str) else None
    except ValueError:
        term = None  # no term, of which the schema said what it should be
    if term is None or 1 <= term.rough_days <= LONGEST_KEPT.rough_days:
        return {}
    told = _("Choose a term of at least 1 day and at most %(years)s years.") % {"years": LONGEST_KEPT.amount}
    return {path: told}


def _write_changes(version: PolicyVersion, before: Profile, after: Profile, by: Actor, at: datetime) -> int:
    old, new = _flat(before), _flat(after)
    changed = [path for path in new if old.get(path) != new[path]]
    for path in changed:
        PolicyChange.objects.create(
            version=version,
            path=path,
            old=json.dumps(old.get(path), ensure_ascii=False),
            new=json.dumps(new[path], ensure_ascii=False),
            by_id=_person(by),
            at=at,
        )
    return len(changed)


def _flat(profile: Profile) -> dict[str, Any]:
    """Every editable value and every sentence by path."""
    values = {field.path: raw(field.value) for field in field_catalogue(profile)}
    return values | {path + SUFFIX: sentence for path, sentence in sentences_of(profile).items()}


def _submission_errors(version: PolicyVersion, from_date: date, why: str, why_past: str, today: date) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not why.strip():
        errors["why"] = _("Say why the rules change. Colleagues and clients may ask.")
    if from_date < today and not why_past.strip():
        errors["why_past"] = _("This day has passed. Say why the version must hold from then.")
    misplaced = placing.misplaced(from_date, version.based_on_id)
    if misplaced:
        errors["from_date"] = misplaced
    unread = sort_out(version).open
    if unread:
        errors["sentences"] = _(
            "These sentences still tell of the old value: %(which)s. "
            "Change them, or say beside them that they are right as they are."
        ) % {"which": "; ".join(one.label for one in unread)}
    based_on = version.based_on
    # By content: a draft that was changed and changed back has today's shape, its base perhaps an earlier one.
    if based_on is not None and parse_body(based_on.body).content_hash == parse_body(version.body).content_hash:
        errors["why"] = _("Nothing differs from the version that holds.")
    return errors


def _publication_errors(version: PolicyVersion, from_date: date, takes_over: int | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    unaware = placing.unaware(from_date, takes_over)
    if unaware:
        errors["takes_over"] = unaware
    if not simulation.is_counted(version):
        errors["counted"] = _(
            "What this version changes is not counted yet for its first day. Try again in a moment. "
            "When it stays so, send the version back."
        )
    return errors


def _earliest_day(version: PolicyVersion, today: date) -> date:
    """The first day that a draft can have from now on: that of the version it was made from, when it is planned."""
    begins = version.based_on.from_date if version.based_on else None
    return max(today, begins) if begins else today


def _first_day(version: PolicyVersion, today: date) -> date:
    from_date = version.from_date
    assert from_date is not None
    if from_date < today and not version.why_past:
        raise Conflict(
            _("The first day of this version has passed meanwhile. Send it back, so that a new day is chosen.")
        )
    if placing.misplaced(from_date, version.based_on_id):
        raise Conflict(_("Another version holds on that day meanwhile. Send this one back."))
    return from_date


def _make_room(frozen: list[PolicyVersion], from_date: date) -> date | None:
    """End the version that holds on the first day; returns where a later one already begins."""
    for version in frozen:
        assert version.from_date is not None
        if version.from_date <= from_date and (version.until_date is None or from_date < version.until_date):
            until = version.until_date
            version.until_date, version.state = from_date, State.SUPERSEDED
            version.save(update_fields=["until_date", "state"])
            return until
    later = [version.from_date for version in frozen if version.from_date and version.from_date > from_date]
    return min(later, default=None)
