"""An organisation with its own regulation, a family, and people of the staff and the portal who can sign in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from casemgmt.accounts.models import User
from casemgmt.accounts.second_factor import PORTAL_FLAG
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.organisations.models import Membership, Organisation, SignInPlace, Unit
from casemgmt.policy.shipped import load_shipped
from casemgmt.vault.keys import create_organisation_key, load_keys
from client_requests.acts import NewRequest, receive_request
from client_requests.inspection import candidates
from client_requests.models import ClientRequest
from client_requests.vocabulary import Channel
from dossiers.access import change_dossier
from dossiers.acts import NewDossier, create_dossier
from dossiers.models import Dossier, Entry, EntryAbout, EntryVersion, Person, PortalAccess
from dossiers.people.acts import NewPerson, add_person
from dossiers.people.representing import represent
from dossiers.verbs import Verb
from tests.cast import of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
SECRET = "Geheimlaan 77"

# Ages on NOW: Fien 11, Daan 15, Milou 17; mother has custody, father has not.
FAMILY = {
    "fien": NewPerson("client", "Fien Bakker", date(2015, 3, 1)),
    "daan": NewPerson("client", "Daan Bakker", date(2011, 6, 30)),
    "milou": NewPerson("client", "Milou Bakker", date(2009, 1, 15)),
    "samira": NewPerson("parent", "Samira El Idrissi", date(1988, 2, 29), address=SECRET, address_secret=True),
    "mark": NewPerson("parent", "Mark Bakker", date(1985, 12, 31)),
}
CUSTODY = {"samira": ("fien", "daan", "milou")}


class Browser(Client):
    """A browser without script, which sends along what stands hidden in a form: the mark of what its page shows."""

    _PAGES = {"besluit/": "", "vrijgeven/": "inzage/", "dichthouden/": "inzage/"}

    def post(self, path: str, data: Any = None, *args: Any, **kw: Any) -> Any:
        """Send a form; ``data`` with ``seen`` in it is a page that was opened earlier."""
        last = path.rstrip("/").rsplit("/", 1)[-1] + "/"
        if "/verzoeken/" in path and last in self._PAGES and "seen" not in (data or {}):
            data = {**(data or {}), "seen": seen_on(self, path.removesuffix(last) + self._PAGES[last])}
        return super().post(path, data, *args, **kw)


def seen_on(browser: Client, path: str) -> str:
    """The mark of what this page shows; empty where there is no such form."""
    found = re.search(r'name="seen" value="([^"]*)"', browser.get(path).content.decode())
    return found[1] if found else ""


@dataclass
class House:
    """One organisation at work, with one family's dossier."""

    row: Organisation
    unit_id: UUID
    staff: dict[str, User] = field(default_factory=dict)
    clients: dict[str, User] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    dossier_id: UUID = field(default_factory=uuid4)

    @property
    def id(self) -> UUID:
        return self.row.id

    def actor(self, name: str) -> Actor:
        """Somebody of staff, or a client, as the entrance would build them."""
        with organisation(self.id):
            return actor_for((self.staff | self.clients)[name], TODAY)

    def client(self, name: str) -> Client:
        """A signed-in browser of staff or of the portal, without script."""
        browser = Browser(raise_request_exception=False)
        user = (self.staff | self.clients)[name]
        browser.force_login(user, backend=BACKEND)
        if user.is_portal:
            session = browser.session
            session[PORTAL_FLAG] = True
            session.save()
            browser.cookies["casemgmt_portal"] = browser.cookies["casemgmt_session"].value
        return browser

    def staff_url(self, rest: str = "") -> str:
        return f"/o/{self.row.slug}/{rest}"

    def inside(self, rest: str = "") -> str:
        return self.staff_url(f"dossiers/{self.dossier_id}/{rest}")

    def portal_url(self, rest: str = "") -> str:
        return f"/mijn/{self.row.slug}/{rest}"

    def change(self, name: str, verb: Verb, act: Callable[[Dossier], Any]) -> Any:
        """Something done in the dossier by somebody of staff."""
        with organisation(self.id):
            return change_dossier(self.actor(name), self.dossier_id, verb, act, data="test")

    def ask(
        self,
        asker: str = "daan",
        about: str = "",
        kind: str = "inspection",
        on: date = TODAY,
        channel: str = Channel.WRITTEN,
        at: datetime = NOW,
        words: str | None = None,
    ) -> UUID:
        """A request taken by the worker on a day."""
        new = NewRequest(
            kind=kind,
            asker_id=self.people[asker],
            about_id=self.people[about or asker],
            channel=channel,
            received_on=on,
            words=words,
            categories=("care",),
        )
        worker = self.actor("noor")
        return UUID(str(self.change("noor", Verb.READ, lambda d: receive_request(d, new, by=worker, at=at).id)))

    def request(self, request_id: UUID) -> ClientRequest:
        """The row, with its key loaded."""
        with organisation(self.id), transaction.atomic():
            load_keys([self.dossier_id])
            row = ClientRequest.objects.select_related("asker", "about", "dossier").get(id=request_id)
            row.deadline, row.entitled, row.decided, row.details, row.reason  # noqa: B018  # opened while it can be
            return row

    def pieces(self, request_id: UUID, at: datetime = NOW) -> dict[UUID, int]:
        """Every piece that this request can be given, as somebody would tick them all."""
        with organisation(self.id), transaction.atomic():
            load_keys([self.dossier_id])
            row = ClientRequest.objects.select_related("dossier").get(id=request_id)
            return candidates(row.dossier, row, at)

    def ticked(self, request_id: UUID) -> list[str]:
        """The same as the form sends them."""
        return [f"{id_}:{number}" for id_, number in self.pieces(request_id).items()]

    def release(self, request_id: UUID, who: str = "noor") -> None:
        """Somebody reads what is closed, as the address of the mother is secret, and releases all of it."""
        desk, at = self.client(who), self.inside(f"verzoeken/{request_id}/")
        boxes = re.findall(r'name="pieces"[^>]*value="([^"]+)"', desk.get(at + "inzage/").content.decode())
        assert not boxes or desk.post(at + "vrijgeven/", {"pieces": boxes}).status_code == 303

    def entry(self, text: str, *about: str, at: datetime = NOW, category: str = "") -> UUID:
        """A finished entry about these people."""
        worker = self.staff["noor"].id

        def add(dossier: Dossier) -> UUID:
            entry = Entry.objects.create(
                dossier=dossier, kind="fact", author_id=worker, happened_on=at.date(), recorded_at=at
            )
            EntryVersion.objects.create(
                dossier=dossier,
                entry=entry,
                number=1,
                text=text,
                source="de buurvrouw van nummer 12",
                details={"category": category} if category else {},
                made_by_id=worker,
                made_at=at,
            )
            for name in about:
                EntryAbout.objects.create(dossier=dossier, entry=entry, person_id=self.people[name])
            return UUID(str(entry.id))

        return UUID(str(self.change("noor", Verb.ADD, add)))

    def custody(self, name: str, *children: str) -> None:
        """From the next click on this person has custody of these children and of no other."""

        def act(dossier: Dossier) -> None:
            person = Person.objects.get(dossier=dossier, id=self.people[name])
            represent(dossier, person, of(*(self.people[child] for child in children)))

        self.change("noor", Verb.CHANGE, act)

    def stepfather(self) -> UUID:
        """Ruud, who has custody of Fien and of no other child."""
        new = NewPerson("stepparent", "Ruud Peters", date(1987, 9, 2), of(self.people["fien"]))
        self.people["ruud"] = self.change("noor", Verb.ADD, lambda d: add_person(d, new).id)
        return self.people["ruud"]

    def give_portal(self, name: str, *, came_in: bool = True) -> User:
        """A portal account with a place and an access row, of somebody who was there before (or never yet)."""
        user = User.objects.create_portal(username=f"maan-{name}-{uuid4().hex[:6]}", password=None)
        SignInPlace.objects.create(user_id=user.id, organisation=self.row)
        self.change(
            "noor",
            Verb.ADD,
            lambda d: PortalAccess.objects.create(dossier=d, person_id=self.people[name], user_id=user.id, since=NOW),
        )
        if came_in:
            User.objects.filter(id=user.id).update(last_login=NOW)
        self.clients[name] = user
        return user


def employ(house: House, name: str, role: str, unit: str = "team Zuid") -> User:
    """Somebody of staff with a second factor and a role in a team."""
    user = User.objects.create_staff(
        email=f"{name}@{house.row.slug}.example", name=f"{name.title()} van Dalen", password="niet-te-raden-12"
    )
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    SignInPlace.objects.create(user_id=user.id, organisation=house.row)
    with organisation(house.id), transaction.atomic():
        team, _made = Unit.objects.get_or_create(name=unit)
        Membership.objects.create(user_id=user.id, unit=team, role=role, starts_on=date(2020, 1, 1))
    house.staff[name] = user
    return user


def make_house(slug: str = "sterk-huis") -> House:
    """An organisation with a worker, a manager, an intern, a worker of another team, and a family."""
    row = Organisation.objects.create(slug=slug, name=slug.title(), kind="test", abbreviation="T")
    load_shipped(slug=slug, at=datetime(2026, 1, 1, tzinfo=UTC))
    with organisation(row.id), transaction.atomic():
        create_organisation_key()
        unit = Unit.objects.create(name="team Zuid")
    house = House(row, unit.id)
    employ(house, "noor", "caseworker")
    employ(house, "hanneke", "manager")
    employ(house, "ida", "intern")
    employ(house, "bas", "caseworker", "team Noord")
    with organisation(row.id):
        new = NewDossier(number="2026-0418", name="Gezin Bakker", unit_id=unit.id)
        house.dossier_id = create_dossier(new, by=house.actor("noor"), at=datetime(2026, 3, 1, tzinfo=UTC))
    for name, person in FAMILY.items():
        new = replace(person, represents=of(*(house.people[child] for child in CUSTODY.get(name, ()))))
        house.people[name] = house.change("noor", Verb.ADD, lambda d, p=new: add_person(d, p).id)
    return house
