"""Values that every template may ask for by name, worked out only when one does.

A package registers a provider once; the value is remembered for the length of the request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Provider = Callable[[HttpRequest | None], Any]

THEMES = ("auto", "light", "dark")
THEME_KEY = "web_theme"
LANGUAGE_KEY = "web_language"
SHORTCUTS_KEY = "web_shortcuts"

_providers: dict[str, Provider] = {}


@dataclass(frozen=True)
class Words:
    """The nouns of an organisation; the policy package replaces these with those of the profile."""

    client: str
    clients: str
    dossier: str
    dossiers: str
    caseworker: str
    caseworkers: str
    organisation: str


def provides(name: str) -> Callable[[Provider], Provider]:
    """Register a function of the request as the value of this name; a later one replaces an earlier."""

    def register(provider: Provider) -> Provider:
        _providers[name] = provider
        return provider

    return register


def is_provided(name: str) -> bool:
    """Say whether a template may ask for this name."""
    return name in _providers


def provided(name: str, request: HttpRequest | None) -> Any:
    """Work out a value, once per request."""
    if request is None:
        return _providers[name](None)
    cache: dict[str, Any] = request.__dict__.setdefault("_provided", {})
    if name not in cache:
        cache[name] = _providers[name](request)
    return cache[name]


def session_value(request: HttpRequest | None, key: str) -> Any:
    """Read one value of the session, or None where there is no session to read."""
    session = getattr(request, "session", None)
    return session.get(key) if session is not None else None


@provides("words")
def _words(_request: HttpRequest | None) -> Words:
    return Words(
        client=_("client"),
        clients=_("clients"),
        dossier=_("dossier"),
        dossiers=_("dossiers"),
        caseworker=_("caseworker"),
        caseworkers=_("caseworkers"),
        organisation=_("organisation"),
    )


@provides("theme")
def _theme(request: HttpRequest | None) -> str:
    theme = session_value(request, THEME_KEY)
    return theme if theme in THEMES else "auto"


@provides("language")
def _language(_request: HttpRequest | None) -> str:
    return get_language() or settings.LANGUAGE_CODE


@provides("organisation")
def _organisation(request: HttpRequest | None) -> Any:
    return getattr(request, "organisation", None)


@provides("actor")
def _actor(request: HttpRequest | None) -> Any:
    return getattr(request, "actor", None)


@provides("is_demo")
def _is_demo(_request: HttpRequest | None) -> bool:
    return bool(getattr(settings, "CASEMGMT_ENV", "production") != "production")


@provides("shortcuts")
def _shortcuts(request: HttpRequest | None) -> str:
    return "off" if session_value(request, SHORTCUTS_KEY) == "off" else "on"


@provides("here_address")
def _here_address(request: HttpRequest | None) -> str:
    return request.get_full_path() if request is not None and request.method == "GET" else ""


@provides("quick_exit_address")
def _quick_exit_address(_request: HttpRequest | None) -> str:
    return str(getattr(settings, "QUICK_EXIT_URL", "https://www.knmi.nl/"))


@provides("messages")
def _messages(request: HttpRequest | None) -> Any:
    return list(get_messages(request)) if request is not None else []


def _nothing(_request: HttpRequest | None) -> None:
    """Stand in until a package that knows better registers its own value."""


# Registered by the packages that own them: the accent of a new organisation, where search, home and sign-out live,
# and whether this is the portal, with its first page.
for _name in ("accent", "search_address", "sign_out_address", "in_portal", "portal_home"):
    provides(_name)(_nothing)
