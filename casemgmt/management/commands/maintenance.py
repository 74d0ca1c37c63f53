"""`manage.py maintenance on|off|status [--minutes N] [--json]`: no pages and no work in the background for a while."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock, maintenance
from casemgmt.base.models import Job
from casemgmt.organisations.asked import CANNOT

LONGEST = 7 * 24 * 60


def minutes(text: str) -> int:
    """A number of minutes, at most a week."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= LONGEST):
        raise ArgumentTypeError(f"{text!r} is not a number of minutes from 1 up to {LONGEST}.")
    return int(text)


class Command(BaseCommand):
    """Ends with 0; needs no database. Says how much work in the background still runs, when the database tells."""

    help = "Close every page with a sentence and pause the work in the background; what had begun is finished."
    # It has to work while nothing else does.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and how long it will take."""
        parser.add_argument("what", choices=("on", "off", "status"))
        parser.add_argument("--minutes", type=minutes, help="how long it will take, for the page and for Retry-After")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how it stands."""
        now, asked = clock.now(), options["minutes"]
        try:
            if options["what"] == "on":
                maintenance.switch_on(now, now + timedelta(minutes=asked) if asked else None)
            elif options["what"] == "off":
                maintenance.switch_off()
        except OSError as error:
            why = f"{settings.MAINTENANCE_FILE} cannot be written ({type(error).__name__}); nothing was changed."
            raise CommandError(why, returncode=CANNOT) from error
        recorded = options["what"] == "status" or _record(options["what"])
        self.stdout.write(_told(options["json"], recorded))


def _told(as_json: bool, recorded: bool) -> str:
    standing, running = maintenance.standing(), _running()
    if as_json:
        told = {
            "maintenance": standing is not None,
            "since": standing.since.isoformat() if standing and standing.since else None,
            "until": standing.until.isoformat() if standing and standing.until else None,
            "running": running,
            "recorded": recorded,
        }
        return json.dumps(told)
    if standing is None:
        return "Maintenance is off."
    work = "the database does not say what still runs" if running is None else f"{running} jobs still run"
    return f"Maintenance is on; {work}."


def _running() -> int | None:
    """How many jobs are at work; None when the database does not answer."""
    try:
        with transaction.atomic():
            return Job.objects.filter(leased_until__gt=clock.now()).count()
    except DatabaseError:
        return None


def _record(what: str) -> bool:
    """Write it in the trail; with the database away it is in the file alone."""
    try:
        with transaction.atomic():
            events.record_platform(Action.JOB, outcome=Outcome.DONE, data=f"maintenance-{what}")
    except DatabaseError:
        return False
    return True
