"""Fills the databases of one size with the population of ``recipe``, identities and texts sealed.

Loaded by COPY as superuser, plain indexes made after, then analysed. Only the regulation is brought in by the
product's own act, since a page asks it for its words, its questions and what a role may do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

from benchmarks import recipe, sealer
from benchmarks.places import Size, filled_with, make_database, mark_filled, superuser, use
from benchmarks.recipe import FIRST, KINDS, REGULATIONS, SHARES, TEAMS, digest, people, uid
from scripts.services import Services

COLUMNS = {
    "dossiers_dossier": "id, organisation_id, number, unit_id, name, state, opened_at, opened_on",
    "dossiers_person": ("id, organisation_id, dossier_id, role, capable, address_secret, position, name, birth_date"),
    "dossiers_entry": "id, organisation_id, dossier_id, kind, author_id, happened_on, recorded_at, version",
    "dossiers_entryversion": ("id, organisation_id, dossier_id, entry_id, number, text, details, made_by_id, made_at"),
    "dossiers_entryabout": "id, organisation_id, dossier_id, entry_id, person_id",
}
KEYS = {"keystore_dossierkey": "id, organisation_id, dossier_id, wrapped, created_at"}


def ensure(services: Services, size: Size) -> None:
    """Make and fill the databases of one size, unless they stand whole and of the schema of today."""
    from django.core.management import call_command

    places, today = {"main": size.main, "vault": size.vault}, _schema()
    if all(filled_with(services, cluster, name) == today for cluster, name in places.items()):
        return
    for cluster, name in places.items():
        make_database(services, cluster, name)
    use(size)
    call_command("migrate", database="owner", verbosity=0)
    call_command("migrate", database="vault_owner", verbosity=0)
    with superuser(services, "main", size.main) as main, superuser(services, "vault", size.vault) as vault:
        for connection in (main, vault):
            connection.execute("set session_replication_role = replica")
        _organisations(main, vault)
        _people(main)
        _regulations()
        with _writing_quickly(main), _writing_quickly(vault):
            _fill(main, vault, size.dossiers)
        _assignments(main, size.dossiers)
        for connection, name in ((main, size.main), (vault, size.vault)):
            connection.execute("vacuum analyze")
            mark_filled(connection, name, today)


def _schema() -> str:
    """A name for the migrations and the recipe of this checkout: with others the data are made anew."""
    from django.db.migrations.loader import MigrationLoader

    known = sorted(MigrationLoader(None).disk_migrations or {})
    recipes = [Path(str(module)).read_text() for module in (__file__, recipe.__file__, sealer.__file__)]
    return digest(*known, *recipes).hex()[:16]


def _fill(main: psycopg.Connection, vault: psycopg.Connection, dossiers: int) -> None:
    """All rows of all dossiers, a thousand dossiers at a time, each table in its own COPY."""
    with _without_indexes(main, COLUMNS), _without_indexes(vault, KEYS):
        lines: dict[str, list[str]] = {table: [] for table in (*COLUMNS, *KEYS)}
        for one in sealer.sealed(dossiers):
            lines["dossiers_dossier"].append(one.dossier())
            lines["keystore_dossierkey"].append(one.key())
            lines["dossiers_person"].extend(one.clients())
            for entry, version, about in one.entries():
                lines["dossiers_entry"].append(entry)
                lines["dossiers_entryversion"].append(version)
                lines["dossiers_entryabout"].append(about)
            if one.number % 1000 == 999:
                _flush(main, vault, lines)
        _flush(main, vault, lines)


def _flush(main: psycopg.Connection, vault: psycopg.Connection, lines: dict[str, list[str]]) -> None:
    for table, made in lines.items():
        place, columns = (vault, KEYS[table]) if table in KEYS else (main, COLUMNS[table])
        with place.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
            copy.write("".join(made))
        made.clear()


@contextmanager
def _writing_quickly(connection: psycopg.Connection) -> Iterator[None]:
    """Without whole pages in the log while loading: rows come in no order, and each would write pages of every key."""
    for setting in ("full_page_writes = off", "max_wal_size = '16GB'"):
        connection.execute(f"alter system set {setting}")
    connection.execute("select pg_reload_conf()")
    try:
        yield
    finally:
        connection.execute("alter system reset all")
        connection.execute("select pg_reload_conf()")
        connection.execute("checkpoint")


@contextmanager
def _without_indexes(connection: psycopg.Connection, tables: dict[str, str]) -> Iterator[None]:
    """Without the indexes that carry no constraint; they are made again at the end, which is much quicker."""
    found = connection.execute(
        "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index"
        " where indrelid = any(%s::regclass[]) and not indisunique"
        " and not exists (select from pg_constraint where conindid = indexrelid)",
        [list(tables)],
    ).fetchall()
    for name, _made_by in found:
        connection.execute(f"drop index {name}")
    yield
    connection.execute("set maintenance_work_mem = '512MB'")
    for _name, made_by in found:
        connection.execute(made_by)


def _organisations(main: psycopg.Connection, vault: psycopg.Connection) -> None:
    from casemgmt.vault import sealing

    for index in range(len(SHARES)):
        organisation_id = uid("organisation", index)
        main.execute(
            "insert into organisations_organisation (id, slug, name, kind, abbreviation, regulation,"
            " created_at) values (%s, %s, %s, 'bench', 'B', %s, %s)",
            [organisation_id, f"bench-{index}", f"Bench {index}", REGULATIONS[index], FIRST],
        )
        for team in range(TEAMS):
            main.execute(
                "insert into organisations_unit (id, organisation_id, name) values (%s, %s, %s)",
                [uid("team", index, team), organisation_id, f"team {team}"],
            )
        wrapped = sealing.seal(
            sealing.master_key(), digest("organisation-key", index), b"organisation-key|" + organisation_id.bytes
        )
        vault.execute(
            "insert into keystore_organisationkey (id, organisation_id, wrapped, version, created_at)"
            " values (%s, %s, %s, 1, %s)",
            [uid("orgkey", index), organisation_id, wrapped, FIRST],
        )


def _regulations() -> None:
    from casemgmt.policy.shipped import load_shipped

    for index in range(len(SHARES)):
        load_shipped(slug=f"bench-{index}", at=FIRST)


def _people(main: psycopg.Connection) -> None:
    organisation_id = uid("organisation", 0)
    for kind, number, user_id in people():
        main.execute(
            "insert into accounts_user (id, kind, username, email, name, password, language, is_active, created_at)"
            " values (%s, 'staff', %s, %s, 'Bench', '!', 'nl', true, %s)",
            [user_id, user_id.hex, f"{user_id.hex}@example.org", FIRST],
        )
        main.execute(
            "insert into organisations_signinplace (id, user_id, organisation_id) values (%s, %s, %s)",
            [uid("place", kind, number), user_id, organisation_id],
        )
        # A role is held somewhere: a team that holds no dossiers gives the capability and nothing else.
        for team in recipe.teams_of(kind, number) if KINDS[kind] else [TEAMS]:
            _member(main, kind, number, team)


def _member(main: psycopg.Connection, kind: str, number: int, team: int) -> None:
    main.execute(
        "insert into organisations_unit (id, organisation_id, name) values (%s, %s, %s) on conflict do nothing",
        [uid("team", 0, team), uid("organisation", 0), f"team {team}"],
    )
    main.execute(
        "insert into organisations_membership (id, organisation_id, user_id, unit_id, role, starts_on)"
        " values (%s, %s, %s, %s, 'caseworker', %s)",
        [
            uid("member", kind, number, team),
            uid("organisation", 0),
            uid("user", kind, number),
            uid("team", 0, team),
            date(2016, 1, 1),
        ],
    )


def _assignments(main: psycopg.Connection, dossiers: int) -> None:
    permission = main.execute(
        "select p.id from auth_permission p join django_content_type c on c.id = p.content_type_id"
        " where c.app_label = 'dossiers' and p.codename = 'view_dossier'"
    ).fetchone()
    rows = [
        [
            uid("assignment", kind, number, dossier),
            uid("organisation", 0),
            user_id,
            permission and permission[0],
            uid("dossier", dossier),
            recipe.opened_at(dossier),
            date(2016, 1, 1),
        ]
        for kind, number, user_id in people()
        for dossier in recipe.assignments_of(kind, number, dossiers)
    ]
    with main.cursor() as cursor:
        cursor.executemany(
            "insert into dossiers_assignment (id, organisation_id, user_id, permission_id, content_object_id,"
            " opened_at, starts_on) values (%s, %s, %s, %s, %s, %s, %s)",
            rows,
        )
