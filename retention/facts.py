"""The facts the rules of keeping ask for, gathered from a dossier in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casemgmt.policy.rules.facts import KeepingFacts
from dossiers.models import Dossier, Person
from dossiers.people.vocabulary import PersonRole

CHILDREN = (PersonRole.CLIENT, PersonRole.SIBLING)


@dataclass(frozen=True, slots=True)
class Answers:
    """A person's judgements that no date can give; ``adult_youth`` as the rule's vocabulary has it."""

    keeping_helps: bool = False
    adoption_or_relinquishment: bool = False
    adult_youth: str = "none"
    law_forbids: bool = False
    funder_accountability: bool = False
    substantial_interest_of_other: bool = False

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return {name: getattr(self, name) for name in _STORED}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Answers":
        """As read back; what was not asked then counts as not so."""
        return cls(**{name: stored[name] for name in _STORED if name in stored})


_STORED = (
    "keeping_helps",
    "adoption_or_relinquishment",
    "adult_youth",
    "law_forbids",
    "funder_accountability",
    "substantial_interest_of_other",
)


def keeping_facts(dossier: Dossier, answers: Answers, extended_until: date | None) -> KeepingFacts:
    """The facts of one dossier; its key must be loaded (the children's birth dates are sealed)."""
    children = Person.objects.filter(dossier=dossier, role__in=CHILDREN)
    return KeepingFacts(
        closed_on=dossier.closed_on,
        family_children_birth_dates=tuple(child.birth_date for child in children if child.birth_date),
        extended_until=extended_until,
        extension_needed_for_care=extended_until is not None,
        **answers.to_json(),
    )
