"""What those who manage users do: units, who works here in which role and until when, invitations, a lost factor.

Nobody does any of it for themselves, and somebody always remains who can do it. The operator, who has no account,
does the same by commands (``actors.operator``). Refusals are written in the trail, like everything that happened.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from casemgmt.accounts import staff
from casemgmt.accounts.models import StaffInvitation, User
from casemgmt.base import clock, outbox
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.base.organisation import current, organisation
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Membership, SignInPlace, Unit
from casemgmt.organisations.roles import MANAGE, kept_apart, managing, roles_on, roles_to_give
from casemgmt.organisations.trail import refusals_told, tell

STAFF, UNIT = "staff-account", "unit"
GRANT, CHANGE, ADD = "grant", "change", "add"
# Why somebody may not sign in with what they had; words of ours, so that the trail holds no text about a person.
LOSSES = ("lost", "stolen", "replaced")
INVITATION_MAIL = "organisations.invitation"
# What a higher package knows of a unit that is to close: a sentence why it cannot, or nothing.
unit_in_use: list[Callable[[UUID], str]] = []


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role to be given: in which unit, from the first day until the last day that it counts (None: no end)."""

    role: str
    unit_id: UUID
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was invited, until when the invitation can be used."""

    user_id: UUID
    invitation_id: UUID
    expires_at: datetime


@refusals_told(ADD, UNIT)
@act
def add_unit(*, name: str, by: Actor, at: datetime) -> UUID:
    """A new team; raises Conflict when its name is taken, also by one that was closed."""
    _may(by)
    try:
        with transaction.atomic():
            unit = Unit.objects.create(name=name.strip())
    except IntegrityError as error:
        raise Conflict(_("There is a team of that name already.")) from error
    tell(ADD, UNIT, "added", unit.id)
    return unit.id


@refusals_told(CHANGE, UNIT)
@act
def rename_unit(*, unit_id: UUID, name: str, by: Actor, at: datetime) -> None:
    """Another name for a team; what happened in it stays. Raises Conflict when the name is taken."""
    _may(by)
    unit = _unit(unit_id)
    unit.name = name.strip()
    try:
        with transaction.atomic():
            unit.save(update_fields=["name"])
    except IntegrityError as error:
        raise Conflict(_("There is a team of that name already.")) from error
    tell(CHANGE, UNIT, "renamed", unit.id)


@refusals_told(CHANGE, UNIT)
@act
def close_unit(*, unit_id: UUID, by: Actor, at: datetime) -> None:
    """Let nobody begin in a team any more; raises Conflict while somebody works there or something is kept open."""
    _may(by)
    unit, on = _unit(unit_id), clock.local_date(at)
    if unit.closed_on is not None:
        raise Conflict(_("This team is closed already."))
    if _not_over(Membership.objects.filter(unit=unit), on).exists():
        raise Conflict(_("People still work in this team. End their roles first, or give them one elsewhere."))
    for reason in filter(None, (ask(unit.id) for ask in unit_in_use)):
        raise Conflict(reason)
    unit.closed_on = on
    unit.save(update_fields=["closed_on"])
    tell(CHANGE, UNIT, "closed", unit.id)


@refusals_told(GRANT, STAFF)
@act
def invite_staff(
    *, email: str, name: str, roles: Iterable[NewRole], by: Actor, at: datetime, by_mail: bool = True
) -> Invited:
    """Invite a colleague, with the roles that begin on their first day. Raises Conflict for who works here already.

    ``by_mail`` False: whoever invites asks for a code with ``staff.new_code`` and hands it over.
    """
    _may(by)
    user = staff.account_for(email=email.strip(), name=name.strip())
    if user.id == by.user_id:
        raise NotAllowed(own_account())
    if SignInPlace.objects.filter(user_id=user.id, organisation_id=current()).exists():
        raise Conflict(_("Somebody with this address works here already. Give the role on the page of that person."))
    invitation = _invite(user, name.strip(), at, by_mail=by_mail)
    for role in roles:
        _give(user.id, role, clock.local_date(at))
    tell(GRANT, STAFF, "invited", user.id)
    return Invited(user.id, invitation.id, invitation.expires_at)


@refusals_told(GRANT, STAFF)
@act
def invite_again(*, user_id: UUID, by: Actor, at: datetime, by_mail: bool = True) -> Invited:
    """A new code for an invitation that was lost or is too old; raises Conflict when it was used."""
    _may(by)
    user = _colleague(user_id, by)
    known = staff.open_invitations([user.id]).get(user.id)
    if known is None:
        raise Conflict(_("This colleague used the invitation already."))
    invitation = _invite(user, known.name, at, by_mail=by_mail, after_loss=known.after_loss)
    tell(GRANT, STAFF, "invited-again", user.id)
    return Invited(user.id, invitation.id, invitation.expires_at)


@refusals_told(GRANT, STAFF)
@act
def withdraw_invitation(*, user_id: UUID, by: Actor, at: datetime) -> None:
    """Let nobody use a first invitation any more, and end the roles that were given with it.

    Raises Conflict for somebody who came in already and for an invitation that is over, NotThere for a stranger.
    """
    _may(by)
    user, on = _colleague(user_id, by), clock.local_date(at)
    if _has_place(user.id):
        raise Conflict(_("This colleague works here already. End the roles, or close the account."))
    # Roles before the invitation, as `end_role` takes them: two who do this at once wait, and do not block each other.
    given = list(_roles_left(user.id, on).select_for_update().order_by("id"))
    for row in given:
        _end(row, on, None)
    if not staff.withdraw(user_id=user.id, at=at) and not given:
        raise Conflict(_("This invitation is over already."))
    tell(GRANT, STAFF, "invitation-withdrawn", user.id)


@refusals_told(GRANT, STAFF)
@act
def give_role(*, user_id: UUID, new: NewRole, by: Actor, at: datetime) -> UUID:
    """Give a colleague a role in a team for a period; it holds from its first day, with the next click.

    Raises NotAllowed for oneself, Conflict for a role, team or period that cannot be, and NotThere for a stranger.
    """
    _may(by)
    user = _colleague(user_id, by)
    membership = _give(user.id, new, clock.local_date(at))
    tell(GRANT, STAFF, "role-given", user.id)
    return membership.id


@refusals_told(GRANT, STAFF)
@act
def end_role(*, membership_id: UUID, by: Actor, at: datetime, last_day: date | None = None) -> UUID:
    """End a colleague's role after ``last_day``, or with the next click when none is given; returns whose it was.

    A role that has not begun goes altogether; the trail keeps that it was there. The invitation of somebody who
    has not come in ends with the last of the roles. Raises Conflict for the last one who manages users.
    """
    _may(by)
    on = clock.local_date(at)
    _lock_managers(on)
    row = _not_over(Membership.objects.select_for_update().filter(id=membership_id), on).first()
    if row is None:
        raise NotThere
    _not_oneself(row.user_id, by)
    here = _has_place(row.user_id)
    if here and row.role in managing(on) and not _others_manage(on, but=row.id):
        raise Conflict(last_administrator())
    _end(row, on, last_day)
    tell(GRANT, STAFF, "role-ended", row.user_id)
    if not here and not _roles_left(row.user_id, on).exists() and staff.withdraw(user_id=row.user_id, at=at):
        tell(GRANT, STAFF, "invitation-withdrawn", row.user_id)
    return row.user_id


@refusals_told(GRANT, STAFF)
@act
def reset_second_factor(*, user_id: UUID, loss: str, by: Actor, at: datetime, by_mail: bool = True) -> Invited:
    """Let in again who lost the second factor: everything that opened the account ends, an invitation goes out.

    ``loss`` is one of LOSSES. Raises NotAllowed for one's own, Conflict for an account that other organisations
    use too (the operator does that) or that waits for its first invitation.
    """
    _may(by)
    user = _colleague(user_id, by)
    if loss not in LOSSES:
        raise Conflict(_("Choose what happened to the second factor."))
    # First: of somebody who was only invited, nothing is told about the account, such as where else it works.
    if user.id in staff.open_invitations([user.id]):
        raise Conflict(_("This colleague has an invitation that was not used yet. Send that again."))
    if by.user_id is not None and works_elsewhere(user.id):
        raise Conflict(_("This account opens another organisation too. Ask the operator."))
    if not user.is_active:
        raise Conflict(_("This account is closed. Open it first."))
    staff.take_second_factor(user_id=user.id)
    invitation = _invite(user, user.name, at, by_mail=by_mail, after_loss=True)
    tell(GRANT, STAFF, f"second-factor-{loss}", user.id)
    return Invited(user.id, invitation.id, invitation.expires_at)


@act
def accept_invitation(*, email: str, code: str, password: str, at: datetime) -> bool:
    """Take an invitation: the account has its password, and may sign in where it was invited. False when it may not.

    The second factor follows at the first sign-in; before that no page opens.
    """
    invitation = staff.accept(email=email, code=code, password=password, at=at)
    if invitation is None:
        return False
    with organisation(invitation.organisation_id):
        SignInPlace.objects.get_or_create(user_id=invitation.user_id, organisation_id=invitation.organisation_id)
        tell(GRANT, STAFF, "invitation-accepted", invitation.user_id, by=invitation.user_id)
    return True


def works_elsewhere(user_id: UUID) -> bool:
    """Whether this account opens an organisation other than the current one."""
    return SignInPlace.objects.filter(user_id=user_id).exclude(organisation_id=current()).exists()


def own_account() -> str:
    """Why somebody cannot do this to their own account, and who can."""
    return _("This is your own account. A colleague who manages users does this for you.")


def last_administrator() -> str:
    """Why the last one who manages users stays."""
    return _("Nobody else manages users here without an end date. Give a colleague that role first.")


def is_last_administrator(user_id: UUID, on: date) -> bool:
    """Whether nobody else would manage users without an end, if this person could not; locks whoever does."""
    _lock_managers(on)
    mine = _managers(on).filter(user_id=user_id)
    return mine.exists() and not _somebody(_managers(on).exclude(user_id=user_id))


def _may(by: Actor) -> None:
    """The organisation's own administrator, or the operator at the keyboard; nobody of elsewhere."""
    if by.organisation_id != current() or by.is_portal or (by.user_id is not None and not by.may(MANAGE)):
        raise NotAllowed(_("Your role does not include this. Ask the administrator of your organisation."))


def _not_oneself(user_id: UUID, by: Actor) -> None:
    if user_id == by.user_id:
        raise NotAllowed(own_account())


def _colleague(user_id: UUID, by: Actor) -> User:
    """The locked account of somebody who works here or was invited; raises NotThere for a stranger."""
    user = User.objects.select_for_update().filter(id=user_id, kind=User.Kind.STAFF).first()
    if user is None or not (_has_place(user_id) or user_id in staff.open_invitations([user_id])):
        raise NotThere
    _not_oneself(user_id, by)
    return user


def _has_place(user_id: UUID) -> bool:
    return SignInPlace.objects.filter(user_id=user_id, organisation_id=current()).exists()


def _unit(unit_id: UUID) -> Unit:
    unit = Unit.objects.select_for_update().filter(id=unit_id).first()
    if unit is None:
        raise NotThere
    return unit


def _invite(user: User, name: str, at: datetime, *, by_mail: bool, after_loss: bool = False) -> StaffInvitation:
    if not user.is_active:  # Not why, nor where: perhaps it was closed by another organisation.
        raise Conflict(_("This invitation cannot be sent. Ask the operator."))
    invitation = staff.invite(user_id=user.id, name=name, at=at, after_loss=after_loss)
    if by_mail:
        outbox.queue_mail(INVITATION_MAIL, invitation.id)
    return invitation


def _give(user_id: UUID, new: NewRole, on: date) -> Membership:
    if new.role not in {role.key for role in roles_to_give(on)}:
        raise Conflict(_("This role does not exist here, or opens nothing."))
    unit = _unit(new.unit_id)
    if unit.closed_on is not None:
        raise Conflict(_("This team is closed. Choose another."))
    if new.starts_on < on:
        raise Conflict(_("A role begins today or later: the past cannot be changed."))
    if new.ends_on is not None and new.ends_on < new.starts_on:
        raise Conflict(_("The last day lies before the first."))
    _refuse_together(user_id, new, on)
    try:
        with transaction.atomic():
            return Membership.objects.create(
                user_id=user_id, unit=unit, role=new.role, starts_on=new.starts_on, ends_on=new.ends_on
            )
    except IntegrityError as error:
        raise Conflict(_("This colleague has that role in that team already in a part of this period.")) from error


def _refuse_together(user_id: UUID, new: NewRole, on: date) -> None:
    """Refuse a role that may not be the same person's as one held on a day of the new period."""
    held = _not_over(Membership.objects.filter(user_id=user_id), new.starts_on)
    if new.ends_on is not None:
        held = held.filter(starts_on__lte=new.ends_on)
    for role in held.values_list("role", flat=True):
        pair = kept_apart((role, new.role), on)
        if pair is not None:
            known = roles_on(on)
            told = {"one": known[pair[0]].label, "other": known[pair[1]].label, "rule": known[pair[0]].sentence}
            raise Conflict(_("%(one)s and %(other)s must be two people. %(rule)s") % told)


def _not_over(rows: QuerySet[Membership], on: date) -> QuerySet[Membership]:
    """Those that count on a day or later."""
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def _roles_left(user_id: UUID, on: date) -> QuerySet[Membership]:
    return _not_over(Membership.objects.filter(user_id=user_id), on)


def _end(row: Membership, on: date, last_day: date | None) -> None:
    if last_day is not None and (last_day < on or (row.ends_on is not None and last_day > row.ends_on)):
        raise Conflict(_("Choose a last day from today on, not after the end that was set."))
    last = last_day if last_day is not None else on - timedelta(days=1)
    if row.starts_on > on and last < row.starts_on:
        row.delete()
        return
    # One that ends at once on its very first day counted on no whole day, and stays to be seen.
    row.ends_on = last
    row.save(update_fields=["ends_on"])


def _lock_managers(on: date) -> None:
    """Two people who end each other wait here for one another."""
    list(Membership.objects.select_for_update().filter(role__in=managing(on)).order_by("id"))


def _others_manage(on: date, *, but: UUID) -> bool:
    """Whether, without this membership, somebody who can sign in still manages users."""
    return _somebody(_managers(on).exclude(id=but))


def _managers(on: date) -> QuerySet[Membership]:
    """Who came in here, and manages users today and without an end. An account of elsewhere may refuse to come."""
    here = SignInPlace.objects.filter(organisation_id=current()).values("user_id")
    rows = Membership.objects.filter(user_id__in=here, role__in=managing(on))
    return rows.filter(starts_on__lte=on, ends_on__isnull=True)


def _somebody(rows: QuerySet[Membership]) -> bool:
    """Whether one of these can sign in."""
    people = User.objects.filter(id__in=list(rows.values_list("user_id", flat=True)), is_active=True)
    return any(user.has_usable_password() for user in people)
