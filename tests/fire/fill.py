"""Dossiers by the hundred, made through the acts and filled in bulk, each with words that can be looked for.

    python -m tests.fire.fill make --dossiers 300 --rows 300 --files 20 [--kept 10] [--waiting 1] [--open 6]
    python -m tests.fire.fill approve ORGANISATION DOSSIER
    python -m tests.fire.fill read ORGANISATION DOSSIER…
    python -m tests.fire.fill ledger ORGANISATION

``make`` prints what it made; ``approve`` proposes, reviews and approves one that waits, and first closes one that is
open; ``read`` says of each dossier how many sealed values and files open, and how many do not; ``ledger`` names the
dossiers in the ledger of erasures outside the database, when every line of it is genuine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django

if TYPE_CHECKING:
    from dossiers.models import Dossier
    from tests.retention.places import House

# With a letter outside ASCII, so that every way of writing it down differs from the others.
MARK = "MERKTEKEN-Zoë"
LONG_AGO = datetime(2004, 3, 1, 12, 0, tzinfo=UTC)
# Reviewed and approved so long ago that the cooling-off has passed.
AGREED = timedelta(days=30)
# Who works in the dossiers, and how they come in: what everybody of `settle` has, and digits of an app.
WORKER, PASSWORD, SECRET = "noor@sterk-huis.example", "niet-te-raden-12", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make(dossiers: int, rows: int, files: int, kept: int, waiting: int, still_open: int) -> dict[str, Any]:
    """An organisation with approved dossiers, some that stay, some that only wait for approval and some at work."""
    from casemgmt.base import clock
    from tests.retention.places import approve, settle

    house, then = settle(), clock.now() - AGREED
    made: dict[str, Any] = {"organisation": str(house.id), "approved": {}, "kept": {}, "waiting": {}, "open": {}}
    groups = ["open"] * still_open + ["approved"] * dossiers + ["kept"] * kept + ["waiting"] * waiting
    for index, group in enumerate(groups):
        dossier_id = _dossier(house, index, rows, files)
        if group == "open":
            _task(house, dossier_id, index)
        else:
            _close(house, dossier_id, then)
        if group == "approved":
            approve(house, dossier_id, then)
        made[group][str(dossier_id)] = _inventory(house, dossier_id)
    _let_in(house)
    return made


def _dossier(house: House, index: int, rows: int, files: int) -> UUID:
    """One dossier with a person, ``rows`` rows of recording and sealed ``files``."""
    from casemgmt.base.organisation import organisation
    from dossiers.access import change_dossier
    from dossiers.acts import NewDossier, create_dossier
    from dossiers.people.acts import NewPerson, add_person
    from dossiers.verbs import Verb

    noor, mark = house.actor("noor"), f"{MARK}-{index:04d}"
    with organisation(house.id):
        new = NewDossier(number=f"SH-2004-{index:05d}", name=f"{mark}-naam", unit_id=house.units["team Zuid"])
        dossier_id = create_dossier(new, by=noor, at=LONG_AGO)
        child = NewPerson("client", f"{mark}-kind", date(1999, 3, 1), address=f"{mark}-adres")

        def through(dossier: Dossier) -> None:
            _fill(dossier, add_person(dossier, child).id, noor.user_id, mark, rows, files)

        change_dossier(noor, dossier_id, Verb.ADD, through, data="entry")
    return dossier_id


def _close(house: House, dossier_id: UUID, at: datetime) -> None:
    """Close it so long ago that its time is over."""
    from tests.retention.places import shut

    shut(house, dossier_id, date(2010, 5, 1), at=at)


def _task(house: House, dossier_id: UUID, index: int) -> None:
    """A task of today for who works in it, in words of the dossier: who has it gets mail in the night."""
    from casemgmt.base import clock
    from casemgmt.base.organisation import organisation
    from casemgmt.work.acts import create_task
    from dossiers.access import change_dossier
    from dossiers.recording.notes import REMINDER
    from dossiers.verbs import Verb

    noor, mark, now = house.actor("noor"), f"{MARK}-{index:04d}", clock.now()

    def through(dossier: Dossier) -> None:
        words = {"title": f"{mark}-taak", "detail": f"{mark}-taak-bij"}
        create_task(
            kind=REMINDER, due_on=clock.today(), at=now, dossier_id=dossier.id, assignee_id=noor.user_id, **words
        )

    with organisation(house.id):
        change_dossier(noor, dossier_id, Verb.ADD, through, data="entry")


def _let_in(house: House) -> None:
    """Give who works in the dossiers a second step that a plain HTTP client can take."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    noor = house.people["noor"]
    Authenticator.objects.filter(user=noor).delete()
    TOTP.activate(noor, SECRET)


def _fill(dossier: Dossier, child: UUID, author: Any, mark: str, rows: int, files: int) -> None:
    """A third entries, a third their words, the rest whom they are about and working notes."""
    from casemgmt.vault.files import write_file
    from dossiers.recording.models import Entry, EntryAbout, EntryVersion, WorkingNote

    third = rows // 3
    entries = [
        Entry(dossier=dossier, kind="fact", author_id=author, happened_on=date(2009, 1, 1), recorded_at=LONG_AGO)
        for _entry in range(third)
    ]
    Entry.objects.bulk_create(entries)
    EntryVersion.objects.bulk_create(
        EntryVersion(
            dossier=dossier,
            entry=entry,
            number=1,
            text=f"{mark}-tekst-{number} " + "Er was een gesprek. " * 10,
            details={"mark": mark},
            made_by_id=author,
            made_at=LONG_AGO,
        )
        for number, entry in enumerate(entries)
    )
    half = (rows - 2 * third) // 2
    EntryAbout.objects.bulk_create(
        EntryAbout(dossier=dossier, entry=entry, person_id=child) for entry in entries[:half]
    )
    WorkingNote.objects.bulk_create(
        WorkingNote(
            dossier=dossier, author_id=author, text=f"{mark}-nota", made_at=LONG_AGO, remind_on=date(2030, 1, 1)
        )
        for _note in range(rows - 2 * third - half)
    )
    for number in range(files):
        piece = f"{mark}-bestand-{number} ".encode()
        write_file(dossier.id, [piece * 150], content_type="text/plain", at=LONG_AGO)


def _inventory(house: House, dossier_id: UUID) -> dict[str, Any]:
    """What there is of a dossier: rows by table, stored names of files."""
    from django.apps import apps
    from django.db import transaction

    from casemgmt.base.organisation import organisation
    from retention import manifest

    with organisation(house.id), transaction.atomic():
        found = manifest.make(dossier_id)
    tables = {apps.get_model(label)._meta.db_table: many for label, many in found.rows.items() if many}
    return {"tables": tables, "rows": {k: v for k, v in found.rows.items() if v}, "files": list(found.files)}


def _known(organisation_id: UUID) -> House:
    """The organisation as it was made, with the two who may approve."""
    from casemgmt.accounts.models import User
    from casemgmt.organisations.models import Organisation
    from tests.retention.places import House

    house = House(Organisation.objects.get(id=organisation_id))
    for user in User.objects.filter(email__endswith=f"@{house.row.slug}.example"):
        house.people[user.email.partition("@")[0]] = user
    return house


def _approve(house: House, dossier_ids: list[UUID]) -> None:
    """Let each be destroyed, closed first where somebody still worked in it."""
    from django.db import transaction

    from casemgmt.base import clock
    from casemgmt.base.organisation import organisation
    from dossiers.models import Dossier
    from tests.retention.places import approve

    then = clock.now() - AGREED
    with organisation(house.id), transaction.atomic():
        still_open = set(Dossier.objects.filter(state=Dossier.State.OPEN).values_list("id", flat=True))
    for dossier_id in dossier_ids:
        if dossier_id in still_open:
            _close(house, dossier_id, then)
        approve(house, dossier_id, then)


def read(organisation_id: UUID, dossier_ids: list[UUID]) -> dict[str, dict[str, int]]:
    """How many sealed values and files of each dossier open, and by which error the others do not."""
    from django.db import transaction

    from casemgmt.base.organisation import organisation
    from casemgmt.vault.keys import load_keys

    found = {}
    for dossier_id in dossier_ids:
        with organisation(organisation_id), transaction.atomic():
            load_keys([dossier_id])
            found[str(dossier_id)] = dict(_opened(dossier_id))
    return found


def _opened(dossier_id: UUID) -> Counter[str]:
    from casemgmt.vault.fields import SealedField
    from casemgmt.vault.files import read_file
    from casemgmt.vault.models import SealedFile
    from retention import manifest

    told: Counter[str] = Counter()
    for model, column in manifest.tables():
        sealed = [field.attname for field in model._meta.local_fields if isinstance(field, SealedField)]
        for row in model._default_manager.filter(**{column: dossier_id}) if sealed else ():
            for name in sealed:
                if row.__dict__[name] is not None:
                    told[_tried(lambda row=row, name=name: getattr(row, name))] += 1  # type: ignore[misc]
    for file in SealedFile.objects.filter(dossier_id=dossier_id):
        told["file " + _tried(lambda file=file: b"".join(read_file(file)))] += 1  # type: ignore[misc]
    return told


def _tried(opening: Any) -> str:
    try:
        opening()
    except Exception as error:
        return type(error).__name__
    return "opened"


def main(words: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    for name in ("dossiers", "rows", "files", "kept", "waiting"):
        making.add_argument(f"--{name}", type=int, default=0)
    making.add_argument("--open", type=int, default=0, dest="still_open")
    for name in ("approve", "read", "ledger"):
        one = commands.add_parser(name)
        one.add_argument("organisation", type=UUID)
        one.add_argument("dossiers", type=UUID, nargs="*")
    asked = vars(parser.parse_args(words))
    django.setup()
    command = asked.pop("command")
    if command == "make":
        json.dump(make(**asked), sys.stdout)
    elif command == "read":
        json.dump(read(asked["organisation"], asked["dossiers"]), sys.stdout)
    elif command == "ledger":
        from retention import ledger

        erasures = ledger.read(ledger.place()).erasures
        json.dump([str(one.dossier_id) for one in erasures if one.organisation_id == asked["organisation"]], sys.stdout)
    else:
        _approve(_known(asked["organisation"]), asked["dossiers"])


if __name__ == "__main__":
    main(sys.argv[1:])
