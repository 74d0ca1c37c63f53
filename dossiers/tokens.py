"""Making the search tokens of dossiers again, after the way in which a name becomes tokens has changed.

Tokens are made when a name is saved and need its key to be made again, so no
migration can do it: an operator's command goes through the dossiers in steps.
"""

from dataclasses import dataclass
from uuid import UUID

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base.db import act
from casemgmt.vault.keys import load_keys
from casemgmt.vault.tokens import replace_tokens
from dossiers.acts import tokens_of_dossier
from dossiers.models import Dossier, Person
from dossiers.people.acts import tokens_of

STEP = 100
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Step:
    """The dossiers of one step: the last of them (None: there are no more), how many were done, how many were shut."""

    last: UUID | None
    done: int
    shut: int


@act
def renew_tokens(after: UUID = FIRST) -> Step:
    """Make the tokens of the next dossiers after ``after`` again, in one transaction; twice does no harm.

    The rows are locked, so that a name put right at the same moment is not undone. Without its key a dossier keeps
    the tokens that it has.
    """
    there = Dossier.objects.exclude(state=Dossier.State.FROZEN).filter(id__gt=after)
    rows = list(there.select_for_update().order_by("id")[:STEP])
    opened = load_keys(row.id for row in rows)
    for row in rows:
        if row.id in opened:
            replace_tokens(row.id, row.id, tokens_of_dossier(row.name, row.number))
    for person in Person.objects.filter(dossier__in=opened):
        replace_tokens(person.dossier_id, person.id, tokens_of(person))
    if rows:
        events.record(Action.JOB, data="search-tokens")
    return Step(rows[-1].id if rows else None, len(opened), len(rows) - len(opened))
