"""Whoever sets up the second step reads why: by the regulation of the organisation, where that is known."""

from typing import Any

import pytest
from django.test import Client

from casemgmt.accounts.acts import Invited
from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.organisations.models import Organisation, SignInPlace
from casemgmt.policy.shipped import load_shipped
from tests.accounts.conftest import PASSWORD
from tests.reasons import reasons

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

SAYS = {
    "sterk-huis": "Artikel 4.1.D2",
    "veilig-thuis-hm": "Artikel 7.1",
    "gebiedsteam-opsterland": "Artikel 5.1.b",
    "buurteams-nijmegen": "BT-registr-3",
}
each = pytest.mark.parametrize(("regulation", "article"), SAYS.items())


def under(place: Organisation, regulation: str) -> None:
    """Let the organisation work under a shipped regulation."""
    place.regulation = regulation
    place.save(update_fields=["regulation"])
    load_shipped(slug=place.slug, at=clock.now())


def setting_up(client: Client) -> str:
    """The page on which a colleague who is new sets up the app."""
    client.post("/inloggen/", {"login": "nieuw@example.org", "password": PASSWORD})
    page: Any = client.get("/inloggen/tweede-stap/app/")
    assert page.status_code == 200
    return str(page.content.decode())


def cited(page: str) -> list[str]:
    """What the pages says of why, with article and fact; each on a line of its own."""
    return [line for said, article, fact in reasons(page) if article and fact for line in said]


@pytest.mark.rule("SH-4.1.D2", "SHC-beveiliging-1", "GT-5.1.b", "BT-registr-3", "VT-7.1")
@each
def test_a_colleague_reads_why_there_is_a_second_step(
    client: Client, bare: User, place: Organisation, regulation: str, article: str
) -> None:
    under(place, regulation)
    said = cited(setting_up(client))
    assert any(article in line for line in said), said
    assert "Gebruikt: tweede stap ingesteld: nee" in said


@pytest.mark.rule("SH-4.1.D1", "GT-5.1.b", "BT-registr-3", "VT-7.1")
@each
def test_a_client_reads_why_there_is_a_second_step(
    client: Client, invited: Invited, place: Organisation, regulation: str, article: str
) -> None:
    under(place, regulation)
    door = f"/mijn/{place.slug}/inloggen/"
    client.post(door + "brief/", {"name": invited.signin_name, "code": invited.code})
    client.post(door + "wachtwoord/", {"password": PASSWORD, "again": PASSWORD})
    said = cited(client.get(door + "app/").content.decode())
    assert any(article in line for line in said), said


def test_who_works_in_two_organisations_reads_no_regulation_of_either(
    client: Client, bare: User, place: Organisation
) -> None:
    under(place, "sterk-huis")
    other = Organisation.objects.create(slug="elders", name="Elders", kind="test", abbreviation="E")
    SignInPlace.objects.create(user_id=bare.id, organisation=other)
    assert cited(setting_up(client)) == []
