"""Routes that say who may open them.

A page is declared once, in its URLconf, together with what it needs. Nothing is refused here: the middleware of
`organisations` reads the declaration before the view runs, and tests read it to find a page that nobody guards.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, get_script_prefix, get_urlconf, path
from django.urls import reverse as django_reverse

View = Callable[..., HttpResponseBase]


class Visitor(Protocol):
    """What the pages ask of a signed-in person; the Actor of `organisations` is one."""

    def may(self, capability: str) -> bool:
        """Say whether this person holds the capability in the current organisation."""

    def only_supervised(self, capability: str) -> bool:
        """Say whether each of their roles that gives the capability needs a supervisor for it."""


class Need(enum.Enum):
    """The kinds of admission a page can ask for."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    STAFF = "staff"
    PORTAL = "portal"
    CAPABILITY = "capability"
    ANY_OF = "any of"


@dataclass(frozen=True)
class Needs:
    """Who may open a page, as a value that a middleware, a menu and a test can all read.

    ``alone`` names a second capability: to whoever has that one only under a supervisor the page would stay empty.
    """

    kind: Need
    name: str = ""
    options: tuple[Needs, ...] = ()
    alone: str = ""

    @classmethod
    def public(cls) -> Needs:
        """Anyone, also without signing in."""
        return cls(Need.PUBLIC)

    @classmethod
    def signed_in(cls) -> Needs:
        """Anyone with an account, of staff or of the portal."""
        return cls(Need.SIGNED_IN)

    @classmethod
    def staff(cls) -> Needs:
        """Anyone who works for the current organisation."""
        return cls(Need.STAFF)

    @classmethod
    def portal(cls) -> Needs:
        """A client or representative in the portal of the current organisation."""
        return cls(Need.PORTAL)

    @classmethod
    def capability(cls, name: str, *, alone: str = "") -> Needs:
        """Staff whose role carries this capability, and who do not have ``alone`` only under a supervisor."""
        return cls(Need.CAPABILITY, name, alone=alone)

    @classmethod
    def any_of(cls, *options: Needs | str) -> Needs:
        """At least one of these; a plain word means a capability."""
        return cls(Need.ANY_OF, options=tuple(cls.capability(o) if isinstance(o, str) else o for o in options))

    def allows(self, actor: Visitor | None, area: str = "staff") -> bool:
        """Say whether a visitor of this area ("staff" or "portal") meets the need."""
        if self.kind is Need.PUBLIC:
            return True
        if actor is None:
            return False
        if self.kind is Need.CAPABILITY:
            return actor.may(self.name) and not (self.alone and actor.only_supervised(self.alone))
        if self.kind is Need.ANY_OF:
            return any(option.allows(actor, area) for option in self.options)
        return self.kind is Need.SIGNED_IN or self.kind.value == area

    @property
    def is_public(self) -> bool:
        """True when the page shows nothing that depends on who asks."""
        return self.kind is Need.PUBLIC or any(option.is_public for option in self.options)

    def __str__(self) -> str:
        if self.kind is Need.ANY_OF:
            return " or ".join(str(option) for option in self.options)
        return f"{self.name} ({self.alone} not supervised)" if self.alone else self.name or self.kind.value


@dataclass(frozen=True)
class RouteDeclaration:
    """What a page promised about itself when it was put in a URLconf.

    ``personal``: it shows or takes what is about a client. ``only_reads``: its POST asks and changes nothing,
    such as a search, whose words must not stand in an address.
    """

    name: str
    pattern: str
    needs: Needs
    methods: tuple[str, ...]
    touches: str | None = None
    personal: bool = False
    only_reads: bool = False


@dataclass(frozen=True)
class Route:
    """One line of the list of all pages: where it is mounted, its name, its promise."""

    pattern: str
    name: str | None
    declaration: RouteDeclaration | None


_declared: dict[str, RouteDeclaration] = {}


def page(
    pattern: str,
    view: View,
    *,
    name: str,
    needs: Needs,
    methods: tuple[str, ...] = ("GET",),
    touches: str | None = None,
    personal: bool = False,
    only_reads: bool = False,
) -> URLPattern:
    """Put a view in a URLconf and record what it needs; `name` is "package:page"."""
    declaration = RouteDeclaration(name, pattern, needs, methods, touches, personal, only_reads)
    if _declared.setdefault(name, declaration) != declaration:
        raise ValueError(f"Two pages are called {name!r}; a name belongs to one page.")
    return path(pattern, _guarded(view, declaration), name=_django_name(name))


def declarations(urlconf: str | None = None) -> Iterator[Route]:
    """Walk the URLconf and yield each route; a foreign one (allauth) has no declaration."""
    yield from _walk(get_resolver(urlconf), "")


def reverse(name: str, organisation: str | None = None, /, **kwargs: Any) -> str:
    """Give the address of a page by its "package:page" name; the slug is filled in where the address has one."""
    if name not in _declared:
        _ = get_resolver().url_patterns  # a task asks before any request has loaded the addresses
    if name not in _declared:
        return django_reverse(name, kwargs=kwargs)
    ways = _ways(get_resolver(get_urlconf()), _django_name(name))
    if organisation is not None and any("organisation" in way.parameters for way in ways):
        kwargs.setdefault("organisation", organisation)
    written = next((text for way in ways if (text := way.write(kwargs)) is not None), None)
    return django_reverse(_django_name(name), kwargs=kwargs) if written is None else get_script_prefix() + written


# What stands in an address as it is. Anything else goes to Django, which knows how to quote and when to refuse.
_PLAIN = re.compile(r"[\w-]+", re.ASCII)


@dataclass(frozen=True)
class _Way:
    """One way to write a page's address: "o/%(organisation)s/dossiers/", and what may stand in its places."""

    text: str
    parameters: frozenset[str]
    converters: Mapping[str, tuple[Callable[[Any], str], re.Pattern[str]]]

    def write(self, given: Mapping[str, Any]) -> str | None:
        """The address without its first slash, or None when Django had better judge."""
        if given.keys() != self.parameters:
            return None
        values = {}
        for name, value in given.items():
            if name not in self.converters or not isinstance(value, str | UUID | int):
                return None
            write, fits = self.converters[name]
            text = str(write(value))
            if not _PLAIN.fullmatch(text) or not fits.fullmatch(text):
                return None
            values[name] = text
        return self.text % values


@functools.lru_cache(maxsize=1024)
def _ways(resolver: URLResolver, name: str) -> tuple[_Way, ...]:
    """Take a page's address out of Django's table once: a page writes some forty, none of them translated."""
    return tuple(
        _Way(
            text,
            frozenset(parameters),
            {name: (converter.to_url, re.compile(converter.regex)) for name, converter in converters.items()},
        )
        for possibilities, _pattern, _defaults, converters in resolver.reverse_dict.getlist(name)
        for text, parameters in possibilities
    )


def _django_name(name: str) -> str:
    # Django reads a colon as a namespace, and two mounts (staff, portal) of one namespace hide each other.
    return name.replace(":", ".")


def _guarded(view: View, declaration: RouteDeclaration) -> View:
    """Answer other methods with 405, and keep what depends on the visitor out of caches."""
    allowed = {*declaration.methods, "HEAD"} if "GET" in declaration.methods else set(declaration.methods)

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in allowed:
            # Imported late: the error pages use the renderer, which uses the names of this module.
            from casemgmt.web.errors import method_not_allowed

            return method_not_allowed(request, sorted(allowed))
        response = view(request, *args, **kwargs)
        # A public page shows somebody who is signed in their own menu.
        if not declaration.needs.is_public or _is_known(request):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    guarded.declaration = declaration  # type: ignore[attr-defined]  # read by the middleware
    return guarded


def _is_known(request: HttpRequest) -> bool:
    return bool(getattr(getattr(request, "user", None), "is_authenticated", False))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, pattern)
        else:
            declaration = getattr(entry.callback, "declaration", None)
            yield Route(pattern, declaration.name if declaration else entry.name, declaration)
