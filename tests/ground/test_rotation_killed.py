"""Keys are rotated while people read, open and destroy dossiers, and whoever rotates is killed over and over."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction
from psycopg.conninfo import make_conninfo

from casemgmt.base.organisation import organisation
from casemgmt.vault import keys, rotation, sealing
from casemgmt.vault.keystore.models import DossierKey
from tests.cast import Place, make_place
from tests.ground.rotating import opened, versions

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True, databases="__all__")]
ROOT = Path(__file__).resolve().parents[2]
MANY, KILLS, SEED = 6_000, 8, 17
SETTINGS = {
    "default": "DATABASE_URL",
    "vault": "VAULT_DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "vault_owner": "VAULT_DATABASE_OWNER_URL",
}


def environment(**more: str) -> dict[str, str]:
    """What a process of its own needs to work on the databases of this test."""
    found = dict(os.environ)
    for alias, setting in SETTINGS.items():
        known = connections[alias].settings_dict
        parts = {"dbname": known["NAME"], "user": known["USER"], "password": known["PASSWORD"]}
        parts |= {"host": known["HOST"], "port": known["PORT"]}
        found[setting] = make_conninfo(**{name: value for name, value in parts.items() if value})
    return found | more


def rotating(place: Place, **more: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "manage.py", "rotate_keys", "--organisation", place.slug, "--json"]
    return subprocess.Popen(words, cwd=ROOT, env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def many(place: Place) -> dict[UUID, bytes]:
    """Keys of many dossiers, in one statement: opening them one by one takes a minute."""
    made = {uuid4(): sealing.new_key() for _ in range(MANY)}
    with organisation(place.id), transaction.atomic(using="vault"):
        own = keys.organisation_key()
        DossierKey.objects.bulk_create(
            DossierKey(dossier_id=one, wrapped=sealing.seal(own, key, keys.dossier_place(one)))
            for one, key in made.items()
        )
    return made


class Crowd:
    """Two who read, one who opens dossiers and one who destroys them; what went wrong is kept."""

    def __init__(self, place: Place, known: dict[UUID, bytes]) -> None:
        self.place, self.known, self.over = place, known, threading.Event()
        self.names = list(known)
        self.destroyed = set(random.Random(SEED).sample(self.names, 300))
        self.standing = [name for name in self.names if name not in self.destroyed]
        self.new: dict[UUID, bytes] = {}
        self.gone: set[UUID] = set()
        self.reads = 0
        self.wrong: list[str] = []

    def read(self) -> None:
        some = random.sample(self.standing, 25)
        if opened(self.place.id, some) != {name: self.known[name] for name in some}:
            self.wrong.append("another key")
        self.reads += 1
        time.sleep(0.01)

    def open(self) -> None:
        dossier_id = uuid4()
        with organisation(self.place.id):
            keys.create_dossier_key(dossier_id)
            self.new[dossier_id] = keys.dossier_key(dossier_id)
        time.sleep(0.02)

    def destroy(self) -> None:
        left = self.destroyed - self.gone
        if left:
            name = left.pop()
            with organisation(self.place.id):
                assert keys.destroy_dossier_key(name)
            self.gone.add(name)
        time.sleep(0.05)

    def _go_on(self, act: Callable[[], None]) -> None:
        while not self.over.is_set():
            try:
                act()
            except BaseException as error:
                self.wrong.append(repr(error))
        connections.close_all()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        acts = (self.read, self.read, self.open, self.destroy)
        threads = [threading.Thread(target=self._go_on, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()


def kill_midway(place: Place, chance: random.Random) -> bool:
    """Start a run and kill it somewhere after it began; whether it was still at work."""
    with organisation(place.id):
        before = rotation.standing().left
    process = rotating(place)
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        with organisation(place.id):
            now = rotation.standing()
        if now.older and now.left != before:
            break
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.15))
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return alive


def test_killed_over_and_over_under_reading_load_no_key_is_lost_and_the_last_run_ends_it() -> None:
    place, chance = make_place(), random.Random(SEED)
    crowd = Crowd(place, many(place))
    midway = 0
    with crowd.at_work():
        for name in ("keys.begun", "keys.rewrapped", "keys.retired"):
            ended = rotating(place, FAILPOINT=name)
            ended.communicate()
            assert ended.returncode == -signal.SIGKILL, name
        for _ in range(KILLS):
            midway += kill_midway(place, chance)
        last = rotating(place)
        _out, err = last.communicate()
        assert last.returncode == 0, err.decode()[-2000:]
    assert crowd.wrong == []
    own, named = versions(place.id)
    assert len(own) == 1 and named == set(own)
    assert opened(place.id, crowd.standing) == {name: crowd.known[name] for name in crowd.standing}
    assert opened(place.id, list(crowd.new)) == crowd.new
    with organisation(place.id):
        assert keys.load_keys(crowd.gone) == frozenset(), "a destroyed key does not come back"
    assert midway > KILLS // 3 and crowd.reads > 500 and len(crowd.gone) > 100 and len(crowd.new) > 100
    print(f"{midway} of {KILLS} killed at work, {crowd.reads} reads, version {own[0]}, {len(crowd.new)} opened")
