"""The page of consent in a dossier: who must be asked, what was answered, and taking a yes back."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.web import forms
from casemgmt.web.render import render, see_other
from consent import hooks
from consent.acts import withdraw_consent
from consent.answers import answer_of, record_answer
from consent.forms import ConsentForm, WithdrawForm
from consent.hooks import Guard
from consent.pages import ConsentPage, load_page
from dossiers.access import change_dossier, open_dossier
from dossiers.frame import Frame, load_frame
from dossiers.models import Dossier
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of, given

TEMPLATE = "consent/list.html"


def consents(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Whose consent is needed and in which form, the form to write an answer down, and every answer so far."""
    actor = actor_of(request)
    page, frame, guards = _load(actor, dossier_id, _uuid(given(request, "over")), given(request, "doel"))
    return render(request, TEMPLATE, {"page": page, "frame": frame, "form": _form(page, guards) if page else None})


def record(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Write an answer down."""
    actor = actor_of(request)
    about, purpose = _uuid(request.POST.get("about", "")), request.POST.get("purpose", "")
    page, frame, guards = _load(actor, dossier_id, about, purpose)
    if page is None or page.client.id != about or page.purpose != purpose:
        raise Conflict(_("This page was out of date. Open it again and write the answer down."))
    form = _form(page, guards, request.POST)
    if not form.is_valid():
        return forms.invalid(request, TEMPLATE, form, {"page": page, "frame": frame})
    new = replace(answer_of(form.cleaned_data, page.client.id), purpose=page.purpose)
    try:
        record_answer(actor, dossier_id, new)
    except Conflict as error:
        return forms.conflict(request, TEMPLATE, form, error, {"page": page, "frame": frame})
    return see_other(request, "consent:list", dossier_id=dossier_id)


def withdraw(request: HttpRequest, dossier_id: UUID, consent_id: UUID) -> HttpResponse:
    """Take a yes back, at any time and without a reason; only how it was said is asked."""
    actor = actor_of(request)
    if request.method == "POST":
        form = WithdrawForm(request.POST)
        if form.is_valid():
            how = form.cleaned_data["form"]
            change_dossier(
                actor,
                dossier_id,
                Verb.RECORD_CONSENT,
                lambda dossier: withdraw_consent(dossier, consent_id, form=how, by=actor, at=clock.now()).id,
                data="consent",
                action=Action.CONSENT,
            )
            return see_other(request, "consent:list", dossier_id=dossier_id)
    else:
        form = WithdrawForm()
    page, frame, _guards = _load(actor, dossier_id, None, "")
    line = next((one for one in page.lines if one.id == consent_id), None) if page else None
    if page is None or line is None:
        raise NotThere
    if not line.can_be_withdrawn:
        raise Conflict(_("There is no yes to withdraw: this answer is “%(state)s”.") % {"state": line.state_label})
    values = {"page": page, "frame": frame, "line": line, "form": form}
    return render(request, "consent/withdraw.html", values, status=422 if form.errors else 200)


Loaded = tuple[ConsentPage | None, Frame, tuple[Guard, ...]]


def _load(actor: Actor, dossier_id: UUID, about: UUID | None, purpose: str) -> Loaded:
    on = clock.today()

    def load(dossier: Dossier) -> Loaded:
        guards = tuple(guard_of(dossier, actor) for _name, guard_of in hooks.guards)
        return load_page(dossier, on, about, purpose), load_frame(dossier, actor, on, "consent"), guards

    return open_dossier(actor, dossier_id, Verb.RECORD_CONSENT, load, data="consent")


def _form(page: ConsentPage, guards: tuple[Guard, ...], data: object = None) -> ConsentForm:
    return ConsentForm(
        data,
        people=page.people,
        needed=page.needed,
        recipients=page.recipients,
        asks_recipient=page.asks_recipient,
        asks_purpose=page.asks_purpose,
        guards=guards,
        initial={"given_on": page.today},
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
