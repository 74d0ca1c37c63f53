"""What clients ask: per kind of request its form, terms, refusal grounds and appeal; and the fees."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from casemgmt.policy.schema.basics import Choice
from casemgmt.policy.schema.people import Test
from casemgmt.policy.schema.values import Cited, Label, Sentence, Strict, Table, TermValue, Valued, unread
from casemgmt.policy.schema.vocabulary import (
    About,
    Cell,
    FeeKind,
    Force,
    Item,
    Person,
    Reason,
    RequestKind,
    Right,
    RoleKey,
    Route,
)


class RefusalGround(Cited):
    """A ground for refusing: must (the text refuses) or may (a person decides), for the whole or for a part."""

    reason: Reason = Field(title="Grond")
    label: Label = Field(title="Naam")
    force: Force = Field(title="Moet of mag")
    part_only: bool = Field(default=False, title="Alleen voor dat deel")
    absolute: bool = Field(default=False, title="Niemand mag anders beslissen")
    only_for: tuple[Person, ...] = Field(default=(), title="Alleen tegen")
    overrule_by: RoleKey | None = Field(default=None, title="Wie met reden anders mag beslissen")


class ConditionalAsker(Cited):
    """Somebody who may ask only when a test over the facts holds; the sentence says so."""

    by: Person = Field(title="Wie")
    when: Test = Field(title="Alleen als")


class Entitlement(Cited):
    """In this age cell these people may ask: any of them, or only all together."""

    by: tuple[Person, ...] = Field(title="Wie mag vragen")
    conditional: tuple[ConditionalAsker, ...] = Field(default=(), title="Wie onder voorwaarde mag vragen")
    together: bool = Field(default=False, title="Alleen samen")
    escalate: bool = Field(default=False, title="Iemand moet beslissen")


class RequestForm(Strict):
    """What a request must look like before it is complete."""

    channels: Valued[Label] = Field(title="Mondeling of schriftelijk")
    identification: Valued[bool] = Field(title="Legitimatie nodig")
    category_needed: Valued[bool] | None = Field(default=None, title="Categorie noemen")
    reason_needed: Valued[bool] = Field(title="Reden nodig")
    changes_needed: Valued[bool] | None = Field(default=None, title="Gevraagde wijziging noemen")
    after_inspection: Valued[bool] | None = unread("Pas na inzage", default=None)


class Request(Cited):
    """One kind of request: whose right it is, how it is made, when it is decided, why it can be refused."""

    label: Label = Field(title="Naam")
    offered: bool = Field(title="Wordt aangeboden")
    right: Right = Field(title="Welk recht wordt uitgeoefend")
    entitled: Table[Cell, Entitlement] | None = Field(default=None, title="Eigen leeftijdsregel")
    form: RequestForm = Field(title="Vorm")
    decide_within: Valued[TermValue] | None = Field(default=None, title="Beslissen binnen")
    carry_out_within: Valued[TermValue] | None = Field(default=None, title="Uitvoeren binnen")
    decided_by: Valued[RoleKey] = Field(title="Wie beslist")
    answered_by: Valued[RoleKey] | None = unread("Wie het antwoord stuurt", default=None)
    grounds: tuple[RefusalGround, ...] = Field(default=(), title="Weigeringsgronden")
    admissible: tuple[Choice, ...] = Field(default=(), title="Waarom iemand dit kan vragen")
    refusal_written: Valued[bool] | None = Field(default=None, title="Weigering schriftelijk")
    refusal_reasoned: Valued[bool] | None = Field(default=None, title="Weigering met redenen")
    refused_text_kept: Valued[bool] | None = Field(default=None, title="Geweigerde tekst blijft in het dossier")
    recipients_told: Valued[bool] | None = unread("Eerdere ontvangers krijgen bericht", default=None)


class Appeal(Cited):
    """Where somebody who disagrees can go, with a sample text for letters (ours, marked as sample)."""

    route: Route = Field(title="Weg")
    label: Label = Field(title="Naam")
    sample_text: Sentence = Field(title="Voorbeeldtekst voor de brief")


class Fee(Cited):
    """What may be asked: nothing, a reasonable amount, or a price per page with a ceiling. Amounts in euro."""

    allowed: bool = Field(title="Kosten toegestaan")
    reasonable: bool = Field(default=False, title="Redelijke vergoeding")
    per_page: Decimal | None = Field(default=None, ge=0, title="Euro per pagina")
    maximum: Decimal | None = Field(default=None, ge=0, title="Ten hoogste (euro)")
    many_pages: int | None = Field(default=None, ge=1, title="Grote kopie: meer dan dit aantal pagina's")
    many_maximum: Decimal | None = Field(default=None, ge=0, title="Grote kopie: ten hoogste (euro)")
    many_articles: tuple[str, ...] = Field(default=(), title="Artikelen over de grote kopie")
    many_sentence: Sentence | None = Field(default=None, title="Zin over de grote kopie")


class OtherPerson(Cited):
    """Whether somebody whose data stand in another person's dossier may hear that data are processed."""

    when: tuple[Test, ...] = Field(title="Voorwaarden")


class ItemRule(Cited):
    """Data that inspection does not give (or leaves to a person), unless the test holds."""

    item: Item = Field(title="Gegevens")
    unless: Test | None = Field(default=None, title="Behalve als")


class Requests(Strict):
    """All kinds of request, the appeal per decision, and the fees."""

    kinds: Table[RequestKind, Request] = Field(title="Verzoeken")
    appeal: Table[About, Appeal] = Field(title="Bezwaar en klacht")
    outside_inspection: tuple[ItemRule, ...] = Field(default=(), title="Niet ter inzage")
    other_person: OtherPerson | None = Field(default=None, title="Iemand die in het dossier van een ander staat")
    privacy_of_other: Cited | None = Field(default=None, title="Privacy van een ander bij inzage")
    fees: Table[FeeKind, Fee] = Field(title="Kosten")
