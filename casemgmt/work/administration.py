"""Pages of the organisation's administrator: who works here, and work in the background that stopped."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.accounts.confirm import confirm_again
from casemgmt.base import clock
from casemgmt.web.render import render, see_other
from casemgmt.work import members, stopped


def staff(request: HttpRequest) -> HttpResponse:
    """Who works here."""
    found = members.members(request.actor, clock.today(), _after(request))  # type: ignore[attr-defined]
    return render(request, "work/members.html", {"people": found.people, "closed": found.closed, "next": found.next})


def _after(request: HttpRequest) -> UUID | None:
    """Where the list goes on; anything that is no id begins at the top."""
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


@confirm_again
def close_account(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Close somebody's account."""
    name = members.close_account(member_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("%(name)s can no longer sign in. Whoever was signed in is out.") % {"name": name})
    return see_other(request, "work:members")


@confirm_again
def open_account(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Open somebody's account again."""
    name = members.open_account(member_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("%(name)s can sign in again.") % {"name": name})
    return see_other(request, "work:members")


def background(request: HttpRequest) -> HttpResponse:
    """Work in the background that was given up."""
    return render(request, "work/background.html", {"stopped": stopped.stopped_work()})


def start_again(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Put it in the queue once more."""
    stopped.start_again(job_id)
    messages.success(request, _("It is being tried again. If it stops once more, it comes back on this page."))
    return see_other(request, "work:background")
