"""Addresses of requests and of access to the portal, for staff."""

from typing import Any

from django.urls import URLPattern

from casemgmt.web.routes import Needs, page
from casemgmt.web.routes import View as AnyView
from client_requests import access_views, views
from client_requests.queries import HANDLES

DECIDE = Needs.capability("request.decide")
INVITE = Needs.capability("portal.invite")
LETTERS = Needs.any_of(HANDLES, INVITE)
GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
ONE = "dossiers/<uuid:dossier_id>/"
ASKED = "verzoeken/<uuid:request_id>/"
HELD = "portaal/<uuid:access_id>/"
SENT = "brieven/<uuid:letter_id>/"


def inside(path: str, view: AnyView, name: str, needs: Needs = HANDLES, methods: tuple[str, ...] = GET) -> URLPattern:
    """A page inside a dossier."""
    given: dict[str, Any] = {"name": f"client_requests:{name}", "needs": needs, "methods": methods}
    return page(ONE + path, view, touches="dossier", personal=True, **given)


urlpatterns: list[URLPattern] = [
    page("verzoeken/", views.requests, name="client_requests:list", needs=HANDLES, personal=True),
    inside("verzoeken/", views.dossier_requests, "dossier"),
    inside("verzoeken/opnemen/", views.take, "new", methods=BOTH),
    inside(ASKED, views.one, "page"),
    inside(ASKED + "identiteit/", views.identify, "identify", methods=POST),
    inside(ASKED + "nagaan/", views.find_out, "find_out", methods=POST),
    inside(ASKED + "besluit/", views.decide, "decide", DECIDE, POST),
    inside(ASKED + "uitvoeren/", views.execute, "execute", methods=POST),
    inside(ASKED + "klaar/", views.complete, "complete", methods=POST),
    inside(ASKED + "intrekken/", views.withdraw, "withdraw", methods=POST),
    inside(ASKED + "inzage/", views.preview, "preview"),
    inside(ASKED + "vrijgeven/", views.release, "release", methods=POST),
    inside(ASKED + "dichthouden/", views.keep_closed, "keep_closed", methods=POST),
    inside(ASKED + "sluiten/", views.close, "close", methods=POST),
    inside("portaal/", access_views.portal, "portal", INVITE),
    inside("portaal/uitnodigen/", access_views.invite, "invite", INVITE, POST),
    inside(HELD + "opnieuw/", access_views.invite_again, "invite_again", INVITE, POST),
    inside(HELD + "bevriezen/", access_views.freeze, "freeze", INVITE, POST),
    inside(HELD + "openen/", access_views.thaw, "thaw", INVITE, POST),
    inside(HELD + "beeindigen/", access_views.end, "end_access", INVITE, POST),
    inside(SENT, access_views.letter, "letter", LETTERS),
    inside(SENT + "pdf/", access_views.print_letter, "letter_pdf", LETTERS),
    inside(SENT + "overhandigd/", access_views.handed_over, "letter_handed_over", LETTERS, POST),
    inside(SENT + "opnieuw/", access_views.print_again, "print_again", LETTERS, POST),
]
