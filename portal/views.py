"""The client's own pages: start, letters, who looked, who received, about me."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.letters.acts import mark_read
from casemgmt.letters.queries import letters_to
from casemgmt.web.render import render
from client_requests.access_views import pdf_answer
from client_requests.for_clients import rights_over
from dossiers.frame import first_name
from dossiers.people.reaching import reached
from dossiers.views.asked import actor_of, given
from portal import loading
from portal.door import Frozen, Visit, open_portal

T = TypeVar("T")
View = Callable[..., HttpResponseBase]


def portal_page(view: View) -> View:
    """A page of the portal; while it is closed for this person it says so, and until when."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Frozen as closed:
            return render(request, "portal/frozen.html", {"until": closed.until}, status=403)

    return answered


def visit(request: HttpRequest, load: Callable[[Visit], T], data: str, action: Action = Action.READ) -> T:
    """Come in as the person this account stands for."""
    return open_portal(actor_of(request), load, data=data, action=action)


@portal_page
def start(request: HttpRequest) -> HttpResponse:
    """The first page: what waits, and what one can do."""
    return render(request, "portal/start.html", {"page": visit(request, loading.start_page, "portal-start")})


@portal_page
def letters(request: HttpRequest) -> HttpResponse:
    """One's letters."""
    found = visit(request, lambda v: letters_to(v.dossier.id, v.person.id), "portal-letters")
    return render(request, "portal/letters.html", {"letters": found, "unread": loading.unread(found)})


@portal_page
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """One letter; opening it marks it as read, and nobody needs to hand it over any more."""
    at = clock.now()

    def load(v: Visit) -> loading.OwnLetter:
        found = loading.own_letter(v, letter_id)
        mark_read(letter_id=letter_id, at=at)
        reached(letter_id, by=v.actor, at=at)
        return found

    own = visit(request, load, "portal-letter")
    values = {"found": own.found, "letter": own.wording, "withheld": own.withheld}
    return render(request, "portal/letter.html", values)


@portal_page
def print_letter(request: HttpRequest, letter_id: UUID) -> HttpResponseBase:
    """The print of one letter."""

    pieces = visit(request, lambda v: loading.own_print(v, letter_id), "portal-letter", Action.PRINT)
    return pdf_answer(pieces)


@portal_page
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked in the dossier, when, at what and why."""
    page = visit(request, lambda v: loading.looks_page(v, given(request, "voor")), "portal-looks")
    return render(request, "portal/looks.html", {"page": page})


@portal_page
def received(request: HttpRequest) -> HttpResponse:
    """Who received data, and on which ground."""
    about, before = given(request, "over"), given(request, "voor")
    page = visit(request, lambda v: loading.received_page(v, about, before), "portal-received")
    return render(request, "portal/received.html", {"page": page})


@portal_page
def me(request: HttpRequest) -> HttpResponse:
    """What is known of this account, and signing out."""
    user: Any = request.user

    def load(v: Visit) -> dict[str, Any]:
        return {
            "name": v.person.name,
            "number": v.dossier.number,
            "since": v.access.since,
            "role": v.person.get_role_display(),
            "first_name": first_name(v.person.name),
            "rights": rights_over(v.dossier, v.person, v.on),
        }

    return render(request, "portal/me.html", {"sign_in_name": user.username, **visit(request, load, "portal-me")})
