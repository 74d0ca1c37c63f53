"""Until when somebody must stay a client for the disclosures about them: until each was stopped or told of."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import ngettext

from casemgmt.organisations.actors import Actor
from disclosures.acts import called
from disclosures.models import Disclosure
from disclosures.queries import UNFINISHED
from disclosures.vocabulary import RUNNING
from dossiers.access import can
from dossiers.models import Dossier
from dossiers.people.staying import NOT_FOR_THEM
from dossiers.people.vocabulary import PersonRole
from dossiers.verbs import Verb


def keeps_a_client(dossier: Dossier, person_id: UUID, role: str, by: Actor) -> str | None:
    """What still runs about somebody and what to do first; told to whom its page opens.

    Whoever turns out to have reported is guarded at once: for that only what can be stopped at once is in the way, and
    the client is told of what has left afterwards.
    """
    states = RUNNING if role == PersonRole.REPORTER else UNFINISHED
    rows = list(Disclosure.objects.filter(dossier=dossier, about_id=person_id, state__in=sorted(states)))
    if not rows:
        return None
    if not (can(by, Verb.PREPARE_DISCLOSURE, dossier) or can(by, Verb.APPROVE_DISCLOSURE, dossier)):
        return NOT_FOR_THEM
    running, left = ([row for row in rows if (row.state in RUNNING) is here] for here in (True, False))
    return " ".join([*_running(running), *_left(left)])


def _counted(rows: Collection[Disclosure]) -> dict[str, object]:
    """How many there are, and to whom: each recipient once, however often something goes there."""
    return {"num": len(rows), "recipients": ", ".join(sorted({called(row) for row in rows}))}


def _running(rows: Collection[Disclosure]) -> list[str]:
    if not rows:
        return []
    said = ngettext(
        "A disclosure about this person still runs, to %(recipients)s."
        " First hand it over and tell the client, or stop it.",
        "%(num)s disclosures about this person still run, to %(recipients)s."
        " First hand each of them over and tell the client, or stop it.",
        len(rows),
    )
    return [said % _counted(rows)]


def _left(rows: Collection[Disclosure]) -> list[str]:
    if not rows:
        return []
    said = ngettext(
        "The client was not told yet of a disclosure about this person, to %(recipients)s. First tell the client.",
        "The client was not told yet of %(num)s disclosures about this person, to %(recipients)s."
        " First tell the client.",
        len(rows),
    )
    return [said % _counted(rows)]
