"""Addresses of the portal's door, under /mijn/<organisation>/."""

from django.urls import URLPattern

from casemgmt.accounts import portal_first, portal_views
from casemgmt.web.routes import Needs, page

BOTH = ("GET", "POST")
PUBLIC = Needs.public()

urlpatterns: list[URLPattern] = [
    page("inloggen/", portal_views.sign_in, name="accounts:portal_sign_in", needs=PUBLIC, methods=BOTH),
    page("inloggen/code/", portal_views.code, name="accounts:portal_code", needs=PUBLIC, methods=BOTH),
    page("inloggen/brief/", portal_first.letter, name="accounts:portal_letter", needs=PUBLIC, methods=BOTH),
    page("inloggen/wachtwoord/", portal_first.password, name="accounts:portal_password", needs=PUBLIC, methods=BOTH),
    page("inloggen/app/", portal_first.app, name="accounts:portal_app", needs=PUBLIC, methods=BOTH),
    page("inloggen/herstelcodes/", portal_first.recovery_codes, name="accounts:portal_codes", needs=Needs.portal()),
    page("bevestigen/", portal_views.confirm, name="accounts:portal_confirm", needs=Needs.portal(), methods=BOTH),
    page("uitloggen/", portal_views.sign_out, name="accounts:portal_sign_out", needs=PUBLIC, methods=("POST",)),
]
