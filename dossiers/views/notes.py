"""The drawer of working notes: one's own, and nobody else's."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.policy.decision import Decision
from casemgmt.web import forms
from casemgmt.web.dates import date_plain
from casemgmt.web.render import render, see_other
from dossiers.access import change_dossier, open_dossier
from dossiers.forms import NoteForm
from dossiers.frame import Frame, load_frame
from dossiers.models import Dossier
from dossiers.recording.notes import NoteValue, destroy_note, keep_note, note_of, notes_of, postpone_note, reminder_date
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of, refused


def notes(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """One's own notes beside a dossier, and a place for a new one."""
    actor, at = actor_of(request), clock.now()
    if request.method == "POST":
        form = NoteForm(request.POST)
        if form.is_valid():
            text, row_id = form.cleaned_data["text"], form.cleaned_data["row_id"]
            try:
                change_dossier(
                    actor,
                    dossier_id,
                    Verb.KEEP_NOTE,
                    lambda d: keep_note(d, text, by=actor, at=at, row_id=row_id),
                    data="notes",
                )
            except Conflict as conflict:
                return refused(request, "dossiers/notes.html", form, conflict, _values(request, dossier_id))
            messages.success(request, _("Your note was kept; only you can read it."))
            return see_other(request, "dossiers:notes", dossier_id=dossier_id)
        return forms.invalid(request, "dossiers/notes.html", form, _values(request, dossier_id))
    return render(request, "dossiers/notes.html", _values(request, dossier_id) | {"form": NoteForm()})


def note(request: HttpRequest, dossier_id: UUID, note_id: UUID) -> HttpResponse:
    """One note, where the reminder leads; anybody else's is not there."""
    actor = actor_of(request)
    found = open_dossier(actor, dossier_id, Verb.KEEP_NOTE, lambda d: note_of(d, note_id, actor), data="notes")
    values = _values(request, dossier_id) | {"chosen": found.id, "form": NoteForm()}
    return render(request, "dossiers/notes.html", values)


def destroy(request: HttpRequest, dossier_id: UUID, note_id: UUID) -> HttpResponse:
    """Destroy a note, for good."""
    actor, at = actor_of(request), clock.now()
    change_dossier(actor, dossier_id, Verb.KEEP_NOTE, lambda d: destroy_note(d, note_id, by=actor, at=at), data="notes")
    messages.success(request, _("The working note was destroyed."))
    return see_other(request, "dossiers:notes", dossier_id=dossier_id)


def postpone(request: HttpRequest, dossier_id: UUID, note_id: UUID) -> HttpResponse:
    """Ask again later, by the house rule."""
    actor, on = actor_of(request), clock.today()
    day = change_dossier(
        actor, dossier_id, Verb.KEEP_NOTE, lambda d: postpone_note(d, note_id, by=actor, on=on), data="notes"
    )
    messages.success(request, _("You will be asked again on %(day)s.") % {"day": date_plain(day)})
    return see_other(request, "dossiers:notes", dossier_id=dossier_id)


def _values(request: HttpRequest, dossier_id: UUID) -> dict[str, object]:
    """What the page shows beside its form."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> tuple[Frame, tuple[NoteValue, ...], Decision]:
        return load_frame(dossier, actor, on, "notes"), notes_of(dossier, actor), reminder_date(on, again=False)

    frame, found, decision = open_dossier(actor, dossier_id, Verb.KEEP_NOTE, load, data="notes")
    return {"frame": frame, "notes": found, "decision": decision, "chosen": None}
