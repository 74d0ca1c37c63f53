"""Signing in to the portal: sign-in name and password, then a second factor.

Unknown names cost the same time and get the same answer as wrong passwords.
Where an account may sign in is told by ``organisations`` (to our right).
"""

from collections.abc import Callable
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest

from casemgmt.accounts import limits
from casemgmt.accounts.models import User

Places = Callable[[UUID, UUID], bool]
_places: list[Places] = []


def provide_places(may_sign_in: Places) -> None:
    """Tell how to ask whether an account may sign in at an organisation; called once, by the top floor."""
    _places[:] = [may_sign_in]


def account_with(name: str, password: str, organisation_id: UUID) -> User | None:
    """The portal account with this name and password that may sign in here, or None."""
    user = User.objects.filter(username=name.strip().lower(), kind=User.Kind.PORTAL).first()
    if user is None or not user.has_usable_password():
        User().set_password(password)  # the same work as checking one
        return None
    if not user.check_password(password) or not user.is_active:
        return None
    return user if _places and _places[0](user.id, organisation_id) else None


def waiting_account(user_id: str) -> User | None:
    """The account that gave its name and password and is asked for a code; None when it was closed meanwhile."""
    found: User | None = User.objects.filter(pk=user_id, is_active=True, kind=User.Kind.PORTAL).first()
    return found


def keep_session(request: HttpRequest) -> None:
    """Keep which session this is, as allauth does for staff; without it nobody could end it from elsewhere."""
    UserSession.objects.create_from_request(request)


def second_factor_of(user: User, code: str) -> bool:
    """Whether ``code`` is this moment's code of the app, or a recovery code not used before."""
    code = "".join(code.split())
    with transaction.atomic():
        for authenticator in Authenticator.objects.select_for_update().filter(user_id=user.id):
            if authenticator.type == Authenticator.Type.TOTP:
                right = validate_totp_code(decrypt(authenticator.data["secret"]), code)
                if right and limits.once(str(user.id), code):
                    authenticator.record_usage()
                    return True
            elif _is_recovery_code(authenticator, code):
                authenticator.record_usage()
                return True
    return False


def has_app(user: User) -> bool:
    """Whether this account has set up an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=user.id, type=Authenticator.Type.TOTP).exists())


def _is_recovery_code(authenticator: Authenticator, code: str) -> bool:
    kind = Authenticator.Type.RECOVERY_CODES
    return authenticator.type == kind and bool(RecoveryCodes(authenticator).validate_code(code))
