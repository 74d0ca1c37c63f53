"""How long backups stay, and the removing of those whose term is over.

A certificate promises that a destroyed dossier's key is in no backup of the keys
after a certain day. So such a backup stays as long as the setting says, and
never longer than the shortest promise of an organisation's rules in force. It
goes on its last day, at the first run of that day: not a moment later than a
certificate of the day on which it was made says.
"""

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from casemgmt.backups import manifest
from casemgmt.backups.errors import BackupWrong, CannotBackUp
from casemgmt.base import clock
from casemgmt.base.errors import Unavailable
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import all_organisations
from casemgmt.policy.calendar import add_term
from casemgmt.policy.versions import NoVersion, profile_in_force

MIRROR = "files"
LIST = "files.jsonl"


def data_until(made_on: date) -> date:
    """The first day on which a backup of the dossiers of that day is gone."""
    return made_on + timedelta(days=max(1, settings.BACKUP_DAYS))


def vault_until(made_on: date) -> date:
    """The first day on which a backup of the keys of that day is gone: the setting's, or the earliest promised one."""
    ends = [made_on + timedelta(days=max(1, settings.VAULT_BACKUP_DAYS))]
    try:
        places = all_organisations()
    except (DatabaseError, Unavailable):
        return ends[0]  # keys go in time also while the rules cannot be asked; the manifest holds what they said
    for place in places:
        with organisation(place.id):
            try:
                ends.append(add_term(made_on, profile_in_force(clock.today()).house_rules.key_backups_kept.value))
            except NoVersion:
                continue  # an organisation that is being made has no dossiers
    return min(ends)


def remove_expired(folder: Path, kind: str, on: date) -> list[str]:
    """Remove the backups of this kind whose last day came, and what an interrupted one left; returns their names."""
    gone = []
    for found in sorted(folder.glob("*")):
        made = manifest.moment_of(found.name)
        if made is None or not found.is_dir():
            continue
        if found.suffix == ".part" or on >= _last_day(found, kind, made):
            shutil.rmtree(found)
            gone.append(found.name)
    return gone


def _last_day(found: Path, kind: str, made: datetime) -> date:
    """The earliest of what its name, its manifest and the rules of today say."""
    until = vault_until if kind == "vault" else data_until
    days = [until(clock.local_date(made))]
    try:
        told = manifest.read(found, kind)
        days += [told.stays_until, until(clock.local_date(datetime.fromisoformat(told.made_at)))]
    except (CannotBackUp, BackupWrong):
        pass  # whatever is in it, it is as old as its name says
    return min(days)


def remove_unlisted_files(folder: Path) -> int:
    """Remove copies of sealed files that no backup names any more; returns how many."""
    named = {path for found in folder.glob(f"*/{LIST}") for path in listed(found)}
    gone = 0
    for copy in (folder / MIRROR).glob("*/*/*"):
        if str(copy.relative_to(folder / MIRROR)) not in named:
            copy.unlink()
            gone += 1
    return gone


def listed(path: Path) -> dict[str, str]:
    """The sealed files of a backup by path, with their checksums."""
    rows = (json.loads(line) for line in path.read_text(encoding="ascii").splitlines())
    return {row["path"]: row["sha256"] for row in rows}


def newest_list(folder: Path) -> dict[str, str]:
    """The sealed files that the newest backup names, with their checksums: those need not be read again."""
    lists = sorted(folder.glob(f"*/{LIST}"))
    return listed(lists[-1]) if lists else {}
