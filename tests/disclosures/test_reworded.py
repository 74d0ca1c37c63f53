"""A piece that a colleague words anew after it was chosen does not leave in the wording that was set right."""

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict
from casemgmt.base.jobs import run_due
from disclosures import handing
from disclosures.models import Disclosure, DisclosureItem
from disclosures.vocabulary import State
from dossiers.recording.acts import Wording, reword_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import (
    Case,
    agreed,
    approve,
    ask,
    choose,
    consent,
    do,
    hand_over,
    look_at_own,
    propose,
)
from tests.disclosures.test_pages import browser, steps, text

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

NEWER = "nieuwste tekst"
BETTER = "Yara slaapt slecht."


def reword(case: Case) -> None:
    """A colleague takes something out of the piece that was chosen."""
    by = case.place.worker
    better = Wording(BETTER)
    do(case, Verb.ADD, lambda d: reword_entry(d, case.plain, better, seen_version=1, why="te veel", by=by, at=MOMENT))


def take_newest(case: Case, row: Disclosure) -> str:
    """Press what the page of the piece offers, and read where one lands."""
    with transaction.atomic():
        item = DisclosureItem.objects.get(disclosure=row).id
    visitor, address = browser(case.place.worker), f"{steps(case)}/{row.id}/stukken/{item}/"
    page = text(visitor.get(address))
    assert 'name="newest" value="1"' in page and "De oudere tekst kan niet weg" in page
    return text(visitor.get(visitor.post(address, {"newest": "1"}).headers["Location"]))


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


def test_no_approval_is_asked_for_a_wording_that_was_set_right(case: Case):
    row = choose(case, propose(case))
    for person in (case.client, case.mother):
        consent(case, person, row)
    reword(case)
    page = text(browser(case.place.worker).get(f"{steps(case)}/{row.id}/?stap=items"))
    assert NEWER in page and "Verder naar goedkeuring" not in page
    with pytest.raises(Conflict, match=NEWER):
        ask(case, row)


def test_who_approves_sees_that_there_is_a_newer_wording_and_cannot_approve_the_older(case: Case):
    row = agreed(case)
    reword(case)
    page = text(browser(case.place.manager).get(f"{steps(case)}/{row.id}/goedkeuren/"))
    assert "Er is een nieuwere tekst" in page and NEWER in page and "Precies dit goedkeuren" not in page
    with pytest.raises(Conflict, match=NEWER):
        approve(case, row)


def test_what_was_worded_anew_after_the_approval_leaves_only_in_its_newest_wording(case: Case):
    row = agreed(case)
    approve(case, row)
    reword(case)
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped) and NEWER in stopped.sentence
    assert BETTER in take_newest(case, row)
    for person in (case.client, case.mother):
        consent(case, person, row)
    look_at_own(case, row)
    approve(case, ask(case, row))
    assert not isinstance(hand_over(case, row), handing.Stopped)


def test_what_was_worded_anew_before_it_was_printed_is_not_printed(case: Case):
    row = agreed(case)
    approve(case, row, printed=False)
    reword(case)
    run_due()
    with transaction.atomic():
        fresh = Disclosure.objects.get(id=row.id)
    assert (fresh.state, fresh.package_id) == (State.ASSESSING, None)
