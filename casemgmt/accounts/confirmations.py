"""When staff last confirmed who they are, as allauth keeps it in the session."""

import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http import HttpRequest

from casemgmt.accounts.house import rules_for


def confirmed_within(request: HttpRequest, seconds: int) -> bool:
    """Whether staff confirmed less than so many seconds ago."""
    return bool(did_recently_reauthenticate(request)) and not _longer_ago(request, seconds)


def forget_old(request: HttpRequest) -> None:
    """Let allauth's own pages, which know one length for everybody, forget a confirmation that is over here."""
    user = request.user
    if user.is_authenticated and _longer_ago(request, rules_for(user.id).confirm_seconds):
        records = get_authentication_records(request, user)
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [one | {"reauthenticated": False} for one in records]


def _longer_ago(request: HttpRequest, seconds: int) -> bool:
    """Whether the last confirmation is at least so many seconds old; allauth writes down the machine's own clock."""
    at = [one["at"] for one in get_authentication_records(request, request.user) if one.get("reauthenticated")]
    return bool(at) and time.time() - at[-1] >= seconds
