"""What is done with staff accounts: made without a password, invited, accepted, and let in again after a loss.

An account is somebody's everywhere; where they may sign in and what they may do there is `organisations`' business,
which calls these acts and writes the trail. An account that was never accepted, or lost its second factor, has no
usable password: nobody signs in with it and no link for a forgotten password is sent (``forms.ResetPasswordForm``).
"""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from casemgmt.accounts import codes
from casemgmt.accounts.models import StaffInvitation, User
from casemgmt.accounts.sessions import end_sessions
from casemgmt.base.db import act, reads
from casemgmt.base.organisation import current

# How often whoever has the right code may try the password of an account that has one.
MOST_PASSWORDS = 20


@act
def account_for(*, email: str, name: str) -> User:
    """The staff account with this address, whatever its capitals, or a new one without a password."""
    known = _with_address(email).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return User.objects.create_staff(email=email, name=name, password=None)
    except IntegrityError:  # made this moment by somebody else
        return _with_address(email).get()


@act
def invite(*, user_id: UUID, name: str, at: datetime, after_loss: bool = False) -> StaffInvitation:
    """An open invitation to the current organisation, for a number of days; an earlier one stops."""
    invitation, _made = StaffInvitation.objects.update_or_create(
        organisation_id=current(),
        user_id=user_id,
        defaults={
            "name": name,
            "code_hash": "",
            "after_loss": after_loss,
            "expires_at": at + timedelta(days=settings.STAFF_INVITATION_DAYS),
            "used_at": None,
            "attempts": 0,
        },
    )
    return invitation


@act
def new_code(*, invitation_id: UUID, at: datetime) -> str | None:
    """A code for an invitation that is open, for the one message it goes into; an earlier code stops.

    Made at the moment of sending, so that it never waits anywhere in readable form. None when nothing is open.
    """
    invitation = StaffInvitation.objects.select_for_update().filter(pk=invitation_id, used_at=None).first()
    if invitation is None or at >= invitation.expires_at:
        return None
    code = codes.new_invitation_code()
    invitation.code_hash, invitation.attempts = codes.hash_of(code), 0
    invitation.save(update_fields=["code_hash", "attempts"])
    return code


@act
def withdraw(*, user_id: UUID, at: datetime) -> bool:
    """End somebody's invitation to the current organisation, with its code; False when none could be used any more."""
    open_ones = StaffInvitation.objects.filter(organisation_id=current(), user_id=user_id, used_at=None)
    return open_ones.filter(expires_at__gt=at).update(expires_at=at, code_hash="") > 0


@act
def accept(*, email: str, code: str, password: str, at: datetime) -> StaffInvitation | None:
    """Take the invitation that belongs to this address and code; None when there is none, it is used or too old.

    A new account, and one that lost its second factor, gets the password. Who has a password already shows
    with it that the account is theirs; a wrong one is None as well, and the code ends after MOST_PASSWORDS of them.
    A wrong code takes nothing from an invitation, so that nobody can take it away by guessing.
    """
    # Locked: who accepts a second invitation at the same moment waits, and then finds the password of the first.
    user = _with_address(email).filter(is_active=True).select_for_update().first()
    open_ones = _open_of(user, at) if user else []
    invitation = next((each for each in open_ones if codes.matches(code, each.code_hash)), None)
    if user is None or invitation is None:
        return None
    if user.has_usable_password():
        if not user.check_password(password):
            invitation.attempts += 1
            invitation.save(update_fields=["attempts"])
            return None
    else:
        user.set_password(password)
        user.save(update_fields=["password"])
    invitation.used_at, invitation.name, invitation.code_hash = at, "", ""
    invitation.save(update_fields=["used_at", "name", "code_hash"])
    return invitation


@act
def take_second_factor(*, user_id: UUID) -> User:
    """Remove what somebody lost, with the password and every session: a thief may have them all."""
    user = User.objects.select_for_update().get(pk=user_id, kind=User.Kind.STAFF)
    Authenticator.objects.filter(user_id=user_id).delete()
    end_sessions(user_id)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return user


@reads
def open_invitations(user_ids: list[UUID] | None = None) -> dict[UUID, StaffInvitation]:
    """The invitations to the current organisation that were not used, by account; also those that are too old."""
    found = StaffInvitation.objects.filter(organisation_id=current(), used_at=None)
    if user_ids is not None:
        found = found.filter(user_id__in=user_ids)
    return {each.user_id: each for each in found}


def _open_of(user: User, at: datetime) -> list[StaffInvitation]:
    """The invitations of somebody that can still be used, locked."""
    known = StaffInvitation.objects.select_for_update().filter(user_id=user.id, used_at=None).order_by("id")
    return [each for each in known if at < each.expires_at and each.attempts < MOST_PASSWORDS]


def _with_address(email: str) -> QuerySet[User]:
    """As the constraint on addresses compares them."""
    return User.objects.filter(kind=User.Kind.STAFF).alias(address=Lower("email")).filter(address=email.lower())
