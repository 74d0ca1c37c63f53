"""Two doors, two session cookies; and sessions that end by themselves.

Staff and portal never share a session: under /mijn/ the portal's cookie counts,
elsewhere the staff's. Idle and absolute limits are the house rules' of the
organisation; which one is meant is known at the entrance (to our right).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from casemgmt.accounts.house import LOOSEST, SignInRules, rules_for
from casemgmt.base import clock

PORTAL_PATH = "/mijn/"
_STARTED, _SEEN, _PAUSE = "started_at", "seen_at", "longest_pause"


def is_portal(request: HttpRequest) -> bool:
    """Whether this request is for the portal."""
    return request.path_info.startswith(PORTAL_PATH)


class TwoSessionsMiddleware(SessionMiddleware):
    """Django's session middleware, under the portal's cookie name in the portal."""

    def process_request(self, request: HttpRequest) -> None:
        """Let the portal's cookie stand in for the session cookie, and never the other."""
        if is_portal(request):
            cookies: dict[str, str] = dict(request.COOKIES)
            cookies.pop(settings.SESSION_COOKIE_NAME, None)
            key = cookies.get(settings.PORTAL_SESSION_COOKIE_NAME)
            if key is not None:
                cookies[settings.SESSION_COOKIE_NAME] = key
            request.COOKIES = cookies
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Rename what Django set, so that it reaches the portal only."""
        response = super().process_response(request, response)
        if is_portal(request) and settings.SESSION_COOKIE_NAME in response.cookies:
            morsel = response.cookies.pop(settings.SESSION_COOKIE_NAME)
            name = settings.PORTAL_SESSION_COOKIE_NAME
            response.cookies[name] = morsel.value
            for attribute, value in morsel.items():
                response.cookies[name][attribute] = value
            response.cookies[name]["path"] = PORTAL_PATH
        return response


class SessionLimitsMiddleware:
    """Ends a session at the wrong door, and one that has lasted longer than any organisation may let it.

    What the organisation of the address says, the entrance asks with ``session_is_over``: only there it is known.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out what has lasted too long, also where the address is of no page."""
        if request.user.is_authenticated:
            wrong_door = is_portal(request) != request.user.is_portal
            if wrong_door or _is_over(request, LOOSEST, clock.now().timestamp()):
                logout(request)
        return self.get_response(request)


def session_is_over(request: HttpRequest) -> bool:
    """Sign out, and answer True, when this session lasted longer than the house rules of where it is let it.

    Otherwise write down that it is in use. Inside an organisation its rules count, elsewhere the strictest of those
    where the account may sign in.
    """
    if not request.user.is_authenticated:
        return False
    now = clock.now().timestamp()
    if _is_over(request, rules_for(request.user.id), now):
        logout(request)
        return True
    if _STARTED not in request.session:
        request.session[_STARTED] = now
    if now - request.session.get(_SEEN, 0) > 30:
        request.session[_PAUSE] = _pause(request, now)
        request.session[_SEEN] = now
    return False


def came_from_a_session(request: HttpRequest) -> bool:
    """Whether this browser still holds the key of a session that is no more: over, or ended elsewhere."""
    return bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) and bool(request.session.is_empty())


def _is_over(request: HttpRequest, rules: SignInRules, now: float) -> bool:
    idle, longest = rules.session(portal=is_portal(request))
    return bool(_pause(request, now) > idle or now - request.session.get(_STARTED, now) > longest)


def _pause(request: HttpRequest, now: float) -> float:
    """The longest that this session was idle: a page where more is allowed brings nothing back that was over here."""
    return float(max(request.session.get(_PAUSE, 0), now - request.session.get(_SEEN, now)))
