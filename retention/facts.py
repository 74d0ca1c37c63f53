"""The facts the rules of keeping ask for, gathered from a dossier in one place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casemgmt.policy.rules.facts import KeepingFacts
from casemgmt.policy.rules.retention import ASKED_ENOUGH
from casemgmt.policy.schema.vocabulary import RetentionKind
from dossiers.models import Dossier, Person
from dossiers.people.vocabulary import PersonRole

CHILDREN = (PersonRole.CLIENT, PersonRole.SIBLING, PersonRole.CHILD)
NOT_ASKED = "none"


@dataclass(frozen=True, slots=True)
class Answers:
    """A person's judgements that no date can give, and ``why`` they were made.

    ``youths`` holds what each now adult child did with the question (VT-18.4), by
    the child's id; ``adult_youth`` is the same for a dossier without such ids.
    """

    keeping_helps: bool = False
    adoption_or_relinquishment: bool = False
    adult_youth: str = NOT_ASKED
    law_forbids: bool = False
    funder_accountability: bool = False
    substantial_interest_of_other: bool = False
    why: str = ""
    youths: Mapping[str, str] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return {name: getattr(self, name) for name in _JUDGED} | {"why": self.why, "youths": dict(self.youths)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Answers":
        """As read back; what was not asked then counts as not so."""
        return cls(**{name: stored[name] for name in (*_JUDGED, "why", "youths") if name in stored})


_JUDGED = (
    "keeping_helps",
    "adoption_or_relinquishment",
    "adult_youth",
    "law_forbids",
    "funder_accountability",
    "substantial_interest_of_other",
)


def keeping_facts(dossier: Dossier, answers: Answers, extended_until: date | None) -> KeepingFacts:
    """The facts of one dossier; its key must be loaded (the children's birth dates are sealed)."""
    children = children_of(dossier)
    # Parts of a dossier are not kept apart, so the whole stays as long as its longest part (SH-4.2.2, reading 17).
    whole = RetentionKind.DESCENT_AND_BIRTH_DATA if answers.adoption_or_relinquishment else RetentionKind.DOSSIER
    judged = {name: getattr(answers, name) for name in _JUDGED} | {"adult_youth": _youngest_did(children, answers)}
    return KeepingFacts(
        kind=whole,
        closed_on=dossier.closed_on,
        family_children_birth_dates=tuple(child.birth_date for child in children if child.birth_date),
        children_of_unknown_age=sum(not child.birth_date for child in children),
        extended_until=extended_until,
        extension_needed_for_care=extended_until is not None,
        **judged,
    )


def children_of(dossier: Dossier) -> list[Person]:
    """The children of the family in their order."""
    return list(Person.objects.filter(dossier=dossier, role__in=CHILDREN).order_by("position", "id"))


def _youngest_did(children: Iterable[Person], answers: Answers) -> str:
    """The youngest child decides (reading 36); of several born on one day all must have been asked enough."""
    if answers.adult_youth != NOT_ASKED:
        return answers.adult_youth
    born = [child.birth_date for child in children if child.birth_date]
    youngest = [str(child.id) for child in children if born and child.birth_date == max(born)]
    did = [answers.youths.get(child, NOT_ASKED) for child in youngest]
    return did[0] if did and all(one in ASKED_ENOUGH for one in did) else NOT_ASKED
