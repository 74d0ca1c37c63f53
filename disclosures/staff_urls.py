"""Addresses of disclosures."""

from django.urls import URLPattern

from casemgmt.web.routes import Needs, View, page
from disclosures import deciding_views, handing_views, views

_PREPARE = Needs.capability("disclosure.prepare")
_APPROVE = Needs.capability("disclosure.approve")
_HERE = "dossiers/<uuid:dossier_id>/verstrekkingen/"
_NEW = "verstrekken/<uuid:dossier_id>/nieuw/"
_ONE = "verstrekken/<uuid:dossier_id>/<uuid:disclosure_id>/"


def _page(pattern: str, view: View, name: str, needs: Needs, *methods: str) -> URLPattern:
    return page(
        pattern,
        view,
        name=f"disclosures:{name}",
        needs=needs,
        methods=methods or ("GET",),
        touches="dossier",
        personal=True,
    )


urlpatterns: list[URLPattern] = [
    page(
        "verstrekken/",
        views.all_disclosures,
        name="disclosures:list",
        needs=Needs.any_of("disclosure.prepare", "disclosure.approve"),
        touches="dossier",
        personal=True,
    ),
    _page(_HERE, views.register, "register", _PREPARE),
    _page(_NEW, views.new, "new", _PREPARE, "GET", "POST"),
    _page(_ONE, views.page, "page", _PREPARE),
    _page(f"{_ONE}ontvanger/", views.recipient, "recipient", _PREPARE, "POST"),
    _page(f"{_ONE}toestemming/<uuid:person_id>/", views.answer, "answer", _PREPARE, "GET", "POST"),
    _page(f"{_ONE}voorwaarden/", views.conditions, "conditions", _PREPARE, "POST"),
    _page(f"{_ONE}grond/", views.ground, "ground", _PREPARE, "POST"),
    _page(f"{_ONE}stukken/", views.items, "items", _PREPARE, "POST"),
    _page(f"{_ONE}stukken/<uuid:item_id>/", views.item, "item", _PREPARE, "GET", "POST"),
    _page(f"{_ONE}goedkeuring-vragen/", views.ask, "ask", _PREPARE, "POST"),
    _page(f"{_ONE}voorleggen/", views.escalate, "escalate", _PREPARE, "POST"),
    _page(f"{_ONE}stoppen/", views.stop, "stop", _PREPARE, "POST"),
    _page(f"{_ONE}goedkeuren/", deciding_views.approve, "approve", _APPROVE, "GET", "POST"),
    _page(f"{_ONE}niet-goedkeuren/", deciding_views.refuse, "refuse", _APPROVE, "POST"),
    _page(f"{_ONE}antwoord/", deciding_views.reply, "reply", _APPROVE, "POST"),
    _page(f"{_ONE}nakijken/", deciding_views.review, "review", _APPROVE, "POST"),
    _page(f"{_ONE}later-besluit/", deciding_views.wait, "wait-decided", _APPROVE, "POST"),
    _page(f"{_ONE}afdrukken/", handing_views.print_again, "print-again", _PREPARE, "POST"),
    _page(f"{_ONE}overhandigen/", handing_views.hand_over, "hand-over", _PREPARE, "POST"),
    _page(f"{_ONE}inlichten/", handing_views.inform, "inform", _PREPARE, "POST"),
    _page(f"{_ONE}later/", handing_views.wait, "wait", _PREPARE, "POST"),
    _page(f"{_ONE}afronden/", handing_views.close, "close", _PREPARE, "POST"),
    _page(f"{_ONE}pakket/", handing_views.download, "download", _PREPARE),
]
