"""Pages of what happens with an approved package: printing, handing over, telling the client, the download."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from casemgmt.accounts.confirm import confirm_again
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Refused
from casemgmt.vault.files import read_file
from casemgmt.web import errors
from casemgmt.web.downloads import as_download
from casemgmt.web.render import see_other
from disclosures import handing, informing
from disclosures.forms import HandOverForm, WaitForm
from disclosures.queries import package_that_left
from disclosures.views import asked_of_telling, change, do, read_page, shown
from dossiers.access import open_dossier
from dossiers.models import Dossier
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of


def print_again(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Start the printing afresh where it failed."""
    return do(request, dossier_id, disclosure_id, lambda d, **who: handing.print_again(d, disclosure_id, **who))


@confirm_again
def hand_over(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Let a printed package go; when something changed at the last moment nothing goes and a page says why."""
    page = read_page(request, dossier_id, disclosure_id)
    form = HandOverForm(request.POST, **asked_of_telling(page))
    if not form.is_valid():
        return shown(request, page, {"hand_over_form": form}, step="hand-over", status=422)
    how, telling, by = form.cleaned_data["how"], form.telling(), actor_of(request)

    def act(dossier: Dossier) -> handing.Stopped | UUID:
        made = handing.hand_over(dossier, disclosure_id, how=how, telling=telling, by=by, at=clock.now())
        return made if isinstance(made, handing.Stopped) else UUID(str(made.id))

    try:
        done = change(request, dossier_id, act)
    except Refused as error:
        if not telling.later:
            raise
        form.add_error("when", error.sentence)
        return shown(request, page, {"hand_over_form": form}, step="hand-over", status=422)
    if isinstance(done, handing.Stopped):
        return errors.answer(request, 409, detail=done.sentence, decision=done.decision, texts=_stopped(done))
    return see_other(request, "disclosures:page", dossier_id=dossier_id, disclosure_id=disclosure_id)


def _stopped(why: handing.Stopped) -> errors.Said:
    """It stopped at the last look: nobody was quicker, and trying again does not help."""
    return errors.Said(
        _("Nothing was handed over"),
        why.sentence,
        _("Nothing has left the house."),
        why.todo or _("Open this disclosure again: there it says what is needed before it can go."),
    )


def inform(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Tell the client now, where it was put off."""
    return do(request, dossier_id, disclosure_id, lambda d, **who: informing.inform_now(d, disclosure_id, **who))


def wait(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Put telling the client off once more, for a reason that the regulation names."""
    page = read_page(request, dossier_id, disclosure_id)
    form = WaitForm(request.POST, reasons=page.reasons, may_always=page.may_always_defer, last_day=page.last_day)
    if not form.is_valid():
        return shown(request, page, {"wait_form": form}, step="hand-over", status=422)
    telling = form.telling()
    try:
        return do(
            request, dossier_id, disclosure_id, lambda d, **who: informing.defer_again(d, disclosure_id, telling, **who)
        )
    except Refused as error:
        if not page.reasons:
            raise  # who may not put it off has no form here
        form.add_error("reason", error.sentence)
        return shown(request, page, {"wait_form": form}, step="hand-over", status=422)


def close(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Finish: it has arrived and the client knows."""
    return do(request, dossier_id, disclosure_id, lambda d, **who: handing.close(d, disclosure_id, **who))


def download(request: HttpRequest, dossier_id: UUID, disclosure_id: UUID) -> HttpResponseBase:
    """The package as PDF, once it is handed over in the register; each download is written down as an export."""

    def read(dossier: Dossier) -> tuple[list[bytes], str]:
        return list(read_file(package_that_left(dossier, disclosure_id))), dossier.number

    actor = actor_of(request)
    pieces, number = open_dossier(
        actor, dossier_id, Verb.PREPARE_DISCLOSURE, read, data="disclosure-package", action=Action.EXPORT
    )
    return as_download(pieces, name=f"verstrekking-{number}.pdf", content_type="application/pdf")
