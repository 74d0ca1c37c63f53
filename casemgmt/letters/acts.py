"""Writing a letter, printing it, reading it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict
from casemgmt.letters import wording
from casemgmt.letters.contents import KIND_OF, LetterContext, sender_on
from casemgmt.letters.models import Letter
from casemgmt.letters.queries import RENDER, is_stuck
from casemgmt.letters.vocabulary import Kind, State
from casemgmt.organisations.actors import Actor
from casemgmt.vault import files


@act
def write_letter(
    *, dossier_id: UUID, to_person_id: UUID | None, kind: Kind, context: LetterContext, by: Actor, at: datetime
) -> Letter:
    """Put a letter into words, seal it and have it printed after the caller's transaction commits.

    The dossier's key must be loaded. ``kind`` must be that of ``context.content``.
    """
    if KIND_OF[type(context.content)] != kind:
        raise ValueError(f"{type(context.content).__name__} is no content of a letter {kind!r}.")
    on = clock.local_date(at)
    words = wording.write(context, context.sender or sender_on(on), on)
    letter = Letter(
        dossier_id=dossier_id,
        kind=kind,
        addressee=asdict(context.addressee),
        title=words.title,
        body=words.to_json(),
        to_person_id=to_person_id,
        made_at=at,
        made_by_id=by.user_id,
    )
    letter.save()
    events.record(Action.CREATE, dossier_id=dossier_id, data="letter", object_id=letter.id, ground=kind)
    jobs.enqueue(RENDER, letter.id)
    return letter


@act
def keep_print(*, letter_id: UUID, pdf: bytes, at: datetime) -> None:
    """Keep the print of a waiting letter, sealed; a second print of the same letter is dropped.

    Raises TakesNoFiles when its dossier is being destroyed: the letter waits for what becomes of that.
    """
    # The dossier before the letter, as acts through the door lock them.
    for dossier_id in Letter.objects.filter(id=letter_id).values_list("dossier_id", flat=True):
        files.require_taking(dossier_id)
    letter = _locked(letter_id)
    if letter is None or letter.state != State.WAITING:
        return
    letter.file = files.write_file(letter.dossier_id, [pdf], content_type="application/pdf", at=at)
    letter.state = State.READY
    letter.save(update_fields=["file", "state"])
    events.record(Action.JOB, dossier_id=letter.dossier_id, data="letter", object_id=letter.id, ground="printed")


@act
def give_up(*, letter_id: UUID) -> None:
    """Note that a letter cannot be printed; its wording stays, and a person can ask again."""
    letter = _locked(letter_id)
    if letter is None or letter.state != State.WAITING:
        return
    letter.state = State.FAILED
    letter.save(update_fields=["state"])
    events.record(Action.JOB, outcome=Outcome.FAILED, dossier_id=letter.dossier_id, data="letter", object_id=letter.id)


@act
def print_again(*, letter_id: UUID, by: Actor, at: datetime) -> None:
    """Try once more to print a letter that could not be made; raises Conflict when there is nothing to retry.

    Also one that still waits while the queue gave its work up: nothing else would ever print it.
    """
    letter = _locked(letter_id)
    if letter is None or not is_stuck(letter):
        raise Conflict(_("This letter is not waiting for another try."))
    letter.state = State.WAITING
    letter.save(update_fields=["state"])
    events.record(Action.PRINT, dossier_id=letter.dossier_id, data="letter", object_id=letter.id, ground="again")
    jobs.enqueue(RENDER, letter.id, due=at)


@act
def mark_read(*, letter_id: UUID, at: datetime) -> None:
    """Note when the person it is for first opened it; later openings change nothing.

    Whoever calls this has let that person in by the door, which wrote the event.
    """
    letter = _locked(letter_id)
    if letter is not None and letter.read_at is None:
        letter.read_at = at
        letter.save(update_fields=["read_at"])


def letter_pdf(letter: Letter) -> Iterator[bytes]:
    """The print of a letter for a download; raises Conflict while there is none.

    It is opened here and now (a letter is at most 50 MB), so that it may be
    sent after the organisation and the key have been left.
    """
    if is_stuck(letter):
        raise Conflict(_("The print of this letter failed. Its words are kept."))
    if letter.file is None:
        raise Conflict(_("This letter is still being made. Try again in a minute."))
    pieces: Sequence[bytes] = list(files.read_file(letter.file))
    return iter(pieces)


def _locked(letter_id: UUID) -> Letter | None:
    # The composite key's parent is locked by nobody: only the letter itself.
    letter: Letter | None = Letter.objects.select_for_update().filter(id=letter_id).first()
    return letter
