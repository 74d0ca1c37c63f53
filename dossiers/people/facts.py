"""The one place where what a dossier knows of a client's people becomes the facts that every ladder looks at.

Nothing is decided here: who there is, in the vocabulary of the rules.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from casemgmt.policy.rules.facts import Partner
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Person as Who
from dossiers.models import Person
from dossiers.people.capacity import judge_on_record
from dossiers.people.representing import Held, standing_to
from dossiers.people.vocabulary import PersonRole


def client_facts(
    client: Person, people: Iterable[Person], held: Held, profile: Profile | None, on: date
) -> dict[str, Any]:
    """What the ladders look at of this client on a day; a judge only where the judgement was recorded.

    ``held``: who represents whom on that day (``held_on``). A partner in the dossier counts as willing to act until
    somebody takes that part away; of brothers, sisters and children only those whose birth date is known are told.
    """
    others = [one for one in people if one.id != client.id]
    around = {standing_to(one, client, held, on) for one in others}
    return {
        "birth_date": client.birth_date,
        "client_capable": client.capable,
        "capacity_judged_by": judge_on_record(client, profile) if profile else None,
        "has_legal_representative": Who.LEGAL_REPRESENTATIVE in around,
        "has_parent": Who.PARENT in around,
        "partner": Partner(willing=True) if Who.SPOUSE_OR_PARTNER in around else None,
        "siblings_birth_dates": _born(others, PersonRole.SIBLING),
        "own_children_birth_dates": _born(others, PersonRole.CHILD),
    }


def _born(people: Iterable[Person], role: PersonRole) -> tuple[date, ...]:
    return tuple(one.birth_date for one in people if one.role == role and one.birth_date)
