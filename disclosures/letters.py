"""The letters by which a disclosure was told: to whom, whether they arrived, and how one reads outside.

What goes into them stands in ``informing``. That a letter was made is not that somebody was told: where neither the
portal nor the post brings it, it lies with a colleague until they hand it over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casemgmt.letters.queries import OpenedLetter, letters_made
from casemgmt.letters.vocabulary import Kind
from casemgmt.letters.wording import Wording
from casemgmt.policy.schema.vocabulary import Recipient
from disclosures.guarded import guard_for, without_reporter
from disclosures.models import Disclosure
from dossiers.people.reaching import waiting_by_hand


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One letter: to whom, when it was read in the portal, and why it must still go by hand (None: it need not)."""

    id: UUID
    to: str
    read_at: datetime | None
    by_hand: str | None


def letters_by_which(rows: Iterable[Disclosure]) -> dict[UUID, tuple[ToldLine, ...]]:
    """The letters of each of these disclosures, none where nobody was told; the keys of the dossiers must be loaded.

    A letter knows its dossier and not its disclosure: they belong together by the moment of the act that wrote both.
    """
    asked = list(rows)
    moments = {row.informed_at for row in asked if row.informed_at is not None}
    made = letters_made({row.dossier_id for row in asked}, Kind.DISCLOSURE_NOTICE, moments) if moments else []
    waiting = waiting_by_hand(one.id for one in made) if made else {}
    return {
        row.id: tuple(
            ToldLine(one.id, one.to, one.read_at, waiting.get(one.id))
            for one in made
            if (one.dossier_id, one.made_at) == (row.dossier_id, row.informed_at)
        )
        for row in asked
    }


def as_read_outside(found: OpenedLetter, reader_id: UUID) -> Wording:
    """A letter as its reader outside may read it today: by what is secret now, and without who reported.

    An older one may still name who received it as a reporter. The key of the dossier must be loaded.
    """
    line, wording = found.line, found.wording
    told = Disclosure.objects.filter(dossier_id=line.dossier_id, informed_at=line.made_at)
    if line.kind == Kind.DISCLOSURE_NOTICE and told.filter(recipient_kind=Recipient.REPORTER).exists():
        wording = without_reporter(wording)
    return guard_for(line.dossier_id, reader_id).letter(wording)


def still_by_hand(letters: Iterable[ToldLine]) -> tuple[str, ...]:
    """To whom a letter must still be handed over: until then they were not told."""
    return tuple(one.to for one in letters if one.by_hand is not None)
