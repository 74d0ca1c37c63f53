"""My day, and one task in the pane beside it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from casemgmt.base import clock
from casemgmt.web.render import is_partial, page_or_block, render
from dossiers.day import HORIZON, Pane, first_pane, my_day, pane_for
from dossiers.views.asked import actor_of, given

ALL_OF_IT = 100 * 366  # days: no term is longer than a life


def day(request: HttpRequest) -> HttpResponse:
    """What waits, how the coming weeks look, and one's own dossiers; the first task is open."""
    found = my_day(actor_of(request), clock.now(), _horizon(request), given(request, "after"))
    return render(request, "dossiers/day.html", {"day": found, "pane": first_pane(found), "chosen": False})


def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The same page with this task open; htmx gets the pane alone."""
    actor = actor_of(request)
    pane: Pane = pane_for(actor, task_id, clock.today())
    found = None if is_partial(request) else my_day(actor, clock.now(), _horizon(request), given(request, "after"))
    values = {"day": found, "pane": pane, "chosen": True}
    return page_or_block(request, "dossiers/day.html", "pane_body", values)


def _horizon(request: HttpRequest) -> int:
    return ALL_OF_IT if given(request, "later") else HORIZON
