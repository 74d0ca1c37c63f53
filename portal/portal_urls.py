"""Addresses of the portal, under /mijn/<organisation>/."""

from django.urls import URLPattern

from casemgmt.web.routes import Needs, page
from casemgmt.web.routes import View as AnyView
from portal import asking, views

POST, BOTH = ("POST",), ("GET", "POST")


def own(
    path: str, view: AnyView, name: str, methods: tuple[str, ...] = ("GET",), *, only_reads: bool = False
) -> URLPattern:
    """A page of one's own."""
    return page(
        path,
        view,
        name=f"portal:{name}",
        needs=Needs.portal(),
        methods=methods,
        touches="dossier",
        personal=True,
        only_reads=only_reads,
    )


urlpatterns: list[URLPattern] = [
    own("", views.start, "start"),
    own("brieven/", views.letters, "letters"),
    own("brieven/<uuid:letter_id>/", views.letter, "letter"),
    own("brieven/<uuid:letter_id>/pdf/", views.print_letter, "letter_pdf"),
    own("wie-keek/", views.looks, "looks"),
    own("wie-kreeg/", views.received, "received"),
    own("over-mij/", views.me, "me"),
    own("vragen/", asking.kind, "ask"),
    own("vragen/voor/", asking.whom, "ask_whom"),
    own("vragen/wat/", asking.details, "ask_details", BOTH, only_reads=True),
    own("vragen/nakijken/", asking.check, "ask_check", POST, only_reads=True),
    own("vragen/versturen/", asking.send, "ask_send", POST),
    own("verzoeken/", asking.requests, "requests"),
    own("verzoeken/<uuid:request_id>/", asking.one, "request"),
    own("verzoeken/<uuid:request_id>/intrekken/", asking.withdraw, "withdraw", POST),
    own("verzoeken/<uuid:request_id>/inzage/", asking.inspection, "inspection"),
]
