"""Addresses of those who manage users: inviting, one colleague, teams. The list of colleagues is in `work`."""

from django.urls import URLPattern

from casemgmt.organisations import views
from casemgmt.organisations.menu import MANAGES
from casemgmt.web.routes import page

BOTH = ("GET", "POST")
_PERSON = "medewerkers/<uuid:member_id>/"
_UNIT = "teams/<uuid:unit_id>/"

urlpatterns: list[URLPattern] = [
    page(
        "medewerkers/uitnodigen/", views.invite, name="organisations:invite", needs=MANAGES, methods=BOTH, personal=True
    ),
    page(_PERSON, views.person, name="organisations:person", needs=MANAGES, personal=True),
    page(_PERSON + "rol/", views.give_role, name="organisations:give_role", needs=MANAGES, methods=BOTH, personal=True),
    page(
        _PERSON + "rol/<uuid:membership_id>/einde/",
        views.end_role,
        name="organisations:end_role",
        needs=MANAGES,
        methods=BOTH,
        personal=True,
    ),
    page(_PERSON + "tweede-stap/", views.reset, name="organisations:reset", needs=MANAGES, methods=BOTH, personal=True),
    page(
        _PERSON + "uitnodiging/",
        views.invite_again,
        name="organisations:invite_again",
        needs=MANAGES,
        methods=("POST",),
    ),
    page(
        _PERSON + "uitnodiging/intrekken/",
        views.withdraw_invitation,
        name="organisations:withdraw_invitation",
        needs=MANAGES,
        methods=("POST",),
    ),
    page("teams/", views.units, name="organisations:units", needs=MANAGES, methods=BOTH),
    page(_UNIT, views.unit, name="organisations:unit", needs=MANAGES, methods=BOTH),
    page(_UNIT + "sluiten/", views.close_unit, name="organisations:close_unit", needs=MANAGES, methods=("POST",)),
]
