"""No page breaks, and none turns into a refusal, because nobody filled in when the client of a dossier was born."""

from typing import Any

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from dossiers.models import Person
from tests.standing.test_routes import IN_A_STATE, Page, at, first_admitted, pages
from tests.standing.world import Site

ALL_FOUR = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
MUST_SAY = ("client_requests:page", "consent:list", "disclosures:page")


@pytest.fixture(scope="module")
def ageless(sites: dict[str, Site]) -> dict[str, Site]:
    """The world, in which no dossier tells the birth of anybody any more."""
    for site in sites.values():
        with organisation(site.id), transaction.atomic():
            load_keys(list(site.dossiers.values()))
            for person in Person.objects.all():
                person.birth_date = None
                person.save()
    return sites


def read(site: Site, page: Page) -> tuple[str, Any] | None:
    """Who of an organisation may open a page, and what they get; None for a page that nobody there may open."""
    role = first_admitted(page, site)
    return None if role is None else (role, site.client(role).get(at(page, site)))


@pytest.mark.parametrize("slug", ALL_FOUR)
def test_every_page_of_a_dossier_opens_where_no_birth_date_is_known_and_says_so_where_it_matters(
    ageless: dict[str, Site], slug: str
) -> None:
    asked = [one for one in pages() if "GET" in one.declaration.methods and one.area != "platform"]
    within = [one for one in asked if one.declaration.touches or one.area == "portal"]
    found, said = [], []
    for page in within:
        name = page.declaration.name
        if page.leaves or name in IN_A_STATE or (got := read(ageless[slug], page)) is None:
            continue
        role, answer = got
        if answer.status_code >= 500 or answer.status_code == 409:
            found.append(f"{role}: {name} answers {answer.status_code}")
        if name in MUST_SAY and "Geboortedatum ontbreekt" in answer.content.decode():
            said.append(name)
    assert not found
    assert sorted(said) == sorted(MUST_SAY), "these pages must say what is missing"
    assert len(within) > 40, "the walk sees the pages"
