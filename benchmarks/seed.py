"""A repeatable population, identities sealed: the same number gives the same data.

Every value is a hash of (row number, salt). Four organisations hold 55, 25, 15
and 5 % of the dossiers, each has 50 teams; the users come in the kinds that
decide how a worklist is found: 2, 12 or all 50 teams, or assignments only.
Loaded by COPY as superuser, then analysed.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.places import Size, filled_with, make_database, mark_filled, superuser, use
from scripts.services import Services

SHARES = (0.55, 0.25, 0.15, 0.05)
TEAMS = 50
ASSIGNMENTS_EACH = 50
KINDS = {"2 teams": 2, "12 teams": 12, "50 teams": 50, "assignments only": 0}
PEOPLE_EACH = 6
FIRST = datetime(2016, 1, 1, tzinfo=UTC)
_FIRST_NAMES = ["Bakker", "Jansen", "Visser", "Smit", "Mulder", "Bos", "Vos", "Peters", "Hendriks", "Dekker", "Kok"]
_CALLED = ["Yara", "Sem", "Noor", "Daan", "Amira", "Finn", "Lotte", "Bilal", "Sanne", "Mees", "Esra", "Tijn"]
_SECOND_NAMES = ["El Idrissi", "Yildiz", "van Dijk", "de Wit", "Oosterhuis", "van der Meulen", "Hoekstra", "Kaya"]


def digest(*parts: object) -> bytes:
    """The hash from which every value of a row is taken."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).digest()


def uid(*parts: object) -> UUID:
    """A stable identifier."""
    return UUID(bytes=digest("id", *parts)[:16], version=4)


def organisation_of(number: int, dossiers: int) -> int:
    """Which of the four organisations holds dossier ``number``."""
    share, edge = number / dossiers, 0.0
    for index, part in enumerate(SHARES):
        edge += part
        if share < edge:
            return index
    return len(SHARES) - 1


def opened_at(number: int) -> datetime:
    """When dossier ``number`` was opened: spread over ten years."""
    seconds = int.from_bytes(digest("opened", number)[:6], "big") % (10 * 365 * 86_400)
    return FIRST + timedelta(seconds=seconds)


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
        _fill(main, vault, size.dossiers)
        for connection, name in ((main, size.main), (vault, size.vault)):
            connection.execute("vacuum analyze")
            mark_filled(connection, name, today)


def _schema() -> str:
    """A name for the migrations and the recipe of this checkout: with others the data are made anew."""
    from django.db.migrations.loader import MigrationLoader

    known = sorted(MigrationLoader(None).disk_migrations or {})
    return digest(*known, Path(__file__).read_text()).hex()[:16]


def _fill(main: psycopg.Connection, vault: psycopg.Connection, dossiers: int) -> None:
    _organisations(main, vault)
    _people(main)
    sealer = Sealer()
    with (
        main.cursor() as rows,
        vault.cursor() as keys,
        rows.copy(
            "copy dossiers_dossier (id, organisation_id, number, unit_id, name, state, opened_at, opened_on) from stdin"
        ) as to_main,
        keys.copy(
            "copy keystore_dossierkey (id, organisation_id, dossier_id, wrapped, created_at) from stdin"
        ) as to_vault,
    ):
        for number in range(dossiers):
            row, key = sealer.dossier(number, organisation_of(number, dossiers))
            to_main.write_row(row)
            to_vault.write_row(key)
    _clients(main, sealer, dossiers)
    _assignments(main, dossiers)


def _clients(main: psycopg.Connection, sealer: "Sealer", dossiers: int) -> None:
    columns = "id, organisation_id, dossier_id, role, capable, address_secret, position, name, birth_date"
    with main.cursor() as rows, rows.copy(f"copy dossiers_person ({columns}) from stdin") as to_main:
        for number in range(dossiers):
            for row in sealer.clients(number, organisation_of(number, dossiers)):
                to_main.write_row(row)


class Sealer:
    """Seals names under dossier keys as the vault does, with keys that can be made again."""

    def __init__(self) -> None:
        from casemgmt.vault import sealing

        self._sealing = sealing
        self._wrapping = [AESGCM(digest("organisation-key", index)) for index in range(len(SHARES))]

    def dossier(self, number: int, index: int) -> tuple[tuple[object, ...], tuple[object, ...]]:
        """The row of a dossier and the row of its key."""
        organisation_id, dossier_id, key = uid("organisation", index), uid("dossier", number), digest("key", number)
        nonce = digest("nonce", number)[:12]
        where = b"dossier-key|" + organisation_id.bytes + b"|" + dossier_id.bytes
        wrapped = self._sealing.FORMAT + nonce + self._wrapping[index].encrypt(nonce, key, where)
        place = self._sealing.place(organisation_id, dossier_id, "dossier.name", dossier_id)
        name = self._sealing.FORMAT + nonce + AESGCM(key).encrypt(nonce, family_name(number).encode(), place)
        at = opened_at(number)
        team = uid("team", index, int.from_bytes(digest("team", number)[:4], "big") % TEAMS)
        row = (dossier_id, organisation_id, f"B-{number:08d}", team, name, "open", at, at.date())
        return row, (uid("key", number), organisation_id, dossier_id, wrapped, FIRST)

    def clients(self, number: int, index: int) -> Iterator[tuple[object, ...]]:
        """The rows of a dossier's clients, one to three children with their days of birth."""
        organisation_id, dossier_id, key = uid("organisation", index), uid("dossier", number), digest("key", number)
        seed = digest("clients", number)
        for position in range(1 + seed[0] % 3):
            person_id = uid("client", number, position)
            born = date(2008, 1, 1) + timedelta(days=int.from_bytes(seed[2 * position + 1 :][:2], "big") % 6000)
            values = {"person.name": _CALLED[seed[-1 - position] % len(_CALLED)], "person.birth_date": born.isoformat()}
            name, birth_date = (
                self._seal(key, text, self._sealing.place(organisation_id, dossier_id, label, person_id), position)
                for label, text in values.items()
            )
            yield person_id, organisation_id, dossier_id, "client", True, False, position, name, birth_date

    def _seal(self, key: bytes, text: str, where: bytes, position: int) -> bytes:
        nonce = digest("nonce", where, position)[:12]
        return self._sealing.FORMAT + nonce + AESGCM(key).encrypt(nonce, text.encode(), where)


def family_name(number: int) -> str:
    """The name of a family; the same number gives the same name."""
    seed = digest("name", number)
    return f"Gezin {_FIRST_NAMES[seed[0] % len(_FIRST_NAMES)]} - {_SECOND_NAMES[seed[1] % len(_SECOND_NAMES)]}"


def _organisations(main: psycopg.Connection, vault: psycopg.Connection) -> None:
    from casemgmt.vault import sealing

    for index in range(len(SHARES)):
        organisation_id = uid("organisation", index)
        main.execute(
            "insert into organisations_organisation (id, slug, name, kind, abbreviation, regulation,"
            " created_at) values (%s, %s, %s, 'bench', 'B', '', %s)",
            [organisation_id, f"bench-{index}", f"Bench {index}", FIRST],
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


def people() -> Iterator[tuple[str, int, UUID]]:
    """Every user of the first organisation: kind, number within the kind, id."""
    for kind in KINDS:
        for number in range(PEOPLE_EACH):
            yield kind, number, uid("user", kind, number)


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
        start = int.from_bytes(digest("first team", kind, number)[:2], "big")
        for offset in range(KINDS[kind]):
            _member(main, kind, number, (start + offset) % TEAMS, "caseworker")
        if not KINDS[kind]:
            # A role is held somewhere: a team that holds no dossiers gives the capability and nothing else.
            _member(main, kind, number, TEAMS, "caseworker")


def _member(main: psycopg.Connection, kind: str, number: int, team: int, role: str) -> None:
    main.execute(
        "insert into organisations_unit (id, organisation_id, name) values (%s, %s, %s) on conflict do nothing",
        [uid("team", 0, team), uid("organisation", 0), f"team {team}"],
    )
    main.execute(
        "insert into organisations_membership (id, organisation_id, user_id, unit_id, role, starts_on)"
        " values (%s, %s, %s, %s, %s, %s)",
        [
            uid("member", kind, number, team),
            uid("organisation", 0),
            uid("user", kind, number),
            uid("team", 0, team),
            role,
            date(2016, 1, 1),
        ],
    )


def _assignments(main: psycopg.Connection, dossiers: int) -> None:
    permission = main.execute(
        "select p.id from auth_permission p join django_content_type c on c.id = p.content_type_id"
        " where c.app_label = 'dossiers' and p.codename = 'view_dossier'"
    ).fetchone()
    held = int(dossiers * SHARES[0]) - 1
    with main.cursor() as cursor:
        for kind, number, user_id in people():
            chosen = {
                int.from_bytes(digest("grant", kind, number, i)[:6], "big") % held for i in range(ASSIGNMENTS_EACH)
            }
            for dossier in chosen:
                cursor.execute(
                    "insert into dossiers_assignment (id, organisation_id, user_id, permission_id, content_object_id,"
                    " opened_at, starts_on)"
                    " values (%s, %s, %s, %s, %s, %s, %s)",
                    [
                        uid("assignment", kind, number, dossier),
                        uid("organisation", 0),
                        user_id,
                        permission and permission[0],
                        uid("dossier", dossier),
                        opened_at(dossier),
                        date(2016, 1, 1),
                    ],
                )
