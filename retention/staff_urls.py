"""Addresses of keeping and letting go: the section of a dossier, the removal list, certificates."""

from django.urls import URLPattern

from casemgmt.web.routes import Needs, page
from retention.views import certificates, keeping, removals

LOOK = Needs.any_of("dossier.read", "retention.close", "removal.review", "removal.approve")
CLOSE = Needs.capability("retention.close")
HOLD = Needs.any_of("retention.close", "removal.review")
LIST = Needs.any_of("removal.review", "removal.approve")
REVIEW = Needs.capability("removal.review")
APPROVE = Needs.capability("removal.approve")
BOTH, POST = ("GET", "POST"), ("POST",)

_ONE = "dossiers/<uuid:dossier_id>/bewaren/"
_REMOVAL = "bewaren/lijst/<uuid:removal_id>/"
_PROOF = "bewaren/verklaringen/<uuid:certificate_id>/"


urlpatterns: list[URLPattern] = [
    page(_ONE, keeping.keeping, name="retention:keeping", needs=LOOK, touches="dossier", personal=True),
    page(
        _ONE + "sluiten/",
        keeping.close,
        name="retention:close",
        needs=CLOSE,
        methods=BOTH,
        touches="dossier",
        personal=True,
    ),
    page(
        _ONE + "sluiten/vooraf/",
        keeping.preview,
        name="retention:preview",
        needs=CLOSE,
        methods=POST,
        touches="dossier",
        personal=True,
        only_reads=True,
    ),
    page(
        _ONE + "heropenen/",
        keeping.reopen,
        name="retention:reopen",
        needs=CLOSE,
        methods=POST,
        touches="dossier",
        personal=True,
    ),
    page(
        _ONE + "oordeel/",
        keeping.judge,
        name="retention:judge",
        needs=CLOSE,
        methods=BOTH,
        touches="dossier",
        personal=True,
    ),
    page(
        _ONE + "tegenhouden/",
        keeping.hold,
        name="retention:hold",
        needs=HOLD,
        methods=POST,
        touches="dossier",
        personal=True,
    ),
    page(
        _ONE + "tegenhouden/<uuid:hold_id>/opheffen/",
        keeping.lift,
        name="retention:lift",
        needs=HOLD,
        methods=POST,
        touches="dossier",
        personal=True,
    ),
    page(
        _ONE + "verlengen/",
        keeping.extend,
        name="retention:extend",
        needs=HOLD,
        methods=POST,
        touches="dossier",
        personal=True,
    ),
    page(
        _ONE + "jongere/<uuid:person_id>/",
        keeping.youth,
        name="retention:youth",
        needs=HOLD,
        methods=POST,
        touches="dossier",
        personal=True,
    ),
    page("bewaren/", removals.removals, name="retention:removals", needs=LIST, personal=True),
    page("bewaren/vooruitzicht/", removals.horizon, name="retention:horizon", needs=LIST),
    page("bewaren/toch/", removals.run, name="retention:run", needs=REVIEW, methods=POST),
    page(_REMOVAL, removals.removal, name="retention:removal", needs=LIST, touches="removal", personal=True),
    page(
        _REMOVAL + "beoordelen/",
        removals.review,
        name="retention:review",
        needs=REVIEW,
        methods=POST,
        touches="removal",
        personal=True,
    ),
    page(
        _REMOVAL + "terug/",
        removals.take_back,
        name="retention:take_back",
        needs=REVIEW,
        methods=POST,
        touches="removal",
        personal=True,
    ),
    page(
        _REMOVAL + "goedkeuren/",
        removals.approve,
        name="retention:approve",
        needs=APPROVE,
        methods=BOTH,
        touches="removal",
        personal=True,
    ),
    page(
        _REMOVAL + "stoppen/",
        removals.cancel,
        name="retention:cancel",
        needs=LIST,
        methods=POST,
        touches="removal",
        personal=True,
    ),
    page(_REMOVAL + "opnieuw/", removals.again, name="retention:again", needs=APPROVE, methods=POST, touches="removal"),
    page("bewaren/verklaringen/", certificates.certificates_list, name="retention:certificates", needs=LIST),
    page(_PROOF, certificates.certificate, name="retention:certificate", needs=LIST, touches="certificate"),
    page(
        _PROOF + "bestand/",
        certificates.certificate_file,
        name="retention:certificate_file",
        needs=LIST,
        touches="certificate",
    ),
    page("bewaren/sleutel.pem", certificates.public_key, name="retention:key", needs=Needs.public()),
]
