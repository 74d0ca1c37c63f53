"""Somebody's way into the portal: invited after staff saw who it is, invited again, frozen for a while, ended."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.accounts import acts as accounts
from casemgmt.accounts.models import User
from casemgmt.audit import events
from casemgmt.audit.models import AccessEvent
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotThere, Refused
from casemgmt.base.organisation import current
from casemgmt.letters.acts import write_letter
from casemgmt.letters.contents import LetterContext, PortalInvitation
from casemgmt.letters.models import Letter
from casemgmt.letters.vocabulary import Kind
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import SignInPlace
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.house import invitation_ends
from casemgmt.policy.rules.portal import PortalFacts, portal_open_to
from casemgmt.policy.versions import profile_in_force
from client_requests.letters import addressee
from client_requests.vocabulary import Identified
from consent.facts import circles, client_facts
from dossiers.models import Dossier, Person, PortalAccess
from dossiers.people.vocabulary import PersonRole

# In the trail, and what the client's own page looks for there.
RENEWED = "portal-renewed"
# Who can have a page of their own: a reporter is protected, and the network has no rights over the dossier.
MAY_HAVE_PORTAL = frozenset(set(PersonRole.values) - {PersonRole.REPORTER, PersonRole.NETWORK})


@act
def invite(
    dossier: Dossier, person_id: UUID, *, address: str, by: Actor, at: datetime, username: str | None = None
) -> Letter:
    """Make a portal account for somebody whose identity was established, and the letter with name and code.

    ``address`` is where to type both, in full; only the demo gives a ``username``. Raises NotThere
    for somebody of another dossier, Refused for whom the house rule gives no page, and Conflict when they have access
    already.
    """
    person = Person.objects.filter(dossier=dossier, id=person_id, role__in=MAY_HAVE_PORTAL).first()
    if person is None:
        raise NotThere
    _may_be_invited(dossier, person, clock.local_date(at))
    if PortalAccess.objects.filter(dossier=dossier, person=person, ended_at=None).exists():
        raise Conflict(_("This person has access to the portal already. Send a new letter instead."))
    until = _until(at)
    made = accounts.create_portal_account(until=until, username=username)
    SignInPlace.objects.create(user_id=made.user.id, organisation_id=current())
    access = PortalAccess.objects.create(dossier=dossier, person=person, user_id=made.user.id, since=at)
    _tell("portal-invited", access, Identified.DOCUMENT)
    return _letter(dossier, person, made.signin_name, made.code, address, until, by=by, at=at)


@act
def invite_again(
    dossier: Dossier, access_id: UUID, *, how: Identified, address: str, by: Actor, at: datetime
) -> Letter:
    """A new code for a lost letter, password or phone, after establishing ``how`` who gets it; the old one stops.

    Whoever types the code replaces password and phone, so the trail says how this person was known and
    their own page says that it happened. Raises Refused for whom the house rule gives no page (any more).
    """
    access = _locked(dossier, access_id)
    _may_be_invited(dossier, access.person, clock.local_date(at))
    _tell(RENEWED, access, how)
    until = _until(at)
    code = accounts.renew_invitation(user_id=access.user_id, until=until)
    name = User.objects.values_list("username", flat=True).get(id=access.user_id)
    return _letter(dossier, access.person, name, code, address, until, by=by, at=at)


def renewed_at(access: PortalAccess) -> datetime | None:
    """When somebody's way in was last replaced, for their own page."""
    rows = AccessEvent.objects.filter(dossier_id=access.dossier_id, data=RENEWED, object_id=access.id)
    at: datetime | None = rows.order_by("-at").values_list("at", flat=True).first()
    return at


@act
def freeze(dossier: Dossier, access_id: UUID, *, until: date, why: str, by: Actor, at: datetime) -> PortalAccess:
    """Close the portal for somebody up to and including a day, for a reason; it opens by itself afterwards."""
    access = _locked(dossier, access_id)
    if until < clock.local_date(at):
        raise Conflict(_("Choose today or a later day."))
    access.frozen_until, access.frozen_why = until, why
    access.save(update_fields=["frozen_until", "frozen_why"])
    return access


@act
def thaw(dossier: Dossier, access_id: UUID, *, by: Actor, at: datetime) -> PortalAccess:
    """Open the portal again before its day."""
    access = _locked(dossier, access_id)
    access.frozen_until = None
    access.save(update_fields=["frozen_until"])
    return access


@act
def end_access(dossier: Dossier, access_id: UUID, *, by: Actor, at: datetime) -> PortalAccess:
    """End somebody's access at once; the account closes when it leads nowhere else."""
    access = _locked(dossier, access_id)
    access.ended_at = at
    access.save(update_fields=["ended_at"])
    if not PortalAccess.objects.filter(user_id=access.user_id, ended_at=None).exists():
        accounts.disable_account(user_id=access.user_id)
    return access


def invitable(dossier: Dossier, on: date) -> dict[UUID, Decision]:
    """Whether each person of the dossier may have a page of their own on a day; its key must be loaded."""
    profile = profile_in_force(on)
    found: dict[UUID, Decision] = {}
    for around in circles(dossier, on):
        for one in around.people:
            foster = one.role == PersonRole.FOSTER_PARENT
            facts = PortalFacts(**client_facts(around), who=one.who, foster_parent=foster)
            decision = portal_open_to(facts, profile, on)
            if one.id not in found or decision.outcome["allowed"]:
                found[one.id] = decision
    return found


def _may_be_invited(dossier: Dossier, person: Person, on: date) -> None:
    decision = invitable(dossier, on).get(person.id)
    if decision is None:
        raise NotThere
    if not decision.outcome["allowed"]:
        raise Refused(decision)


def _tell(data: str, access: PortalAccess, how: Identified) -> None:
    events.record(Action.GRANT, dossier_id=access.dossier_id, data=data, object_id=access.id, ground=how.value)


def _locked(dossier: Dossier, access_id: UUID) -> PortalAccess:
    access = PortalAccess.objects.select_for_update().filter(dossier=dossier, id=access_id).first()
    if access is None:
        raise NotThere
    if access.ended_at is not None:
        raise Conflict(_("This access has ended. Invite this person again."))
    found: PortalAccess = access
    return found


def _until(at: datetime) -> datetime:
    """The moment at which a code made ``at`` stops: that time of the day on which the house rule ends it."""
    on = clock.local_date(at)
    ends_on: date = invitation_ends(profile_in_force(on), on).outcome["ends_on"]
    return at + (ends_on - on)


def _letter(
    dossier: Dossier, person: Person, name: str, code: str, address: str, until: datetime, *, by: Actor, at: datetime
) -> Letter:
    own = person.role == PersonRole.CLIENT
    content = PortalInvitation(address=address, sign_in_name=name, code=code, valid_until=until, own=own)
    context = LetterContext(content=content, addressee=addressee(person), dossier_number=dossier.number)
    return write_letter(
        dossier_id=dossier.id, to_person_id=person.id, kind=Kind.PORTAL_INVITATION, context=context, by=by, at=at
    )
