"""What the population of a benchmark is made of: the same number gives the same values, at every size.

Every value is a hash of (row number, salt), so runs can be repeated and sizes compared. Nothing here
knows a database. Four organisations hold 55, 25, 15 and 5 % of the dossiers, mixed through each other;
each has 50 teams, some of them larger; users come in the kinds that decide how a worklist is found:
2, 12 or all 50 teams, or assignments only. Texts are made of words of which few are common (Zipf).
"""

import hashlib
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from uuid import UUID

SHARES = (0.55, 0.25, 0.15, 0.05)
REGULATIONS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
TEAMS = 50
ASSIGNMENTS_EACH = 50
KINDS = {"2 teams": 2, "12 teams": 12, "50 teams": 50, "assignments only": 0}
PEOPLE_EACH = 6
FIRST = datetime(2016, 1, 1, tzinfo=UTC)
DAYS = 3650
# The first long one is among the first thousand and of the first organisation, so that small sizes have one too.
ENTRIES, LONG_ENTRIES, LONG_EVERY, LONG_FIRST = 5, 505, 500, 3
ENTRY_KINDS = ("fact", "fact", "fact", "opinion", "hypothesis")

VOCABULARY, SENTENCES = 4000, 20_000
_SYLLABLES = (
    *("ba", "de", "ger", "hoe", "kin", "lan", "moe", "ning", "op", "praat", "ra", "school"),
    *("ste", "tij", "van", "ver", "voor", "wel", "wij", "zorg", "thuis", "mee", "der"),
)
_FAMILIES = ["Bakker", "Jansen", "Visser", "Smit", "Mulder", "Bos", "Vos", "Peters", "Hendriks", "Dekker", "Kok"]
_CALLED = ["Yara", "Sem", "Noor", "Daan", "Amira", "Finn", "Lotte", "Bilal", "Sanne", "Mees", "Esra", "Tijn"]
_SECOND = ["El Idrissi", "Yildiz", "van Dijk", "de Wit", "Oosterhuis", "van der Meulen", "Hoekstra", "Kaya"]


def digest(*parts: object) -> bytes:
    """The hash of 32 bytes from which the values of a row are taken."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).digest()


def uid(*parts: object) -> UUID:
    """A stable identifier."""
    return UUID(bytes=digest("id", *parts)[:16], version=4)


def number_of(*parts: object, below: int) -> int:
    """A stable number from 0 up to and not including ``below``."""
    return int.from_bytes(digest(*parts)[:8], "big") % below


def organisation_of(number: int) -> int:
    """Which of the four organisations holds dossier ``number``: by its hash, so they stand mixed in every table."""
    return bisect(list(accumulate(SHARES))[:-1], number_of("organisation", number, below=10_000) / 10_000)


def team_of(number: int) -> int:
    """In which team a dossier is: one in four in one of the five largest, the rest spread evenly."""
    large = number_of("large", number, below=4) == 0
    return number_of("team", number, below=5 if large else TEAMS)


def opened_at(number: int) -> datetime:
    """When dossier ``number`` was opened: spread over ten years."""
    return FIRST + timedelta(seconds=number_of("opened", number, below=DAYS * 86_400))


def is_long(number: int) -> bool:
    """Whether this is one of the dossiers, one in 500, with 505 entries; the others have five."""
    return number % LONG_EVERY == LONG_FIRST


def entries_of(number: int) -> int:
    """How many entries dossier ``number`` has."""
    return LONG_ENTRIES if is_long(number) else ENTRIES


def family_name(number: int) -> str:
    """The name of a family; the same number gives the same name."""
    seed = digest("name", number)
    return f"Gezin {_FAMILIES[seed[0] % len(_FAMILIES)]} - {_SECOND[seed[1] % len(_SECOND)]}"


def clients_of(number: int) -> Iterator[tuple[int, str, date]]:
    """Position, first name and day of birth of a dossier's clients: one to three children."""
    seed = digest("clients", number)
    for position in range(1, 2 + seed[0] % 3):
        born = date(2008, 1, 1) + timedelta(days=int.from_bytes(seed[2 * position + 1 :][:2], "big") % 6000)
        yield position, _CALLED[seed[-1 - position] % len(_CALLED)], born


@cache
def words() -> tuple[str, ...]:
    """The vocabulary, the commonest word first."""
    made: dict[str, None] = {}
    number = 0
    while len(made) < VOCABULARY:
        seed = digest("word", number)
        made["".join(_SYLLABLES[part % len(_SYLLABLES)] for part in seed[1 : 2 + seed[0] % 4])] = None
        number += 1
    return tuple(made)


@cache
def sentences() -> tuple[str, ...]:
    """Sentences of 6 to 17 words; a word comes in inverse proportion to its rank (Zipf)."""
    edges = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    vocabulary, made = words(), []
    for number in range(SENTENCES):
        seed = hashlib.shake_256(f"sentence|{number}".encode()).digest(52)
        points = (int.from_bytes(seed[i : i + 3], "big") / 2**24 for i in range(0, 3 * (6 + seed[51] % 12), 3))
        text = " ".join(vocabulary[min(bisect(edges, point * edges[-1]), VOCABULARY - 1)] for point in points)
        made.append(text.capitalize() + ".")
    return tuple(made)


def people() -> Iterator[tuple[str, int, UUID]]:
    """Every user who measures, all of the first organisation: kind, number within the kind, id."""
    for kind in KINDS:
        for number in range(PEOPLE_EACH):
            yield kind, number, uid("user", kind, number)


def teams_of(kind: str, number: int) -> list[int]:
    """The teams of a user; none for who has assignments only."""
    start = number_of("first team", kind, number, below=TEAMS)
    return [(start + offset) % TEAMS for offset in range(KINDS[kind])]


@cache
def assignments_of(kind: str, number: int, dossiers: int) -> tuple[int, ...]:
    """The dossiers of the first organisation that a user is assigned to, at a size of the data."""
    chosen: dict[int, None] = {}
    tried = 0
    while len(chosen) < ASSIGNMENTS_EACH and tried < 40 * ASSIGNMENTS_EACH:
        dossier = number_of("assignment", kind, number, tried, below=dossiers)
        tried += 1
        if organisation_of(dossier) == 0:
            chosen[dossier] = None
    return tuple(chosen)
