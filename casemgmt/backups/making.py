"""Making a backup: first the dossiers as one snapshot shows them, then their sealed files, then the keys.

In this order, for a dossier's key is there before the dossier, and a file before
its row: whatever the snapshot names is still to be found afterwards, unless it
was destroyed in between, which the ledger then tells.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from casemgmt.audit.heads import HEAD_FIELDS
from casemgmt.backups import envelope, manifest, postgres, terms
from casemgmt.backups.errors import CannotBackUp
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import all_organisations
from retention import ledger

DUMP = "database.sealed"
_TABLES = (
    "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    " where n.nspname = 'public' and c.relkind = 'r' order by 1"
)
_HEADS = (
    "select o.slug, o.id::text, h.seq, encode(h.hash, 'hex') from audit_audithead h"
    " join organisations_organisation o on o.id = h.organisation_id"
    " union all select null, null, seq, encode(hash, 'hex') from audit_platformhead order by 1"
)
_FILES = (
    "select organisation_id::text || '/' || left(stored_as, 2) || '/' || stored_as from vault_sealedfile order by 1"
)
# Whose rights and policies stand in the dump: a server without these roles cannot take it. Who owns what is left out
# of a restore, and what stands in PostgreSQL's own schema and extensions is not in a dump of ours.
_ROLES = (
    "select distinct r.rolname from pg_shdepend d join pg_roles r on r.oid = d.refobjid"
    " where d.refclassid = 'pg_authid'::regclass"
    " and d.dbid = (select oid from pg_database where datname = current_database())"
    " and (d.deptype in ('a', 'r') or d.classid = 'pg_default_acl'::regclass)"
    " and not (d.classid = 'pg_proc'::regclass"
    " and d.objid in (select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace)) order by 1"
)


@dataclass(frozen=True, slots=True)
class Made:
    """One backup that stands whole in its folder."""

    folder: Path
    manifest: manifest.Manifest


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a database: its connection, the name pg_dump takes it by, rows per table, the server's version."""

    connection: psycopg.Connection[Any]
    name: str
    rows: dict[str, int]
    version: int
    roles: list[str]


def remove_expired(at: datetime) -> dict[str, list[str]]:
    """Let go what must not be there any more, before anything that could fail."""
    on, gone = clock.local_date(at), {}
    for kind, base in (("vault", settings.VAULT_BACKUPS), ("data", settings.BACKUPS)):
        with _alone(base):
            gone[kind] = terms.remove_expired(base, kind, on)
            terms.remove_unlisted_files(base)
    return gone


def require_settings() -> None:
    """Everything that a backup needs, before it begins; raises CannotBackUp with the name of what is missing."""
    if not settings.BACKUP_RECIPIENT:
        raise CannotBackUp("CASEMGMT_BACKUP_RECIPIENT is not set; `manage.py backup_key` makes a key.")
    for kind, name in (("data", "DATABASE_BACKUP_URL"), ("vault", "VAULT_DATABASE_BACKUP_URL")):
        if not settings.BACKUP_URLS[kind]:
            raise CannotBackUp(f"{name} is not set: the role that reads everything and writes nothing.")
    one, other = settings.BACKUPS.resolve(), settings.VAULT_BACKUPS.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise CannotBackUp("CASEMGMT_VAULT_BACKUPS must be a folder apart: keys and dossiers never lie together.")
    postgres.program("pg_dump")


def complete_ledger() -> None:
    """Make the ledger outside the database tell everything that the database knows to be erased."""
    ledger.ensure()
    for place in all_organisations():
        with organisation(place.id):
            rows = ledger.of_database()
        for dossier_id, erased_at, facts in rows:
            ledger.write(place.id, dossier_id, erased_at, facts)


def back_up_data(at: datetime) -> Made:
    """Dossiers and everything beside them, with their sealed files; raises CannotBackUp."""
    until = terms.data_until(clock.local_date(at))
    with _alone(settings.BACKUPS), _folder(settings.BACKUPS, at) as folder:
        with _snapshot("data") as shot:
            _dump("data", shot, folder)
            heads = [dict(zip(HEAD_FIELDS, row, strict=True)) for row in _ask(shot, _HEADS)]
            names = [str(path) for (path,) in _ask(shot, _FILES)]
        files = _copy_files(names, folder)
        told = _manifest("data", folder, shot, at, until.isoformat(), heads, files)
    return told


def back_up_vault(at: datetime) -> Made:
    """The wrapped keys, in a folder of their own and for a term of their own; raises CannotBackUp."""
    until = terms.vault_until(clock.local_date(at))
    with _alone(settings.VAULT_BACKUPS), _folder(settings.VAULT_BACKUPS, at) as folder:
        with _snapshot("vault") as shot:
            _dump("vault", shot, folder)
        told = _manifest("vault", folder, shot, at, until.isoformat(), [], {})
    return told


@contextmanager
def _snapshot(kind: str) -> Iterator[Snapshot]:
    try:
        with psycopg.connect(settings.BACKUP_URLS[kind]) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            (name,) = connection.execute("select pg_export_snapshot()").fetchone() or ("",)
            rows = {}
            for (table,) in connection.execute(_TABLES).fetchall():
                question = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
                (rows[table],) = connection.execute(question).fetchone() or (0,)
            roles = [str(role) for (role,) in connection.execute(_ROLES).fetchall()]
            yield Snapshot(connection, str(name), rows, connection.info.server_version // 10000, roles)
    except psycopg.Error as problem:
        name = {"data": "DATABASE_BACKUP_URL", "vault": "VAULT_DATABASE_BACKUP_URL"}[kind]
        raise CannotBackUp(
            f"The database of the {kind} could not be read ({type(problem).__name__}): does the server of"
            f" {name} answer, and did scripts.prepare_databases make its role, with this password?"
        ) from problem


def _ask(shot: Snapshot, question: str) -> list[tuple[Any, ...]]:
    return shot.connection.execute(question.encode()).fetchall()


def _dump(kind: str, shot: Snapshot, folder: Path) -> None:
    with open(folder / DUMP, "xb") as target:
        with postgres.dumped(settings.BACKUP_URLS[kind], shot.name) as source:
            envelope.seal_stream(source, target, settings.BACKUP_RECIPIENT, kind)
        target.flush()
        os.fsync(target.fileno())


def _copy_files(names: list[str], folder: Path) -> dict[str, int]:
    """Copy what is not there yet: a sealed file never changes. What was removed since the snapshot is counted."""
    mirror, known = settings.BACKUPS / terms.MIRROR, terms.newest_list(settings.BACKUPS)
    missing = size = 0
    with open(folder / terms.LIST, "x", encoding="ascii") as told:
        for name in names:
            source, copy = Path(settings.FILES) / name, mirror / name
            if not copy.exists() and not _copied(source, copy):
                missing += 1
                continue
            size += copy.stat().st_size
            row = {"path": name, "sha256": known.get(name) or manifest.checksum(copy)}
            told.write(json.dumps(row) + "\n")
    return {"count": len(names) - missing, "bytes": size, "missing": missing}


def _copied(source: Path, copy: Path) -> bool:
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = copy.with_name(f".{copy.name}")
    try:
        shutil.copyfile(source, half)
    except FileNotFoundError:
        return False
    half.chmod(0o600)
    half.replace(copy)
    return True


def _manifest(
    kind: str,
    folder: Path,
    shot: Snapshot,
    at: datetime,
    until: str,
    heads: list[dict[str, Any]],
    files: dict[str, int],
) -> Made:
    shutil.copyfile(ledger.place(), folder / manifest.LEDGER)
    told = manifest.Manifest(
        kind=kind,
        id=folder.name.removesuffix(".part"),
        made_at=at.isoformat(),
        keep_until=until,
        postgresql=str(shot.version),
        recipient=envelope.as_text(settings.BACKUP_RECIPIENT),
        rows=shot.rows,
        contents={path.name: dict(manifest.told_of(path)) for path in sorted(folder.iterdir())},
        heads=heads,
        files=files,
        roles=shot.roles,
    )
    manifest.write(folder, told)
    return Made(folder.with_suffix(""), told)


@contextmanager
def _folder(base: Path, at: datetime) -> Iterator[Path]:
    """A folder that gets its name only when everything in it is whole."""
    half = base / f"{manifest.name_of(at, secrets.token_hex(2))}.part"
    half.mkdir(mode=0o700)
    try:
        yield half
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    half.rename(half.with_suffix(""))


@contextmanager
def _alone(base: Path) -> Iterator[None]:
    """Two backups at once would remove each other's halves."""
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(base / ".lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotBackUp(f"Another backup is being made in {base}.") from None
        yield
