"""The timeline, adding an entry, wording one anew, and its earlier wordings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.organisations.actors import Actor
from casemgmt.web import errors, forms
from casemgmt.web.forms import text_faults
from casemgmt.web.render import page_or_block, render, see_other
from dossiers import access, timeline
from dossiers.access import change_dossier, open_dossier
from dossiers.content import saved_before
from dossiers.frame import Frame, load_frame
from dossiers.models import Dossier, Entry
from dossiers.readers import Readers, readers_of
from dossiers.recording.acts import add_entry, outrun, reword_entry
from dossiers.recording.drafts import LONGEST, DraftValue, draft_for, drop_draft, keep_draft
from dossiers.recording.forms import EntryForm, RewordForm, initial_of
from dossiers.recording.notes import NoteValue, destroy_note, note_of
from dossiers.recording.questions import Question, questions
from dossiers.sections import Aside, asides
from dossiers.timeline import EntryValue, Timeline, VersionValue, versions_of
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of, given, refused


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """What the timeline shows."""

    frame: Frame
    timeline: Timeline
    asides: tuple[Aside, ...]
    kinds: dict[str, str]
    may_add: bool
    may_change: bool


def show(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """A dossier: who it is about, and its story, the newest part first."""
    actor, on = actor_of(request), clock.today()
    kind, after, about = given(request, "kind"), given(request, "after"), _id(given(request, "about"))

    def load(dossier: Dossier) -> TimelinePage:
        return TimelinePage(
            frame=load_frame(dossier, actor, on, "timeline"),
            timeline=timeline.load_timeline(dossier, actor, after=after, kind=kind, about=about),
            asides=tuple(found for _name, one in asides if (found := one(dossier, actor, on)) is not None),
            kinds=timeline.kinds_on(on),
            may_add=access.can(actor, Verb.ADD, dossier),
            may_change=access.can(actor, Verb.CHANGE, dossier),
        )

    page = open_dossier(actor, dossier_id, Verb.READ, load, data="timeline")
    kind = kind if kind in page.kinds else ""
    values = {"page": page, "frame": page.frame, "kind": kind, "about": str(about or ""), "first": not after}
    return page_or_block(request, "dossiers/timeline.html", "older", values)


@dataclass(frozen=True, slots=True)
class EntryPage:
    """What the entry form needs to know before anything is typed."""

    frame: Frame
    readers: Readers
    draft: DraftValue | None
    note: NoteValue | None
    entry: EntryValue | None


def add(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Add an entry; a working note that becomes part of the dossier comes in here too."""
    actor, at = actor_of(request), clock.now()
    note_id = _id(request.POST.get("note", "") or given(request, "note"))
    page = _entry_page(actor, dossier_id, Verb.ADD, note_id=note_id, row_id=_id(request.POST.get("row_id", "")))
    asked = questions(actor.roles, clock.local_date(at))
    if request.method == "GET":
        initial = {"happened_on": clock.local_date(at), "text": page.note.text if page.note else ""}
        form = _form(EntryForm, page, asked, actor, at, initial=_kept(page, initial))
        return render(request, "dossiers/entry.html", _values(page, form))
    form = _form(EntryForm, page, asked, actor, at, data=request.POST)
    if not form.is_valid():
        return forms.invalid(request, "dossiers/entry.html", form, _values(page, form))
    try:
        change_dossier(
            actor,
            dossier_id,
            Verb.ADD,
            lambda d: _record(d, form, note_id, by=actor, at=at),
            data="entry",
            action=Action.ADD,
        )
    except Conflict as conflict:
        return refused(request, "dossiers/entry.html", form, conflict, _values(page, form))
    messages.success(request, _("Saved in the dossier."))
    return see_other(request, "dossiers:timeline", dossier_id=dossier_id)


def _record(dossier: Dossier, form: EntryForm, note_id: UUID | None, *, by: Actor, at: datetime) -> UUID:
    """Add the entry, and take away what it was made of; a form sent again takes only its own draft away."""
    row_id, place_id = form.cleaned_data["row_id"], note_id or dossier.id
    again = saved_before(Entry, row_id, dossier.id) is not None
    kind, happened = form.cleaned_data.get("statement_kind") or "fact", form.cleaned_data["happened_on"]
    wording, about = form.wording(), form.about()
    entry = add_entry(dossier, wording, kind=kind, about=about, happened_on=happened, by=by, at=at, row_id=row_id)
    kept = draft_for(dossier, place_id, by)
    if kept is not None and (not again or kept.content.get("row_id") == [str(row_id)]):
        drop_draft(dossier, place_id, by)
    if note_id is not None and not again:
        destroy_note(dossier, note_id, by=by, at=at)
    return entry.id


def reword(request: HttpRequest, dossier_id: UUID, entry_id: UUID) -> HttpResponse:
    """Word an entry anew; who was slower sees both texts and loses nothing."""
    actor, at = actor_of(request), clock.now()
    page = _entry_page(actor, dossier_id, Verb.CHANGE, entry_id=entry_id)
    assert page.entry is not None
    asked = _asked_again(questions(actor.roles, clock.local_date(at)))
    if request.method == "GET":
        kept = _kept(page, _now(page.entry)) | {"seen_version": page.entry.version}
        form = _form(RewordForm, page, asked, actor, at, initial=kept)
        late = {"conflict": outrun().sentence} if _draft_is_older(page.draft, page.entry) else {}
        return render(request, "dossiers/reword.html", _values(page, form) | late)
    form = _form(RewordForm, page, asked, actor, at, data=request.POST)
    if not form.is_valid():
        return forms.invalid(request, "dossiers/reword.html", form, _values(page, form))

    def change(dossier: Dossier) -> None:
        seen, why = form.cleaned_data["seen_version"], form.cleaned_data["why"]
        reword_entry(dossier, entry_id, form.wording(), seen_version=seen, why=why, by=actor, at=at)
        drop_draft(dossier, entry_id, actor)

    try:
        change_dossier(actor, dossier_id, Verb.CHANGE, change, data="entry")
    except Conflict as conflict:
        newer = _entry_page(actor, dossier_id, Verb.CHANGE, entry_id=entry_id)
        assert newer.entry is not None
        if newer.entry.version == form.cleaned_data["seen_version"]:  # nobody was quicker
            return refused(request, "dossiers/reword.html", form, conflict, _values(newer, form))
        return _both_texts(request, newer, asked, actor, at, conflict)
    messages.success(request, _("Saved in the dossier."))
    return see_other(request, "dossiers:timeline", dossier_id=dossier_id)


def versions(request: HttpRequest, dossier_id: UUID, entry_id: UUID) -> HttpResponse:
    """All wordings of an entry, with what changed each time."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> tuple[Frame, EntryValue, tuple[VersionValue, ...]]:
        entry = timeline.entry_value(dossier, entry_id)
        return load_frame(dossier, actor, on, "timeline"), entry, versions_of(dossier, entry_id)

    frame, entry, found = open_dossier(actor, dossier_id, Verb.READ, load, data="versions")
    return render(request, "dossiers/versions.html", {"frame": frame, "entry": entry, "versions": found})


def keep(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Keep what is being typed, sealed, for its writer alone; what is made of a working note has its own place."""
    note_id, actor = _id(request.POST.get("note", "")), actor_of(request)
    if note_id is None:
        return _keep(request, dossier_id, dossier_id, Verb.ADD)
    # Only of one's own note, and only while it is there.
    return _keep(request, dossier_id, note_id, Verb.ADD, lambda dossier: note_of(dossier, note_id, actor))


def keep_rewording(request: HttpRequest, dossier_id: UUID, entry_id: UUID) -> HttpResponse:
    """Keep another wording that is being typed, of an entry that is in this dossier."""
    return _keep(request, dossier_id, entry_id, Verb.CHANGE, lambda dossier: timeline.entry_value(dossier, entry_id))


def forget(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Throw away the draft of a new entry, or of what is made of a working note; then begin there anew."""
    actor, note_id = actor_of(request), _id(request.POST.get("note", ""))
    place_id = note_id or dossier_id
    change_dossier(actor, dossier_id, Verb.ADD, lambda d: drop_draft(d, place_id, actor), data="draft")
    if note_id is not None:
        return see_other(request, "dossiers:note", dossier_id=dossier_id, note_id=note_id)
    return see_other(request, "dossiers:add_entry", dossier_id=dossier_id)


def _keep(
    request: HttpRequest,
    dossier_id: UUID,
    place_id: UUID,
    verb: Verb,
    find: Callable[[Dossier], object] | None = None,
) -> HttpResponse:
    """Keep a draft at ``place_id``; ``find`` raises NotThere when what it is a draft of is not in the dossier."""
    actor, at = actor_of(request), clock.now()
    content = {
        str(name): [str(value) for value in values]
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
    }
    too_much = sum(len(value) for values in content.values() for value in values) > LONGEST or len(content) > 60
    if too_much or text_faults(request.POST):
        return errors.answer(request, 422)

    def put_away(dossier: Dossier) -> None:
        if find is not None:
            find(dossier)
        keep_draft(dossier, place_id, content, by=actor, at=at)

    change_dossier(actor, dossier_id, verb, put_away, data="draft")
    return HttpResponse(status=204)


def _entry_page(
    actor: Actor,
    dossier_id: UUID,
    verb: Verb,
    *,
    entry_id: UUID | None = None,
    note_id: UUID | None = None,
    row_id: UUID | None = None,
) -> EntryPage:
    """What the form needs; ``row_id``: what the form is about to make, so that a note it was made of may be gone."""
    on = clock.today()

    def load(dossier: Dossier) -> EntryPage:
        of_note = note_id is not None and saved_before(Entry, row_id, dossier.id) is None
        return EntryPage(
            frame=load_frame(dossier, actor, on, "timeline"),
            readers=readers_of(dossier, on),
            draft=draft_for(dossier, entry_id or note_id or dossier.id, actor),
            note=note_of(dossier, note_id, actor) if note_id and of_note else None,
            entry=timeline.entry_value(dossier, entry_id) if entry_id else None,
        )

    return open_dossier(actor, dossier_id, verb, load, data="entry-form")


def _form(
    make: Callable[..., EntryForm],
    page: EntryPage,
    asked: tuple[Question, ...],
    actor: Actor,
    at: datetime,
    **more: object,
) -> EntryForm:
    on = clock.local_date(at)
    if page.entry is not None:
        more |= {"kind": page.entry.kind, "about": page.entry.about_ids}
    return make(asked=asked, people=page.frame.people, roles=actor.roles, on=on, **more)


def _kept(page: EntryPage, first: dict[str, object]) -> dict[str, object]:
    """The form's first values, and over them what this person was typing."""
    if page.draft is None:
        return first
    several = ("about_whom",)
    typed = {name: values if name in several else values[-1] for name, values in page.draft.content.items() if values}
    return {**first, **typed}


def _draft_is_older(draft: DraftValue | None, entry: EntryValue) -> bool:
    """Whether somebody else worded the entry anew since this was typed; then the page shows both, as on saving."""
    if draft is None:
        return False
    (seen,) = draft.content.get("seen_version", [])[-1:] or [""]
    return seen != str(entry.version)


def _values(page: EntryPage, form: EntryForm) -> dict[str, object]:
    return {"page": page, "frame": page.frame, "form": form}


def _asked_again(asked: tuple[Question, ...]) -> tuple[Question, ...]:
    """An entry keeps its kind and whom it is about; a better wording answers the rest."""
    return tuple(question for question in asked if question.key not in ("statement_kind", "about_whom"))


def _now(entry: EntryValue) -> dict[str, object]:
    return initial_of(
        entry.text,
        entry.happened_on,
        entry.source,
        entry.details,
        seen_version=entry.version,
        test_before=entry.test_before,
    )


def _both_texts(
    request: HttpRequest,
    page: EntryPage,
    asked: tuple[Question, ...],
    actor: Actor,
    at: datetime,
    conflict: Conflict,
) -> HttpResponse:
    """The writer's own text in the form, the other's above it; saving again answers the newer version."""
    assert page.entry is not None
    mine: QueryDict = request.POST.copy()
    mine["seen_version"] = str(page.entry.version)
    form = _form(RewordForm, page, asked, actor, at, data=mine)
    values = _values(page, form) | {"conflict": conflict.sentence}
    return render(request, "dossiers/reword.html", values, status=409)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
