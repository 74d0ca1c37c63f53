"""A look counts for what stood on the page, not for what it had become by the time somebody kept their choices."""

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.vault.keys import load_keys
from disclosures.models import Disclosure
from dossiers.models import Dossier
from dossiers.recording.acts import Wording, reword_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import Case, choose, do, propose
from tests.disclosures.test_pages import browser, steps, text, told_from
from tests.disclosures.test_secret_address import entry_of, known_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

LOOK_AGAIN, HIDDEN = "Bekijk dit stuk opnieuw", "Rozepad 4, 5038 XY Tilburg"


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


@transaction.atomic
def kept(case: Case, row: Disclosure) -> dict[str, Any]:
    load_keys([case.dossier_id])
    found: dict[str, Any] = Disclosure.objects.get(id=row.id).items.get().redactions
    return found


def page_of(case: Case, row: Disclosure) -> str:
    with transaction.atomic():
        load_keys([case.dossier_id])
        return f"{steps(case)}/{row.id}/stukken/{Disclosure.objects.get(id=row.id).items.get().id}/"


@pytest.mark.parametrize("what", ["became secret", "moved", "worded anew"])
def test_choices_are_not_kept_where_something_changed_since_the_page_was_opened(case: Case, what: str) -> None:
    """Whoever looked did so with other addresses in mind, or at another wording."""
    known_of(case, case.mother, address_secret=what == "moved")
    entry = entry_of(case, "Hij loopt graag over het Rozenpad. Dan gaat hij naar huis.")
    row = choose(case, propose(case), entry, look=False)
    worker, at = browser(case.place.worker), page_of(case, row)
    ticked = {"black": ["35"], "source": "give"} | told_from(worker.get(at))
    if what == "worded anew":
        newest(case, row, entry)
    else:
        known_of(case, case.mother, address=HIDDEN, address_secret=True)
    answer = worker.post(at, ticked)
    page = text(answer)
    assert answer.status_code == 409 and LOOK_AGAIN in page
    assert 'value="35" id="s35" checked' in page, "what was ticked is still there"
    assert not kept(case, row).get("seen") and not kept(case, row)["spans"]
    # The page that came back shows what it is now.
    assert worker.post(at, ticked | told_from(answer)).status_code == 303
    assert kept(case, row)["seen"] and kept(case, row)["spans"]


def newest(case: Case, row: Disclosure, entry: UUID) -> None:
    """A colleague words the entry anew, and another takes that wording into the package."""
    by = case.place.worker
    words = Wording("Hij loopt graag over het Rozenpad. Dan gaat hij naar zijn moeder.")

    def act(dossier: Dossier) -> UUID:
        return UUID(str(reword_entry(dossier, entry, words, seen_version=1, why="", by=by, at=MOMENT).id))

    do(case, Verb.CHANGE, act)
    address = page_of(case, row)
    assert browser(by).post(address, {"newest": "1"}).status_code == 303


def test_a_form_without_the_mark_of_its_page_is_no_look(case: Case) -> None:
    row = choose(case, propose(case), look=False)
    for sent in ({}, {"seen": ""}, {"seen": "1:onzin"}):
        assert browser(case.place.worker).post(page_of(case, row), sent).status_code == 409, sent
    assert not kept(case, row).get("seen")
