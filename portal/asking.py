"""Asking something: kind, for whom, details, checking, sending; and following one's requests."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotThere, Refused
from casemgmt.policy.calendar import first_day
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import RequestKind
from casemgmt.policy.versions import profile_in_force
from casemgmt.web import charts, forms
from casemgmt.web.render import render, see_other
from client_requests import acts, judging
from client_requests.acts import NewRequest
from client_requests.for_clients import (
    NoLongerOpen,
    about_whom,
    acted_for,
    own_request,
    own_requests,
    read_inspection,
    withdrawable,
    would_be,
)
from client_requests.phrases import asked_for, meaning
from client_requests.showing import shown, upper
from client_requests.vocabulary import Channel
from dossiers.views.asked import actor_of, given
from portal.door import Visit, change_portal
from portal.forms import DetailsForm, KindForm, WhomForm
from portal.views import portal_page, visit

SAMPLE = "Voorbeeldtekst."
TYPED = ("row_id", "change", "reason", "words")


@dataclass(frozen=True, slots=True)
class Asking:
    """What was chosen so far: the kind and about whom."""

    kind: str
    about_id: UUID
    about_name: str
    about_self: bool


@portal_page
def kind(request: HttpRequest) -> HttpResponse:
    """The first question: what do you want to ask?"""
    people = visit(request, lambda v: about_whom(v.dossier, v.person, v.on), "portal-ask")
    if not people:
        return render(request, "portal/ask_nothing.html")
    profile = profile_in_force(clock.today())
    form = _kind_form(request.GET if "soort" in request.GET else None, profile)
    if form.is_bound and not form.is_valid():
        return forms.invalid(request, "portal/ask_kind.html", form)
    return render(request, "portal/ask_kind.html", {"form": form})


@portal_page
def whom(request: HttpRequest) -> HttpResponse:
    """The second question, for somebody who can ask for more than one person."""
    people = visit(request, lambda v: about_whom(v.dossier, v.person, v.on), "portal-ask")
    profile = profile_in_force(clock.today())
    form = _kind_form(request.GET, profile)
    if not form.is_valid():
        return forms.invalid(request, "portal/ask_kind.html", form)
    chosen_kind = form.cleaned_data["soort"]
    if len(people) == 1:
        return _details(request, chosen_kind, str(people[0][0]))
    whom_form = WhomForm(people=[(str(one), name) for one, name in people])
    return render(request, "portal/ask_whom.html", {"form": whom_form, "kind": chosen_kind})


@portal_page
def details(request: HttpRequest) -> HttpResponse:
    """The third question: what exactly."""
    given_values = request.POST if request.method == "POST" else request.GET
    return _details(request, given_values.get("soort", ""), given_values.get("over", ""))


@portal_page
def check(request: HttpRequest) -> HttpResponse:
    """Everything once more, with who may ask and the last day of the answer, before sending."""
    asking, form = _filled(request)
    if not form.is_valid():
        return forms.invalid(request, "portal/ask_details.html", form, _about(asking))
    on = clock.today()

    def load(v: Visit) -> Any:
        return would_be(v.dossier, v.person, asking.kind, asking.about_id, on)

    entitled, due = visit(request, load, "portal-ask")
    profile = profile_in_force(on)
    values = _about(asking) | {"form": form, "entitled": entitled, "due": due, "said": _said(form, profile)}
    return render(request, "portal/ask_check.html", values)


@portal_page
def send(request: HttpRequest) -> HttpResponse:
    """Send the request; sending twice is one request."""
    asking, form = _filled(request)
    if not form.is_valid():
        return forms.invalid(request, "portal/ask_details.html", form, _about(asking))
    values, actor, at = form.cleaned_data, actor_of(request), clock.now()

    def act(v: Visit) -> UUID:
        # Once more, now that nothing can change in between: custody may have ended since the page was asked.
        if asking.about_id not in dict(about_whom(v.dossier, v.person, v.on)):
            raise NotThere
        new = NewRequest(
            kind=asking.kind,
            asker_id=v.person.id,
            about_id=asking.about_id,
            channel=Channel.PORTAL,
            received_on=clock.local_date(at),
            words=values["words"],
            categories=tuple(values.get("categories", ())),
            reason=values.get("reason", ""),
            change=values.get("change", ""),
            id=values["row_id"],
        )
        row = acts.receive_request(v.dossier, new, by=actor, at=at)
        # Somebody else's id in the form is no way to their request.
        return withdrawable(v.dossier, v.person, row.id)

    try:
        made = change_portal(actor, act, data="portal-request")
    except Conflict as error:
        return forms.conflict(request, "portal/ask_details.html", form, error, _about(asking))
    return see_other(request, "portal:request", request_id=made)


@portal_page
def requests(request: HttpRequest) -> HttpResponse:
    """One's own requests, and what others asked about one's data; or what came before of one of these."""
    before, others = given(request, "voor"), given(request, "toon") == "anderen"

    def load(v: Visit) -> dict[str, Any]:
        return {
            "own": None if others else own_requests(v.dossier, v.person, v.on, before),
            "acted": acted_for(v.dossier, v.person, before if others else ""),
            "first": not before,
            "today": v.on,
        }

    return render(request, "portal/requests.html", visit(request, load, "portal-requests"))


@portal_page
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: the clock, where we are now, the answer."""
    on = clock.today()
    mine = visit(request, lambda v: own_request(v.dossier, v.person, request_id, on), "portal-request")
    words: Any = profile_in_force(on).words
    text = str(mine.appeal.outcome["text"])
    values = {
        "mine": mine,
        # Ours, and marked as such in the regulation: on a page the mark is a badge, not the first word of the text.
        "appeal": text.removeprefix(SAMPLE).strip(),
        "appeal_is_sample": text.startswith(SAMPLE),
        "asked_for": asked_for(mine.line.kind, words),
        "clock": charts.clock(first_day(mine.line.received_on), mine.line.due_on, on),
        "today": on,
    }
    return render(request, "portal/request.html", values)


@portal_page
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take one's request back."""
    actor, at = actor_of(request), clock.now()

    def act(v: Visit) -> UUID:
        mine = withdrawable(v.dossier, v.person, request_id)
        return UUID(str(acts.withdraw(v.dossier, mine, by=actor, at=at).id))

    change_portal(actor, act, data="portal-request")
    return see_other(request, "portal:request", request_id=request_id)


@portal_page
def inspection(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What was opened; who may no longer have it reads why, and that it was closed since when it was."""
    on = clock.today()
    try:
        line, seen = visit(request, lambda v: read_inspection(v.dossier, v.person, request_id, on), "portal-inspection")
    except Refused as over:
        values = {"request_id": request_id, "decision": shown(over.decision, on)}
        return render(request, "portal/inspection_over.html", values, status=403)
    except NoLongerOpen as shut:
        values = {"request_id": request_id, "day": shut.day}
        return render(request, "portal/inspection_closed.html", values, status=403)
    return render(request, "portal/inspection.html", {"line": line, "seen": seen})


def _kind_form(data: Any, profile: Profile) -> KindForm:
    offered = judging.kinds_offered(profile)
    kinds = [(key.value, upper(rules.label)) for key, rules in offered]
    return KindForm(data, kinds=kinds, hints={key.value: meaning(key.value) for key, _rules in offered})


def _asking(request: HttpRequest, kind_key: str, over: str) -> Asking:
    """What was chosen, checked against what this person can choose; raises NotThere for anything else."""

    def load(v: Visit) -> Asking:
        offered = {key.value for key, _rules in judging.kinds_offered(profile_in_force(v.on))}
        about = next(((one, name) for one, name in about_whom(v.dossier, v.person, v.on) if str(one) == over), None)
        # Inside the door, so that asking for another's child leaves its row in the trail.
        if about is None or kind_key not in offered:
            raise NotThere
        return Asking(kind_key, about[0], about[1], about[0] == v.person.id)

    return visit(request, load, "portal-ask")


def _details(request: HttpRequest, kind_key: str, over: str) -> HttpResponse:
    asking = _asking(request, kind_key, over)
    typed = request.POST if request.method == "POST" else {}
    # Back from checking: what was typed comes along, and only that.
    initial: dict[str, Any] = {name: typed[name] for name in TYPED if name in typed}
    if request.method == "POST":
        initial["categories"] = request.POST.getlist("categories")
    form = _details_form(asking, None, initial=initial)
    return render(request, "portal/ask_details.html", _about(asking) | {"form": form})


def _filled(request: HttpRequest) -> tuple[Asking, DetailsForm]:
    asking = _asking(request, request.POST.get("soort", ""), request.POST.get("over", ""))
    return asking, _details_form(asking, request.POST)


def _details_form(asking: Asking, data: Any, **more: Any) -> DetailsForm:
    on = clock.today()
    profile = profile_in_force(on)
    named = [(one.key, upper(one.label)) for one in profile.recording.categories]
    return DetailsForm(data, form=judging.form_of(asking.kind, profile, on), categories=named, **more)


def _about(asking: Asking) -> dict[str, Any]:
    profile = profile_in_force(clock.today())
    label = profile.requests.kinds[RequestKind(asking.kind)].label
    form = shown(judging.form_of(asking.kind, profile, clock.today()), clock.today())
    return {"asking": asking, "label": upper(label), "needs": form}


def _said(form: DetailsForm, profile: Profile) -> list[tuple[str, str]]:
    values = form.cleaned_data
    named = {one.key: one.label for one in profile.recording.categories}
    chosen_categories = ", ".join(named[key] for key in values.get("categories", ()))
    pairs = [
        (_("Which data"), upper(chosen_categories)),
        (_("What must change"), values.get("change", "")),
        (_("Why"), values.get("reason", "")),
        (_("Your own words"), values["words"]),
    ]
    return [(label, text) for label, text in pairs if text]
