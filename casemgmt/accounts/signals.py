"""What follows from a second factor being set up."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import Signal
from django.http import HttpRequest

from casemgmt.accounts.sessions import end_sessions

# Something happened at the portal's door. Arguments: word, succeeded, user (or None).
portal_step = Signal()


def connect() -> None:
    """Listen; called once when the application starts."""
    authenticator_added.connect(after_adding, dispatch_uid="accounts.after_adding")


def after_adding(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """A first factor ends every other session: those never showed one.

    Whoever set up a factor proved to hold it, which counts as confirming.
    """
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    factors = Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if factors.count() == 1:
        end_sessions(user.pk, but=request.session.session_key)
    record_authentication(
        request, user, method="mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
    )
