"""Working notes: for their author alone, and not for ever.

A note is no part of the dossier (SH-1.3-werkaant, SH-2.5.6): nobody else reads or
counts it, it is in no export and no search. After a while its author is asked:
make it part of the dossier, or destroy it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.calendar import SumBuilder
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.answer import answer, fact
from casemgmt.policy.versions import profile_in_force
from casemgmt.web.dates import date_plain
from casemgmt.work.acts import cancel_tasks_for, create_task, move_task
from casemgmt.work.kinds import Group, task_kind
from dossiers.content import SavedBefore, author_of, saved_before
from dossiers.models import Dossier, WorkingNote
from dossiers.recording.drafts import drop_draft

REMINDER = task_kind("dossiers.note", gettext_noop("Working note: keep or destroy"), Group.WRITE, "notes").name


@dataclass(frozen=True, slots=True)
class NoteValue:
    """A working note as its author sees it."""

    id: UUID
    text: str
    made_at: datetime
    remind_on: date


def notes_of(dossier: Dossier, author: Actor) -> tuple[NoteValue, ...]:
    """The notes that ``author`` made beside a dossier, newest first; nobody else's, whoever asks."""
    rows = WorkingNote.objects.filter(dossier=dossier, author_id=author_of(author)).order_by("-made_at", "id")
    return tuple(NoteValue(row.id, row.text, row.made_at, row.remind_on) for row in rows)


def note_of(dossier: Dossier, note_id: UUID, author: Actor) -> NoteValue:
    """One note of ``author``; raises NotThere for anybody else's."""
    row = _own(dossier, note_id, author)
    return NoteValue(row.id, row.text, row.made_at, row.remind_on)


def keep_note(dossier: Dossier, text: str, *, by: Actor, at: datetime, row_id: UUID | None = None) -> UUID:
    """Keep a note beside a dossier and put the reminder before its author. Raises Conflict when it is closed.

    ``row_id`` comes from the form, so that sending it twice keeps one note; SavedBefore for another text in it,
    and NotThere for the id of somebody else's note.
    """
    known = saved_before(WorkingNote, row_id, dossier.id)
    if known is not None:
        if _own(dossier, known.id, by).text != text:
            raise SavedBefore
        return known.id
    if dossier.state != Dossier.State.OPEN:
        raise Conflict(_("This dossier is closed, so nothing can be added to it. Reopen it first."))
    made_on = clock.local_date(at)
    decision = reminder_date(made_on, again=False)
    note = WorkingNote(
        id=row_id or uuid4(),
        dossier=dossier,
        author_id=author_of(by),
        text=text,
        made_at=at,
        remind_on=decision.outcome["remind_on"],
    )
    note.save()
    create_task(
        kind=REMINDER,
        dossier_id=dossier.id,
        assignee_id=by.user_id,
        title=_("Working note: make it part of the dossier or destroy it"),
        detail=_("Made on %(day)s. Only you can read it.") % {"day": date_plain(made_on)},
        due_on=note.remind_on,
        decision=decision,
        link="dossiers:note",
        object_id=note.id,
        at=at,
    )
    return note.id


def postpone_note(dossier: Dossier, note_id: UUID, *, by: Actor, on: date) -> date:
    """Let the question come back once more after the house's second term; returns that day."""
    note = _own(dossier, note_id, by)
    decision = reminder_date(on, again=True)
    note.remind_on = decision.outcome["remind_on"]
    note.save(update_fields=["remind_on"])
    move_task(note.id, kind=REMINDER, due_on=note.remind_on, decision=decision)
    return note.remind_on


def destroy_note(dossier: Dossier, note_id: UUID, *, by: Actor, at: datetime) -> None:
    """Destroy one's own note, for good; its reminder goes with it, and what was being made of it."""
    _own(dossier, note_id, by).delete()
    drop_draft(dossier, note_id, by)
    cancel_tasks_for(note_id, at=at)


def reminder_date(start: date, *, again: bool) -> Decision:
    """When the author is asked, by the house rule, with the sum of that date."""
    profile = profile_in_force(start)
    rules = profile.house_rules
    rule = rules.note_next_reminder if again else rules.note_first_reminder
    first = _("asked before") if again else _("made")
    total = SumBuilder(start, first).add(rule.value, _("house rule")).done()
    seen = (fact("postponed_on" if again else "made_on", start),)
    return answer(profile, {"remind_on": total.answer}, (rule,), seen, sum=total)


def _own(dossier: Dossier, note_id: UUID, author: Actor) -> WorkingNote:
    note = WorkingNote.objects.filter(dossier=dossier, id=note_id, author_id=author_of(author)).first()
    if note is None:
        raise NotThere
    return note
