"""Clients of the demo who can sign in to the portal: invited, and with the invitation accepted."""

import hashlib
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from casemgmt.accounts.acts import accept_invitation
from casemgmt.accounts.models import PortalInvitation, User
from casemgmt.base import clock
from casemgmt.organisations.actors import Actor
from client_requests.invitations import invite
from demo.people import DemoPerson, password_of, secret_of
from dossiers.access import change_dossier
from dossiers.models import Dossier
from dossiers.verbs import Verb

ROLE = "client"


def portal_people(slug: str, seed: int) -> tuple[DemoPerson, ...]:
    """The clients of an organisation who can sign in to its portal."""
    from demo.build import read

    named = [row["portal"] for row in read(slug)["dossier"] if "portal" in row]
    return tuple(_person(slug, seed, name) for name in named)


def _person(slug: str, seed: int, name: str) -> DemoPerson:
    part = f"client:{name}"
    return DemoPerson(
        organisation=slug,
        part=part,
        name=name,
        role=ROLE,
        email=sign_in_name(slug, seed, name),
        password=password_of(seed, slug, part),
        totp_secret=secret_of(seed, slug, part),
    )


def sign_in_name(slug: str, seed: int, name: str) -> str:
    """An opaque sign-in name that stays the same for one seed."""
    digest = hashlib.sha256(f"{seed}|{slug}|{name}".encode()).hexdigest()
    return f"demo-{digest[:4]}-{digest[4:8]}"


def give_portal(worker: Actor, dossier_id: UUID, person_id: UUID, who: DemoPerson) -> None:
    """Invite a client by letter and let them accept, as the staff and the client would."""
    now = clock.now()
    address = f"{settings.ADDRESS}/mijn/{who.organisation}/inloggen/brief/"

    def through(dossier: Dossier) -> None:
        invite(dossier, person_id, address=address, by=worker, at=now, username=who.email)

    change_dossier(worker, dossier_id, Verb.INVITE_TO_PORTAL, through, data="portal-access")
    with transaction.atomic():
        invitation = PortalInvitation.objects.get(user_id=User.objects.get(username=who.email).id)
        accept_invitation(
            invitation_id=invitation.id,
            password_hash=make_password(who.password),
            totp_secret=who.totp_secret,
            at=now,
        )
