"""What somebody typed in a draft of the rules is still there when the draft went on in another tab meanwhile."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from casemgmt.base.organisation import organisation
from casemgmt.policy import acts
from casemgmt.policy.models import State

from .conftest import KEPT, NOW, Place, drafted, row, worked_through
from .test_pages import _answers, of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
WHY, SENTENCE = "De gemeenteraad besloot dit in juni.", "Wij bewaren het dossier twintig jaar."
QUICKER = "Iemand was u"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.base.clock.now", lambda: NOW)


@pytest.fixture
def draft(house: Place) -> UUID:
    with organisation(house.id):
        return worked_through(house, drafted(house))


def test_the_reason_stays_when_a_value_was_changed_before_it_was_submitted(house: Place, draft: UUID) -> None:
    joris, page = house.client("joris"), house.url(of(draft, "indienen/"))
    told = {"from_date": "01-01-2027", "why": WHY}
    with organisation(house.id):
        acts.change_values(version_id=draft, values={KEPT: "25 years"}, by=house.actor("joris"), at=NOW)
    answer = joris.post(page, told)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert WHY in text and 'value="01-01-2027"' in text and "Reken eerst door" in text
    assert QUICKER not in text
    with organisation(house.id):
        assert (row(draft).state, row(draft).from_date) == (State.DRAFT, None)
        worked_through(house, draft)
    assert joris.post(page, told).status_code == 303


def test_a_sentence_stays_when_its_draft_was_submitted_before_it_was_saved(house: Place, draft: UUID) -> None:
    joris, page = house.client("joris"), house.url(of(draft, "onderdeel/retention/"))
    typed = _answers(joris, page) | {f"{KEPT}.sentence": SENTENCE}
    with organisation(house.id):
        acts.submit(version_id=draft, from_date=date(2027, 1, 1), why=WHY, by=house.actor("joris"), at=NOW)
    answer = joris.post(page, typed)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert SENTENCE in text and "Haal die eerst terug" in text
    assert QUICKER not in text
    with organisation(house.id):
        assert SENTENCE not in row(draft).body
        acts.withdraw(version_id=draft, by=house.actor("joris"), at=NOW)
    assert joris.post(page, typed).status_code == 303


def test_that_there_is_a_draft_already_is_no_colleague_who_was_quicker(house: Place, draft: UUID) -> None:
    answer = house.client("joris").post(house.url("versies/1/concept/"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Er is al een concept" in text and "Dit kan nu niet" in text and QUICKER not in text
