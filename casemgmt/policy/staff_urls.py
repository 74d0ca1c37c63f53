"""Addresses of the rules, under an organisation's own."""

from casemgmt.policy import views
from casemgmt.web.routes import Needs, page

READ = Needs.capability("policy.read")
DRAFT = Needs.capability("policy.draft")
PUBLISH = Needs.capability("policy.publish")
EITHER = Needs.any_of("policy.draft", "policy.publish")
BOTH = ("GET", "POST")

_VERSION = "regels/versies/<int:number>/"
_DRAFT = "regels/concept/<uuid:draft_id>/"

urlpatterns = [
    page("regels/", views.rules, name="policy:rules", needs=READ),
    page("regels/onderdeel/<slug:key>/", views.section, name="policy:section", needs=READ),
    page("regels/versies/", views.history, name="policy:history", needs=READ),
    page(_VERSION, views.version, name="policy:version", needs=READ),
    page(_VERSION + "onderdeel/<slug:key>/", views.version, name="policy:version_section", needs=READ),
    page(_VERSION + "bestand/", views.version_file, name="policy:file", needs=READ),
    page(_VERSION + "concept/", views.start, name="policy:start", needs=DRAFT, methods=("POST",)),
    page(_DRAFT, views.draft, name="policy:draft", needs=EITHER),
    page(_DRAFT + "onderdeel/<slug:key>/", views.edit, name="policy:edit", needs=DRAFT, methods=BOTH),
    page(_DRAFT + "terug/", views.restore, name="policy:restore", needs=DRAFT, methods=("POST",)),
    page(_DRAFT + "doorrekenen/", views.simulation, name="policy:simulation", needs=EITHER, methods=BOTH),
    page(_DRAFT + "indienen/", views.submit, name="policy:submit", needs=DRAFT, methods=BOTH),
    page(_DRAFT + "publiceren/", views.publish, name="policy:publish", needs=PUBLISH, methods=BOTH),
    page(_DRAFT + "intrekken/", views.withdraw, name="policy:withdraw", needs=EITHER, methods=("POST",)),
    page(_DRAFT + "weggooien/", views.discard, name="policy:discard", needs=DRAFT, methods=("POST",)),
    page("reglement/", views.public, name="policy:public", needs=Needs.public()),
]
