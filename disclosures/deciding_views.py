"""Pages of who decides: the package as it goes, approving it or not, a question, and telling the client later."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from casemgmt.accounts.confirm import confirm_again
from casemgmt.audit.vocabulary import Action
from casemgmt.web.render import render
from disclosures import deciding, informing
from disclosures.forms import DecisionForm, ReasonForm, WaitForm
from disclosures.pages import DisclosurePage
from disclosures.views import do, read_page
from disclosures.vocabulary import State
from dossiers.verbs import Verb

APPROVE = "disclosures/approve.html"


def approve(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponseBase:
    """The package exactly as it goes, for the second person; approving sends back what was seen."""
    if request.method == "GET":
        return _shown(request, _found(request, dossier_id, disclosure_id))
    return _approve(request, dossier_id, disclosure_id)


@confirm_again
def _approve(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    seen = request.POST.get("seen", "")[:64]
    return _decide(
        request, dossier_id, disclosure_id, lambda d, **who: deciding.approve(d, disclosure_id, seen=seen, **who)
    )


def refuse(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Not approved, with a reason."""
    return _say(
        request, dossier_id, disclosure_id, lambda d, said, **who: deciding.refuse(d, disclosure_id, why=said, **who)
    )


def reply(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Answer a question that was laid before this role; where the text leaves it to a person, let it go or not."""
    page = _found(request, dossier_id, disclosure_id)
    if page.decidable:
        return _reply_deciding(request, page)
    return _say(
        request,
        dossier_id,
        disclosure_id,
        lambda d, said, **who: deciding.answer_question(d, disclosure_id, answer=said, **who),
    )


def review(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Say what was found of a disclosure that went in acute danger."""
    return _say(
        request, dossier_id, disclosure_id, lambda d, said, **who: deciding.review(d, disclosure_id, found=said, **who)
    )


def _reply_deciding(request: HttpRequest, page: DisclosurePage) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _shown(request, page, status=422, decision_form=form)
    said, may = form.cleaned_data["why"], form.cleaned_data["may"] == "yes"
    return _decide(
        request,
        page.dossier_id,
        page.id,
        lambda d, **who: deciding.answer_question(d, page.id, answer=said, may=may, **who),
    )


def wait(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Put telling the client off, before it leaves or once more after; who decides may for any reason, in own words.

    ``when=now``: with the hand-over after all, or at once where it left and waits.
    """
    page = _found(request, dossier_id, disclosure_id)
    if request.POST.get("when") == "now" and page.state == State.INFORMING_DEFERRED:
        return _decide(
            request, dossier_id, disclosure_id, lambda d, **who: informing.inform_now(d, disclosure_id, **who)
        )
    act = informing.decide_telling if page.running else informing.defer_again
    telling = informing.Telling()
    if not page.running or request.POST.get("when") != "now":
        form = _wait_form(page, request.POST)
        if not form.is_valid():
            return _shown(request, page, status=422, wait_form=form)
        telling = form.telling()
    return _decide(request, dossier_id, disclosure_id, lambda d, **who: act(d, disclosure_id, telling, **who))


def _wait_form(page: DisclosurePage, posted: Any = None) -> WaitForm:
    """Before it leaves it rests on the reason of who decides; afterwards also on one that the regulation names."""
    reasons = () if page.running else page.reasons
    initial = {"why": page.deferred_why, "until": page.deferred_until} if page.running else {}
    return WaitForm(posted, reasons=reasons, may_always=page.may_always_defer, last_day=page.last_day, initial=initial)


def _say(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID, act: Callable[..., Any]) -> HttpResponse:
    """A decision that is words; without words the page stays."""
    page = _found(request, dossier_id, disclosure_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _shown(request, page, status=422, form=form)
    said = form.cleaned_data["why"]
    return _decide(request, dossier_id, disclosure_id, lambda d, **who: act(d, said, **who))


def _decide(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID, act: Callable[..., Any]) -> HttpResponse:
    return do(
        request,
        dossier_id,
        disclosure_id,
        act,
        verb=Verb.APPROVE_DISCLOSURE,
        data="disclosure-decision",
        action=Action.DECIDE,
        then="disclosures:approve",
    )


def _found(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> DisclosurePage:
    return read_page(request, dossier_id, disclosure_id, Verb.APPROVE_DISCLOSURE)


def _shown(request: HttpRequest, page: DisclosurePage, *, status: int = 200, **bound: Any) -> HttpResponse:
    made = {"form": ReasonForm(), "decision_form": DecisionForm(), "wait_form": _wait_form(page)}
    values = {"page": page, **made, **bound}
    return render(request, APPROVE, values, status=status)
