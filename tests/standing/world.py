"""A small world for the standing checks: four organisations with somebody in every role of their profile.

Made through the acts, kept for the length of a module, and flushed away after it. Nobody knows a password:
``Site.client`` signs somebody in as the door would leave them, with both factors shown just now.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import models, transaction
from django.test import Client

from casemgmt.accounts.acts import create_portal_account
from casemgmt.accounts.confirm import PORTAL_CONFIRMED
from casemgmt.accounts.models import User
from casemgmt.accounts.second_factor import PORTAL_FLAG
from casemgmt.audit import context
from casemgmt.base import clock
from casemgmt.base.organisation import current, organisation
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.organisations.models import Membership, Organisation, SignInPlace, Unit
from casemgmt.policy.acts import start_draft
from casemgmt.policy.loader import load_profile, shipped_profiles
from casemgmt.policy.shipped import load_shipped
from casemgmt.policy.versions import version_in_force
from casemgmt.vault.keys import create_organisation_key
from casemgmt.work.acts import create_task
from client_requests.acts import NewRequest, receive_request
from consent.acts import NewConsent, record_consent
from disclosures.acts import Proposal, propose
from dossiers.access import change_dossier
from dossiers.acts import NewAssignment, give_access
from dossiers.models import Dossier, PortalAccess
from dossiers.recording.acts import Wording, add_entry
from dossiers.recording.notes import keep_note
from dossiers.verbs import Verb
from retention.acts import place_hold
from tests.cast import Family, Place, make_family

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FIRST_DAY = date(2020, 1, 1)
# Nobody signs in with it; a page about passwords asks only whether there is one.
PASSWORD_HASH = "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHQ$aGFzaA"
ANONYMOUS, CLIENT = "anonymous", "client"
COOKIES = {settings.SESSION_COOKIE_NAME, settings.PORTAL_SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
# Words in an address that are no ids of rows; anything unknown is made up.
PLAIN = {"key": "retention", "number": "1", "pk": "1", "uidb36": "1", "section": "retention", "kind": "inspection"}
# Parameters whose model has another name.
MODELS = {
    "draft_id": ("policy.PolicyVersion", {"state": "draft"}),
    "note_id": ("dossiers.WorkingNote", {}),
    "dossier_id": ("dossiers.Dossier", {}),
    "access_id": ("dossiers.PortalAccess", {}),
    "item_id": ("disclosures.DisclosureItem", {}),
    # Some pages are about a client only, such as that of weighing own interests.
    "person_id": ("dossiers.Person", {"role": "client"}),
}
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


class Browser(Client):
    """A browser for which every answer, whatever was asked or sent, sets no cookie but the three that we name."""

    def request(self, **request: Any) -> Any:
        """Ask; a cookie of another name fails at once, also one that only a form that was accepted sets."""
        answer = super().request(**request)
        assert set(answer.cookies) <= COOKIES and "Set-Cookie" not in answer.headers, (
            f"BT-cookies: {request['REQUEST_METHOD']} {request['PATH_INFO']} sets {set(answer.cookies)}"
        )
        return answer


@dataclass
class Site:
    """One organisation of the world with a person in each role, a client of the portal and three dossiers."""

    id: UUID
    slug: str
    team: Unit
    other_team: Unit
    users: dict[str, User] = field(default_factory=dict)
    dossiers: dict[str, UUID] = field(default_factory=dict)
    # Ids of the people, teams and dossiers of every other organisation: none of them belongs on a page of this one.
    strangers: frozenset[str] = frozenset()
    _clients: dict[str, Client] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _found: dict[tuple[str, UUID | None], UUID | None] = field(default_factory=dict)

    def actor(self, role: str) -> Actor:
        """Who this role's person is at work today; asked once, since nobody's work changes here."""
        if role not in self._actors:
            with organisation(self.id):
                self._actors[role] = actor_for(self.users[role], clock.today())
        return self._actors[role]

    def client(self, role: str) -> Client:
        """The browser of somebody; signed in again when the last page signed them out."""
        if role == ANONYMOUS:
            return Browser(raise_request_exception=False)
        made = self._clients.get(role)
        if made is None or not _still_signed_in(made):
            made = self._clients[role] = signed_in(self.users[role])
        return made

    def row(self, parameter: str, dossier: str = "own") -> UUID | None:
        """The id of a row that a parameter of an address can mean, in this organisation and, if it can be, dossier."""
        if parameter == "dossier_id":
            return self.dossiers[dossier]
        key = (parameter, self.dossiers.get(dossier))
        if key not in self._found:
            with organisation(self.id), transaction.atomic():
                self._found[key] = _first(parameter, self.dossiers[dossier])
        return self._found[key]


def _first(parameter: str, dossier_id: UUID) -> UUID | None:
    label, filters = MODELS.get(parameter, (None, {}))
    model = apps.get_model(label) if label else _by_name(parameter.removesuffix("_id").replace("_", ""))
    if model is None:
        return None
    names = {each.attname for each in model._meta.local_fields}
    column = next((name for name in ("dossier_id", "content_object_id") if name in names), None)
    rows = model._default_manager.filter(**filters)
    if "organisation_id" in names:
        # Of itself, too: the queue has no row security.
        rows = rows.filter(organisation_id=current())
    return rows.filter(**{column: dossier_id} if column else {}).values_list("id", flat=True).first()


def _by_name(name: str) -> type[models.Model] | None:
    fitting = [
        model
        for model in apps.get_models()
        if model._meta.model_name in (name, f"client{name}")
        and "organisation_id" in {f.attname for f in model._meta.fields}
    ]
    return fitting[0] if fitting else None


def _still_signed_in(client: Client) -> bool:
    names = (settings.SESSION_COOKIE_NAME, settings.PORTAL_SESSION_COOKIE_NAME)
    return any(name in client.cookies and client.cookies[name].value for name in names)


def signed_in(user: User) -> Client:
    """A browser in which this person has just shown both factors, at the door that is theirs."""
    client = Browser(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    session = client.session
    # Confirmed for as long as a slow run takes; five minutes would end in the middle of a test.
    confirmed = time.time() + 3600
    session["account_authentication_methods"] = [{"method": "password", "at": confirmed, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session[PORTAL_FLAG], session[PORTAL_CONFIRMED] = True, confirmed
    session.save()
    if user.is_portal:
        key = client.cookies.pop(settings.SESSION_COOKIE_NAME).value
        client.cookies[settings.PORTAL_SESSION_COOKIE_NAME] = key
    return client


@contextmanager
def world(db_blocker: Any, slugs: Collection[str] = ()) -> Iterator[dict[str, Site]]:
    """These organisations by slug, or all four, until the block ends; then every table is empty again."""
    with db_blocker.unblock(), context.circumstances(context.AuditContext()):
        cache.clear()
        try:
            made = {slug: _site(slug) for slug in sorted(slugs or shipped_profiles())}
            for site in made.values():
                site.strangers = frozenset().union(*(_ids(one) for one in made.values() if one is not site))
            yield made
        finally:
            cache.clear()
            for alias in ("owner", "vault_owner"):
                call_command("flush", database=alias, verbosity=0, interactive=False, reset_sequences=False)


def _ids(site: Site) -> set[str]:
    """How an organisation's people, teams and dossiers would stand in a page."""
    users = {user.id for user in site.users.values()}
    return {str(one) for one in {site.id, site.team.id, site.other_team.id, *users, *site.dossiers.values()}}


def _site(slug: str) -> Site:
    row = Organisation.objects.create(slug=slug, name=slug.title(), kind="test", abbreviation=slug[:2].upper())
    now = clock.now()
    with organisation(row.id):
        create_organisation_key()
        load_shipped(slug=slug, at=now)
        with transaction.atomic():
            team, other = Unit.objects.create(name="team Zuid"), Unit.objects.create(name="team Noord")
    site = Site(row.id, slug, team, other)
    for role in roles_of(slug):
        site.users[role] = _employ(row, team, role)
    site.users["other team"] = _employ(row, other, "caseworker")
    _fill(site, row)
    return site


def roles_of(slug: str) -> list[str]:
    """The roles that an organisation's newest shipped profile knows."""
    profile = load_profile(shipped_profiles()[slug][-1])
    return sorted(key.value for key in profile.roles.table)


def _employ(row: Organisation, unit: Unit, role: str) -> User:
    user = User.objects.create_staff(
        email=f"{role}.{unit.name[-4:].lower()}@{row.slug}.example.org", name=role.title(), password=None
    )
    user.password = PASSWORD_HASH
    user.save(update_fields=["password"])
    TOTP.activate(user, generate_totp_secret())
    SignInPlace.objects.create(user_id=user.id, organisation=row)
    with organisation(row.id), transaction.atomic():
        Membership.objects.create(user_id=user.id, unit=unit, role=role, starts_on=FIRST_DAY)
    return user


def _fill(site: Site, row: Organisation) -> None:
    with organisation(site.id):
        worker, elsewhere = site.actor("caseworker"), site.actor("other team")
        place = Place(site.id, site.slug, site.team.id, site.other_team.id, worker, elsewhere, worker)
        family = make_family(place, f"{site.slug}-1", clock.now())
        site.dossiers["own"] = family.dossier_id
        # Of the three children always the same: their pages do not ask the same of each.
        site._found["person_id", family.dossier_id] = family.sem
        _content(site, family, worker)
        other = make_family(place, f"{site.slug}-2", clock.now())
        site.dossiers["second"] = other.dossier_id
        _content(site, other, worker)
        across = Place(site.id, site.slug, site.other_team.id, site.team.id, elsewhere, worker, elsewhere)
        site.dossiers["other unit"] = make_family(across, f"{site.slug}-3", clock.now()).dossier_id
        site.users[CLIENT] = _portal_client(row, family, worker)
        _drafts(site)


def _content(site: Site, family: Family, worker: Actor) -> None:
    """One of each thing that a dossier can hold, made by its worker."""
    now, today, milan, samira = clock.now(), clock.today(), family.milan, family.samira
    tell = Wording("Milan gaat elke dag naar school.", source="Samira, telefoon")
    answer = NewConsent(samira, milan, "request_information", today, "written", recipient_kind="gp")
    share = Proposal(milan, "gp", "dokter Sikkema", "Huisartsenpraktijk De Linde", "Om te beoordelen wat nodig is.")
    asked = NewRequest("inspection", milan, milan, "written", today, categories=("care",))
    colleague = NewAssignment(site.users["intern"].id, "stagiair", today)

    def through(dossier: Dossier) -> None:
        add_entry(dossier, tell, kind="fact", about=[milan], happened_on=today, by=worker, at=now)
        keep_note(dossier, "Navragen bij school.", by=worker, at=now)
        record_consent(dossier, answer, by=worker, at=now)
        propose(dossier, share, by=worker, at=now)
        receive_request(dossier, asked, by=worker, at=now)
        place_hold(dossier, why="Er loopt een klacht.", by=worker, at=now)
        give_access(dossier, colleague, by=worker)

    change_dossier(worker, family.dossier_id, Verb.ADD, through, data="entry")


def _portal_client(row: Organisation, family: Family, worker: Actor) -> User:
    now = clock.now()

    def through(dossier: Dossier) -> User:
        user = create_portal_account(until=now + timedelta(days=1)).user
        SignInPlace.objects.create(user_id=user.id, organisation=row)
        PortalAccess.objects.create(dossier=dossier, person_id=family.milan, user_id=user.id, since=now)
        TOTP.activate(user, generate_totp_secret())
        return user

    return change_dossier(worker, family.dossier_id, Verb.INVITE_TO_PORTAL, through, data="portal-access")


def _drafts(site: Site) -> None:
    """Work that waits for somebody: a draft of the rules and a task."""
    drafter = next(role for role in site.users if role != CLIENT and site.actor(role).may("policy.draft"))
    with transaction.atomic():
        version = version_in_force(clock.today()).id
    start_draft(based_on=version, by=site.actor(drafter), at=clock.now())
    with transaction.atomic():
        create_task(
            kind="dossiers.note",
            due_on=clock.today(),
            at=clock.now(),
            dossier_id=site.dossiers["own"],
            assignee_id=site.users["caseworker"].id,
            title="Bel terug",
        )


def address(pattern: str, value: Callable[[str, str], str]) -> str:
    """An address from a pattern of the URLconf: ``value(converter, parameter)`` fills each place."""
    return "/" + PARAMETER.sub(lambda found: value(found[1] or "str", found[2]), pattern)
