"""Whoever's name or number a page shows can see that it did: every page of staff, everybody (NEN 7513).

A page of one dossier writes its event through the door. All others are asked
here: each dossier whose address or number stands on the page must be a subject
of an event of that same request.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from casemgmt.audit.models import AccessEvent, EventSubject
from casemgmt.base.organisation import organisation
from dossiers.models import Dossier
from tests.standing.growing import grow
from tests.standing.test_routes import Page, ask, at, pages, told
from tests.standing.world import CLIENT, Site

# Pages on which a dossier must have stood, so that the check cannot pass by asking nothing.
EXPECTED = {
    "dossiers:day",
    "dossiers:list",
    "dossiers:search",
    "client_requests:list",
    "disclosures:list",
    "work:approvals",
}
# How many more of everything there are, so that the longest lists are longer than a first handful of their rows.
MORE, A_HANDFUL = 9, 10


def lists() -> list[Page]:
    """Every page of staff that is not inside one dossier."""
    return [page for page in pages() if page.area == "staff" and "dossier_id" not in page.parameters]


def dossiers_on(answer: Any, site: Site) -> set[UUID]:
    """The dossiers whose number or address stands on a page."""
    text = answer.content.decode(errors="replace")
    with organisation(site.id), transaction.atomic():
        known = list(Dossier.objects.values_list("id", "number"))
    return {dossier_id for dossier_id, number in known if str(dossier_id) in text or number in text}


def in_the_trail(answer: Any, site: Site) -> set[UUID]:
    """The dossiers that events of this request are about, by themselves or in a list."""
    with organisation(site.id), transaction.atomic():
        events = AccessEvent.objects.filter(request_id=answer["X-Request-Id"])
        listed = EventSubject.objects.filter(list_id__in=events.exclude(list_id=None).values("list_id"))
        return {*events.exclude(dossier_id=None).values_list("dossier_id", flat=True)} | {
            *listed.values_list("dossier_id", flat=True)
        }


def test_every_dossier_on_a_page_of_staff_is_in_the_trail_of_that_page(sites: dict[str, Site]) -> None:
    site = sites["sterk-huis"]
    grow(site, 1, MORE)
    seen: dict[str, int] = {}
    faults = []
    for page in lists():
        for role in sorted(site.users):
            if role == CLIENT or not page.admits(site, role) or "GET" not in page.declaration.methods:
                continue
            name = page.declaration.name
            answers = [ask(site, role, "GET", at(page, site))]
            if name == "dossiers:search":
                answers.append(site.client(role).post(at(page, site), {"q": "bakker"}))
            for answer in answers:
                shown = dossiers_on(answer, site)
                seen[name] = max(seen.get(name, 0), len(shown))
                if missing := shown - in_the_trail(answer, site):
                    faults.append(f"{name} shows {role} {len(missing)} of {len(shown)} dossiers without a trail")
    told(faults)
    assert {name for name, many in seen.items() if many} >= EXPECTED
    assert min(seen["dossiers:list"], seen["dossiers:search"]) > A_HANDFUL, seen
