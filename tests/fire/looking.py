"""Looking from outside: what is left of dossiers in rows, files and keys, past the application and its row security."""

from __future__ import annotations

import base64
import html
import json
import mmap
import quopri
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from psycopg import sql

from tests.fire.stand import Stand

STATES = ("approved", "frozen", "shredding", "shredded", "erased", "verified", "destroyed")
# What outlives a dossier: its pseudonymous id, in evidence that tells nothing of anybody.
EVIDENCE = {
    "retention_removal",
    "retention_certificate",
    "retention_erasureledger",
    "audit_accessevent",
    "audit_logentry",
    "audit_listsubject",
}


class Watch:
    """Counts what is left of dossiers that are being destroyed, and keeps every moment that should not have been."""

    def __init__(self, stand: Stand, made: Mapping[str, Any]) -> None:
        self.stand, self.organisation = stand, made["organisation"]
        self.expected: dict[str, dict[str, Any]] = made["approved"]
        self.looks = 0
        self.damaged_looks = 0
        self.wrong: list[str] = []

    def look(self) -> None:
        """Compare once: whatever is damaged must be unreadable.

        Damage is read before the keys, and keys never come back: a key that is there after the damage was there
        with it.
        """
        hurt = self._damaged()
        with self.stand.superuser("vault") as vault:
            keys = {str(row[0]) for row in vault.execute("select dossier_id from keystore_dossierkey")}
        self.looks += 1
        self.damaged_looks += bool(hurt)
        self.wrong += [f"look {self.looks}: {one} misses {hurt[one]} and has its key" for one in hurt.keys() & keys]

    def _damaged(self) -> dict[str, str]:
        found: dict[str, str] = {}
        rows = counted(self.stand, {table for one in self.expected.values() for table in one["tables"]})
        there = stored_files(self.stand)
        for dossier_id, one in self.expected.items():
            for table, many in one["tables"].items():
                if rows[table].get(dossier_id, 0) < many:
                    found[dossier_id] = table
            if not there.issuperset(one["files"]):
                found[dossier_id] = "files"
        return found


def counted(stand: Stand, tables: Iterable[str]) -> dict[str, dict[str, int]]:
    """Rows by dossier, of each of these tables."""
    found = {}
    with stand.superuser("main") as main:
        for table in sorted(tables):
            column = "id" if table == "dossiers_dossier" else "dossier_id"
            question = sql.SQL("select {}, count(*) from {} group by 1")
            rows = main.execute(question.format(sql.Identifier(column), sql.Identifier(table)))
            found[table] = {str(dossier_id): many for dossier_id, many in rows}
    return found


def stored_files(stand: Stand) -> set[str]:
    """The names of all sealed files on the disk."""
    return {path.name for path in (stand.state / "files").glob("*/*/*")}


def left_of(stand: Stand, dossier_ids: Iterable[str]) -> dict[str, int]:
    """Rows that still name one of these dossiers, by table, in whatever table has such a column; not the evidence."""
    asked = list(dossier_ids)
    found = {}
    with stand.superuser("main") as main:
        columns = main.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and udt_name = 'uuid'"
        ).fetchall()
        for table, column in columns:
            if table in EVIDENCE:
                continue
            question = sql.SQL("select count(*) from {} where {} = any(%s::uuid[])")
            row = main.execute(question.format(sql.Identifier(table), sql.Identifier(column)), [asked]).fetchone()
            if row and row[0]:
                found[f"{table}.{column}"] = row[0]
    return found


def states(stand: Stand) -> dict[str, int]:
    """How many removals stand in each state."""
    with stand.superuser("main") as main:
        return dict(main.execute("select state, count(*) from retention_removal group by 1").fetchall())


def steps(found: Mapping[str, int]) -> int:
    """How many steps were taken altogether."""
    return sum(STATES.index(state) * many for state, many in found.items() if state in STATES)


def forms(words: str) -> dict[str, bytes]:
    """The ways in which these words may have been written down."""
    plain = words.encode()
    ways = {
        "UTF-8": plain,
        "Latin-1": words.encode("latin-1"),
        "UTF-16 LE": words.encode("utf-16-le"),
        "UTF-16 BE": words.encode("utf-16-be"),
        "JSON": json.dumps(words)[1:-1].encode(),
        "Python": ascii(words)[1:-1].encode(),
        "address": urllib.parse.quote(words).encode(),
        "HTML": html.escape(words).encode("ascii", "xmlcharrefreplace"),
        "quoted-printable": quopri.encodestring(plain),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
    }
    for before in range(3):  # base64 looks different at each of three places in its text
        whole = base64.b64encode(b"\0" * before + plain)
        ways[f"base64 {before}"] = whole[4 if before else 0 : -4]
    return ways


def written_down(folder: Path, ways: Mapping[str, bytes]) -> list[str]:
    """The files under a folder that hold any of these, and how."""
    return [f"{path.relative_to(folder)}: {way}" for path in _files(folder) for way in _ways_in(path, ways)]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _ways_in(path: Path, ways: Mapping[str, bytes]) -> Iterator[str]:
    if not path.stat().st_size:
        return
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield from (way for way, needle in ways.items() if content.find(needle) >= 0)
