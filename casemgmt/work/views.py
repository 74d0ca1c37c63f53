"""Ticking off a task, the inbox of approvals, and the alarms about much reading."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.audit.doors import doorway
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.web.render import render, see_other
from casemgmt.work import alarms
from casemgmt.work.acts import finish_task
from casemgmt.work.approvals import waiting_for
from casemgmt.work.saying import tone, when


def approvals(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this person's decision."""
    groups = waiting_for(request.actor)  # type: ignore[attr-defined]
    total = sum(len(group.items) + group.more for group in groups)
    values = {"groups": groups, "total": total, "today": clock.today()}
    return render(request, "work/approvals.html", values | {"when": when, "tone": tone})


def finish(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tick off a task and go back to the day; a no leaves its row in the trail."""
    with doorway(Action.CHANGE, "task"):
        finish_task(task_id, by=request.actor, at=clock.now())  # type: ignore[attr-defined]
    return see_other(request, "dossiers:day")


def reading_alarms(request: HttpRequest) -> HttpResponse:
    """Who read unusually many dossiers, and who looked into it."""
    found = alarms.alarms(request.actor)  # type: ignore[attr-defined]
    return render(request, "work/reading_alarms.html", {"alarms": found})


def looked_into(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Say that an alarm was looked into; a no leaves its row in the trail."""
    with doorway(Action.DECIDE, "mass-reading"):
        alarms.looked_into(alarm_id, by=request.actor, at=clock.now())  # type: ignore[attr-defined]
    messages.success(request, _("Written down that you looked into it."))
    return see_other(request, "work:reading_alarms")
