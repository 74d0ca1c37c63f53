"""What the tests of pages share: a place with its regulation, staff who are signed in, and a dossier."""

import re
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from casemgmt.accounts.models import User
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.policy.shipped import load_shipped
from tests.cast import FIRST_DAY, MOMENT, Family, Place, make_actor, make_family, make_place


@dataclass(frozen=True)
class World:
    """One organisation with its regulation, its people signed in by name, and a family's dossier."""

    place: Place
    family: Family
    worker: Client
    colleague: Client
    manager: Client

    def at(self, path: str = "") -> str:
        """An address inside the family's dossier."""
        return f"/o/{self.place.slug}/dossiers/{self.family.dossier_id}/{path}"

    def here(self, path: str = "") -> str:
        """An address of the organisation."""
        return f"/o/{self.place.slug}/{path}"


def make_world(slug: str = "sterk-huis") -> World:
    """Build it; every role as the regulation says."""
    place = make_place(slug)
    load_shipped(slug=slug, at=MOMENT.replace(year=2020))
    with organisation(place.id):
        family = make_family(place)
    return World(
        place,
        family,
        signed_in(place.worker),
        signed_in(place.colleague),
        signed_in(place.manager),
    )


def signed_in(actor: Actor) -> Client:
    """A browser in which this member of staff signed in, with a second factor."""
    user = User.objects.get(id=actor.user_id)
    TOTP.activate(user, generate_totp_secret())
    client = Client(raise_request_exception=False)  # a refusal by the entrance becomes its page
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def hidden(client: Client, path: str, name: str) -> str:
    """What a page sends along unseen, as the browser that opened it will send it."""
    found = re.search(rf'<input type="hidden" name="{name}"[^>]* value="([^"]*)"', client.get(path).content.decode())
    assert found is not None, (path, name)
    return found[1]


def as_today(actor: Actor, place: Place) -> Actor:
    """The actor as the entrance builds it from today's memberships."""
    with organisation(place.id):
        return actor_for(User.objects.get(id=actor.user_id), MOMENT.date())


__all__ = ["FIRST_DAY", "MOMENT", "World", "as_today", "hidden", "make_actor", "make_world", "signed_in"]
