"""`manage.py staff invite|reset …`: the first administrator of an organisation, and who lost a second factor.

For what the administrator's pages cannot do: invite somebody where nobody is yet, and let in somebody whose
account opens several organisations, or who is the only administrator.
"""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from casemgmt.accounts import staff
from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.management.operating import one_sentence, said, valid
from casemgmt.organisations import acts, queries
from casemgmt.organisations.actors import operator
from casemgmt.organisations.asked import CANNOT, asked_place
from casemgmt.organisations.forms import InviteForm
from casemgmt.organisations.mail import invitation_address, until
from casemgmt.organisations.roles import roles_to_give


class Command(BaseCommand):
    """manage.py staff invite --organisation SLUG --email ADDRESS --name NAME --role ROLE [--code] [--json]"""

    help = "Invite somebody of staff, or let in somebody who lost the second factor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, where, and as what."""
        words = parser.add_subparsers(dest="what", required=True)
        invite = words.add_parser("invite", help="invite somebody; the message has a code that works once")
        invite.add_argument("--name", required=True)
        invite.add_argument("--role", required=True, action="append", help="a key, such as organisation_administrator")
        invite.add_argument("--unit", help="the team; not needed where there is only one")
        reset = words.add_parser("reset", help="take away a lost second factor; the message has a code that works once")
        reset.add_argument("--loss", required=True, choices=acts.LOSSES)
        for word in (invite, reset):
            word.add_argument("--organisation", required=True, metavar="SLUG")
            word.add_argument("--email", required=True)
            word.add_argument("--code", action="store_true", help="print the code instead of sending a message")
            word.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say until when the code works."""
        place = asked_place(options["organisation"])
        do = _invite if options["what"] == "invite" else _reset
        with organisation(place.id), one_sentence():
            made = do(options)  # a transaction of its own, so that the row of a refusal remains
            code = staff.new_code(invitation_id=made.invitation_id, at=clock.now()) if options["code"] else None
            told = {
                "organisation": place.slug,
                "user_id": str(made.user_id),
                "expires_at": made.expires_at.isoformat(),
                "address": invitation_address(),
                **({"code": code} if code else {}),
            }
            how = f"code {code} at {told['address']}" if code else "the code in the message"
            sentence = f"Done: {options['email']} comes in with {how}, until {until(made.expires_at)}."
        self.stdout.write(said(told, sentence, as_json=options["json"]))


def _invite(options: dict[str, Any]) -> acts.Invited:
    on, units = clock.today(), queries.open_units()
    chosen = [each for each in units if options["unit"] in (None, each[1])]
    if len(chosen) != 1:
        known = ", ".join(name for _id, name in units)
        raise CommandError(f"Name one team with --unit: {known}.", returncode=CANNOT)
    given = {"name": options["name"], "email": options["email"], "unit": chosen[0][0], "starts_on": on.isoformat()}
    roles = []
    for role in options["role"]:
        form = InviteForm(given | {"role": role}, roles=roles_to_give(on), units=units, on=on)
        data = valid(form)
        roles.append(form.new_role())
    return acts.invite_staff(
        email=data["email"],
        name=data["name"],
        roles=roles,
        by=operator(),
        at=clock.now(),
        by_mail=not options["code"],
    )


def _reset(options: dict[str, Any]) -> acts.Invited:
    return acts.reset_second_factor(
        user_id=_account(options["email"]),
        loss=options["loss"],
        by=operator(),
        at=clock.now(),
        by_mail=not options["code"],
    )


def _account(email: str) -> UUID:
    user = User.objects.filter(kind=User.Kind.STAFF, email__iexact=email.strip()).first()
    if user is None:
        raise CommandError("There is no such account in that organisation.", returncode=CANNOT)
    return user.id
