"""Ticking off a task, and the inbox of approvals."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from casemgmt.audit.doors import doorway
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.web.render import render, see_other
from casemgmt.work.acts import finish_task
from casemgmt.work.approvals import waiting_for


def approvals(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this person's decision."""
    groups = waiting_for(request.actor)  # type: ignore[attr-defined]
    return render(request, "work/approvals.html", {"groups": groups, "total": sum(len(g.items) for g in groups)})


def finish(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tick off a task and go back to the day; a no leaves its row in the trail."""
    with doorway(Action.CHANGE, "task"):
        finish_task(task_id, by=request.actor, at=clock.now())  # type: ignore[attr-defined]
    return see_other(request, "dossiers:day")
