"""Which dossiers are open to somebody, and how they are called; for lists of packages to our left."""

from collections import defaultdict
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.organisations.actors import Actor
from casemgmt.vault.keys import load_keys
from casemgmt.work.queries import DossierName, Way, provide_readable
from dossiers.access import reachable
from dossiers.models import Dossier
from dossiers.verbs import Verb

_VERBS = frozenset(verb.value for verb in Verb)


def names_for(actor: Actor, ways: set[Way]) -> dict[Way, DossierName]:
    """Names and numbers of the dossiers among ``ways`` that are open in that way; inside the caller's transaction."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for capability, dossier_id in ways:
        wanted[capability].add(dossier_id)
    found: dict[Way, Dossier] = {}
    for capability, ids in wanted.items():
        verb = Verb(capability) if capability in _VERBS else Verb.READ
        found |= {(capability, row.id): row for row in reachable(actor, verb).filter(id__in=ids)}
    opened = load_keys(row.id for row in found.values())
    return {way: DossierName(row.name if row.id in opened else unreadable(), row.number) for way, row in found.items()}


def unreadable() -> str:
    """What a list says in place of the name of a dossier whose key is not in the vault."""
    return _("cannot be opened")


def install() -> None:
    """Answer for the packages that hold a dossier's id and no more."""
    provide_readable(names_for)
