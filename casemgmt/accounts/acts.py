"""What is done with portal accounts: made, invited again, accepted, disabled, erased.

Whoever invites also gives the account its place (``SignInPlace``), which stands
to our right; without one nobody gets in. The trail is written by the caller.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casemgmt.accounts import codes
from casemgmt.accounts.models import PortalInvitation, User
from casemgmt.accounts.sessions import end_sessions
from casemgmt.base.db import act, reads
from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import current


class Invited(NamedTuple):
    """A new portal account; ``code`` is known only here, for the letter."""

    user: User
    signin_name: str
    code: str


@act
def create_portal_account(*, until: datetime, username: str | None = None) -> Invited:
    """A portal account of the current organisation, with an invitation that can be used until a moment.

    Only the demo gives a ``username``, so that a fresh clone has the same people every time.
    """
    user = User.objects.create_portal(username=username, password=None) if username else _user_with_free_name()
    code = codes.new_invitation_code()
    PortalInvitation.objects.create(
        organisation_id=current(), user_id=user.id, code_hash=codes.hash_of(code), expires_at=until
    )
    return Invited(user, user.username, code)


@act
def renew_invitation(*, user_id: UUID, until: datetime) -> str:
    """A new code for a lost letter, password or phone, for use until a moment; what was there stops at once.

    Whoever found or stole them must not be in until the new letter arrives: the old code, the password, the app, the
    recovery codes and every session end with the act. Raises Conflict for an account that is closed.
    """
    user = User.objects.select_for_update().get(pk=user_id, kind=User.Kind.PORTAL)
    if not user.is_active:
        raise Conflict(_("This portal account is closed. Nothing was sent."))
    _take_ways_in(user)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    code = codes.new_invitation_code()
    # A row of its own: a visit that began with the old code and waits for its first app must not end with the new one.
    PortalInvitation.objects.create(
        organisation_id=current(), user_id=user.id, code_hash=codes.hash_of(code), expires_at=until
    )
    return code


@reads
def invitation_for(*, name: str, code: str, organisation_id: UUID, at: datetime) -> PortalInvitation | None:
    """The open invitation for this name and code, or None.

    A wrong code takes nothing from the invitation: 76 bits cannot be guessed at the pace that ``limits`` leaves, and
    whoever guesses must not be able to take somebody's letter away.
    """
    user = User.objects.filter(username=name.strip().lower(), kind=User.Kind.PORTAL, is_active=True).first()
    known = PortalInvitation.objects.filter(organisation_id=organisation_id)
    invitation = known.filter(user_id=user.id).first() if user else None
    right = codes.matches(code, invitation.code_hash if invitation else codes.hash_of(""))
    return invitation if invitation is not None and right and _is_open(invitation, at) else None


@act
def accept_invitation(*, invitation_id: UUID, password_hash: str, totp_secret: str, at: datetime) -> User:
    """Take the invitation: password, authenticator app and recovery codes at once, or nothing.

    Raises Conflict for one that was used, is too old, or was replaced by a new letter.
    """
    # The account first, as `renew_invitation` locks it, so that the two wait for each other.
    known = PortalInvitation.objects.filter(pk=invitation_id)
    user = User.objects.select_for_update().filter(pk__in=known.values("user_id"), is_active=True).first()
    invitation = known.select_for_update().first()
    if user is None or invitation is None or not _is_open(invitation, at):
        raise Conflict(_("This invitation was used already or is too old. Ask for a new letter."))
    Authenticator.objects.filter(user_id=user.id).delete()
    end_sessions(user.id)
    user.password = password_hash
    user.save(update_fields=["password"])
    TOTP.activate(user, totp_secret)
    RecoveryCodes.activate(user)
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    return user


@act
def disable_account(*, user_id: UUID) -> None:
    """Nobody signs in with this account any more, and who was signed in is out with the next click."""
    User.objects.filter(pk=user_id).update(is_active=False)
    end_sessions(user_id)


@act
def enable_account(*, user_id: UUID) -> None:
    """The account works again; nobody is signed in by this."""
    User.objects.filter(pk=user_id).update(is_active=True)


@act
def erase_portal_account(user_id: UUID) -> None:
    """At destruction: no password, factor, session or invitation remains; the row stays, opaque and closed.

    May be run twice. Raises User.DoesNotExist for a staff account, which is never erased.
    """
    user = User.objects.select_for_update().get(pk=user_id, kind=User.Kind.PORTAL)
    _take_ways_in(user)
    user.set_unusable_password()
    user.is_active, user.last_login, user.username = False, None, f"gone-{user.id.hex}"
    user.save(update_fields=["password", "is_active", "last_login", "username"])


def _take_ways_in(user: User) -> None:
    """The app, the recovery codes, every session and the letter; the password is its caller's."""
    Authenticator.objects.filter(user_id=user.id).delete()
    PortalInvitation.objects.filter(user_id=user.id).delete()
    end_sessions(user.id)


def _is_open(invitation: PortalInvitation, at: datetime) -> bool:
    return invitation.used_at is None and at < invitation.expires_at


def _user_with_free_name() -> User:
    for _attempt in range(20):
        try:
            with transaction.atomic():
                return User.objects.create_portal(username=codes.new_sign_in_name(), password=None)
        except IntegrityError:
            continue
    raise RuntimeError("No free sign-in name was found in twenty tries.")
