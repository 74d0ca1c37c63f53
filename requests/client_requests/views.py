"""Requests at the desk of staff: the list, one request with its steps, and taking one for a client."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotThere, Refusal
from casemgmt.organisations.actors import Actor
from casemgmt.policy.calendar import first_day
from casemgmt.policy.schema import Profile
from casemgmt.policy.versions import profile_in_force
from casemgmt.web import charts, forms
from casemgmt.web.render import render, see_other
from client_requests import acts, judging, opening
from client_requests.acts import NewRequest, Ruling
from client_requests.forms import (
    CloseForm,
    CompleteForm,
    DecideForm,
    ExecuteForm,
    FindOutForm,
    IdentifyForm,
    KeepClosedForm,
    NewRequestForm,
    ReleaseForm,
    ids,
)
from client_requests.inspection import (
    Closed,
    closed_pieces,
    inspection_of,
    offered,
    parts_of,
    pieces_chosen,
    secret_addresses,
    shown_mark,
)
from client_requests.models import ClientRequest
from client_requests.open_today import stand_of
from client_requests.pages import RequestPage, load_page
from client_requests.queries import FILTERS, inspection_in, requests_for, requests_in, way
from client_requests.showing import upper
from client_requests.since_decision import closed_on, was_guarded
from disclosures.guarded import Guard, guard_of_writer
from dossiers.access import change_dossier, open_dossier
from dossiers.frame import Frame, load_frame, people_of
from dossiers.models import Dossier
from dossiers.people.vocabulary import PersonRole
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of, given

PAGE = "client_requests/page.html"
NEW = "client_requests/new.html"
PREVIEW = "client_requests/preview.html"


def requests(request: HttpRequest) -> HttpResponse:
    """All requests this person handles or decides, the first to end on top."""
    show = given(request, "toon")
    show = show if show in FILTERS else "open"
    values = {
        "list": requests_for(actor_of(request), show, given(request, "after")),
        "show": show,
        "today": clock.today(),
    }
    return render(request, "client_requests/list.html", values)


def dossier_requests(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The requests about one dossier."""
    actor, on, after = actor_of(request), clock.today(), given(request, "after")

    def load(dossier: Dossier) -> tuple[Frame, Any]:
        return load_frame(dossier, actor, on, "requests"), requests_in(dossier, after)

    frame, found = open_dossier(actor, dossier_id, way(actor), load, data="requests")
    return render(request, "client_requests/dossier.html", {"frame": frame, "found": found, "today": on})


def one(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """One request: its clock, who asks and may they, and the step that is next."""
    page, frame = _load(actor_of(request), dossier_id, request_id)
    return _show(request, page, frame)


def take(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Write down a request that came in on paper or by word of mouth."""
    actor, on = actor_of(request), clock.today()
    profile = profile_in_force(on)

    def load(dossier: Dossier) -> tuple[Frame, list[tuple[str, str]], list[tuple[str, str]], Guard]:
        people = [one for one in people_of(dossier) if one.role != PersonRole.REPORTER]
        named = [(str(one.id), f"{one.name} ({one.get_role_display()})") for one in people]
        clients = [(str(one.id), one.name) for one in people if one.role == PersonRole.CLIENT]
        # Until it is known who asks, nobody can tell whose address is secret for them.
        asker = next((one.id for one in people if str(one.id) == request.POST.get("asker")), None)
        guard = guard_of_writer(dossier, actor, asker) if asker else Guard()
        return load_frame(dossier, actor, on, "requests"), named, clients, guard

    frame, people, clients, guard = open_dossier(actor, dossier_id, way(actor), load, data="requests")
    form = NewRequestForm(
        request.POST if request.method == "POST" else None,
        people=people,
        clients=clients,
        kinds=_kinds(profile),
        categories=categories_of(profile),
        guard=guard,
        initial={"received_on": on},
    )
    if not form.is_bound:
        return render(request, NEW, {"frame": frame, "form": form})
    if not form.is_valid():
        return forms.invalid(request, NEW, form, {"frame": frame})
    return _take(request, actor, dossier_id, form, frame)


def _take(request: HttpRequest, actor: Actor, dossier_id: UUID, form: NewRequestForm, frame: Frame) -> HttpResponse:
    values = form.cleaned_data
    new = NewRequest(
        kind=values["kind"],
        asker_id=UUID(values["asker"]),
        about_id=UUID(values["about"]),
        channel=values["channel"],
        received_on=values["received_on"],
        words=values["words"],
        categories=tuple(values.get("categories", ())),
        before_opening=values["before_opening"],
        id=values["row_id"],
    )
    try:
        taken = _change(actor, dossier_id, lambda d: acts.receive_request(d, new, by=actor, at=clock.now()))
    except Conflict as error:
        return forms.conflict(request, NEW, form, error, {"frame": frame})
    return see_other(request, "client_requests:page", dossier_id=dossier_id, request_id=taken)


def identify(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Establish who asks."""
    actor = actor_of(request)
    page, frame = _load(actor, dossier_id, request_id)
    form = IdentifyForm(request.POST, page=page)
    if not form.is_valid():
        return _show(request, page, frame, status=422, identify_form=form)
    how = form.cleaned_data["how"]
    _change(actor, dossier_id, lambda d: acts.verify_identity(d, request_id, how=how, by=actor, at=clock.now()))
    return _back(request, dossier_id, request_id)


def find_out(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Write down what was found out, and who asks it together."""
    actor = actor_of(request)
    page, frame = _load(actor, dossier_id, request_id)
    form = FindOutForm(request.POST, page=page)
    if not form.is_valid():
        return _show(request, page, frame, status=422, find_form=form)
    answers, joined = frozenset(form.cleaned_data.get("answers", ())), ids(form.cleaned_data.get("joined", ()))
    _change(
        actor,
        dossier_id,
        lambda d: acts.find_out(d, request_id, answers=answers, joined=joined, by=actor, at=clock.now()),
    )
    return _back(request, dossier_id, request_id)


def decide(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Decide; a decision that the rules do not leave to this person is refused with the rule."""
    actor = actor_of(request)
    page, frame = _load(actor, dossier_id, request_id)
    form = DecideForm(request.POST, page=page)
    if not form.is_valid():
        return _show(request, page, frame, status=422, decide_form=form)
    values = form.cleaned_data
    ground = "" if values["outcome"] == "granted" else values["ground"]
    chosen = values.get("pieces", ()) if values["outcome"] == "partly" else ()
    ruling = Ruling(
        values["outcome"],
        ground,
        values["reason"],
        values.get("mandated_on"),
        pieces_chosen(chosen),
        seen=request.POST.get("seen", ""),
    )
    try:
        _change(
            actor,
            dossier_id,
            lambda d: acts.decide(d, request_id, ruling, by=actor, at=clock.now()),
            verb=Verb.DECIDE_REQUEST,
        )
    except Refusal as error:
        if page.line.waits:
            form.add_error(None, error.sentence)
            return _show(request, page, frame, status=409, decide_form=form)
        raise
    messages.success(request, _("The decision is made. The letter is on its way to the asker."))
    return _back(request, dossier_id, request_id)


def execute(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Carry out what was granted."""
    actor = actor_of(request)
    page, frame = _load(actor, dossier_id, request_id)
    form = ExecuteForm(request.POST, kind=page.line.kind, guard=page.guard, no_portal=page.no_portal)
    if not form.is_valid():
        return _show(request, page, frame, status=422, execute_form=form)
    how, words = form.cleaned_data["how"], form.cleaned_data["done_words"]
    _change(
        actor,
        dossier_id,
        lambda d: acts.start_execution(d, request_id, how=how, words=words, by=actor, at=clock.now()),
    )
    return _back(request, dossier_id, request_id)


def complete(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Note that it is done."""
    actor = actor_of(request)
    page, frame = _load(actor, dossier_id, request_id)
    form = CompleteForm(request.POST, guard=page.guard)
    if not form.is_valid():
        return _show(request, page, frame, status=422, complete_form=form)
    words = form.cleaned_data["done_words"]
    _change(actor, dossier_id, lambda d: acts.complete(d, request_id, words=words, by=actor, at=clock.now()))
    return _back(request, dossier_id, request_id)


def withdraw(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Note that the asker takes it back."""
    actor = actor_of(request)
    _change(actor, dossier_id, lambda d: acts.withdraw(d, request_id, by=actor, at=clock.now()))
    return _back(request, dossier_id, request_id)


def close(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Close what was opened in the portal, for a reason."""
    actor = actor_of(request)
    page, frame = _load(actor, dossier_id, request_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _show(request, page, frame, status=422, close_form=form)
    why = form.cleaned_data["why"]
    _change(actor, dossier_id, lambda d: opening.close_inspection(d, request_id, why=why, by=actor, at=clock.now()))
    messages.success(request, _("Closed. The asker can no longer read it in the portal."))
    return _back(request, dossier_id, request_id)


def preview(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """What the asker reads when this inspection is opened: the same list, seen by staff beforehand."""
    return _preview(request, dossier_id, request_id)


def release(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Open pieces that were closed until somebody read them."""
    return _preview(request, dossier_id, request_id, request.POST)


def keep_closed(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    """Leave pieces that were read closed, with a sentence for the asker."""
    return _preview(request, dossier_id, request_id, kept=request.POST)


def _preview(
    request: HttpRequest, dossier_id: UUID, request_id: UUID, posted: Any = None, kept: Any = None
) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    on = clock.local_date(at)

    def load(dossier: Dossier) -> dict[str, Any]:
        row = inspection_in(dossier, request_id)
        decided = row.decided_at is not None
        seen = inspection_of(dossier, row, on) if decided else None
        return {
            "frame": load_frame(dossier, actor, on, "requests"),
            "entries": seen.entries if seen else offered(dossier, row, at, on),
            "left_out": seen.left_out if seen else parts_of(dossier, row, at).others,
            "closed": closed_pieces(dossier, row, on) if decided else Closed(),
            "secret": bool(secret_addresses(dossier, row)),
            "was_secret": was_guarded(row),
            "mark": shown_mark(dossier, row, {}),
            "seen": seen,
            "stand": stand_of(dossier, row, on),
            "closed_on": closed_on(row),
            "executed": bool(row.executed_how),
            "name": row.about.name,
            "request_id": request_id,
            "guard": guard_of_writer(dossier, actor, row.asker_id),
        }

    values = open_dossier(actor, dossier_id, Verb.READ, load, data="inspection")
    form = ReleaseForm(posted, closed=values["closed"], seen=values["mark"])
    closed, seen = values["closed"], values["seen"]
    given = (*closed.waiting, *(seen.entries if seen else ()), *closed.kept)
    keep_form = KeepClosedForm(kept, given=given, seen=values["mark"], guard=values.pop("guard"))
    values |= {"form": form, "keep_form": keep_form}
    bound = next((one for one in (form, keep_form) if one.is_bound), None)
    if bound is None:
        return render(request, PREVIEW, values)
    if not bound.is_valid():
        return render(request, PREVIEW, values, status=422)
    mark = request.POST.get("seen", "")

    def act(dossier: Dossier) -> ClientRequest:
        now: dict[str, Any] = {"by": actor, "at": clock.now(), "seen": mark}
        if bound is form:
            return opening.release_pieces(dossier, request_id, pieces_chosen(form.chosen), **now)
        chosen = keep_form.cleaned_data
        return opening.keep_closed(dossier, request_id, pieces_chosen(chosen["kept"]), said=chosen["said"], **now)

    _change(actor, dossier_id, act, verb=Verb.READ)
    return see_other(request, "client_requests:preview", dossier_id=dossier_id, request_id=request_id)


def categories_of(profile: Profile) -> list[tuple[str, str]]:
    """The categories of data, where the text asks the requester to name one."""
    asked = any(kind.form.category_needed for _key, kind in judging.kinds_offered(profile))
    return [(one.key, upper(one.label)) for one in profile.recording.categories] if asked else []


def _kinds(profile: Profile) -> list[tuple[str, str]]:
    return [(kind.value, upper(rules.label)) for kind, rules in judging.kinds_offered(profile)]


def _load(actor: Actor, dossier_id: UUID, request_id: UUID) -> tuple[RequestPage, Frame]:
    at = clock.now()

    def load(dossier: Dossier) -> tuple[RequestPage | None, Frame]:
        frame = load_frame(dossier, actor, clock.local_date(at), "requests")
        return load_page(dossier, request_id, actor, at), frame

    page, frame = open_dossier(actor, dossier_id, way(actor), load, data="request")
    if page is None:
        raise NotThere
    return page, frame


def _change(
    actor: Actor, dossier_id: UUID, act: Callable[[Dossier], ClientRequest], *, verb: Verb | None = None
) -> UUID:
    def inside(dossier: Dossier) -> UUID:
        return UUID(str(act(dossier).id))

    return change_dossier(actor, dossier_id, verb or way(actor), inside, data="request", action=Action.REQUEST)


def _back(request: HttpRequest, dossier_id: UUID, request_id: UUID) -> HttpResponse:
    return see_other(request, "client_requests:page", dossier_id=dossier_id, request_id=request_id)


def _show(request: HttpRequest, page: RequestPage, frame: Frame, *, status: int = 200, **bound: Any) -> HttpResponse:
    values: dict[str, Any] = {
        "identify_form": IdentifyForm(page=page),
        "find_form": FindOutForm(page=page),
        "decide_form": DecideForm(page=page),
        "execute_form": ExecuteForm(kind=page.line.kind, guard=page.guard, no_portal=page.no_portal),
        "close_form": CloseForm(),
        "complete_form": CompleteForm(guard=page.guard),
    }
    values |= bound | {
        "page": page,
        "frame": frame,
        "form": next(iter(bound.values()), None),
        "clock": charts.clock(first_day(page.line.received_on), page.line.due_on, page.today),
    }
    return render(request, PAGE, values, status=status)
