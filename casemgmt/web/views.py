"""Choices a visitor makes about the pages themselves; they live in the session, as no other cookie may be set."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from casemgmt.web.context import LANGUAGE_KEY, SHORTCUTS_KEY, THEME_KEY, THEMES
from casemgmt.web.middleware import LANGUAGES
from casemgmt.web.render import safe_next, see_address


def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or as the device says."""
    return _remember(request, THEME_KEY, "theme", THEMES)


def language(request: HttpRequest) -> HttpResponse:
    """Remember Dutch or English."""
    return _remember(request, LANGUAGE_KEY, "language", LANGUAGES)


def shortcuts(request: HttpRequest) -> HttpResponse:
    """Remember whether single letters act as shortcuts (WCAG 2.1.4: they can be turned off)."""
    return _remember(request, SHORTCUTS_KEY, "shortcuts", ("on", "off"))


def _remember(request: HttpRequest, key: str, field: str, allowed: tuple[str, ...]) -> HttpResponse:
    value = request.POST.get(field, "")
    if value in allowed:
        request.session[key] = value
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return see_address(safe_next(request, request.POST.get("next", ""), "/"))
