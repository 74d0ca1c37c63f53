"""Requests a second when a server has as much to do as it can: the product, without its trail, and the comparison."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks import dossier, serving
from benchmarks.client import Answered, Asked, saturate
from benchmarks.places import Size, superuser, use
from benchmarks.recipe import KINDS, PEOPLE_EACH, uid
from benchmarks.results import Reading, Results, quantile
from benchmarks.visitors import Visitor
from benchmarks.worklist import ORGANISATION
from scripts.services import Services

PRODUCT, PEER, ADMIN = "worklist", "guardian view", "guardian admin"
BARE, NO_TRAIL, EVENT_ONLY = "bare", "worklist without trail", "worklist with event only"
NUMBER = re.compile(r"B-\d{8}")
MEASURED = ("2 teams", "50 teams", "assignments only")


@dataclass(frozen=True)
class Lane:
    """One thing to ask of one server: what, for whom, where, and the pages of its people."""

    what: str
    who: str
    port: int
    asked: tuple[Asked, ...]


def run(results: Results, services: Services, size: Size, rounds: int, seconds: float) -> None:
    """Ask every lane in turn, round after round; the first round only warms up."""
    use(size)
    with serving.product(services, size) as product, serving.peer(services, size) as (peer, sessions):
        cookies = {f"{kind}/{n}": Visitor(uid("user", kind, n)).cookie for kind in KINDS for n in range(PEOPLE_EACH)}
        lanes = _lanes(size, product.port, cookies, peer.port, sessions)
        _check_equal(lanes)
        results.equal.append("the product's and the comparison's first page, dossier by dossier, for every user")
        taken: dict[Lane, list[Answered]] = {}
        looks = 0
        before = _events(services, size)
        for turn in range(rounds + 1):
            for lane in lanes if turn % 2 else reversed(lanes):
                answered = saturate(lane.port, lane.asked, seconds if turn else min(seconds, 1.0))
                if answered.failed:
                    raise SystemExit(f"{lane.what} for {lane.who}: {answered.failed} answers were not 200.")
                looks += len(answered.times) if lane.what in (PRODUCT, EVENT_ONLY) else 0
                if turn:
                    taken.setdefault(lane, []).append(answered)
        results.trail = {"looks": looks, "events": _events(services, size) - before}
    for lane, found in taken.items():
        _keep(results, lane, size, found)


def _keep(results: Results, lane: Lane, size: Size, found: list[Answered]) -> None:
    per_second = median(one.per_second for one in found)
    p95 = quantile([time for one in found for time in one.times], 0.95)
    results.readings.append(Reading(f"saturated {lane.what}", lane.who, size.dossiers, per_second, "req/s", p95))
    own = median(one.own_seconds / one.seconds for one in found)
    results.readings.append(Reading(f"client {lane.what}", lane.who, size.dossiers, own, "processors"))


def _lanes(
    size: Size, port: int, cookies: Mapping[str, str], peer_port: int, sessions: Mapping[str, str]
) -> list[Lane]:
    def ours(what: str, kind: str, *paths: str) -> Lane:
        asked = [Asked(path, cookies[f"{kind}/{n}"]) for n in range(PEOPLE_EACH) for path in paths]
        return Lane(what, kind, port, tuple(asked))

    def theirs(what: str, kind: str, path: str) -> Lane:
        asked = (Asked(path, f"sessionid={sessions[f'{kind}/{n}']}") for n in range(PEOPLE_EACH))
        return Lane(what, kind, peer_port, tuple(asked))

    here = f"/o/{ORGANISATION}"
    lanes = [ours(BARE, "2 teams", f"{here}/kaal/"), theirs(f"{PEER}, bare", "2 teams", "/kaal/")]
    for kind in MEASURED:
        lanes += [ours(PRODUCT, kind, f"{here}/dossiers/"), theirs(PEER, kind, "/dossiers/")]
    lanes += [ours(NO_TRAIL, "2 teams", f"{here}/spoorloos/"), ours(EVENT_ONLY, "2 teams", f"{here}/gebeurtenis/")]
    lanes.append(theirs(ADMIN, "2 teams", "/admin/peer/dossier/"))
    reader = cookies["/".join(map(str, dossier.READER))]
    long = [Asked(dossier.path_of(number), reader) for number in dossier.of_length(size, long=True)]
    return [*lanes, Lane("dossier", dossier.LONG, port, tuple(long))] if long else lanes


def _check_equal(lanes: list[Lane]) -> None:
    """Both sides show the same dossiers in the same order to the same people; else nothing is compared."""
    for kind in MEASURED:
        ours, theirs = (next(one for one in lanes if (one.what, one.who) == (what, kind)) for what in (PRODUCT, PEER))
        for mine, other in zip(ours.asked, theirs.asked, strict=True):
            found, wanted = (_numbers(_body(lane.port, one)) for lane, one in ((ours, mine), (theirs, other)))
            if found != wanted or not found:
                raise SystemExit(f"{kind}: the comparison shows other dossiers than the product.")


def _numbers(body: str) -> list[str]:
    return list(dict.fromkeys(NUMBER.findall(body)))


def _body(port: int, one: Asked) -> str:
    import urllib.request

    request = urllib.request.Request(f"http://127.0.0.1:{port}{one.path}", headers={"Cookie": one.cookie})
    request.add_header("Host", "localhost")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode())


def _events(services: Services, size: Size) -> int:
    with superuser(services, "main", size.main) as connection:
        row = connection.execute("select count(*) from audit_accessevent where data = 'worklist'").fetchone()
    return int(row[0]) if row else 0
