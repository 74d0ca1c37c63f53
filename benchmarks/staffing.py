"""The people of the load: invited and let in by the acts that a real organisation uses, each with a second factor."""

import base64
from datetime import date
from uuid import UUID

from benchmarks.recipe import FIRST, TEAMS, clients_of, digest, organisation_of, team_of, uid
from benchmarks.working import SLUG, Account

ADULT = date(2012, 1, 1)  # who was born before this day is invited to the portal in their own name


def staff(many: int) -> list[Account]:
    """So many caseworkers with two teams each; who is there already stays as they are."""
    from django.db import transaction

    from casemgmt.accounts.models import User
    from casemgmt.base.organisation import organisation

    accounts = [_account(f"load-{number:03d}@example.org", portal=False) for number in range(many)]
    with organisation(uid("organisation", 0)):
        with transaction.atomic():
            known = set(User.objects.filter(email__startswith="load-").values_list("email", flat=True))
        for number, one in enumerate(accounts):
            if one.name not in known:
                _employ(one, number)
    return accounts


def _account(name: str, *, portal: bool) -> Account:
    secret = base64.b32encode(digest("secret", name)[:20]).decode()
    return Account(name, f"bench-{digest('password', name).hex()[:16]}", secret, portal)


def _employ(one: Account, number: int) -> None:
    from casemgmt.accounts import staff
    from casemgmt.accounts.models import User
    from casemgmt.organisations.actors import operator
    from casemgmt.organisations.acts import NewRole, accept_invitation, invite_staff
    from demo.people import give_second_factor

    units = [uid("team", 0, (number + step) % TEAMS) for step in (0, 1)]
    roles = [NewRole("caseworker", unit, FIRST.date()) for unit in units]
    made = invite_staff(email=one.name, name="Load", roles=roles, by=operator(), at=FIRST, by_mail=False)
    code = staff.new_code(invitation_id=made.invitation_id, at=FIRST) or ""
    if not accept_invitation(email=one.name, code=code, password=one.password, at=FIRST):
        raise SystemExit(f"{one.name} could not come in.")
    give_second_factor(User.objects.get(id=made.user_id), one.secret)


def clients(many: int, dossiers: int, colleagues: int) -> list[Account]:
    """So many clients with an account of the portal, invited by letter by one of so many who work with them."""
    from django.db import transaction

    from casemgmt.accounts.models import User
    from casemgmt.base import clock
    from casemgmt.base.organisation import organisation
    from casemgmt.organisations.actors import actor_for
    from demo.people import DemoPerson
    from demo.portal import give_portal

    accounts = []
    with organisation(uid("organisation", 0)):
        for number, person in _grown(many, dossiers, colleagues):
            one = _account(f"load-client-{number}", portal=True)
            accounts.append(one)
            with transaction.atomic():
                known = User.objects.filter(username=one.name).exists()
                colleague = User.objects.get(email=f"load-{team_of(number):03d}@example.org")
            if not known:
                who = DemoPerson(SLUG, "client", "", "client", one.name, one.password, one.secret)
                give_portal(actor_for(colleague, clock.today()), uid("dossier", number), person, who)
    return accounts


def _grown(many: int, dossiers: int, colleagues: int) -> list[tuple[int, UUID]]:
    """The first dossiers of the organisation with a client old enough, and that client."""
    found: list[tuple[int, UUID]] = []
    for number in range(dossiers):
        if len(found) == many:
            break
        if organisation_of(number) == 0 and team_of(number) < colleagues:
            old = [position for position, _called, born in clients_of(number) if born < ADULT]
            if old:
                found.append((number, uid("client", number, old[0])))
    return found


def make_searchable() -> None:
    """Give the organisation's dossiers their search tokens, which are made under their keys."""
    from django.db import transaction

    from casemgmt.base.organisation import organisation
    from casemgmt.vault.models import SearchToken
    from dossiers.models import Dossier
    from dossiers.tokens import FIRST as BEGIN
    from dossiers.tokens import renew_tokens

    with organisation(uid("organisation", 0)), transaction.atomic():
        # They are made in the order of the ids: when the last has them, all have.
        final = Dossier.objects.order_by("-id").values_list("id", flat=True).first()
        if final is None or SearchToken.objects.filter(dossier_id=final).exists():
            return
    last: UUID | None = BEGIN
    while last is not None:
        with organisation(uid("organisation", 0)):
            last = renew_tokens(last).last
