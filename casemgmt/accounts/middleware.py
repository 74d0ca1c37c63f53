"""Two doors, two session cookies; and sessions that end by themselves.

Staff and portal never share a session: under /mijn/ the portal's cookie counts,
elsewhere the staff's. Idle and absolute limits are the house rules'.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from casemgmt.base import clock

PORTAL_PATH = "/mijn/"
_STARTED, _SEEN = "started_at", "seen_at"


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
    """Ends a session after idle time, after its longest life, or when its account was disabled."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out what has lasted too long before any view sees it."""
        if request.user.is_authenticated:
            now = clock.now().timestamp()
            started = request.session.setdefault(_STARTED, now)
            seen = request.session.get(_SEEN, now)
            idle, absolute = limits(request)
            wrong_door = is_portal(request) != request.user.is_portal
            if now - seen > idle or now - started > absolute or wrong_door:
                logout(request)
            elif now - seen > 30 or _SEEN not in request.session:
                request.session[_SEEN] = now
        return self.get_response(request)


def limits(request: HttpRequest) -> tuple[float, float]:
    """Idle and absolute seconds of a session at this door."""
    if is_portal(request):
        return settings.PORTAL_IDLE_MINUTES * 60, settings.PORTAL_ABSOLUTE_HOURS * 3600
    return settings.STAFF_IDLE_MINUTES * 60, settings.STAFF_ABSOLUTE_HOURS * 3600
