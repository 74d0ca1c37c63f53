"""Recording what somebody answered, and withdrawing it at any time, without a reason."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.rules.days import was_born
from casemgmt.policy.schema.vocabulary import ConsentPurpose, Informed
from casemgmt.policy.versions import profile_in_force
from casemgmt.web.dates import date_plain
from consent import hooks
from consent.models import Consent
from consent.vocabulary import ConsentState, Form, Purpose, Told
from dossiers.content import SavedBefore, saved_before
from dossiers.models import Dossier, EntryVersion, Person


@dataclass(frozen=True, slots=True)
class NewConsent:
    """An answer to be recorded. ``exchange_id``: only for this one exchange, which has this id.

    ``what_for``: the purpose as it was told, outside an exchange; one to an exchange was for what that is for.
    ``id`` comes from the form that was filled in, so that sending it twice records one answer.
    """

    person_id: UUID
    about_id: UUID
    purpose: str
    given_on: date
    form: str
    state: str = ConsentState.GIVEN
    recipient_kind: str = ""
    recipient: str | None = None
    what_for: str | None = None
    informed_of: frozenset[str] = frozenset()
    for_this_exchange: bool = False
    exchange_id: UUID | None = None
    note: str | None = None
    id: UUID | None = None


@act
def record_consent(dossier: Dossier, new: NewConsent, *, by: Actor, at: datetime) -> Consent:
    """Record somebody's answer in a dossier that the door handed out (``change_dossier``).

    The same form sent twice gives the answer it made before. Raises NotThere for somebody who is not in this
    dossier, SavedBefore for another answer in that form, and Conflict for a day that cannot be: one that has yet to
    come, one before a birth, or before the exchange it is for where the regulation asks consent anew each time; and
    for a yes to giving data that cannot be: of before the dossier was opened, or outside an exchange to no purpose
    or to content that nobody chose.
    """
    known = _already(dossier, new, by, at)
    if known is not None:
        return known
    row = _row(dossier, new, by, at)
    _on_a_day_that_can_be(row, clock.local_date(at))
    if row.purpose == Purpose.DISCLOSURE and row.state == ConsentState.GIVEN:
        _gives_what_was_told(row, clock.local_date(at))
    row.save()
    events.record(
        Action.CONSENT, dossier_id=dossier.id, data=f"consent-{row.state}", object_id=row.id, ground=row.purpose
    )
    hooks.tell(dossier.id, new.about_id, at)
    return row


@act
def withdraw_consent(dossier: Dossier, consent_id: UUID, *, form: str, by: Actor, at: datetime) -> Consent:
    """Withdraw a yes: at any time, by word of mouth or in writing, without a reason.

    Withdrawing twice changes nothing. What was given before stays given; nothing more leaves on it.
    """
    row = Consent.objects.select_for_update().filter(dossier=dossier, id=consent_id).first()
    if row is None:
        raise NotThere
    if row.state == ConsentState.WITHDRAWN:
        return row
    if row.state != ConsentState.GIVEN:
        raise Conflict(_("This was a no already, so there is no yes to withdraw."))
    row.state = ConsentState.WITHDRAWN
    row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_form = at, by.user_id, Form(form).value
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_by_id", "withdrawn_form"])
    events.record(Action.CONSENT, dossier_id=dossier.id, data="consent-withdrawn", object_id=row.id, ground=row.purpose)
    hooks.tell(dossier.id, row.about_id, at)
    return row


_NOT_HERE = gettext_noop(
    "What exactly is given can only be told of a disclosure: begin it, choose what you give, "
    "and write the yes down there."
)

# What somebody fills in; the state is compared apart, for a yes may have been withdrawn since.
_FILLED_IN = (
    *("person_id", "about_id", "purpose", "recipient_kind", "recipient", "given_on"),
    *("form", "informed_of", "for_this_exchange", "exchange_id", "note"),
)


def _already(dossier: Dossier, new: NewConsent, by: Actor, at: datetime) -> Consent | None:
    """The row this same form made before; raises SavedBefore for another answer in it."""
    known = saved_before(Consent, new.id, dossier.id)
    if known is None:
        return None
    sent = _row(dossier, new, by, at)
    answered = ConsentState.GIVEN if known.state == ConsentState.WITHDRAWN else known.state
    same = answered == sent.state and all(getattr(known, name) == getattr(sent, name) for name in _FILLED_IN)
    # What an exchange is for may have changed since: nobody fills that in with the answer.
    same = same and (known.exchange_id is not None or known.what_for == sent.what_for)
    if not same:
        raise SavedBefore
    return known


def _on_a_day_that_can_be(row: Consent, on: date) -> None:
    if row.given_on > on:
        told = _("This answer has a date that has yet to come. Write down the day on which it was given.")
        raise Conflict(told, field="given_on")
    for person in (row.about, row.person):
        if not was_born(person.birth_date, row.given_on):
            told = _("%(name)s was not born yet on this day. Write down the day on which the answer was given.")
            raise Conflict(told % {"name": person.name}, field="given_on")
    counts = hooks.answers_count_from(row.exchange_id, on) if row.exchange_id is not None else None
    not_before = counts.outcome["not_before"] if counts else None
    if not_before is not None and row.given_on < not_before:
        told = _("This disclosure was begun on %(day)s, so an answer to it was not given before. %(why)s")
        raise Conflict(
            told % {"day": date_plain(not_before), "why": counts.explanation if counts else ""},
            counts,
            field="given_on",
        )


def _gives_what_was_told(row: Consent, on: date) -> None:
    """Nobody says yes to giving what is not there yet, for no purpose, or to content that was not chosen."""
    opened_on = row.dossier.opened_on
    if row.given_on < opened_on:
        told = _("This dossier was opened on %(day)s, so nobody said yes before to giving what is in it.")
        raise Conflict(told % {"day": date_plain(opened_on)}, field="given_on")
    if row.exchange_id is not None:
        _was_written_by_then(row)
        return
    asked = profile_in_force(on).consent.purposes[ConsentPurpose.DISCLOSURE].informed_of
    if asked is not None and Informed.CONTENT in asked.value:
        raise Conflict(f"{asked.sentence} {_(_NOT_HERE)}", field="told")
    if Told.CONTENT in row.told:
        raise Conflict(_(_NOT_HERE), field="told")
    if not row.what_for:
        raise Conflict(_("Write down what it is for: a yes counts for that purpose only."), field="what_for")


def _was_written_by_then(row: Consent) -> None:
    """What exactly is given was not told before the last of it was written: GT-14.2, SH-1.3-toest, VT-1.m.

    The day itself counts: it can have been told later that day.
    """
    told = {(one["entry"], one["version"]) for one in row.pieces or ()}
    written = EntryVersion.objects.filter(dossier_id=row.dossier_id, entry_id__in={entry for entry, _number in told})
    days = [
        clock.local_date(made_at)
        for entry, number, made_at in written.values_list("entry_id", "number", "made_at")
        if (str(entry), number) in told
    ]
    if days and row.given_on < max(days):
        why = _(
            "Some of what would go was only written down on %(day)s, so nobody was told of it before. "
            "Ask for the yes again, or choose only what was there by then."
        )
        raise Conflict(why % {"day": date_plain(max(days))}, field="given_on")


def _row(dossier: Dossier, new: NewConsent, by: Actor, at: datetime) -> Consent:
    assert by.user_id is not None
    exchange = hooks.to_tell(new.exchange_id, clock.local_date(at)) if new.exchange_id is not None else None
    content = exchange is not None and Told.CONTENT in new.informed_of
    return Consent(
        id=new.id or uuid4(),
        dossier=dossier,
        person=_person(dossier, new.person_id),
        about=_person(dossier, new.about_id),
        purpose=new.purpose,
        recipient_kind=new.recipient_kind,
        recipient=new.recipient or None,
        what_for=(exchange.what_for if exchange else new.what_for) or None,
        pieces=[one.stored for one in exchange.pieces] if exchange and content else None,
        state=new.state,
        given_on=new.given_on,
        form=new.form,
        informed_of=",".join(word for word in Told.values if word in new.informed_of),
        for_this_exchange=new.for_this_exchange or new.exchange_id is not None,
        exchange_id=new.exchange_id,
        note=new.note or None,
        recorded_by_id=by.user_id,
        recorded_at=at,
    )


def _person(dossier: Dossier, person_id: UUID) -> Person:
    person = Person.objects.filter(dossier=dossier, id=person_id).first()
    if person is None:
        raise NotThere
    return person
