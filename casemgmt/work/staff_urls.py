"""Addresses of tasks and approvals, and of the organisation's administrator."""

from django.urls import URLPattern

from casemgmt.web.routes import Needs, page
from casemgmt.work import administration, views
from casemgmt.work.menu import ADMINISTERS, DECIDES, REVIEWS

urlpatterns: list[URLPattern] = [
    page("goedkeuren/", views.approvals, name="work:approvals", needs=DECIDES, personal=True),
    page("veel-gelezen/", views.reading_alarms, name="work:reading_alarms", needs=REVIEWS, personal=True),
    page(
        "veel-gelezen/<uuid:alarm_id>/bekeken/",
        views.looked_into,
        name="work:looked_into",
        needs=REVIEWS,
        methods=("POST",),
    ),
    page("taken/<uuid:task_id>/klaar/", views.finish, name="work:finish", needs=Needs.staff(), methods=("POST",)),
    page("medewerkers/", administration.staff, name="work:members", needs=ADMINISTERS, personal=True),
    page(
        "medewerkers/<uuid:member_id>/sluiten/",
        administration.close_account,
        name="work:close_account",
        needs=ADMINISTERS,
        methods=("POST",),
    ),
    page(
        "medewerkers/<uuid:member_id>/openen/",
        administration.open_account,
        name="work:open_account",
        needs=ADMINISTERS,
        methods=("POST",),
    ),
    page("achtergrondwerk/", administration.background, name="work:background", needs=ADMINISTERS),
    page(
        "achtergrondwerk/<uuid:job_id>/opnieuw/",
        administration.start_again,
        name="work:start_again",
        needs=ADMINISTERS,
        methods=("POST",),
    ),
]
