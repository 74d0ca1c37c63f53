"""A closed dossier whose term has passed, in an organisation whose own regulation is in force."""

from datetime import UTC, date, datetime

import pytest

from casemgmt.base.organisation import organisation
from casemgmt.policy.shipped import load_shipped
from dossiers.access import change_dossier
from dossiers.verbs import Verb
from retention.acts import close_dossier
from retention.facts import Answers
from tests.cast import Family, Place, make_family, make_place

LONG_AGO = datetime(2004, 3, 1, 12, 0, tzinfo=UTC)


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
