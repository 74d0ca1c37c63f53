"""Putting a backup back: everything is checked before anything is written, and the dossiers come last.

The order is files, keys, dossiers: the database of the dossiers is filled in one
transaction, so it is there only when all the rest is. It stays shut (its mark is
of another place, ``casemgmt.base.opening``) until the erasures were replayed.
"""

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from casemgmt.audit import chain
from casemgmt.audit.heads import Published, as_row, published_in
from casemgmt.backups import envelope, manifest, postgres, terms
from casemgmt.backups.errors import BackupWrong, CannotBackUp
from casemgmt.backups.making import DUMP
from casemgmt.base import clock, opening
from casemgmt.organisations.places import all_organisations
from retention import ledger

PARTS = ("data", "vault", "files")
OWNERS = {"data": "owner", "vault": "vault_owner"}
_ALIASES = {"data": ("default", "owner"), "vault": ("vault", "vault_owner")}
_TABLES = (
    "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    " where n.nspname = 'public' and c.relkind = 'r' order by 1"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is put back from where: the folders of the backups, the key that opens them, and what was lost.

    A folder that nothing is taken from may be None, as the key may where no database is filled.
    """

    data: Path | None
    vault: Path | None
    key: X25519PrivateKey | None
    lost: Collection[str]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The backups that are needed."""
        return needed(self.lost)

    def folder(self, kind: str) -> Path:
        """The folder of one of the two; raises CannotBackUp when none was chosen."""
        found = self.data if kind == "data" else self.vault
        if found is None:
            raise CannotBackUp(f"No backup of the {kind} was chosen.")
        return found


def needed(lost: Collection[str]) -> tuple[str, ...]:
    """The backups from which this is put back: the files stand beside the dossiers."""
    return tuple(kind for kind in ("data", "vault") if kind in lost or (kind == "data" and "files" in lost))


def point_at(databases: Collection[str]) -> None:
    """Let this process work in databases of these names, on the servers to which the addresses lead."""
    for names, database in zip(_ALIASES.values(), databases, strict=True):
        for alias in names:
            if alias not in connections:
                raise CannotBackUp("The owner's addresses are not set: DATABASE_OWNER_URL, VAULT_DATABASE_OWNER_URL.")
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = database


def checked(chosen: Chosen, replayed: ledger.Ledger) -> dict[str, manifest.Manifest]:
    """Everything that must be right before anything is written; raises CannotBackUp or BackupWrong with a sentence."""
    found = {}
    for kind in chosen.kinds:
        folder = chosen.folder(kind)
        told = manifest.read(folder, kind)
        if kind == "vault" and clock.today() >= told.stays_until:
            raise CannotBackUp(
                f"The backup in {folder} is past its term, {told.keep_until}: certificates say it is gone."
            )
        manifest.check_contents(folder, told)
        if kind in chosen.lost:
            _require_opens(chosen, kind, told)
            _require_roles(kind, told)
        if not replayed.continues(ledger.read(folder / manifest.LEDGER)):
            raise BackupWrong(
                f"The ledger of erasures lacks what the copy in {folder} tells: find the newest, "
                "or what was destroyed comes back. That copy is newer than the ledger that was given."
            )
        found[kind] = told
    if "files" in chosen.lost:
        _check_files(chosen.folder("data"))
    return found


def _require_opens(chosen: Chosen, kind: str, told: manifest.Manifest) -> None:
    """The key must open the sealed database, and our program must read it; files are sealed by their dossiers' keys."""
    if chosen.key is None or told.recipient != envelope.as_text(envelope.recipient_of(chosen.key)):
        raise CannotBackUp(f"The key does not open the backup in {chosen.folder(kind)}: it was sealed for another.")
    try:
        with open(chosen.folder(kind) / DUMP, "rb") as source:
            postgres.require_readable(envelope.open_stream(source, chosen.key, kind))
    except CannotBackUp as problem:
        raise CannotBackUp(
            f"The backup of the {kind} cannot be read ({problem}). CASEMGMT_PG_BIN must name the folder of a "
            f"pg_restore at least as new as the pg_dump that made it, of a server of release {told.postgresql}."
        ) from problem


def _require_roles(kind: str, told: manifest.Manifest) -> None:
    """The dump gives its rights to roles by their names; in a manifest of an earlier release none are told."""
    if not told.roles:
        return
    with connections[OWNERS[kind]].cursor() as cursor:
        cursor.execute("select rolname from pg_roles where rolname = any(%s)", [told.roles])
        present = {name for (name,) in cursor.fetchall()}
    ours = {str(connections[alias].settings_dict["USER"]) for alias in _ALIASES[kind]}
    if not ours <= set(told.roles) or not set(told.roles) <= present:
        raise CannotBackUp(
            f"The backup of the {kind} gives its rights to the roles {', '.join(told.roles)}, by name: the addresses of"
            f" owner and application must name these, and not {', '.join(sorted(ours))}. Make fresh databases with"
            " them (scripts.prepare_databases); passwords may be others."
        )


def _check_files(folder: Path) -> None:
    mirror = folder.parent / terms.MIRROR
    for path, digest in terms.listed(folder / terms.LIST).items():
        if manifest.checksum(mirror / path) != digest:
            raise BackupWrong(f"The sealed file {path} in {mirror} is not what was written: its checksum differs.")


def require_empty(lost: Collection[str]) -> None:
    """Refuse to write over anything; raises CannotBackUp that says where something stands."""
    for kind, alias in OWNERS.items():
        name = connections[alias].settings_dict["NAME"]
        if (tables(alias) != []) is (kind in lost):
            what = "holds tables already: make a fresh one" if kind in lost else "is empty, and was not told as lost"
            raise CannotBackUp(f"The database {name} {what}.")
    folder = Path(settings.FILES)
    if "files" in lost and any(_is_of_an_organisation(one) for one in folder.glob("*")):
        raise CannotBackUp(f"The folder {folder} is not empty.")


def _is_of_an_organisation(found: Path) -> bool:
    """Whether this holds an organisation's files; the ledger, or the word of maintenance, may lie beside them."""
    try:
        UUID(found.name)
    except ValueError:
        return False
    return True


def tables(alias: str) -> list[str]:
    """The tables of a database."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_TABLES)
        return [str(name) for (name,) in cursor.fetchall()]


def load(chosen: Chosen, found: dict[str, manifest.Manifest]) -> None:
    """Files, keys, dossiers; then bring them up to this release. Raises CannotBackUp or BackupWrong."""
    if "files" in chosen.lost:
        _copy_files(chosen.folder("data"))
    for kind in ("vault", "data"):
        if kind in chosen.lost:
            _load_database(kind, chosen)
            _require_rows(kind, found[kind])
    shut()
    call_command("migrate_all", verbosity=0)
    shut()


def shut() -> None:
    """Let nobody in before all is done: the mark, and whoever still has a connection, which ends."""
    with connections["owner"].cursor() as cursor:
        opening.shut(cursor)
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and usename = %s and pid <> pg_backend_pid()",
            [settings.DATABASES["default"]["USER"]],
        )


def present_trail() -> Published:
    """Where each organisation's trail ends in the database as it stands, its doors shut or not."""
    return published_in(as_row(place, chain.present_head(place.id)) for place in all_organisations())


def rows_of(alias: str) -> dict[str, int]:
    """How many rows each table holds, as its owner sees them with row security lifted for the count."""
    counted = {}
    with connections[alias].cursor() as cursor:
        for table in tables(alias):
            name = sql.Identifier(table)
            cursor.execute("select relforcerowsecurity from pg_class where oid = %s::regclass", [f'"{table}"'])
            (forced,) = cursor.fetchone()
            if forced:
                cursor.execute(sql.SQL("begin; alter table {} no force row level security").format(name))
            cursor.execute(sql.SQL("select count(*) from {}").format(name))
            (counted[table],) = cursor.fetchone()
            if forced:
                cursor.execute("rollback")
    return counted


def _require_rows(kind: str, told: manifest.Manifest) -> None:
    held = rows_of(OWNERS[kind])
    if held != told.rows:
        wrong = sorted(table for table in {*held, *told.rows} if held.get(table) != told.rows.get(table))
        raise BackupWrong(f"The {kind} that was put back has other numbers of rows than its manifest: {wrong[0]}.")


def _load_database(kind: str, chosen: Chosen) -> None:
    """Fill one database. Rights come from the dump alone.

    What a fresh database gives the application by default is taken away first: it would come on top, and make the
    trail changeable. The dump brings that default back for tables that are yet to be made.
    """
    assert chosen.key is not None
    app = sql.Identifier(str(settings.DATABASES[_ALIASES[kind][0]]["USER"]))
    with connections[OWNERS[kind]].cursor() as cursor:
        for what in ("tables", "sequences"):
            words = "alter default privileges in schema public revoke all on {what} from {app}"
            cursor.execute(sql.SQL(words).format(what=sql.SQL(what), app=app))
    with open(chosen.folder(kind) / DUMP, "rb") as source:
        postgres.load(_address(OWNERS[kind]), envelope.open_stream(source, chosen.key, kind))


def _address(alias: str) -> str:
    held: dict[str, Any] = connections[alias].settings_dict
    parts = {"dbname": held["NAME"], "user": held["USER"], "password": held["PASSWORD"], "host": held["HOST"]}
    return make_conninfo("", **{name: value for name, value in {**parts, "port": held["PORT"]}.items() if value})


def _copy_files(folder: Path) -> None:
    mirror = folder.parent / terms.MIRROR
    for path in terms.listed(folder / terms.LIST):
        target = Path(settings.FILES) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(mirror / path, target)
        target.chmod(0o600)
