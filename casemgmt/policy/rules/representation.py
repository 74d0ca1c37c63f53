"""Who exercises a client's rights on a day: the ladder of the organisation, by age, capacity and who there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casemgmt.policy.calendar import age_on, birthday, say
from casemgmt.policy.decision import Decision, Fact
from casemgmt.policy.rules.answer import answer, fact, used
from casemgmt.policy.rules.facts import ClientFacts, ImpossibleFact, MissingFact, RightFacts
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.people import Representation, Rung
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import Cell, Mode, Person, Right

Ladder = Mapping[Cell, Rung]
_BANDS = ((12, "under_12"), (16, "12_to_15"), (18, "16_17"))
BOUNDARIES = (12, 16, 18)


@dataclass(frozen=True)
class Standing:
    """Who stands where on a ladder today: the people, how they act, and the rules that say so."""

    by: tuple[Person, ...]
    mode: Mode
    escalate: bool
    cited: tuple[Cited, ...]

    @property
    def together(self) -> bool:
        """Whether every one of `by` is needed."""
        return self.mode in (Mode.JOINTLY, Mode.BESIDE)


def who_exercises_rights(facts: RightFacts, profile: Profile, on: date) -> Decision:
    """Who acts for the client on the day `on`, for `facts.right` or any right.

    Raises MissingFact without a birth date and ImpossibleFact for a birth after `on`. SH-3.1, VT-11/14/20, GT-22,
    BT by analogy of its ladder for consent.
    """
    if facts.birth_date is None:
        raise MissingFact("birth_date", "De geboortedatum van de cliënt is nodig.")
    ladder = ladder_for(profile.representation, facts.right)
    standing = stand(facts, ladder, profile.representation, on)
    all_needed = standing.mode is Mode.JOINTLY or (
        standing.mode is Mode.BESIDE and facts.right in profile.representation.all_needed
    )
    outcome = {"by": standing.by, "mode": standing.mode, "escalate": standing.escalate, "all_needed": all_needed}
    return answer(
        profile,
        outcome,
        standing.cited,
        client_facts(facts, on),
        overrule_by=decider(profile) if standing.escalate else None,
        would_change=what_would_change(facts, ladder, profile.representation, on),
    )


def decider(profile: Profile) -> str:
    """The role that decides where the text is silent."""
    return profile.representation.decided_by.value.value


def ladder_for(representation: Representation, right: Right | None) -> Ladder:
    """The ladder for one right: the general one, with the organisation's exceptions for that right."""
    own = representation.per_right.get(right, {}) if right else {}
    return {**representation.ladder, **own}


def stand(facts: ClientFacts, ladder: Ladder, representation: Representation, on: date) -> Standing:
    """Find the rung for the client's age cell and fill it with the people there are."""
    cell = cell_on(facts, representation, on)
    rung = ladder[cell]
    if rung.mode is Mode.NONE:
        return Standing((), Mode.NONE, True, (rung,))
    if Person.LEGAL_REPRESENTATIVE not in rung.by or has_representative(facts, on):
        return Standing(rung.by, rung.mode, rung.escalate, (rung,))
    if rung.substitutes:
        return _substitutes(facts, rung, representation, on)
    return Standing((), Mode.NONE, True, (rung,))


def cell_on(facts: ClientFacts, representation: Representation, on: date) -> Cell:
    """Age band and capacity on the day; where a profile names a judge, only that judge makes somebody incapable."""
    judge = representation.judged_by
    judged = judge is None or facts.capacity_judged_by == judge.value
    capable = facts.client_capable or not judged
    band = _band(facts, representation, on)
    return Cell.UNDER_12 if band == "under_12" else Cell(f"{'capable' if capable else 'incapable'}_{band}")


def _band(facts: ClientFacts, representation: Representation, on: date) -> str:
    if facts.birth_date is None:
        return "adult"
    if facts.birth_date > on:
        raise ImpossibleFact("birth_date", f"De geboortedatum ligt na {say(on)}.")
    rule = representation.adult_when_emancipated
    age = age_on(facts.birth_date, on)
    if facts.emancipated and rule is not None and rule.value and age >= BOUNDARIES[0]:
        return "adult"
    return next((name for below, name in _BANDS if age < below), "adult")


def is_adult(born_on: date | None, on: date) -> bool:
    """Whether somebody around the client is an adult on the day; not when the birth date is unknown."""
    return born_on is not None and age_on(born_on, on) >= BOUNDARIES[-1]


def is_minor(facts: ClientFacts, on: date) -> bool:
    """Whether the client is under 18 and not married or declared of age."""
    return facts.birth_date is not None and age_on(facts.birth_date, on) < 18 and not facts.emancipated


def has_representative(facts: ClientFacts, on: date) -> bool:
    """Whether there is a legal representative; when unknown: for a minor yes, for an adult no."""
    known = facts.has_legal_representative
    return is_minor(facts, on) if known is None else known


def _substitutes(facts: ClientFacts, rung: Rung, representation: Representation, on: date) -> Standing:
    present = _people(facts, on)
    for group in representation.substitutes:
        found = tuple(person for person in group.by if present.get(person, 0))
        if found:
            several = sum(present[person] for person in found) > 1
            return Standing(found, Mode.ANY_OF if several else Mode.ALONE, False, (group,))
    return Standing((), Mode.NONE, True, (rung,))


def _people(facts: ClientFacts, on: date) -> dict[Person, int]:
    """How many there are of each who might act for an adult; minors among them do not count."""
    return {
        Person.SPOUSE_OR_PARTNER: int(facts.partner is not None and facts.partner.willing),
        Person.PARENT: int(facts.has_parent),
        Person.ADULT_SIBLING: sum(is_adult(born, on) for born in facts.siblings_birth_dates),
        Person.ADULT_CHILD: sum(is_adult(born, on) for born in facts.own_children_birth_dates),
    }


def client_facts(facts: ClientFacts, on: date) -> tuple[Fact, ...]:
    """What a ladder looks at, with the age it computed."""
    names = ["birth_date", "client_capable", "has_legal_representative"]
    names += ["capacity_judged_by"] if not facts.client_capable else []
    age = () if facts.birth_date is None else (fact("age", age_on(facts.birth_date, on)),)
    return used(facts, *names) + age


def what_would_change(facts: ClientFacts, ladder: Ladder, representation: Representation, on: date) -> tuple[str, ...]:
    """The next birthday that changes the answer, and the answer for the other capacity."""
    now = ladder[cell_on(facts, representation, on)]
    return (
        *_next_birthday(facts, ladder, representation, on, now),
        *_other_capacity(facts, ladder, representation, on, now),
    )


def _next_birthday(
    facts: ClientFacts, ladder: Ladder, representation: Representation, on: date, now: Rung
) -> tuple[str, ...]:
    if facts.birth_date is None:
        return ()
    for age in BOUNDARIES:
        day = birthday(facts.birth_date, age)
        if day > on:
            then = ladder[cell_on(facts, representation, day)]
            if (then.by, then.mode) != (now.by, now.mode):
                return (f"Op {say(day)} wordt de cliënt {age}. {then.sentence}",)
    return ()


def _other_capacity(
    facts: ClientFacts, ladder: Ladder, representation: Representation, on: date, now: Rung
) -> tuple[str, ...]:
    cell = cell_on(facts, representation, on).value
    if cell == Cell.UNDER_12.value:
        return ()
    word, _, band = cell.partition("_")
    other = ladder[Cell(f"{'incapable' if word == 'capable' else 'capable'}_{band}")]
    if (other.by, other.mode) == (now.by, now.mode):
        return ()
    able = "niet kan afwegen" if word == "capable" else "wel kan afwegen"
    return (f"Als de cliënt de eigen belangen {able}: {other.sentence}",)
