"""Pages of disclosures for who prepares them: the list, a new one, its steps, the register."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.policy.versions import profile_in_force
from casemgmt.web import forms
from casemgmt.web.render import render, see_other
from consent.answers import answer_of, record_answer
from disclosures import acts
from disclosures.forms import (
    ConditionsForm,
    DisclosureAnswerForm,
    GroundForm,
    HandOverForm,
    ProposalForm,
    QuestionForm,
    ReasonForm,
    WaitForm,
)
from disclosures.judging import OtherGround, recipient_line
from disclosures.lists import lists
from disclosures.package import LookAgain, PackageItem
from disclosures.pages import DisclosurePage, Ready, load, ready
from disclosures.queries import running_in
from disclosures.register import register_of
from dossiers.access import change_dossier, open_dossier
from dossiers.frame import load_frame
from dossiers.models import Dossier
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of, given

PAGE = "disclosures/page.html"
STEPS = ("recipient", "consent", "conditions", "items", "approval", "hand-over")


def all_disclosures(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, what one prepares, what clients do not know yet, and what left or ended."""
    panels = lists(actor_of(request), given(request, "toon"), given(request, "after"))
    return render(request, "disclosures/list.html", {"panels": panels})


def new(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Begin a disclosure: about whom, to whom and what for."""
    start = _start(request, dossier_id)
    posted = request.POST if request.method == "POST" else None
    form = ProposalForm(posted, start=start)
    values = {"start": start, "dossier_id": dossier_id}
    if posted is None:
        return render(request, "disclosures/new.html", {**values, "form": form})
    if not form.is_valid():
        return forms.invalid(request, "disclosures/new.html", form, values)
    new, by, at = form.proposal(), actor_of(request), clock.now()
    try:
        made = change(request, dossier_id, lambda dossier: acts.propose(dossier, new, by=by, at=at).id)
    except Conflict as error:
        return forms.conflict(request, "disclosures/new.html", form, error, values)
    return see_other(request, "disclosures:page", dossier_id=dossier_id, disclosure_id=made)


def page(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """One disclosure, step by step: finished steps in one line, the present one open."""
    found = read_page(request, dossier_id, disclosure_id)
    return shown(request, found, {})


def recipient(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Change about whom, to whom or what for."""
    found, start = read_page(request, dossier_id, disclosure_id), _start(request, dossier_id)
    form = ProposalForm(request.POST, start=start)
    if not form.is_valid():
        return shown(request, found, {"recipient_form": form}, step="recipient", status=422)
    return do(
        request,
        dossier_id,
        disclosure_id,
        lambda d, **who: acts.change_proposal(d, disclosure_id, form.proposal(), **who),
    )


def answer(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID, person_id: UUID) -> HttpResponse:
    """Write down what somebody answered to this very disclosure."""
    found = read_page(request, dossier_id, disclosure_id)
    line = next((one for one in found.needed if one.person.id == person_id), None)
    if line is None:
        raise NotThere
    if not found.running:
        raise Conflict(_("This disclosure is over, so no answer is needed any more."))
    posted = request.POST if request.method == "POST" else None
    form = DisclosureAnswerForm(
        posted,
        chosen=bool(found.package.items),
        changed=posted is not None and posted.get("seen") != found.package.digest,
        initial={"given_on": clock.today()},
    )
    values = {"page": found, "line": line, "form": form}
    if posted is None:
        return render(request, "disclosures/answer.html", values)
    if not form.is_valid():
        return forms.invalid(request, "disclosures/answer.html", form, values)
    told = replace(
        answer_of(form.cleaned_data, found.about.id),
        person_id=person_id,
        purpose="disclosure",
        recipient_kind=found.recipient_kind,
        recipient=recipient_line(found.recipient),
        exchange_id=disclosure_id,
    )
    actor = actor_of(request)
    try:
        record_answer(actor, dossier_id, told)
    except Conflict as error:
        return forms.conflict(request, "disclosures/answer.html", form, error, values)
    return see_other(request, "disclosures:page", dossier_id=dossier_id, disclosure_id=disclosure_id)


def conditions(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Answer what the regulation asks beside consent."""
    found = read_page(request, dossier_id, disclosure_id)
    form = ConditionsForm(request.POST, questions=found.questions)
    if not form.is_valid():
        return shown(request, found, {"conditions_form": form}, step="conditions", status=422)
    return do(
        request,
        dossier_id,
        disclosure_id,
        lambda d, **who: acts.answer_conditions(d, disclosure_id, form.answers(), **who),
    )


def ground(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Choose a ground without consent and answer what it asks; the page then says at once what comes of it."""
    found = read_page(request, dossier_id, disclosure_id)
    asked = _ground(found, request.POST.get("ground", ""))
    if asked is None:
        raise NotThere
    form = GroundForm(request.POST, ground=asked)
    if not form.is_valid():
        return shown(request, found, {"ground": asked, "ground_form": form}, step="consent", status=422)
    said = form.weighing()
    return do(
        request,
        dossier_id,
        disclosure_id,
        lambda d, **who: acts.answer_ground(d, disclosure_id, said, **who),
        step="consent",
    )


def items(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Choose which entries go."""
    wanted = _ids(request.POST.getlist("entry"))
    if wanted is None:
        raise NotThere
    if not wanted:
        found = read_page(request, dossier_id, disclosure_id)
        if found.running and not found.package.items:
            told = _("First tick what the recipient needs.")
            return shown(request, found, {"items_error": told}, step="items", status=422)
    return do(
        request,
        dossier_id,
        disclosure_id,
        lambda d, **who: acts.choose_items(d, disclosure_id, wanted, **who),
        step="items",
    )


def item(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID, item_id: UUID) -> HttpResponse:
    """Look at one piece as it goes, and black out sentences that concern others."""
    found, piece = _piece(request, dossier_id, disclosure_id, item_id)
    if request.method == "GET":
        values = {"page": found, "piece": piece, "gives_source": not piece.without_source, "changed": ""}
        return render(request, "disclosures/item.html", values)
    starts = [
        int(text) for text in request.POST.getlist("black") if text.isascii() and text.isdigit() and len(text) < 9
    ]
    newest, source = "newest" in request.POST, request.POST.get("source") == "give"

    def act(dossier: Dossier, **who: Any) -> Any:
        if newest:
            return acts.refresh_item(dossier, disclosure_id, item_id, **who)
        seen = request.POST.get("seen", "")
        return acts.black_out(dossier, disclosure_id, item_id, starts, source=source, seen=seen, **who)

    try:
        return do(request, dossier_id, disclosure_id, act, step="items")
    except LookAgain as error:
        found, piece = _piece(request, dossier_id, disclosure_id, item_id)
        ticked = tuple(replace(one, chosen=one.start in starts) for one in piece.sentences)
        values = {"page": found, "piece": replace(piece, sentences=ticked), "gives_source": source}
        return render(request, "disclosures/item.html", {**values, "changed": error.sentence}, status=error.status)


def _piece(
    request: HttpRequest, dossier_id: UUID, disclosure_id: UUID, item_id: UUID
) -> tuple[DisclosurePage, PackageItem]:
    found = read_page(request, dossier_id, disclosure_id)
    piece = next((one for one in found.package.items if one.id == item_id), None)
    if piece is None:
        raise NotThere
    return found, piece


def ask(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Ask a second person to approve this package."""
    return do(request, dossier_id, disclosure_id, lambda d, **who: acts.ask_approval(d, disclosure_id, **who))


def escalate(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Lay the question before the role that decides where consent does not carry."""
    found = read_page(request, dossier_id, disclosure_id)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return shown(request, found, {"question_form": form}, step="consent", status=422)
    words = form.cleaned_data["question"]
    return do(request, dossier_id, disclosure_id, lambda d, **who: acts.escalate(d, disclosure_id, words, **who))


def stop(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Stop a disclosure that has not left."""
    found = read_page(request, dossier_id, disclosure_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return shown(request, found, {"stop_form": form}, status=422)
    why = form.cleaned_data["why"]
    return do(request, dossier_id, disclosure_id, lambda d, **who: acts.withdraw(d, disclosure_id, why, **who))


def register(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The register of this dossier: who received what, when, on which ground."""
    actor, on, after = actor_of(request), clock.today(), given(request, "after")

    def read(dossier: Dossier) -> dict[str, Any]:
        return {
            "frame": load_frame(dossier, actor, on, "disclosures"),
            "register": register_of(dossier.id, after),
            "running": [(row.id, acts.called(row), str(row.get_state_display())) for row in running_in(dossier)],
            "cited": profile_in_force(on).disclosure.kept_register,
        }

    values = open_dossier(actor, dossier_id, Verb.PREPARE_DISCLOSURE, read, data="disclosure-register")
    return render(request, "disclosures/register.html", values)


def change(
    request: HttpRequest,
    dossier_id: UUID,
    act: Callable[[Dossier], Any],
    verb: Verb = Verb.PREPARE_DISCLOSURE,
    *,
    data: str = "disclosure",
    action: Action = Action.DISCLOSE,
) -> Any:
    """Run an act through the door, written down as a disclosure unless told otherwise."""
    return change_dossier(actor_of(request), dossier_id, verb, act, data=data, action=action)


def do(
    request: HttpRequest,
    dossier_id: UUID,
    disclosure_id: UUID,
    act: Callable[..., Any],
    *,
    then: str = "disclosures:page",
    step: str = "",
    **door: Any,
) -> HttpResponse:
    """Run an act by this person at this moment, and go back to a page about it (``step``: which one is open)."""
    by, at = actor_of(request), clock.now()
    change(request, dossier_id, lambda dossier: act(dossier, by=by, at=at), **door)
    response = see_other(request, then, dossier_id=dossier_id, disclosure_id=disclosure_id)
    if step:
        response.headers["Location"] += f"?stap={step}"
    return response


def read_page(
    request: HttpRequest, dossier_id: UUID, disclosure_id: UUID, verb: Verb = Verb.PREPARE_DISCLOSURE
) -> DisclosurePage:
    """One disclosure as it stands, read through the door."""
    actor, at = actor_of(request), clock.now()
    return open_dossier(
        actor, dossier_id, verb, lambda dossier: load(dossier, disclosure_id, actor, at), data="disclosure"
    )


def _start(request: HttpRequest, dossier_id: UUID) -> Ready:
    actor, on = actor_of(request), clock.today()
    return open_dossier(
        actor, dossier_id, Verb.PREPARE_DISCLOSURE, lambda d: ready(d, actor, on), data="disclosure-new"
    )


def shown(
    request: HttpRequest, found: DisclosurePage, values: dict[str, Any], *, step: str = "", status: int = 200
) -> HttpResponse:
    """The page with one step open; a form that was not right keeps what was typed."""
    asked = given(request, "stap")
    now = step or (asked if asked in STEPS and found.running else found.step)
    start = _start(request, found.dossier_id) if now == "recipient" else None
    asked_ground = _ground(found, given(request, "grond"))
    forms_of_page = {**_forms(found, start), **_ground_form(found, asked_ground)}
    given_to_page = {"page": found, "now": now, "steps": STEPS, "items_error": "", **forms_of_page, **values}
    return render(request, PAGE, given_to_page, status=status)


def _forms(found: DisclosurePage, start: Ready | None) -> dict[str, Any]:
    answers = {name: "yes" if value else "no" for name, value in found.answers.items()}
    made: dict[str, Any] = {
        "conditions_form": ConditionsForm(questions=found.questions, initial=answers),
        "question_form": QuestionForm(),
        "stop_form": ReasonForm(),
        "hand_over_form": HandOverForm(**asked_of_telling(found)),
        "wait_form": WaitForm(reasons=found.reasons, may_always=found.may_always_defer, last_day=found.last_day),
        "recipient_form": None,
    }
    if start is not None:
        initial = {
            "row_id": found.id,
            "about": str(found.about.id),
            "recipient_kind": found.recipient_kind,
            "organisation": found.recipient.get("organisation", ""),
            "name": found.recipient.get("name", ""),
            "purpose": found.purpose,
            "requested": "yes" if found.requested else "no",
        }
        made["recipient_form"] = ProposalForm(start=start, initial=initial)
    return made


def asked_of_telling(found: DisclosurePage) -> dict[str, Any]:
    """What the hand-over asks about telling the client: nothing where it was put off before.

    Where that lapsed because it goes elsewhere or for something else, only who decides may let it wait.
    """
    undone = found.decide_telling_anew and found.deferred_until is None
    return {
        "reasons": () if found.put_off or undone else found.reasons,
        "may_always": found.may_always_defer and not found.put_off,
        "last_day": found.last_day,
        "asks_before": found.told_before and not found.put_off,
    }


def _ground(found: DisclosurePage, key: str) -> OtherGround | None:
    return next((one for one in found.grounds if one.key == key), None)


def _ground_form(found: DisclosurePage, asked: OtherGround | None) -> dict[str, Any]:
    """The form of one ground, with what was answered for it before."""
    if asked is None:
        return {"ground": None, "ground_form": None}
    before = found.weighing if asked.chosen else {}
    day = {"consulted_on": before.get("consulted_on") or None}
    return {"ground": asked, "ground_form": GroundForm(ground=asked, initial=before.get("answers", {}) | before | day)}


def _ids(texts: list[str]) -> list[UUID] | None:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        return None
