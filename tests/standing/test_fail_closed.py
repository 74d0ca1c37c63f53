"""Every real page that shows something of a person shows nothing when that cannot be written down."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from dossiers.models import Person
from tests.standing.test_routes import Page, at, pages
from tests.standing.world import CLIENT, Site

# Names and numbers of the world's family: none of them may stand in an answer.
OF_PEOPLE = (b"Sem Bakker", b"Yara", b"Samira", b"Idrissi", b"999990019", b"Veilige laan")


@pytest.fixture
def closed_trail(sites: dict[str, Site]) -> Iterator[None]:
    """The application may write no events for a while."""
    role = settings.DATABASES["default"]["USER"]
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"revoke insert on audit_accessevent from {role}")
        try:
            yield
        finally:
            cursor.execute(f"grant insert on audit_accessevent to {role}")


def personal_pages() -> list[Page]:
    """What can be opened with GET and says it shows something personal."""
    return [page for page in pages() if page.declaration.personal and "GET" in page.declaration.methods]


def admitted(page: Page, site: Site) -> str | None:
    """Somebody whom the page lets in."""
    roles = [CLIENT] if page.area == "portal" else sorted(site.users)
    return next((role for role in roles if page.admits(site, role)), None)


@pytest.mark.parametrize("slug", ["sterk-huis"])
def test_no_page_shows_a_person_when_the_trail_is_closed(sites: dict[str, Site], slug: str, closed_trail: None) -> None:
    site, told = sites[slug], []
    for page in personal_pages():
        role = admitted(page, site)
        answer: Any = site.client(role).get(at(page, site)) if role else None
        if answer is not None and (found := shown(answer)):
            told.append(f"{page.declaration.name} as {role}: {answer.status_code} shows {found!r}")
    assert not told, "\n".join(told)


def test_the_same_pages_do_show_people_when_the_trail_is_open(sites: dict[str, Site]) -> None:
    """So that the test above cannot pass by asking nothing."""
    site, showing = sites["sterk-huis"], 0
    for page in personal_pages():
        role = admitted(page, site)
        showing += bool(role and shown(site.client(role).get(at(page, site))))
    assert showing >= 20, showing


def asking_pages() -> list[Page]:
    """Forms that ask and change nothing: what they answer is reading, too."""
    return [page for page in pages() if page.declaration.only_reads]


def asked(page: Page, site: Site) -> Any:
    """The answer to such a form, filled in as somebody would who looks for the world's family."""
    role = admitted(page, site)
    assert role is not None, page.declaration.name
    with organisation(site.id), transaction.atomic():
        hidden = Person.objects.get(dossier_id=site.dossiers["own"], address_secret=True).id
    today = f"{clock.today():%d-%m-%Y}"
    words = {"q": "Yara", "closed_on": today, "words": "Wat staat er over mij?", "soort": "inspection", "over": ""}
    return site.client(role).post(at(page, site, person_id=hidden), words)


def test_no_form_that_asks_shows_a_person_when_the_trail_is_closed(sites: dict[str, Site], closed_trail: None) -> None:
    site = sites["sterk-huis"]
    told = {page.declaration.name: shown(asked(page, site)) for page in asking_pages()}
    assert not {name for name, word in told.items() if word}


def test_the_same_forms_do_show_people_when_the_trail_is_open(sites: dict[str, Site]) -> None:
    site = sites["sterk-huis"]
    showing = {page.declaration.name for page in asking_pages() if shown(asked(page, site))}
    assert showing >= {"dossiers:search", "dossiers:reveal_address"}, showing


def shown(answer: Any) -> bytes:
    """The first word of a person that stands in an answer, or nothing."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return next((word for word in OF_PEOPLE if word in content), b"")
