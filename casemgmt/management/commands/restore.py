"""`manage.py restore --into DATA VAULT`: put backups back into fresh databases, and open the doors when all is well."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from casemgmt.audit.heads import PLATFORM
from casemgmt.backups import envelope, finishing, manifest, newest, rebuilding, restoring
from casemgmt.backups.errors import BackupWrong, CannotBackUp
from casemgmt.base import opening
from casemgmt.base.errors import Unavailable
from casemgmt.base.failpoints import failpoint
from casemgmt.organisations.asked import CANNOT
from retention import ledger
from retention.replay import NotErased

_SHUT = "The doors are shut. "
_AGAIN = (
    "What was put back is not whole. Mend that, make fresh databases for what was lost (“Restore”, step 2, in "
    "docs/operation.md), empty the folder of files ({files}) of organisations' folders if it was lost too, and run "
    "the same command again."
)
_ON = "Mend that and go on with restore --replay, with the same --into, --ledger and --heads: nothing is done twice."


class Command(BaseCommand):
    """Ends with 0 when the doors are open, with 1 when something is wrong (shut), with 2 when nothing was done."""

    help = "Put backups back into fresh databases, destroy again what was destroyed since, and open the doors."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, from what, and what was lost."""
        parser.add_argument("--into", nargs=2, metavar=("DATA", "VAULT"), help="names of the two databases to fill")
        parser.add_argument("--data", metavar="FOLDER", help="a backup of the dossiers (the newest)")
        parser.add_argument("--vault", metavar="FOLDER", help="a backup of the keys (the newest)")
        parser.add_argument("--key", metavar="FILE", help="the secret half that backup_key made")
        parser.add_argument("--ledger", metavar="FILE", help="the ledger of erasures (that of this installation)")
        parser.add_argument("--heads", metavar="FILE", help="heads of the trail, published earlier by audit_head")
        parser.add_argument(
            "--lost", action="append", choices=restoring.PARTS, help="only this was lost; the rest stays as it is"
        )
        parser.add_argument(
            "--ledger-is-lost",
            action="store_true",
            help="go on though the newest ledger cannot be found; it stands in the trail",
        )
        parser.add_argument(
            "--ledger-is-newest",
            action="store_true",
            help="where no published head tells: you looked, and there is no newer ledger; it stands in the trail",
        )
        parser.add_argument("--replay", action="store_true", help="put nothing back: destroy again, check and open")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check everything, then write, then destroy again, then open."""
        try:
            known = _outside(options)
            chosen, found, known = self._checked(options, known)
        except OSError as problem:
            raise CommandError(
                f"Nothing was changed: {problem.strerror}: {problem.filename}", returncode=CANNOT
            ) from problem
        except CannotBackUp as problem:
            raise CommandError(f"Nothing was changed: {problem}", returncode=CANNOT) from problem
        except (DatabaseError, Unavailable) as problem:
            names = " or ".join(options["into"] or ("the database",))
            raise CommandError(f"Nothing was changed: {names} cannot be reached.", returncode=CANNOT) from problem
        except (BackupWrong, ledger.LedgerWrong) as problem:
            raise CommandError(f"Nothing was changed: {problem}", returncode=1) from problem
        told, known = self._carried_out(chosen, found, known)
        self.stdout.write(json.dumps(told) if options["json"] else _sentences(told, known))

    def _checked(
        self, options: dict[str, Any], known: newest.Outside
    ) -> tuple[restoring.Chosen | None, dict[str, manifest.Manifest], newest.Outside]:
        """What to put back, after every check (nothing with --replay), and what is known against what comes back."""
        lost = frozenset(options["lost"] or restoring.PARTS)
        fills = lost != {"files"} and not options["replay"]
        if options["into"]:
            restoring.point_at(options["into"])
        elif fills:
            raise CannotBackUp("--into must name the two databases to fill, so that nobody fills another by mistake.")
        if options["replay"]:
            if not restoring.tables("owner"):
                raise CannotBackUp("The database is empty: there is nothing to open.")
            return None, {}, _checked_as_it_stands(known)
        if fills and not options["key"]:
            raise CannotBackUp("--key must name the file with the key that opens backups.")
        key = envelope.read_private_key(Path(options["key"])) if fills else None
        bases = {"data": settings.BACKUPS, "vault": settings.VAULT_BACKUPS}
        folders = {kind: _folder(options[kind], bases[kind]) for kind in restoring.needed(lost)}
        chosen = restoring.Chosen(folders.get("data"), folders.get("vault"), key, lost)
        restoring.require_empty(lost)
        if known.databases_live and not known.erased.lines:
            known = replace(known, erased=ledger.read(chosen.folder("data") / manifest.LEDGER))
        found = restoring.checked(chosen, known.erased)
        known = replace(known, restored=newest.restored_from(found, lost))
        if not known.databases_live:
            newest.require(known)
        return chosen, found, known

    def _carried_out(
        self,
        chosen: restoring.Chosen | None,
        found: dict[str, manifest.Manifest],
        known: newest.Outside,
    ) -> tuple[dict[str, Any], newest.Outside]:
        next_step = _AGAIN.format(files=settings.FILES) if chosen else _ON
        try:
            if chosen is None:
                # First the doors: after a recovery to a point in time they may stand open.
                restoring.shut()
            else:
                restoring.load(chosen, found)
                if known.databases_live:
                    known = replace(known, erased=rebuilding.rebuilt(known.erased))
            next_step = _ON
            failpoint("restore.loaded")
            # The dossiers that stayed have gone on since their backup: its heads are not their last.
            filled = found.get("data") if chosen and "data" in chosen.lost else None
            of_before = chosen is None or "data" in chosen.lost
            told = finishing.finish(known, filled, of_before=of_before)
        except (CannotBackUp, BackupWrong, NotErased) as problem:
            self.stderr.write(f"{_SHUT}{problem} {next_step}")
            sys.exit(1)
        except (DatabaseError, Unavailable, OSError) as problem:
            self.stderr.write(f"{_SHUT}A database or a folder went away: {type(problem).__name__}. {next_step}")
            sys.exit(1)
        return {"open": True, **_put_back(chosen, found), **told}, known


def _outside(options: dict[str, Any]) -> newest.Outside:
    """What is known outside the databases. Where both live they know every erasure, and the ledger is made from them.

    Raises what ``newest.read`` raises, and CannotBackUp for a ledger that is not there.
    """
    path = Path(options["ledger"] or ledger.place())
    lives = set(options["lost"] or ()) == {"files"} and not options["replay"]
    if not path.exists() and not (lives and not options["ledger"]):
        raise CannotBackUp(
            f"there is no ledger of erasures at {path}: name the newest there is with --ledger, or, when it is lost, "
            "the copy in the youngest backup with --ledger-is-lost."
        )
    return newest.read(
        path if path.exists() else None,
        options["heads"],
        ledger_is_lost=options["ledger_is_lost"] and not lives,
        ledger_is_newest=options["ledger_is_newest"],
        databases_live=lives,
    )


def _checked_as_it_stands(known: newest.Outside) -> newest.Outside:
    """Everything that --replay can see beforehand: who is refused finds the doors as they were, open or shut."""
    with opening.restoring():
        connections["default"].close()
        try:
            known = replace(known, restored=newest.Restored(restoring.present_trail(), None))
            newest.require(known)
            finishing.require_master_key()
            finishing.check_trail(None, known.heads)
        finally:
            connections["default"].close()
    return known


def _put_back(chosen: restoring.Chosen | None, found: dict[str, manifest.Manifest]) -> dict[str, Any]:
    """What was put back and of when; a backup that only lent its files put no rows back."""
    lost = chosen.lost if chosen else ()
    rows = {kind: sum(one.rows.values()) for kind, one in found.items() if kind in lost}
    made_at = {kind: found[kind].made_at for kind in rows}
    if "files" not in lost:
        return {"rows": rows, "made_at": made_at}
    data = found["data"]
    return {"rows": rows, "files": data.files["count"], "made_at": {**made_at, "files": data.made_at}}


def _folder(asked: str | None, base: Path) -> Path:
    """The folder that was asked for, or the newest backup; raises CannotBackUp."""
    if asked:
        return Path(asked)
    found = manifest.newest(base)
    if found is None:
        raise CannotBackUp(f"There is no backup in {base}.")
    return found


def _sentences(told: dict[str, Any], known: newest.Outside) -> str:
    lines = [f"{kind}: {rows} rows, as they were at {told['made_at'][kind]}." for kind, rows in told["rows"].items()]
    if "files" in told:
        lines.append(f"files: {told['files']} put back, as they were at {told['made_at']['files']}.")
    for one in told["trail"]:
        lost = f"; at least {one['lost_at_least']} later lines are lost" if one["lost_at_least"] else ""
        lines.append(f"{one['organisation'] or PLATFORM}: the trail holds, {one['seq']} lines{lost}.")
    if not known.heads.lines:
        lines.append("No published heads were given: whether the end of the trail was cut off nobody can tell.")
    lines.append(newest.sentence(known))
    again = told["replayed"]
    lines.append(
        f"{again['erasures']} erasures replayed: {again['keys']} keys had come back, "
        f"{again['dossiers']} dossiers were destroyed again."
    )
    lines += [
        f"{one['organisation']}: {one['removals']} approved destructions wait for a person to decide again: "
        "nobody knows whether they were withdrawn after the backup."
        for one in told["decide_again"]
    ]
    lines += [
        f"{one['organisation']}: {one['dossiers_without_key']} dossiers without a key, "
        f"{one['keys_without_dossier']} keys without a dossier: see “Restore” in docs/operation.md."
        for one in told["keys"]
        if one["dossiers_without_key"] or one["keys_without_dossier"]
    ]
    lines.append("The doors are open.")
    if "data" in told["rows"] or not told["made_at"]:
        lines.append("Rights and accounts that were taken away after the backup are back: look at them.")
    return "\n".join(lines)
