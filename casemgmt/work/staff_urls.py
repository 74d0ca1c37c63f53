"""Addresses of tasks and approvals."""

from django.urls import URLPattern

from casemgmt.web.routes import Needs, page
from casemgmt.work import views
from casemgmt.work.menu import DECIDES

urlpatterns: list[URLPattern] = [
    page("goedkeuren/", views.approvals, name="work:approvals", needs=DECIDES),
    page("taken/<uuid:task_id>/klaar/", views.finish, name="work:finish", needs=Needs.staff(), methods=("POST",)),
]
