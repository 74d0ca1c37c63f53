"""What stands around every page of a dossier: who it is about, who decides now, what must not be missed, the menu.

Loaded inside the door; plain values only. A secret address is never in it: only
that there is one, and of whom.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.calendar import age_on, months_on
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.facts import ImpossibleFact, RightFacts
from casemgmt.policy.rules.representation import is_adult, who_exercises_rights
from casemgmt.policy.rules.unknown import not_filled_in, of_client
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Mode
from casemgmt.policy.schema.vocabulary import Person as Acting
from casemgmt.policy.versions import NoVersion, profile_in_force
from casemgmt.policy.words import words_on
from casemgmt.web.dates import date_plain
from dossiers import access
from dossiers.models import Assignment, Dossier, Person
from dossiers.people.facts import client_facts
from dossiers.people.representing import Held, held_on, representatives_of, standing_to
from dossiers.people.vocabulary import PersonRole
from dossiers.sections import Flag, actions, flags, sections
from dossiers.verbs import Verb


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the dossier in one line."""

    id: UUID
    role: str
    name: str
    note: str
    first_name: str


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides now for one client: the sentence, and the decision that explains it (None: cannot be told)."""

    client: str
    sentence: str
    who: str
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret address: of whom, not what."""

    person_id: UUID
    name: str
    first_name: str


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One item of the dossier's own menu."""

    label: str
    url_name: str
    current: bool
    count: int | str


@dataclass(frozen=True, slots=True)
class Button:
    """One act that can be begun from the identity bar."""

    label: str
    url_name: str
    icon: str


@dataclass(frozen=True, slots=True)
class Frame:
    """All of it, for the template; ``on``: the day on which it holds."""

    dossier_id: UUID
    on: date
    name: str
    number: str
    state: str
    status: str
    here_as: str
    people: tuple[PersonLine, ...]
    deciders: tuple[Decider, ...]
    flags: tuple[Flag, ...]
    secrets: tuple[Secret, ...]
    menu: tuple[tuple[MenuItem, ...], ...]
    actions: tuple[Button, ...]
    is_open: bool


def load_frame(dossier: Dossier, actor: Actor, on: date, current: str) -> Frame:
    """The frame of a dossier for ``actor``; ``current`` is the name of the section whose page this is."""
    reads = access.can(actor, Verb.READ, dossier)
    # Who guards the trail or the access of others need not know whom a dossier is about.
    people = people_of(dossier) if reads else []
    held = held_on(dossier, on) if reads else frozenset()
    # A reporter stands nowhere in the frame: not by name, nor by a warning, a telephone or a secret address.
    named = [person for person in people if person.role != PersonRole.REPORTER]
    return Frame(
        dossier_id=dossier.id,
        on=on,
        name=dossier.name if reads else dossier.number,
        number=dossier.number,
        state=dossier.state,
        status=_status(dossier),
        here_as=_here_as(dossier, actor),
        people=tuple(_line(person, people, held, on) for person in named),
        deciders=deciders_of(people, held, on),
        flags=tuple(_flags(dossier, named, actor, on)),
        secrets=tuple(Secret(p.id, p.name, first_name(p.name)) for p in named if p.address_secret and p.address),
        menu=_menu(dossier, actor, on, current),
        actions=tuple(
            Button(_(one.label), one.url_name, one.icon)
            for _name, one in sorted(actions, key=lambda pair: pair[1].order)
            if actor.may(one.capability)
        ),
        is_open=dossier.state == Dossier.State.OPEN,
    )


def people_of(dossier: Dossier) -> list[Person]:
    """The people of a dossier in their order; one query."""
    return list(Person.objects.filter(dossier=dossier).order_by("position", "id"))


def person_in(dossier: Dossier, person_id: UUID) -> Person:
    """Somebody of this dossier; raises NotThere."""
    person: Person | None = Person.objects.filter(dossier=dossier, id=person_id).first()
    if person is None:
        raise NotThere
    return person


def age_words(born_on: date | None, on: date) -> str:
    """Somebody's age in words: "13 years", "4 months", "unborn"; empty when unknown."""
    if born_on is None:
        return ""
    years = age_on(born_on, on)
    if years < 0:
        return _("unborn")
    if years < 2:
        months = months_on(born_on, on)
        return ngettext("%(num)s month", "%(num)s months", months) % {"num": months}
    return ngettext("%(num)s year", "%(num)s years", years) % {"num": years}


def first_name(name: str) -> str:
    """How somebody is called in a short line."""
    return name.split()[0] if name.split() else name


def deciders_of(people: Sequence[Person], held: Held, on: date) -> tuple[Decider, ...]:
    """Who exercises each client's rights today, with the rule that says so (SH-3.1, VT-11, GT-22, BT).

    ``held``: who represents whom on that day (``held_on``).
    """
    profile = regulation(on)
    return tuple(_decider(person, people, held, profile, on) for person in people if person.role == PersonRole.CLIENT)


def regulation(on: date) -> Profile | None:
    """The regulation that holds; None while an organisation has none yet."""
    try:
        return profile_in_force(on)
    except NoVersion:
        return None


def _decider(client: Person, people: Sequence[Person], held: Held, profile: Profile | None, on: date) -> Decider:
    name = first_name(client.name)
    if profile is None:
        return Decider(name, _("cannot be told yet."), _("not known yet"), None)
    try:
        facts = RightFacts(**client_facts(client, people, held, profile, on))
        decision = of_client(who_exercises_rights, facts, profile, on)
    except ImpossibleFact:
        return Decider(name, _("cannot be told yet."), _("not known yet"), None)
    if not_filled_in(decision):
        return Decider(name, _("cannot be told yet: the date of birth is missing."), _("not known yet"), decision)
    sentence, who = _decides(name, decision, representatives_of(client, people, held, on))
    return Decider(name, sentence, who, decision)


def _decides(name: str, decision: Decision, representatives: Sequence[Person]) -> tuple[str, str]:
    """The sentence that says who decides for a client, and the same as names only."""
    by, mode = decision.outcome["by"], decision.outcome["mode"]
    if not by or decision.outcome["escalate"]:
        return _("somebody of the organisation must decide."), _("by decision")
    others = _or(first_name(p.name) for p in representatives) or _("the legal representative")
    if Acting.CLIENT.value in by and len(by) == 1:
        return _("decides alone."), name
    if Acting.CLIENT.value in by:
        joined = mode in (Mode.JOINTLY.value, Mode.BESIDE.value)
        both = _("%(one)s and %(other)s") if joined else _("%(one)s or %(other)s")
        sentence = _("together with %(who)s.") if joined else _("alone, or %(who)s.")
        return sentence % {"who": others}, both % {"one": name, "other": others}
    if by == (Acting.LEGAL_REPRESENTATIVE.value,):
        return _("%(who)s decides.") % {"who": others}, others
    return _("a relative decides."), _("a relative")


def _or(names: Iterable[str]) -> str:
    """Names as a choice: "Samira or Mark"."""
    return _(" or ").join(names)


def _line(person: Person, people: Sequence[Person], held: Held, on: date) -> PersonLine:
    age = age_words(person.birth_date, on)
    custody = custody_words(person, people, held, on)
    role = "" if person.role in (PersonRole.CLIENT, PersonRole.PARENT) else person.get_role_display()
    note = ", ".join(part for part in (age, role, custody) if part)
    return PersonLine(person.id, person.role, person.name, note, first_name(person.name))


def custody_words(person: Person, people: Sequence[Person], held: Held, on: date) -> str:
    """Of whom somebody has custody, without names where it is every minor; of an adult, whom they represent."""
    clients = [one for one in people if one.role == PersonRole.CLIENT and one.id != person.id]
    mine = [one for one in clients if standing_to(person, one, held, on) is Acting.LEGAL_REPRESENTATIVE]
    names = {"names": ", ".join(first_name(one.name) for one in mine)}
    if any(is_adult(one.birth_date, on) for one in mine):
        return _("represents %(names)s") % names
    if len(mine) < sum(not is_adult(one.birth_date, on) for one in clients):
        return _("has custody of %(names)s") % names if mine else ""
    return _("has custody") if mine and person.role != PersonRole.GUARDIAN else ""


def _status(dossier: Dossier) -> str:
    if dossier.closed_on is not None:
        return _("closed on %(day)s") % {"day": date_plain(dossier.closed_on)}
    return _("open since %(day)s") % {"day": date_plain(dossier.opened_on)}


def _here_as(dossier: Dossier, actor: Actor) -> str:
    """In which capacity the reader is here: a role in the care, the team, or a desk."""
    held: Assignment | None = access.assignment_of(actor, dossier)
    if held is not None and held.role_in_care:
        return _("You are here as %(role)s.") % {"role": held.role_in_care}
    if any(dossier.unit_id in units for units in actor.units_by_capability.values()):
        return _("You are here through %(team)s.") % {"team": dossier.unit.name}
    return _("You are here for your task in the organisation.")


def _flags(dossier: Dossier, people: Iterable[Person], actor: Actor, on: date) -> Iterable[Flag]:
    for person in people:
        if person.warning:
            yield Flag(person.warning, "alert-triangle", danger=True)
    for person in people:
        if person.safe_contact:
            yield Flag(f"{first_name(person.name)}: {person.safe_contact}", "phone")
    for _name, more in flags:
        yield from more(dossier, actor, on)


def _menu(dossier: Dossier, actor: Actor, on: date, current: str) -> tuple[tuple[MenuItem, ...], ...]:
    groups: dict[int, list[tuple[int, MenuItem]]] = {}
    words = words_on(on)
    for _name, one in sections:
        if not actor.may(one.capability):
            continue
        label = str(getattr(words, one.word)) if one.word else _(one.label)
        count = one.count(dossier, actor) if one.count else 0
        item = MenuItem(label[:1].upper() + label[1:], one.url_name, one.name == current, count)
        groups.setdefault(one.group, []).append((one.order, item))
    return tuple(
        tuple(item for _order, item in sorted(group, key=lambda pair: pair[0]))
        for _number, group in sorted(groups.items())
    )
