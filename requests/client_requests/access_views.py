"""The dossier's section "Portal": who has a page of their own, inviting, freezing, ending; and letters to print."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from casemgmt.accounts.confirm import confirm_again, once_confirmed
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.letters import acts as letters
from casemgmt.letters.acts import letter_pdf
from casemgmt.letters.contents import Addressee
from casemgmt.letters.models import Letter
from casemgmt.letters.queries import OpenedLetter, addressee_of, opened
from casemgmt.letters.vocabulary import Kind
from casemgmt.letters.wording import Wording
from casemgmt.organisations.actors import Actor
from casemgmt.web import forms
from casemgmt.web.downloads import as_download
from casemgmt.web.forms import Form
from casemgmt.web.render import render, see_other
from casemgmt.web.routes import reverse
from client_requests import invitations
from client_requests.forms import FreezeForm, InviteAgainForm, InviteForm
from client_requests.portal_queries import OURS, AccessPage, access_page, letter_of_ours
from client_requests.queries import way
from client_requests.vocabulary import Identified
from disclosures.guarded import guard_for, tells_contact
from dossiers.access import can, change_dossier, open_dossier
from dossiers.frame import Frame, load_frame
from dossiers.models import Dossier
from dossiers.people.reaching import reached, waiting_by_hand
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of, place_of

PORTAL = "client_requests/portal.html"


def portal(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Who has a page of their own, and the form to invite."""
    page, frame = _load(actor_of(request), dossier_id)
    return render(request, PORTAL, _values(page, frame))


def invite(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Invite somebody whose identity was established."""
    actor = actor_of(request)
    page, frame = _load(actor, dossier_id)
    form = InviteForm(request.POST, people=page.people)
    if not form.is_valid():
        return forms.invalid(request, PORTAL, form, _values(page, frame, invite_form=form))
    person_id, address = UUID(form.cleaned_data["person"]), _door(request)
    letter_id = _change(
        actor,
        dossier_id,
        lambda d: invitations.invite(d, person_id, address=address, by=actor, at=clock.now()).id,
    )
    messages.success(request, _("The account is made. Hand over or send this letter; the code is only in it."))
    return see_other(request, "client_requests:letter", dossier_id=dossier_id, letter_id=letter_id)


def invite_again(request: HttpRequest, dossier_id: UUID, access_id: UUID) -> HttpResponseBase:
    """A new letter with a new code, for somebody whose identity was established anew."""
    form = InviteAgainForm(request.POST, auto_id=_ids_of(access_id))
    if not form.is_valid():
        return _wrong(request, dossier_id, access_id, form, "again_forms")
    how = Identified(form.cleaned_data["how"])

    def go_on() -> HttpResponse:
        actor, address = actor_of(request), _door(request)
        letter_id = _change(
            actor,
            dossier_id,
            lambda d: invitations.invite_again(d, access_id, how=how, address=address, by=actor, at=clock.now()).id,
        )
        return see_other(request, "client_requests:letter", dossier_id=dossier_id, letter_id=letter_id)

    return once_confirmed(request, go_on)


def freeze(request: HttpRequest, dossier_id: UUID, access_id: UUID) -> HttpResponseBase:
    """Close the portal for somebody until a day, for a reason."""
    form = FreezeForm(request.POST, auto_id=_ids_of(access_id))
    if not form.is_valid():
        return _wrong(request, dossier_id, access_id, form, "freeze_forms")
    until, why = form.cleaned_data["until"], form.cleaned_data["why"]

    def go_on() -> HttpResponse:
        actor = actor_of(request)
        _change(
            actor,
            dossier_id,
            lambda d: invitations.freeze(d, access_id, until=until, why=why, by=actor, at=clock.now()).id,
        )
        return see_other(request, "client_requests:portal", dossier_id=dossier_id)

    return once_confirmed(request, go_on)


def thaw(request: HttpRequest, dossier_id: UUID, access_id: UUID) -> HttpResponse:
    """Open the portal again."""
    actor = actor_of(request)
    _change(actor, dossier_id, lambda d: invitations.thaw(d, access_id, by=actor, at=clock.now()).id)
    return see_other(request, "client_requests:portal", dossier_id=dossier_id)


@confirm_again
def end(request: HttpRequest, dossier_id: UUID, access_id: UUID) -> HttpResponse:
    """End somebody's access."""
    actor = actor_of(request)
    _change(actor, dossier_id, lambda d: invitations.end_access(d, access_id, by=actor, at=clock.now()).id)
    messages.success(request, _("This access has ended. Whoever was signed in is out."))
    return see_other(request, "client_requests:portal", dossier_id=dossier_id)


def letter(request: HttpRequest, dossier_id: UUID, letter_id: UUID) -> HttpResponse:
    """One letter as it reads, and whether it must still be handed over."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> tuple[Frame, OpenedLetter | None, str | None]:
        found = opened(dossier.id, letter_id)
        _may_read(actor, dossier, found.line.kind if found else "")
        section = "disclosures" if found and found.line.kind == Kind.DISCLOSURE_NOTICE else "requests"
        # Asked only of a letter of this dossier: whom another's is for is sealed under another key.
        by_hand = waiting_by_hand([letter_id]).get(letter_id) if found else None
        if found:
            above, words = _as_read(actor, dossier, found.addressee, found.wording)
            found = replace(found, addressee=above, wording=words)
        return load_frame(dossier, actor, on, section), found, by_hand

    frame, found, by_hand = open_dossier(actor, dossier_id, way(actor), load, data="letter")
    if found is None or found.line.kind not in OURS:
        raise NotThere
    values = {"frame": frame, "found": found, "letter": found.wording, "by_hand": by_hand}
    return render(request, "client_requests/letter.html", values)


def handed_over(request: HttpRequest, dossier_id: UUID, letter_id: UUID) -> HttpResponse:
    """Write down that a letter was given to whom it is for, by whoever may read it; the task about it ends."""
    actor = actor_of(request)

    def give(dossier: Dossier) -> None:
        row = _ours(actor, dossier, letter_id)
        if not reached(row.id, by=actor, at=clock.now()):
            raise Conflict(_("This letter needs no handing over, or somebody did it just now."))

    change_dossier(actor, dossier_id, way(actor), give, data="letter")
    messages.success(request, _("Written down: this letter was handed over."))
    return see_other(request, "client_requests:letter", dossier_id=dossier_id, letter_id=letter_id)


def print_letter(request: HttpRequest, dossier_id: UUID, letter_id: UUID) -> HttpResponseBase:
    """The print of a letter."""
    actor = actor_of(request)

    def load(dossier: Dossier) -> Any:
        row = _ours(actor, dossier, letter_id)
        _nothing_left_out(actor, dossier, row)
        _nothing_secret(dossier, row)
        return letter_pdf(row)

    pieces = open_dossier(actor, dossier_id, way(actor), load, data="letter", action=Action.PRINT)
    return pdf_answer(pieces)


def print_again(request: HttpRequest, dossier_id: UUID, letter_id: UUID) -> HttpResponse:
    """Have a letter printed that could not be made, by whoever may read it."""
    actor = actor_of(request)

    def again(dossier: Dossier) -> None:
        row = _ours(actor, dossier, letter_id)
        letters.print_again(letter_id=row.id, by=actor, at=clock.now())

    change_dossier(actor, dossier_id, way(actor), again, data="letter", action=Action.PRINT)
    messages.success(request, _("The letter is being printed again. Reload this page in a moment."))
    return see_other(request, "client_requests:letter", dossier_id=dossier_id, letter_id=letter_id)


def _ours(actor: Actor, dossier: Dossier, letter_id: UUID) -> Letter:
    row = letter_of_ours(dossier, letter_id)
    _may_read(actor, dossier, row.kind)
    return row


def _as_read(actor: Actor, dossier: Dossier, above: Addressee, words: Wording) -> tuple[Addressee, Wording]:
    """A letter as a colleague reads it: whole for who may read the dossier, and else without what is secret.

    Where it went by post (``above``) is all left out then: what of an address stays would tell a part of it.
    """
    if can(actor, Verb.READ, dossier):
        return above, words
    guard = guard_for(dossier.id)
    return replace(above, lines=() if guard.holds("\n".join(above.lines)) else above.lines), guard.letter(words)


def _nothing_left_out(actor: Actor, dossier: Dossier, row: Letter) -> None:
    """Raise NotAllowed for a letter of which this colleague reads a part: the print would tell them the rest."""
    whole = (addressee_of(row), Wording.from_json(row.body))
    if _as_read(actor, dossier, *whole) != whole:
        raise NotAllowed(
            _(
                "Something is left out of this letter for you, so you do not print it."
                " Ask a colleague who may read the dossier."
            )
        )


def _nothing_secret(dossier: Dossier, row: Letter) -> None:
    """Raise Conflict for a letter that says where somebody lives in secret by now, to whom it must not reach.

    Its words were guarded when it was written; a print of today would carry the address out of the house.
    """
    if tells_contact(dossier.id, row.to_person_id, Wording.from_json(row.body)):
        told = _(
            "An address or number in this letter became secret since it was written, so nobody prints it any more."
        )
        raise Conflict(told + " " + _("Tell whom it is for in another way what it says."))


def _may_read(actor: Actor, dossier: Dossier, kind: str) -> None:
    """Not everything is for everybody who handles requests.

    A letter with a code opens somebody's own page: only for who may invite here, never from a desk. One about data
    that left tells what stands in the dossier: only for who may read that.
    """
    if kind == Kind.DISCLOSURE_NOTICE and not can(actor, Verb.READ, dossier):
        raise NotAllowed(
            _("This letter tells what was given from the dossier. Only who may read the dossier reads it.")
        )
    if kind == Kind.PORTAL_INVITATION and not can(actor, Verb.INVITE_TO_PORTAL, dossier):
        raise NotAllowed(
            _("This letter holds the code of somebody's own page. Only who may invite them to the portal reads it.")
        )


def pdf_answer(pieces: Any) -> HttpResponseBase:
    """A letter as a download under a name that tells nothing."""
    return as_download(pieces, name="brief.pdf", content_type="application/pdf")


def _load(actor: Actor, dossier_id: UUID) -> tuple[AccessPage, Frame]:
    on = clock.today()

    def load(dossier: Dossier) -> tuple[AccessPage, Frame]:
        return access_page(dossier, on), load_frame(dossier, actor, on, "portal")

    return open_dossier(actor, dossier_id, Verb.INVITE_TO_PORTAL, load, data="portal")


def _values(page: AccessPage, frame: Frame, **bound: Any) -> dict[str, Any]:
    return {
        "page": page,
        "frame": frame,
        "invite_form": InviteForm(people=page.people),
        "freeze_forms": {one.id: FreezeForm(auto_id=_ids_of(one.id)) for one in page.lines},
        "again_forms": {one.id: InviteAgainForm(auto_id=_ids_of(one.id)) for one in page.lines},
        "form": next(iter(bound.values()), None),
        **bound,
    }


def _change(actor: Actor, dossier_id: UUID, act: Any) -> UUID:
    def inside(dossier: Dossier) -> UUID:
        return UUID(str(act(dossier)))

    return change_dossier(actor, dossier_id, Verb.INVITE_TO_PORTAL, inside, data="portal", action=Action.GRANT)


def _wrong(request: HttpRequest, dossier_id: UUID, access_id: UUID, form: Form, place: str) -> HttpResponse:
    """The page with the form of one line (``place``: which of its forms) as it was filled in."""
    page, frame = _load(actor_of(request), dossier_id)
    if access_id not in {one.id for one in page.lines}:
        raise NotThere
    values = _values(page, frame)
    values[place][access_id] = form
    return forms.invalid(request, PORTAL, form, values)


def _ids_of(access_id: UUID) -> str:
    """Ids of the fields of one line's forms: the page holds the same forms once per person."""
    return f"line-{access_id.hex[:8]}-%s"


def _door(request: HttpRequest) -> str:
    """Where to type name and code, in full, as it stands in the letter."""
    return request.build_absolute_uri(reverse("accounts:portal_letter", place_of(request).slug))
