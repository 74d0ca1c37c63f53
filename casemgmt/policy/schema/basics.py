"""Sections that name things: who the organisation is, its nouns, its roles, and what is asked when recording."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from casemgmt.policy.schema.people import Test
from casemgmt.policy.schema.values import Cited, Label, Strict, Table, Valued, unread
from casemgmt.policy.schema.vocabulary import (
    AskWhen,
    Capability,
    EntryField,
    Item,
    RoleKey,
    StatementKind,
)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=60)]


class Meta(Strict):
    """Which organisation, which regulation, from when until when."""

    slug: Slug = Field(title="Korte naam in het webadres")
    version_name: Label = Field(title="Naam van de versie")
    organisation: Label = Field(title="Organisatie")
    regulation: Label = Field(title="Titel van het reglement")
    controller: Valued[Label] = Field(title="Verwerkingsverantwoordelijke")
    in_force_from: Valued[date] = Field(title="Van kracht vanaf")
    lapsed_on: Valued[date] | None = unread("Vervallen op", default=None)


class Words(Cited):
    """The organisation's own nouns, in Dutch; templates use them as words.client, words.dossier and so on."""

    organisation: Label = unread("Zo noemt de organisatie zich in een zin")
    client: Label = Field(title="Cliënt")
    clients: Label = Field(title="Cliënten")
    former_client: Label = unread("Oud-cliënt")
    legal_representative: Label = unread("Wettelijk vertegenwoordiger")
    legal_representatives: Label = unread("Wettelijk vertegenwoordigers")
    dossier: Label = Field(title="Dossier")
    dossiers: Label = Field(title="Dossiers")
    caseworker: Label = unread("Hulpverlener")
    caseworkers: Label = unread("Hulpverleners")
    manager: Label = unread("Leidinggevende")
    managers: Label = unread("Leidinggevenden")
    records_administrator: Label = unread("Beheerder")
    deputy: Label = unread("Waarnemer")
    team: Label = unread("Team")
    teams: Label = unread("Teams")
    help: Label = unread("Hulp")
    plan: Label = unread("Plan")
    trajectory: Label = unread("Traject")
    entry: Label = unread("Vastlegging")
    entries: Label = unread("Vastleggingen")
    working_note: Label = Field(title="Werkaantekening")
    working_notes: Label = Field(title="Werkaantekeningen")
    consent: Label = Field(title="Toestemming")
    disclosure: Label = unread("Verstrekking")
    disclosures: Label = Field(title="Verstrekkingen")
    request: Label = unread("Verzoek")
    requests: Label = Field(title="Verzoeken")
    regulation: Label = unread("Reglement")


class Role(Cited):
    """What people with this role are called and what they may do at all."""

    label: Label = Field(title="Naam")
    plural: Label = Field(title="Meervoud")
    capabilities: tuple[Capability, ...] = Field(title="Mag")
    needs_supervisor: bool = Field(default=False, title="Werkt onder een begeleider")
    access: bool = Field(default=True, title="Kan toegang tot een dossier krijgen")


FOUR_EYES = (
    (Capability.POLICY_DRAFT, Capability.POLICY_PUBLISH),
    (Capability.REMOVAL_REVIEW, Capability.REMOVAL_APPROVE),
    (Capability.DISCLOSURE_PREPARE, Capability.DISCLOSURE_APPROVE),
    (Capability.USERS_MANAGE, Capability.AUDIT_READ),
)
"""Pairs that two different people must be able to play in every organisation."""

DOSSIER_CONTENT = (Capability.DOSSIER_READ, Capability.DOSSIER_ADD, Capability.DOSSIER_CHANGE, Capability.NOTE_KEEP)

FORBIDDEN_TO = {
    RoleKey.ORGANISATION_ADMINISTRATOR: DOSSIER_CONTENT,
    RoleKey.RECORDS_ADMINISTRATOR: (Capability.NOTE_KEEP,),
}
"""What a role may never do, neither by itself nor by another role of the same person."""


class Roles(Strict):
    """All roles of the organisation; refuses a set in which nobody could be the second pair of eyes."""

    table: Table[RoleKey, Role] = Field(title="Rollen")

    @model_validator(mode="after")
    def _keeps_hands_apart(self) -> Self:
        for key, forbidden in FORBIDDEN_TO.items():
            self._refuse(key, forbidden)
        for first, second in FOUR_EYES:
            if not any(one is not two for one in self.having(first) for two in self.having(second)):
                raise ValueError(f"voor “{first.value}” en “{second.value}” zijn twee verschillende rollen nodig")
        return self

    def _refuse(self, key: RoleKey, forbidden: tuple[Capability, ...]) -> None:
        role = self.table.get(key)
        for capability in forbidden:
            if role and capability in role.capabilities:
                raise ValueError(f"de rol “{role.label}” mag “{capability.value}” nooit hebben")

    def having(self, capability: Capability) -> tuple[RoleKey, ...]:
        """The roles that have this capability."""
        return tuple(key for key, role in self.table.items() if capability in role.capabilities)

    def label(self, key: str) -> str:
        """The Dutch name of a role in this organisation; the key itself when the organisation has no such role."""
        role = self.table.get(RoleKey(key))
        return role.label if role else key


class Choice(Cited):
    """One choice of a closed list, with the article that lists it."""

    key: Key
    label: Label


class Statement(Cited):
    """A kind of statement the organisation distinguishes."""

    key: StatementKind
    label: Label
    must_be_marked: bool = Field(default=False, title="Wordt zichtbaar gemarkeerd")
    correctable: bool = Field(default=True, title="Kan gecorrigeerd worden")
    tested_only: bool = Field(default=False, title="Pas in het dossier als het is getoetst")


class AskedField(Cited):
    """A field of the entry form: when it is asked, and whether saving needs it."""

    label: Label = Field(title="Vraag")
    hint: Label | None = Field(default=None, title="Hulptekst")
    when: AskWhen = Field(title="Wanneer gevraagd")
    required: bool = Field(title="Verplicht")


class Recording(Strict):
    """What is recorded, in which kinds, for which purposes, and what the form asks."""

    statement_kinds: tuple[Statement, ...] = Field(min_length=1, title="Soorten vastlegging")
    categories: tuple[Choice, ...] = Field(title="Categorieën gegevens")
    purposes: tuple[Choice, ...] = Field(min_length=1, title="Doelen")
    channels: tuple[Choice, ...] = Field(title="Vormen")
    fields: Table[EntryField, AskedField] = Field(title="Vragen bij een vastlegging")
    responsible: Valued[RoleKey] | None = unread("Verantwoordelijk voor de inhoud", default=None)


class AccessRule(Cited):
    """A way in: for people in these roles, when every condition holds; the first that fits lets them in.

    `items`: a way that is the only one to these data.
    """

    roles: tuple[Key, ...] = Field(min_length=1, title="Voor wie")
    conditions: tuple[Test, ...] = Field(title="Voorwaarden")
    items: tuple[Item, ...] = Field(default=(), title="Alleen voor")
    logged: bool = Field(default=False, title="Wordt als uitzondering vastgelegd en beoordeeld")


class Access(Strict):
    """Who may be let in, and what a colleague without an assignment reads."""

    basics: Cited = Field(title="Wie toegang heeft")
    rules: tuple[AccessRule, ...] = Field(min_length=1, title="Wegen naar toegang")
    team_access: Valued[bool] = Field(title="Team ziet dossiers van het team")
    deputies: Valued[bool] = unread("Waarnemer krijgt toegang")
    supervised_roles: Cited = Field(title="Onder begeleiding")
    volunteers: Valued[bool] = Field(title="Vrijwilligers kunnen toegang krijgen")
    authorisation_per_part: Valued[bool] = unread("Toegang per onderdeel")
    notes_author_only: Cited = Field(title="Werkaantekeningen alleen voor de schrijver")
    colleague_sentence: Cited = Field(title="Zin voor een collega zonder toegang")
    archive_same_rules: Valued[bool] = unread("Zelfde regels in het archief")
    excluded_items: tuple[Item, ...] = Field(default=(), title="Nooit voor anderen")


class Notices(Strict):
    """How people identify themselves and what they get to read at the start."""

    identification_methods: tuple[Choice, ...] = Field(min_length=1, title="Manieren om vast te stellen wie vraagt")
