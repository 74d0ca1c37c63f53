"""The section “Keeping” of a dossier: closing, its end date, judgements, holds, extension, the adult youth."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.web import forms
from casemgmt.web.render import is_partial, render, render_block, see_other
from dossiers.access import change_dossier, open_dossier
from dossiers.models import Dossier
from dossiers.verbs import Verb
from retention import acts
from retention.facts import Answers
from retention.forms import CloseForm, ExtendForm, HoldForm, JudgementsForm, YouthForm
from retention.keeping import KeepingPage, load_keeping, way_in, way_to_hold
from retention.views.asked import actor_of

PAGE, CLOSE_PAGE, JUDGE_PAGE = "retention/keeping.html", "retention/close.html", "retention/judgements.html"


def keeping(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Until when this dossier is kept, why, and what may be done about it."""
    page = _page(request, dossier_id)
    return render(request, PAGE, _values(page))


def close(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Close a dossier; beforehand one sees when its term will have passed."""
    page = _page(request, dossier_id, Verb.CLOSE)
    if page.closed_on is not None:
        raise Conflict(_("This dossier was closed already."))
    form = _close_form(request, page)
    values = _values(page) | {"form": form, "preview": None}
    if request.method != "POST":
        day = clock.today()
        found = _preview(
            request, dossier_id, lambda dossier, at: acts.preview(dossier, closed_on=day, answers=_NONE, at=at)
        )
        return render(request, CLOSE_PAGE, values | {"preview": found})
    if not form.is_valid():
        return forms.invalid(request, CLOSE_PAGE, form, values)
    actor, at = actor_of(request), clock.now()

    def act(dossier: Dossier) -> Decision:
        day = form.cleaned_data["closed_on"]
        return acts.close_dossier(dossier, closed_on=day, answers=form.answers(), by=actor, at=at)

    change_dossier(actor, dossier_id, Verb.CLOSE, act, data="closing", action=Action.CLOSE)
    messages.success(request, _("The dossier is closed. Below you see until when it is kept."))
    return see_other(request, "retention:keeping", dossier_id=dossier_id)


def preview(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """What closing so would mean: the end date with its sum, while the form is filled in."""
    page = _page(request, dossier_id, Verb.CLOSE)
    form = _close_form(request, page)
    found = None
    if form.is_valid():
        day, answers = form.cleaned_data["closed_on"], form.answers()
        found = _preview(
            request, dossier_id, lambda dossier, at: acts.preview(dossier, closed_on=day, answers=answers, at=at)
        )
    values = _values(page) | {"form": form, "preview": found}
    status = 200 if found else 422
    if is_partial(request):
        # While one is still typing, an incomplete form is no fault: the piece says what is missing.
        return render_block(request, CLOSE_PAGE, "then", values)
    return render(request, CLOSE_PAGE, values, status=status)


def reopen(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Open a closed dossier again."""
    actor, at = actor_of(request), clock.now()
    change_dossier(
        actor,
        dossier_id,
        Verb.CLOSE,
        lambda dossier: acts.reopen_dossier(dossier, by=actor, at=at),
        data="reopening",
        action=Action.CLOSE,
    )
    messages.success(request, _("The dossier is open again; its clock stands still."))
    return see_other(request, "retention:keeping", dossier_id=dossier_id)


def judge(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Change what was judged at closing."""
    page = _page(request, dossier_id, Verb.CLOSE)
    if page.end is None:
        raise Conflict(_("This dossier is not closed, so it has no end date yet."))
    known = page.end.answers
    initial = {one.name: getattr(known, one.name) for one in page.asked} | {"why": known.why}
    form = JudgementsForm(request.POST if request.method == "POST" else None, asked=page.asked, initial=initial)
    values = _values(page) | {"form": form}
    if request.method != "POST":
        return render(request, JUDGE_PAGE, values)
    if not form.is_valid():
        return forms.invalid(request, JUDGE_PAGE, form, values)
    actor, at, answers = actor_of(request), clock.now(), form.answers()
    change_dossier(
        actor, dossier_id, Verb.CLOSE, lambda d: acts.judge(d, answers=answers, by=actor, at=at), data="judgements"
    )
    messages.success(request, _("Kept. The end date was worked out again."))
    return see_other(request, "retention:keeping", dossier_id=dossier_id)


def hold(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Hold the dossier back from destruction."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _again(request, dossier_id, hold_form=form)
    _change(
        request, dossier_id, lambda d, by, at: acts.place_hold(d, why=form.cleaned_data["why"], by=by, at=at).id, "hold"
    )
    messages.success(request, _("This dossier is not destroyed until somebody lifts this."))
    return see_other(request, "retention:keeping", dossier_id=dossier_id)


def lift(request: HttpRequest, dossier_id: UUID, hold_id: UUID) -> HttpResponse:
    """Lift a hold."""
    _change(request, dossier_id, lambda d, by, at: acts.lift_hold(d, hold_id, by=by, at=at), "hold")
    messages.success(request, _("Nothing holds this dossier back any more, unless another reason stands below."))
    return see_other(request, "retention:keeping", dossier_id=dossier_id)


def extend(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Keep the dossier longer, with a reason."""
    page = _page(request, dossier_id)
    form = ExtendForm(request.POST, due_on=page.end.due_on if page.end else None)
    if not form.is_valid():
        return forms.invalid(request, PAGE, form, _values(page) | {"extend_form": form})
    given = form.cleaned_data
    _change(
        request,
        dossier_id,
        lambda d, by, at: acts.extend(d, until=given["until"], why=given["reason"], by=by, at=at),
        "extension",
    )
    messages.success(request, _("Kept longer. The end date was worked out again."))
    return see_other(request, "retention:keeping", dossier_id=dossier_id)


def youth(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Note what a now adult child did with the question."""
    form = YouthForm(request.POST)
    if not form.is_valid():
        return _again(request, dossier_id, youth_form=form)
    answer = form.cleaned_data["answer"]
    _change(
        request,
        dossier_id,
        lambda d, by, at: acts.answer_of_youth(d, person_id=person_id, answer=answer, by=by, at=at),
        "adult-youth",
    )
    messages.success(request, _("Noted."))
    return see_other(request, "retention:keeping", dossier_id=dossier_id)


_NONE = Answers()


def _page(request: HttpRequest, dossier_id: UUID, verb: Verb | None = None) -> KeepingPage:
    actor, at = actor_of(request), clock.now()
    return open_dossier(
        actor, dossier_id, verb or way_in(actor), lambda dossier: load_keeping(dossier, actor, at), data="keeping"
    )


def _values(page: KeepingPage) -> dict[str, Any]:
    due_on = page.end.due_on if page.end else None
    return {
        "page": page,
        "frame": page.frame,
        "hold_form": HoldForm(),
        "extend_form": ExtendForm(due_on=due_on),
        "youth_forms": {
            one.id: YouthForm(initial={"answer": one.answer}, auto_id=f"id_{one.id}_%s") for one in page.youths
        },
    }


def _again(request: HttpRequest, dossier_id: UUID, **bad: forms.Form) -> HttpResponse:
    """The page with the form that was not right yet."""
    page = _page(request, dossier_id)
    form = next(iter(bad.values()))
    return forms.invalid(request, PAGE, form, _values(page) | bad)


def _close_form(request: HttpRequest, page: KeepingPage) -> CloseForm:
    data = request.POST if request.method == "POST" else None
    return CloseForm(data, asked=page.asked, opened_on=page.opened_on, initial={"closed_on": clock.today()})


def _preview(request: HttpRequest, dossier_id: UUID, ask: Callable[[Dossier, Any], Decision]) -> Decision:
    at = clock.now()
    return open_dossier(actor_of(request), dossier_id, Verb.CLOSE, lambda d: ask(d, at), data="keeping-preview")


def _change(request: HttpRequest, dossier_id: UUID, act: Callable[[Dossier, Actor, Any], Any], data: str) -> None:
    actor, at = actor_of(request), clock.now()
    change_dossier(
        actor,
        dossier_id,
        way_to_hold(actor),
        lambda dossier: act(dossier, actor, at),
        data=data,
        action=Action.REMOVE,
    )
