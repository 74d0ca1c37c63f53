"""Addresses of consent."""

from django.urls import URLPattern

from casemgmt.web.routes import Needs, page
from consent import views

_NEEDS = Needs.capability("consent.record")
_HERE = "dossiers/<uuid:dossier_id>/toestemming/"

urlpatterns: list[URLPattern] = [
    page(_HERE, views.consents, name="consent:list", needs=_NEEDS, touches="dossier", personal=True),
    page(
        f"{_HERE}vastleggen/",
        views.record,
        name="consent:record",
        needs=_NEEDS,
        methods=("POST",),
        touches="dossier",
        personal=True,
    ),
    page(
        f"{_HERE}<uuid:consent_id>/intrekken/",
        views.withdraw,
        name="consent:withdraw",
        needs=_NEEDS,
        methods=("GET", "POST"),
        touches="dossier",
        personal=True,
    ),
]
