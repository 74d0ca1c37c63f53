"""What the profile gives to the rest of the house: its nouns, the names of its roles and what a role may do."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.organisation import current_or_none
from casemgmt.policy.schema.vocabulary import RoleKey
from casemgmt.policy.versions import NoVersion, profile_in_force
from casemgmt.web.context import provides

log = logging.getLogger("casemgmt.policy")

_ROLES = frozenset(key.value for key in RoleKey)


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Nouns that are nobody's in particular: outside an organisation, and for pages in English."""

    organisation: str
    client: str
    clients: str
    former_client: str
    legal_representative: str
    legal_representatives: str
    dossier: str
    dossiers: str
    caseworker: str
    caseworkers: str
    manager: str
    managers: str
    records_administrator: str
    deputy: str
    team: str
    teams: str
    help: str
    plan: str
    trajectory: str
    entry: str
    entries: str
    working_note: str
    working_notes: str
    consent: str
    disclosure: str
    disclosures: str
    request: str
    requests: str
    regulation: str


def plain_words() -> PlainWords:
    """The nouns in the language of the visitor."""
    return PlainWords(
        organisation=_("organisation"),
        client=_("client"),
        clients=_("clients"),
        former_client=_("former client"),
        legal_representative=_("legal representative"),
        legal_representatives=_("legal representatives"),
        dossier=_("dossier"),
        dossiers=_("dossiers"),
        caseworker=_("caseworker"),
        caseworkers=_("caseworkers"),
        manager=_("manager"),
        managers=_("managers"),
        records_administrator=_("records administrator"),
        deputy=_("deputy"),
        team=_("team"),
        teams=_("teams"),
        help=_("help"),
        plan=_("plan"),
        trajectory=_("trajectory"),
        entry=_("entry"),
        entries=_("entries"),
        working_note=_("working note"),
        working_notes=_("working notes"),
        consent=_("consent"),
        disclosure=_("disclosure"),
        disclosures=_("disclosures"),
        request=_("request"),
        requests=_("requests"),
        regulation=_("regulation"),
    )


def words_on(on: date) -> Any:
    """The nouns that the current organisation uses; a regulation has them in Dutch only."""
    if get_language() == "en" or current_or_none() is None:
        return plain_words()
    try:
        return profile_in_force(on).words
    except NoVersion:
        return plain_words()


def role_label(key: str, on: date) -> str:
    """What a role is called in the current organisation; the key itself when it has no such role."""
    return profile_in_force(on).roles.label(key) if key in _ROLES else key


def role_capabilities(on: date) -> dict[str, frozenset[str]]:
    """What the profile in force lets each role do; nothing at all while an organisation has no regulation."""
    try:
        table = profile_in_force(on).roles.table
    except NoVersion:
        log.warning("An organisation without a published regulation: nobody may do anything there.")
        return {}
    return {key.value: frozenset(given.value for given in role.capabilities) for key, role in table.items()}


def supervised_roles(on: date) -> frozenset[str]:
    """The roles that read only under a supervisor who has access: interns, volunteers, secretaries (SH-2.5.5)."""
    try:
        table = profile_in_force(on).roles.table
    except NoVersion:
        return frozenset()
    return frozenset(key.value for key, role in table.items() if role.needs_supervisor)


def install() -> None:
    """Replace the nouns of the web package with those of the profile."""
    provides("words")(_provide_words)


def _provide_words(request: HttpRequest | None) -> Any:
    return words_on(clock.today())
