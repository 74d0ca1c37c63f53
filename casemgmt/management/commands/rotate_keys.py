"""`manage.py rotate_keys (--organisation SLUG | --all | --master | --status) [--json]`: other keys, in full use."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from casemgmt.accounts import renewing
from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.management.operating import one_sentence
from casemgmt.organisations.asked import CANNOT, asked_place
from casemgmt.organisations.places import OrganisationValue, all_organisations
from casemgmt.vault import rotation
from casemgmt.vault.keys import NoKey
from casemgmt.vault.sealing import CannotOpen

Line = dict[str, Any]
_SHUT = "The key of {slug} opens with neither CASEMGMT_MASTER_KEY nor CASEMGMT_PREVIOUS_MASTER_KEY."


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the answer, and whether there is nothing more to do."""

    line: Line
    sentence: str
    well: bool


class Command(BaseCommand):
    """Ends with 0 when all of it is done, with 1 when something is still locked with an older key, with 2 when unable.

    It may be stopped or killed at any moment: everything stays readable, and the same command goes on.
    """

    help = "Rotate the key of an organisation or of all, or lock everything again with another master key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which keys, and how to answer."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--organisation", metavar="SLUG", help="rotate this organisation's key, or go on with it")
        what.add_argument("--all", action="store_true", help="rotate the key of every organisation")
        what.add_argument("--master", action="store_true", help="lock everything again with CASEMGMT_MASTER_KEY")
        what.add_argument("--status", action="store_true", help="only say what is still locked with an older key")
        parser.add_argument(
            "--json", action="store_true", help="one line of JSON for each organisation and for accounts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it one by one, and say each as soon as it is done."""
        well = True
        with one_sentence():
            for told in _asked(options):
                well = well and told.well
                self.stdout.write(json.dumps(told.line) if options["json"] else told.sentence)
                self.stdout.flush()
        if not well:
            sys.exit(1)


def _asked(options: dict[str, Any]) -> Iterator[Told]:
    slug = options["organisation"]
    do: Callable[[OrganisationValue], Told] = _rotate
    if options["master"] or options["status"]:
        do = _relock if options["master"] else _status
    for place in [asked_place(slug)] if slug else all_organisations():
        with organisation(place.id):
            try:
                yield do(place)
            except NoKey:
                continue  # an organisation that is being made
            except CannotOpen as error:
                raise CommandError(_SHUT.format(slug=place.slug), returncode=CANNOT) from error
    if options["master"]:
        yield _renew_accounts()
    elif options["status"]:
        yield _accounts(0)


def _rotate(place: OrganisationValue) -> Told:
    # Said before and after: a run that was killed has said that it began.
    _record("rotation began")
    done = rotation.rotate()
    well = not done.shut
    _record(f"version {done.version}, {done.rewrapped} keys locked again", Outcome.DONE if well else Outcome.FAILED)
    line = {
        "organisation": place.slug,
        "version": done.version,
        "resumed": done.resumed,
        "rewrapped": done.rewrapped,
        "retired": done.retired,
        "left": done.shut,
    }
    rest = f"; {done.shut} do not open, and keep the version before in the vault" if done.shut else ""
    again = " (went on with a rotation that was stopped)" if done.resumed else ""
    return Told(
        line,
        f"{place.slug}: version {done.version}{again}, {done.rewrapped} dossiers' keys locked again, "
        f"{done.retired} older versions retired{rest}.",
        well,
    )


def _relock(place: OrganisationValue) -> Told:
    done = rotation.relock()
    if done:
        _record("locked with another master key")
    line = {"organisation": place.slug, "relocked": done, "left": rotation.versions_left()}
    return Told(line, f"{place.slug}: {done} versions of its key locked again.", line["left"] == 0)


def _status(place: OrganisationValue) -> Told:
    found, left = rotation.standing(), rotation.versions_left()
    line = {
        "organisation": place.slug,
        "version": found.version,
        "older": list(found.older),
        "left": found.left,
        "under_previous_master_key": left,
    }
    rotating = f"a rotation is under way, {found.left} dossiers' keys to go" if found.older else "no rotation under way"
    master = "; locked with the previous master key" if left else ""
    sentence = f"{place.slug}: version {found.version}, {rotating}{master}."
    return Told(line, sentence, not found.older and not left)


def _renew_accounts() -> Told:
    last: int | None = 0
    renewed = 0
    while last is not None:
        step = renewing.renew_secrets(last)
        last, renewed = step.last, renewed + step.renewed
    if renewed:
        with transaction.atomic():
            events.record_platform(Action.JOB, outcome=Outcome.DONE, data="second-factors-resealed")
    return _accounts(renewed)


def _accounts(renewed: int) -> Told:
    factors, invitations = renewing.secrets_left(), renewing.invitations_left(clock.now())
    line = {"accounts": {"renewed": renewed, "second_factors_left": factors, "invitations_left": invitations}}
    sentence = (
        f"accounts: {renewed} second factors sealed again; still with the previous master key: "
        f"{factors} second factors, {invitations} open invitations."
    )
    return Told(line, sentence, not factors and not invitations)


def _record(ground: str, outcome: Outcome = Outcome.DONE) -> None:
    with transaction.atomic():
        events.record(Action.JOB, outcome=outcome, data="organisation-key", ground=ground)
