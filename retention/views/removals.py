"""The removal list beside its reading pane, and each step of a removal; two people, never one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.accounts.confirm import confirm_again
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.web import charts, forms
from casemgmt.web.render import is_partial, page_or_block, render, see_other
from dossiers.access import change_dossier, open_dossier
from dossiers.models import Dossier
from dossiers.verbs import Verb
from retention import acts, lists
from retention.forms import AGREE, EXTEND, ApproveForm, ReviewForm
from retention.keeping import way_in
from retention.models import Removal
from retention.night import ask_run
from retention.panes import Pane, load_gone, load_pane
from retention.views.asked import actor_of, given

LIST = "retention/removals.html"
Step = Callable[[Dossier, Removal, Actor, datetime], object]


def removals(request: HttpRequest) -> HttpResponse:
    """The removal list: what waits for review, for a second person, for its day, and what came of the rest."""
    values = _list(request) | {"pane": None, "chosen": False}
    return render(request, LIST, values)


def removal(request: HttpRequest, removal_id: UUID) -> HttpResponse:
    """One removal beside the list."""
    pane = _pane(request, removal_id)
    if is_partial(request):
        return page_or_block(request, LIST, "pane", _shown(pane))
    return page_or_block(request, LIST, "pane", _list(request) | _shown(pane))


def review(request: HttpRequest, removal_id: UUID) -> HttpResponse:
    """Judge one dossier: it may go, it is kept with a reason, or it is kept longer."""
    pane = _pane(request, removal_id)
    form = _review_form(pane, request.POST)
    if not form.is_valid():
        return forms.invalid(request, LIST, form, _list(request) | _shown(pane) | {"review_form": form})
    chosen = form.cleaned_data["judgement"]
    _step(request, pane, Verb.REVIEW_REMOVAL, _judge(form))
    said = {AGREE: _("%(number)s: agreed."), EXTEND: _("%(number)s: kept longer.")}
    messages.success(request, said.get(chosen, _("%(number)s: kept, with your reason.")) % {"number": pane.name})
    following = _next_to_review(request)
    if following is None:
        return see_other(request, "retention:removals")
    return see_other(request, "retention:removal", removal_id=following)


def take_back(request: HttpRequest, removal_id: UUID) -> HttpResponse:
    """Undo a review that nobody approved yet."""
    pane = _pane(request, removal_id)
    _step(request, pane, Verb.REVIEW_REMOVAL, lambda _d, row, by, at: acts.take_back(row, by=by, at=at))
    messages.success(request, _("%(number)s stands on the list again, unreviewed.") % {"number": pane.name})
    return see_other(request, "retention:removal", removal_id=removal_id)


@confirm_again
def approve(request: HttpRequest, removal_id: UUID) -> HttpResponse:
    """The second pair of eyes: the number typed, and who it is confirmed."""
    pane = _pane(request, removal_id)
    if request.method != "POST":
        # Where one comes back to after confirming; the form itself stands in the pane.
        return see_other(request, "retention:removal", removal_id=removal_id)
    form = ApproveForm(request.POST, expected=pane.name)
    if not form.is_valid():
        return forms.invalid(request, LIST, form, _list(request) | _shown(pane) | {"approve_form": form})
    _step(request, pane, Verb.APPROVE_REMOVAL, lambda _d, row, by, at: acts.approve(row, by=by, at=at))
    messages.success(request, _("Approved. The cooling-off has begun; until it ends you can stop this."))
    return see_other(request, "retention:removal", removal_id=removal_id)


def cancel(request: HttpRequest, removal_id: UUID) -> HttpResponse:
    """Stop an approved removal while its cooling-off lasts."""
    pane = _pane(request, removal_id)
    _step(request, pane, way_in(actor_of(request)), lambda _d, row, by, at: acts.cancel(row, by=by, at=at))
    messages.success(request, _("Stopped. Nothing was destroyed."))
    return see_other(request, "retention:removal", removal_id=removal_id)


@confirm_again
def again(request: HttpRequest, removal_id: UUID) -> HttpResponse:
    """Let a destruction that does not get on be tried again."""
    acts.try_again(removal_id, by=actor_of(request), at=clock.now())
    messages.success(request, _("It is being tried again."))
    return see_other(request, "retention:removal", removal_id=removal_id)


@confirm_again
def run(request: HttpRequest) -> HttpResponse:
    """Say that an unlikely number is right after all: the stopped run proposes it now."""
    ask_run(by=actor_of(request), at=clock.now())
    messages.success(request, _("The dossiers are being put on the list. Look again in a minute."))
    return see_other(request, "retention:removals")


def horizon(request: HttpRequest) -> HttpResponse:
    """How many dossiers come to their end, by year and by quarter."""
    today = clock.today()
    found = lists.horizon(today)
    drawing = charts.horizon(found.years, today, found.held) if found.years or found.held else None
    return render(request, "retention/horizon.html", {"horizon": found, "drawing": drawing})


def _list(request: HttpRequest) -> dict[str, Any]:
    return {"list": lists.removal_list(actor_of(request), clock.today(), given(request, "after"))}


def _pane(request: HttpRequest, removal_id: UUID) -> Pane:
    actor, at = actor_of(request), clock.now()
    head = lists.removal_head(actor, removal_id)
    if head is None:
        raise NotThere
    if not head.open:
        return load_gone(actor, removal_id, at)
    return open_dossier(
        actor,
        head.dossier_id,
        way_in(actor),
        lambda dossier: load_pane(dossier, actor, removal_id, at),
        data="removal",
    )


def _shown(pane: Pane) -> dict[str, Any]:
    today = clock.today()
    cooling = None
    if pane.state == "approved" and pane.approved_at and pane.cooling_until:
        first, last = clock.local_date(pane.approved_at), clock.local_date(pane.cooling_until)
        cooling = charts.clock(first, last, today)
    return {
        "pane": pane,
        "chosen": True,
        "cooling": cooling,
        "review_form": _review_form(pane, None),
        "approve_form": ApproveForm(expected=pane.name),
    }


def _review_form(pane: Pane, data: Any) -> ReviewForm:
    return ReviewForm(data, due_on=pane.due_on, opposed=bool(pane.opposed), extends=pane.extends)


def _judge(form: ReviewForm) -> Step:
    given_ = form.cleaned_data

    def step(dossier: Dossier, row: Removal, by: Actor, at: datetime) -> None:
        if given_["judgement"] == AGREE:
            acts.review(row, by=by, at=at)
        elif given_["judgement"] == EXTEND:
            acts.extend(dossier, until=given_["until"], why=given_["why"], by=by, at=at)
        else:
            acts.keep(dossier, row, why=given_["why"], by=by, at=at)

    return step


def _step(request: HttpRequest, pane: Pane, verb: Verb, step: Step) -> None:
    """One step through the door, on this removal and no other."""
    actor, at = actor_of(request), clock.now()

    def act(dossier: Dossier) -> None:
        step(dossier, acts.this_removal(pane.id, dossier), actor, at)

    change_dossier(actor, pane.dossier_id, verb, act, data="removal", action=Action.REMOVE)


def _next_to_review(request: HttpRequest) -> UUID | None:
    groups = lists.removal_list(actor_of(request), clock.today()).groups
    waiting = next((group for group in groups if group.rows and group.name == _("To review")), None)
    return waiting.rows[0].id if waiting else None
