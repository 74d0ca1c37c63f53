"""Rows with sealed names and texts, as the vault makes them, under keys that can be made again."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.recipe import (
    DAYS,
    ENTRY_KINDS,
    FIRST,
    SHARES,
    clients_of,
    digest,
    entries_of,
    family_name,
    opened_at,
    organisation_of,
    people,
    sentences,
    team_of,
    uid,
)
from casemgmt.vault import sealing

Line = str
NOTHING = "\\N"


class Sealed:
    """One dossier whose key is at hand: makes the lines of its rows for COPY."""

    def __init__(self, number: int, wrapping: AESGCM) -> None:
        self.number, self.index = number, organisation_of(number)
        self.organisation_id, self.dossier_id = uid("organisation", self.index), uid("dossier", number)
        self._bytes, self._cipher = digest("key", number), AESGCM(digest("key", number))
        self._wrapping = wrapping
        self._nonce = digest("nonce", number)[:12]

    def dossier(self) -> Line:
        """id, organisation_id, number, unit_id, name, state, opened_at, opened_on."""
        at = opened_at(self.number)
        name = self._seal("dossier.name", family_name(self.number), self.dossier_id.bytes)
        team = uid("team", self.index, team_of(self.number))
        return _line(self.dossier_id, self.organisation_id, f"B-{self.number:08d}", team, name, "open", at, at.date())

    def key(self) -> Line:
        """id, organisation_id, dossier_id, wrapped, created_at."""
        where = b"dossier-key|" + self.organisation_id.bytes + b"|" + self.dossier_id.bytes
        wrapped = sealing.FORMAT + self._nonce + self._wrapping.encrypt(self._nonce, self._bytes, where)
        return _line(uid("key", self.number), self.organisation_id, self.dossier_id, _hex(wrapped), FIRST)

    def clients(self) -> Iterator[Line]:
        """id, organisation_id, dossier_id, role, capable, address_secret, position, name, birth_date."""
        for position, called, born in clients_of(self.number):
            person = uid("client", self.number, position)
            name = self._seal("person.name", called, person.bytes)
            birth_date = self._seal("person.birth_date", born.isoformat(), person.bytes)
            yield _line(person, self.organisation_id, self.dossier_id, "client", "t", "f", position, name, birth_date)

    def entries(self) -> Iterator[tuple[Line, Line, Line]]:
        """The lines of each entry, its only wording, and the first client whom it is about."""
        texts, authors = sentences(), _authors()
        about, here = uid("client", self.number, 1).hex, f"{self.organisation_id.hex}\t{self.dossier_id.hex}"
        many, opened = entries_of(self.number), opened_at(self.number)
        room = max(1, DAYS - (opened - FIRST).days)
        for i in range(many):
            seed = hashlib.blake2b(f"entry|{self.number}|{i}".encode()).digest()
            entry, version, relation = seed[:16].hex(), seed[16:32], seed[32:48].hex()
            at = opened + timedelta(days=int.from_bytes(seed[48:50], "big") % room)
            author, kind = authors[seed[50] % len(authors)], ENTRY_KINDS[seed[51] % len(ENTRY_KINDS)]
            text = " ".join(texts[int.from_bytes(seed[k : k + 3], "big") % len(texts)] for k in (52, 55))
            sealed = self._seal("entry.text", text, version)
            # A source and nothing else is answered, in the one organisation as in the other.
            details = self._seal("entry.details", "{}", version)
            yield (
                f"{entry}\t{here}\t{kind}\t{author}\t{at.date()}\t{at}\t1\n",
                f"{version.hex()}\t{here}\t{entry}\t1\t{sealed}\t{details}\t{author}\t{at}\n",
                f"{relation}\t{here}\t{entry}\t{about}\n",
            )

    def _seal(self, label: str, text: str, row_id: bytes) -> str:
        # Nonces follow from the row and the label, so they can be made again and none comes twice under one key.
        nonce = hashlib.blake2b(row_id + label.encode(), digest_size=12).digest()
        where = b"|".join([self.organisation_id.bytes, self.dossier_id.bytes, label.encode(), row_id])
        return _hex(sealing.FORMAT + nonce + self._cipher.encrypt(nonce, text.encode(), where))


def sealed(dossiers: int) -> Iterator[Sealed]:
    """All dossiers of a size, in the order of their numbers: organisations mixed."""
    wrapping = [AESGCM(digest("organisation-key", index)) for index in range(len(SHARES))]
    for number in range(dossiers):
        yield Sealed(number, wrapping[organisation_of(number)])


def entry_text(number: int, i: int) -> str:
    """The words of an entry, to compare with what a page shows."""
    seed, texts = hashlib.blake2b(f"entry|{number}|{i}".encode()).digest(), sentences()
    return " ".join(texts[int.from_bytes(seed[k : k + 3], "big") % len(texts)] for k in (52, 55))


def _authors() -> list[str]:
    return [user_id.hex for _kind, _number, user_id in people()]


def _hex(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _line(*values: object) -> Line:
    return "\t".join(value.hex if isinstance(value, UUID) else str(value) for value in values) + "\n"
