"""A closed dossier whose term has passed, in an organisation whose own regulation is in force."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.audit import context
from casemgmt.base.organisation import organisation
from casemgmt.policy.shipped import load_shipped
from dossiers.access import change_dossier
from dossiers.verbs import Verb
from retention import night
from retention.acts import close_dossier
from retention.facts import Answers
from retention.models import Removal
from tests.cast import Family, Place, make_family, make_place
from tests.retention.places import House, dossier, settle

LONG_AGO = datetime(2004, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def circumstances(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever signed in for one test is nobody in the next; a page that asks who it is was answered."""
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)
    with context.circumstances(context.AuditContext()):
        yield


@pytest.fixture
def here() -> Place:
    place = make_place()
    load_shipped(slug=place.slug, at=datetime(2026, 1, 1, tzinfo=UTC))
    return place


@pytest.fixture
def closed(here: Place) -> Family:
    """A family's dossier, closed on 1 May 2010."""
    with organisation(here.id):
        family = make_family(here, at=LONG_AGO)
        close(here, family, date(2010, 5, 1))
    return family


def close(here: Place, family: Family, on: date, answers: Answers | None = None, at: datetime | None = None) -> None:
    """Close a dossier through the door; call inside the organisation."""
    moment = at or datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    change_dossier(
        here.worker,
        family.dossier_id,
        Verb.CLOSE,
        lambda d: close_dossier(d, closed_on=on, answers=answers or Answers(), by=here.worker, at=moment),
        data="closing",
    )


@pytest.fixture
def house(db: None) -> House:
    return settle()


@pytest.fixture
def open_one(house: House) -> UUID:
    return dossier(house)


@pytest.fixture
def closed_one(house: House) -> UUID:
    return dossier(house, closed_on=date(2010, 5, 1))


@pytest.fixture
def listed(house: House, closed_one: UUID) -> UUID:
    """The removal that the night proposed."""
    with organisation(house.id):
        night.propose_due(house.id)
        with transaction.atomic():
            return Removal.objects.get().id
