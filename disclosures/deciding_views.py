"""Pages of who decides, and of letting an approved package go."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.errors import NotAllowed
from casemgmt.web import errors
from casemgmt.web.render import render, see_other
from disclosures import deciding, handing
from disclosures.forms import HandOverForm, ReasonForm
from disclosures.models import Disclosure
from disclosures.pages import DisclosurePage, load
from disclosures.views import change, shown
from dossiers.access import open_dossier
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of

APPROVE = "disclosures/approve.html"


def approve(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """The package exactly as it goes, for the second person; approving sends back what was seen."""
    if request.method == "GET":
        found = _found(request, dossier_id, disclosure_id, Verb.APPROVE_DISCLOSURE)
        return render(request, APPROVE, {"page": found, "form": ReasonForm()})
    seen, by = request.POST.get("seen", "")[:64], actor_of(request)
    try:
        change(
            request,
            dossier_id,
            lambda dossier: deciding.approve(dossier, disclosure_id, seen=seen, by=by, at=clock.now()).id,
            Verb.APPROVE_DISCLOSURE,
        )
    except NotAllowed:
        _write_down_refusal(dossier_id, disclosure_id)
        raise
    return see_other(request, "disclosures:approve", dossier_id=dossier_id, disclosure_id=disclosure_id)


def refuse(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Not approved, with a reason."""
    found = _found(request, dossier_id, disclosure_id, Verb.APPROVE_DISCLOSURE)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, APPROVE, {"page": found, "form": form}, status=422)
    why, by = form.cleaned_data["why"], actor_of(request)
    change(
        request,
        dossier_id,
        lambda dossier: deciding.refuse(dossier, disclosure_id, why=why, by=by, at=clock.now()).id,
        Verb.APPROVE_DISCLOSURE,
    )
    return see_other(request, "disclosures:approve", dossier_id=dossier_id, disclosure_id=disclosure_id)


def reply(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Answer a question that was laid before this role."""
    found = _found(request, dossier_id, disclosure_id, Verb.APPROVE_DISCLOSURE)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, APPROVE, {"page": found, "form": form}, status=422)
    words, by = form.cleaned_data["why"], actor_of(request)
    change(
        request,
        dossier_id,
        lambda dossier: deciding.answer_question(dossier, disclosure_id, answer=words, by=by, at=clock.now()).id,
        Verb.APPROVE_DISCLOSURE,
    )
    return see_other(request, "disclosures:approve", dossier_id=dossier_id, disclosure_id=disclosure_id)


def hand_over(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Let an approved package go; when something changed at the last moment nothing goes and a page says why."""
    found = _found(request, dossier_id, disclosure_id)
    form = HandOverForm(request.POST, reasons=found.reasons, asks_before=found.told_before)
    if not form.is_valid():
        return shown(request, found, {"hand_over_form": form}, step="hand-over", status=422)
    how, telling, by = form.cleaned_data["how"], form.telling(), actor_of(request)

    def act(dossier: Any) -> handing.Stopped | UUID:
        made = handing.hand_over(dossier, disclosure_id, how=how, telling=telling, by=by, at=clock.now())
        return made if isinstance(made, handing.Stopped) else made.id

    done = change(request, dossier_id, act)
    if isinstance(done, handing.Stopped):
        return errors.answer(request, 409, detail=done.sentence, decision=done.decision)
    return see_other(request, "disclosures:page", dossier_id=dossier_id, disclosure_id=disclosure_id)


def inform(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Tell the client now, where it was put off."""
    return _act(request, dossier_id, disclosure_id, handing.inform_now)


def close(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Finish: it has arrived and the client knows."""
    return _act(request, dossier_id, disclosure_id, handing.close)


def _act(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID, act: Any) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    change(request, dossier_id, lambda dossier: act(dossier, disclosure_id, by=by, at=at).id)
    return see_other(request, "disclosures:page", dossier_id=dossier_id, disclosure_id=disclosure_id)


def _found(
    request: HttpRequest, dossier_id: UUID, disclosure_id: UUID, verb: Verb = Verb.PREPARE_DISCLOSURE
) -> DisclosurePage:
    actor, at = actor_of(request), clock.now()
    return open_dossier(
        actor, dossier_id, verb, lambda dossier: load(dossier, disclosure_id, actor, at), data="disclosure"
    )


def _write_down_refusal(dossier_id: UUID, disclosure_id: UUID) -> None:
    """The act was undone with its transaction; that somebody tried to approve their own work stays."""
    with transaction.atomic(durable=True):
        known = Disclosure.objects.filter(dossier_id=dossier_id, id=disclosure_id).exists()
        events.record(
            Action.DECIDE,
            outcome=Outcome.DENIED,
            dossier_id=dossier_id if known else None,
            data="disclosure-approved",
            object_id=disclosure_id,
            ground="same-person",
        )
