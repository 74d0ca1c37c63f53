"""Whether a signed-in person has shown a second factor; nobody works without one."""

from django.http import HttpRequest

PORTAL_FLAG = "portal_second_factor"


def has_second_factor(request: HttpRequest) -> bool:
    """True when this session passed a second factor.

    Staff: allauth lets nobody with a factor in without it, so having one is
    having shown it
    (setting up the first one ends every other session). Portal: our own sign-in leaves a mark in the session.
    """
    user = request.user
    if not user.is_authenticated:
        return False
    if user.is_portal:
        return bool(request.session.get(PORTAL_FLAG))
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user))
