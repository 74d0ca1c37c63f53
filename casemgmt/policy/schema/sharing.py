"""Giving data to others: recipients, grounds with their conditions, what never leaves, and who is told."""

from __future__ import annotations

from pydantic import Field

from casemgmt.policy.schema.people import Test
from casemgmt.policy.schema.values import Cited, Label, Strict, Table, TermValue, Valued, unread
from casemgmt.policy.schema.vocabulary import (
    Channel,
    Content,
    Event,
    Ground,
    InformWho,
    Item,
    Mode,
    Recipient,
    RoleKey,
    Staff,
    Timing,
)


class RecipientChoice(Strict):
    """A recipient the form offers."""

    key: Recipient
    label: Label


class Consultation(Cited):
    """Who is consulted before deciding, and whether without names."""

    consult: tuple[Staff, ...] = Field(min_length=1, title="Wie")
    mode: Mode = Field(title="Allen of één van hen")
    before: bool = Field(default=True, title="Vooraf")
    anonymous: bool = Field(default=False, title="Zonder namen")


class Condition(Test):
    """A condition of a ground, with its own articles where they differ from the ground's."""

    articles: tuple[str, ...] = ()


class GroundRule(Cited):
    """A ground without consent: for these recipients (none listed = any), if every condition holds."""

    ground: Ground = Field(title="Grond")
    label: Label = Field(title="Naam")
    recipients: tuple[Recipient, ...] = Field(default=(), title="Alleen voor")
    conditions: tuple[Condition, ...] = Field(default=(), title="Voorwaarden")
    duty_when: tuple[Test, ...] = Field(default=(), title="Een plicht als")
    is_duty: bool = Field(default=False, title="Is een plicht")
    overrides_privacy: bool = Field(default=False, title="Gaat voor privacy van een ander")
    acute: bool = Field(default=False, title="Mag niet wachten")
    consultation: Consultation | None = Field(default=None, title="Overleg")


class NeverGiven(Cited):
    """An item that is never given to others on any ground, unless the test holds."""

    item: Item = Field(title="Gegevens")
    unless: tuple[Test, ...] = Field(default=(), title="Behalve als")


class Disclosure(Strict):
    """All of giving: recipients, consent route, other grounds, exclusions, register."""

    recipients: tuple[RecipientChoice, ...] = Field(min_length=1, title="Ontvangers")
    consent_route: Cited = Field(title="Met toestemming")
    consent_conditions: tuple[Condition, ...] = Field(default=(), title="Ook met toestemming nodig")
    grounds: tuple[GroundRule, ...] = Field(title="Gronden zonder toestemming")
    never: tuple[NeverGiven, ...] = Field(default=(), title="Gaat nooit mee")
    privacy_of_other: Cited | None = Field(default=None, title="Privacy van een ander")
    originals_stay: Cited | None = Field(default=None, title="Originelen blijven")
    consultation: Cited | None = Field(default=None, title="Overleg in het algemeen")
    kept_register: Cited | None = Field(default=None, title="Register van verstrekkingen")
    approved_by: Valued[RoleKey] = Field(title="Wie goedkeurt (huisregel)")


class Deferral(Cited):
    """When informing may wait (or may be left out): the test must hold."""

    when: Test = Field(title="Voorwaarde")
    omit: bool = Field(default=False, title="Mag ook achterwege blijven")
    forbids: bool = Field(default=False, title="Mag niet worden verteld")


class ExtraContent(Cited):
    """What is told as well when the test holds."""

    when: Test = Field(title="Voorwaarde")
    content: tuple[Content, ...] = Field(min_length=1, title="Wat ook wordt verteld")


class InformRule(Cited):
    """Who is told what after an event, when, and in which way."""

    duty: bool = Field(title="Plicht")
    who: InformWho = Field(title="Aan wie")
    timing: Timing = Field(title="Wanneer")
    content: tuple[Content, ...] = Field(default=(), title="Wat wordt verteld")
    extra: tuple[ExtraContent, ...] = Field(default=(), title="Ook vertellen")
    channels: tuple[Channel, ...] = Field(default=(), title="Hoe")
    duty_when: tuple[Test, ...] = Field(default=(), title="Alleen als")
    deferrals: tuple[Deferral, ...] = Field(default=(), title="Uitstel")
    within: Valued[TermValue] | None = unread("Uiterlijk binnen", default=None)
    task_for: RoleKey = Field(default=RoleKey.CASEWORKER, title="Wie informeert")


class Informing(Strict):
    """Telling people, per event, and on which ground a rule of its own applies."""

    events: Table[Event, InformRule] = Field(title="Informeren per gebeurtenis")
    per_ground: Table[Ground, InformRule] = Field(default={}, title="Afwijking per grond")
