"""A sealed value opens in its own place, whole, under its own key, or not at all (G1); numbers betray nothing (G3)."""

import base64
import hashlib
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault import sealing
from casemgmt.vault.files import path_of, read_file, write_file
from casemgmt.vault.keys import dossier_key, load_keys, organisation_key
from casemgmt.vault.models import SearchToken
from casemgmt.vault.sealing import CannotOpen, place, seal, unseal
from dossiers.models import Dossier, Person
from tests.dossiers.pages import World
from tests.traces import found_in_database

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
HERE, DOSSIER, ROW = uuid4(), uuid4(), uuid4()
KEY, PLAIN, WHERE = sealing.new_key(), b"MARKER: what Yara told", place(HERE, DOSSIER, "entry.text", ROW)
BSN = "999990019"


def test_no_changed_or_cut_value_opens_and_no_part_of_it_is_given() -> None:
    sealed = seal(KEY, PLAIN, WHERE)
    assert unseal(KEY, sealed, WHERE) == PLAIN
    flipped = [
        sealed[:at] + bytes([sealed[at] ^ bit]) + sealed[at + 1 :] for at in range(len(sealed)) for bit in (1, 128)
    ]
    cut = [sealed[:length] for length in range(len(sealed))]
    for wrong in [*flipped, *cut, sealed + b"\0", sealed[1:], b"", sealed * 2]:
        with pytest.raises(CannotOpen) as refused:
            unseal(KEY, wrong, WHERE)
        assert "MARKER" not in str(refused.value)


@pytest.mark.parametrize(
    "elsewhere",
    [
        place(uuid4(), DOSSIER, "entry.text", ROW),
        place(HERE, uuid4(), "entry.text", ROW),
        place(HERE, DOSSIER, "note.text", ROW),
        place(HERE, DOSSIER, "entry.text", uuid4()),
        b"",
    ],
    ids=["organisation", "dossier", "field", "row", "nowhere"],
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere: bytes) -> None:
    with pytest.raises(CannotOpen):
        unseal(KEY, seal(KEY, PLAIN, WHERE), elsewhere)


def test_another_or_an_older_key_opens_nothing_and_no_two_seals_are_alike() -> None:
    sealed = {seal(KEY, PLAIN, WHERE) for _ in range(200)}
    assert len(sealed) == 200 and len({one[1:13] for one in sealed}) == 200
    for key in (sealing.new_key(), bytes(32), sealing.derive(KEY, "file/x")):
        with pytest.raises(CannotOpen):
            unseal(key, sealed.copy().pop(), WHERE)


def swap_names(world: World, change: Callable[[bytes, bytes], bytes]) -> None:
    """Do as somebody at the database would: the mother gets a name made of hers and the father's."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("select set_config('app.organisation', %s, true)", [str(world.place.id)])
        name = "select name from dossiers_person where id = %s"
        pair = []
        for person in (world.family.samira, world.family.mark):
            cursor.execute(name, [person])
            pair.append(bytes(cursor.fetchone()[0]))
        cursor.execute("update dossiers_person set name = %s where id = %s", [change(*pair), world.family.samira])


def test_a_value_that_was_meddled_with_shows_nothing_of_the_page_and_leaves_a_row(world: World) -> None:
    assert "Samira" in world.worker.get(world.at("personen/")).content.decode()
    swap_names(world, lambda hers, his: his)
    answer = world.worker.get(world.at("personen/"))
    assert answer.status_code == 500
    assert not any(name in answer.content.decode() for name in ("Samira", "Mark", "Yara", "Sem Bakker"))
    with organisation(world.place.id), transaction.atomic():
        row = AccessEvent.objects.get(request_id=answer["X-Request-Id"])
    assert (row.outcome, row.dossier_id) == ("failed", world.family.dossier_id)


def test_a_file_cut_or_moved_about_gives_no_more_than_what_is_right(world: World, settings, tmp_path) -> None:
    settings.FILES = tmp_path
    content = [b"a" * (1 << 20), b"b" * (1 << 20), b"MARKER-end"]
    with organisation(world.place.id):
        with transaction.atomic():
            load_keys([world.family.dossier_id])
            row = write_file(world.family.dossier_id, content, content_type="text/plain", at=clock.now())
        whole = path_of(row).read_bytes()
        assert b"".join(read_file(row)) == b"".join(content)
        piece = len(whole) // 2
        for wrong in (whole[:-1], whole[: (1 << 20) + 29], whole[(1 << 20) + 29 :], whole[piece:] + whole[:piece], b""):
            path_of(row).write_bytes(wrong)
            given = b""
            with pytest.raises(CannotOpen):
                for part in read_file(row):
                    given += part
            assert b"".join(content).startswith(given)


def test_the_same_number_is_found_in_each_organisation_and_looks_different_in_each(worlds: tuple[World, World]) -> None:
    tokens = []
    for world in worlds:
        found = world.worker.post(world.here("zoeken/"), {"q": BSN})
        assert str(world.family.dossier_id) in found.content.decode()
        with organisation(world.place.id), transaction.atomic():
            tokens.append({bytes(row.token) for row in SearchToken.objects.filter(source_id=world.family.sem)})
    assert tokens[0] and tokens[1] and not tokens[0] & tokens[1]
    # Nor is it a hash that anybody can make of all ninety million numbers.
    plain = {f(text.encode()).digest()[:16] for text in (BSN, f"bsn:{BSN}") for f in (hashlib.sha256, hashlib.md5)}
    assert not plain & (tokens[0] | tokens[1])


def lying_about(key: bytes, place_id: UUID) -> list[str]:
    """Tables in which a key stands as bytes, as figures or as text that carries bytes, be it without its end.

    The seal at the end of a wrapped key only vouches for it: who has the rest has the key.
    """
    rest = key[:30]  # a multiple of three, so that the text of the whole begins with the text of this
    written = (rest.hex(), base64.b64encode(rest).decode(), base64.urlsafe_b64encode(rest).decode())
    return [table for one in written for table in found_in_database(one, place_id)]


@pytest.mark.parametrize(
    "how", ["decode(%s, 'hex')::text", "%s", "encode(decode(%s, 'hex'), 'base64')", "left(%s, 60)"]
)
def test_a_key_that_did_lie_there_would_be_found(world: World, how: str) -> None:
    key = bytes(range(32))
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"create table planted as select {how} as kept", [key.hex()])
        assert set(lying_about(key, world.place.id)) == {"planted"}
        transaction.set_rollback(True, using="owner")


def test_no_key_lies_beside_the_data(world: World) -> None:
    """Neither in clear nor wrapped: a dump of the dossiers' database brings no key along."""
    with organisation(world.place.id):
        load_keys([world.family.dossier_id])
        keys = [dossier_key(world.family.dossier_id), organisation_key(), sealing.master_key()]
    with connections["vault_owner"].cursor() as cursor:
        cursor.execute("select set_config('app.organisation', %s, false)", [str(world.place.id)])
        cursor.execute("select wrapped from keystore_dossierkey union all select wrapped from keystore_organisationkey")
        keys += [bytes(row[0]) for row in cursor.fetchall()]
        cursor.execute("select set_config('app.organisation', '', false)")
    assert len(keys) >= 5
    for key in keys:
        assert lying_about(key, world.place.id) == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_name like 'keystore%%'")
        assert cursor.fetchall() == []


def test_a_dossier_without_its_key_names_nobody(world: World) -> None:
    with organisation(world.place.id), transaction.atomic():
        row = Dossier.objects.values("name").get(id=world.family.dossier_id)
        person = Person.objects.values("name", "bsn", "address").get(id=world.family.samira)
    for value in (row["name"], person["name"], person["address"]):
        assert isinstance(value, bytes) and b"Samira" not in value and b"laan" not in value
    assert isinstance(world.family.samira, UUID)
