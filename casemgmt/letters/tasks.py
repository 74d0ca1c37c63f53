"""The job that prints: the letter asked for, and those of the same organisation that wait beside it.

Starting the printer takes half a second and a letter a tenth, so one child makes
up to 25. A job that finds its letter printed already has nothing to do.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from casemgmt.base import clock, jobs
from casemgmt.letters import acts, pdf, wording
from casemgmt.letters.models import Letter
from casemgmt.letters.queries import RENDER, addressee_of
from casemgmt.letters.vocabulary import State
from casemgmt.letters.wording import Wording
from casemgmt.vault import files, keys

# How long a letter of a dossier that is being destroyed waits: with it it is gone, and given back it is printed.
DESTROYING = timedelta(hours=1)
jobs.called(RENDER, gettext_noop("Printing letters"))


@jobs.handles(RENDER)
def render(subject: UUID) -> None:
    """Print the letter ``subject`` if it waits; raises LetterFailed when the printer gave no answer.

    Then the queue tries it again, and gives up in the end.
    """
    waiting = _waiting(subject)
    silent: pdf.LetterFailed | None = None
    for letter_id, made in zip(waiting, pdf.render_many(list(waiting.values())), strict=True):
        if isinstance(made, bytes):
            _keep(letter_id, made, subject)
        elif not made.again:
            acts.give_up(letter_id=letter_id)
        elif letter_id == subject:
            silent = made
    if silent is not None:
        raise silent


def _keep(letter_id: UUID, made: bytes, subject: UUID) -> None:
    """Keep a print; when its dossier is being destroyed nothing is kept and the job comes back later."""
    try:
        acts.keep_print(letter_id=letter_id, pdf=made, at=clock.now())
    except files.TakesNoFiles:
        if letter_id == subject:
            jobs.enqueue(RENDER, subject, due=clock.now() + DESTROYING)


@transaction.atomic
def _waiting(subject: UUID) -> dict[UUID, str]:
    """The pages of the letters to print by id, ``subject`` first; empty when it no longer waits."""
    first = Letter.objects.filter(id=subject, state=State.WAITING).first()
    if first is None:
        return {}
    others = Letter.objects.filter(state=State.WAITING).exclude(id=subject).order_by("made_at")
    # What was tried before may have ended its child: it goes alone, and holds up no other letter.
    letters = [first, *others.exclude(id__in=jobs.tried(RENDER))[: pdf.BATCH - 1]]
    keys.load_keys({letter.dossier_id for letter in letters})
    return {letter.id: page for letter in letters if (page := _page(letter)) is not None}


def _page(letter: Letter) -> str | None:
    """The letter's page; None when its dossier's key was destroyed meanwhile."""
    try:
        return wording.page(Wording.from_json(letter.body), addressee_of(letter))
    except keys.KeyDestroyed:
        return None
