"""The entrance: which organisation is meant, who is at work there, and what a page refuses.

Runs before every view. An unknown organisation and one where somebody has no
place look the same from outside: the same 404, written down the same way.
"""

from collections.abc import Callable
from contextvars import Token
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from casemgmt.accounts.middleware import came_from_a_session, is_portal, session_is_over
from casemgmt.accounts.second_factor import has_second_factor
from casemgmt.audit import context, events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base import organisation as scope
from casemgmt.base.errors import NotAllowed
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.organisations.places import OrganisationValue, may_sign_in, organisation_by_slug
from casemgmt.refusals import page_for
from casemgmt.web import errors
from casemgmt.web.context import provided
from casemgmt.web.routes import Need, RouteDeclaration

_NOWHERE = UUID(int=0)


class OrganisationMiddleware:
    """Sets ``request.organisation`` and ``request.actor``, or refuses before the view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request; whatever organisation it entered is left again."""
        asked: Any = request
        asked.organisation, asked.actor, asked.organisation_token = None, None, None
        try:
            return self.get_response(request)
        finally:
            if asked.organisation_token is not None:
                scope.leave(asked.organisation_token)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Enter the organisation of the address and check what the page needs."""
        declaration: RouteDeclaration | None = getattr(view, "declaration", None)
        asked: Any = request
        slug = kwargs.pop("organisation", None)
        if slug is not None:
            place = organisation_by_slug(slug)
            if declaration is not None and declaration.needs.is_public:
                self._public(asked, place)
                session_is_over(request)
                return None
            if not request.user.is_authenticated:
                return sign_in_first(request, slug)
            context.learn(request.user.id, "")  # who asks for what is not there is known
            # Asked of a place that is not there too: otherwise the clock would tell which places are.
            if not may_sign_in(request.user.id, place.id if place else _NOWHERE) or place is None:
                return unknown_place()
            self._enter(asked, place)
            if session_is_over(request):
                return sign_in_first(request, slug)
            asked.actor = actor_for(request.user, clock.today())
            context.learn(request.user.id, ",".join(asked.actor.roles))
        else:
            session_is_over(request)
        return self._refuse(request, declaration, asked.actor)

    def _public(self, asked: Any, place: OrganisationValue | None) -> None:
        if place is None:
            raise Http404
        self._enter(asked, place)

    def _enter(self, asked: Any, place: OrganisationValue) -> None:
        asked.organisation = place
        token: Token[Any] = scope.enter(place.id)
        asked.organisation_token = token
        provided("words", asked)  # read here, so that no template asks the database for its nouns

    def _refuse(
        self, request: HttpRequest, declaration: RouteDeclaration | None, actor: Actor | None
    ) -> HttpResponse | None:
        if declaration is None or declaration.needs.is_public:
            return None
        if not request.user.is_authenticated:
            return sign_in_first(request, None)
        if not has_second_factor(request):
            return set_up_second_factor(request)
        area = "portal" if is_portal(request) else "staff"
        allowed = declaration.needs.kind is Need.SIGNED_IN or declaration.needs.allows(actor, area)
        if allowed:
            return None
        refused_page(declaration)
        sentence = _("Your role does not include this page. Ask your administrator if you need it for your work.")
        # Raised here it would pass Django's log as a fault of ours; it is an answer.
        return page_for(request, NotAllowed(sentence))


def sign_in_first(request: HttpRequest, slug: str | None) -> HttpResponse:
    """To the sign-in page of the right door, and back here afterwards; a program gets 401."""
    if errors.wants_json(request):
        return errors.sign_in_first(request)
    door = f"/mijn/{slug}/inloggen/" if is_portal(request) and slug is not None else reverse("account_login")
    way = {"next": request.get_full_path()}
    if came_from_a_session(request):
        way["sessie"] = "voorbij"  # the page at the door says why one stands there again
    return redirect(f"{door}?{urlencode(way, safe='/')}")


def set_up_second_factor(request: HttpRequest) -> HttpResponse:
    """Nothing is open to somebody who has only a password; a program gets 401."""
    if errors.wants_json(request):
        return errors.sign_in_first(request, _("Signing in is not finished: the second step is missing."))
    return redirect(reverse("mfa_activate_totp"))


def unknown_place() -> HttpResponse:
    """Write down that somebody asked for what is not theirs or not there, and answer 404."""
    with transaction.atomic():
        events.record_platform(Action.READ, outcome=Outcome.UNKNOWN, data="organisation")
    raise Http404


def refused_page(declaration: RouteDeclaration) -> None:
    """Write down that a page was refused, in a transaction that stays."""
    with transaction.atomic(durable=True):
        events.record(Action.READ, outcome=Outcome.DENIED, data=declaration.name[:60], ground="role")
