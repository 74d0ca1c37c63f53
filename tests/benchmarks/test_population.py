"""The population of the benchmarks: the same number gives the same data, sealed as the vault seals."""

from collections import Counter
from itertools import chain
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks import recipe
from benchmarks.sealer import Sealed, entry_text
from casemgmt.vault import sealing

MANY = 20_000
LONG = 503


def made(number: int) -> Sealed:
    index = recipe.organisation_of(number)
    return Sealed(number, AESGCM(recipe.digest("organisation-key", index)))


def opened(one: Sealed, label: str, row: str, value: str) -> str:
    """What a sealed value of a line says, opened as the product opens it."""
    where = sealing.place(one.organisation_id, one.dossier_id, label, UUID(row))
    key = recipe.digest("key", one.number)
    return sealing.unseal(key, bytes.fromhex(value.removeprefix("\\\\x").strip()), where).decode()


def test_a_second_run_gets_the_same_rows() -> None:
    for number in (0, 7, LONG):
        first, second = made(number), made(number)
        assert (first.dossier(), first.key()) == (second.dossier(), second.key())
        assert list(first.clients()) == list(second.clients())
        assert list(first.entries()) == list(second.entries())
    assert made(7).dossier() != made(8).dossier()


def test_four_organisations_share_the_dossiers_and_stand_mixed() -> None:
    owners = [recipe.organisation_of(number) for number in range(MANY)]
    found = Counter(owners)
    for index, share in enumerate(recipe.SHARES):
        assert abs(found[index] / MANY - share) < 0.01
    assert all(set(owners[start : start + 200]) == {0, 1, 2, 3} for start in range(0, MANY, 200))


def test_one_dossier_in_five_hundred_has_505_entries() -> None:
    many = [number for number in range(MANY) if recipe.entries_of(number) == 505]
    assert len(many) == MANY // 500
    assert {recipe.entries_of(number) for number in range(MANY)} == {5, 505}
    assert sum(1 for _ in made(LONG).entries()) == 505


def test_few_words_are_common_and_most_are_rare() -> None:
    counted = Counter(word.lower() for text in recipe.sentences() for word in text.rstrip(".").split())
    by_rank = [counted[word] for word in recipe.words()]
    # Zipf: the tenth word comes a tenth as often as the first, the hundredth a hundredth.
    assert 8 < by_rank[0] / by_rank[9] < 12
    assert 80 < by_rank[0] / (sum(by_rank[95:105]) / 10) < 120


def test_every_kind_of_user_has_the_teams_that_its_name_says() -> None:
    for kind, number, _id in recipe.people():
        assert len(set(recipe.teams_of(kind, number))) == recipe.KINDS[kind]
        chosen = recipe.assignments_of(kind, number, MANY)
        assert len(chosen) == recipe.ASSIGNMENTS_EACH
        assert {recipe.organisation_of(dossier) for dossier in chosen} == {0}


def test_names_and_texts_are_sealed_and_open_where_they_belong() -> None:
    one = made(LONG)
    row = one.dossier().split("\t")
    assert opened(one, "dossier.name", row[0], row[4]) == recipe.family_name(LONG)
    for line, (_position, called, born) in zip(one.clients(), recipe.clients_of(LONG), strict=True):
        cells = line.split("\t")
        assert opened(one, "person.name", cells[0], cells[7]) == called
        assert opened(one, "person.birth_date", cells[0], cells[8]) == born.isoformat()
    for i, (entry, version, about) in enumerate(one.entries()):
        cells = version.split("\t")
        assert opened(one, "entry.text", cells[0], cells[5]) == entry_text(LONG, i)
        assert cells[3] == entry.split("\t")[0] == about.split("\t")[3]


def test_nothing_readable_stands_in_the_rows() -> None:
    one = made(LONG)
    lines = [one.dossier(), *one.clients(), *chain.from_iterable(one.entries())]
    names = [recipe.family_name(LONG), *(called for _p, called, _b in recipe.clients_of(LONG)), entry_text(LONG, 0)]
    assert not [name for name in names for line in lines if name in line]


def test_no_nonce_comes_twice_under_one_key() -> None:
    one = made(LONG)
    values = [one.dossier().split("\t")[4], *(cell for line in one.clients() for cell in line.split("\t")[7:9])]
    values += [cell for _entry, version, _about in one.entries() for cell in version.split("\t")[5:7]]
    nonces = [value.strip().removeprefix("\\\\x")[2:26] for value in values]
    assert len(nonces) == len(set(nonces)) > 1000
