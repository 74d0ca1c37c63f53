"""Telling the client later once more: for a reason of today, by whom the regulation lets, two weeks at a time."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, Refused
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.work.models import Task
from disclosures import informing
from disclosures.models import Disclosure
from disclosures.register import received_by_others
from disclosures.vocabulary import INFORM, State
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import Case, agreed, approve, do, hand_over, make_case
from tests.disclosures.test_pages import browser, steps, text

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

NOT_POSSIBLE = {"informing_possible": False}
LATER = MOMENT + timedelta(days=7)
SENTENCE_SH = "Uitstel kan alleen de clustermanager met reden geven."


def put_off(case: Case, facts: dict[str, Any] | None = None) -> Disclosure:
    """A disclosure that was handed over, and the client not told yet.

    For a reason that the regulation names (``facts``) by the worker; else by the manager, before it left.
    """
    row = agreed(case)
    approve(case, row)
    if not facts:
        decide_later(case, row)
    later = {"later": True, "why": "Vader dreigt.", "until": clock.local_date(LATER), "facts": facts}
    made: Disclosure = hand_over(case, row, **(later if facts else {}))
    assert made.state == State.INFORMING_DEFERRED
    return made


def decide_later(case: Case, row: Disclosure, **changes: Any) -> Disclosure:
    """The manager puts telling off for a week, before it leaves."""
    telling = informing.Telling(**{"later": True, "why": "Vader dreigt.", "until": clock.local_date(LATER), **changes})
    by = case.place.manager
    made: Disclosure = do(
        case,
        Verb.APPROVE_DISCLOSURE,
        lambda d: informing.decide_telling(d, row.id, telling, by=by, at=MOMENT),
        by,
    )
    return made


def again(case: Case, row: Disclosure, until: date, why: str = "Vader dreigt nog.", **more: Any) -> Disclosure:
    telling = informing.Telling(later=True, why=why, until=until, **more)
    made: Disclosure = do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: informing.defer_again(d, row.id, telling, by=case.place.worker, at=LATER),
    )
    return made


@transaction.atomic
def open_tasks(row: Disclosure) -> list[date]:
    return list(Task.objects.filter(object_id=row.id, state="open").values_list("due_on", flat=True))


@transaction.atomic
def denied() -> list[tuple[str, str]]:
    return list(AccessEvent.objects.filter(outcome__in=["denied", "unknown"]).values_list("data", "ground"))


@transaction.atomic
def deferrals() -> int:
    return AccessEvent.objects.filter(data="disclosure-informing-deferred", outcome="done").count()


@pytest.mark.rule("BT-toestemming-10")
def test_what_waited_may_wait_again_for_a_reason_of_that_day():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        until = clock.local_date(LATER) + timedelta(days=14)
        again(case, row, until, facts=NOT_POSSIBLE)
        assert open_tasks(row) == [until]
        assert deferrals() == 2
        with transaction.atomic():
            assert Disclosure.objects.get(id=row.id).deferred_until == until
            assert not Letter.objects.exists()
        assert received_by_others(case.dossier_id, case.client).rows == ()


@pytest.mark.parametrize("days", [-1, 0, 15])
def test_never_into_the_past_and_never_longer_than_the_house_rule_at_a_time(days: int):
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        with pytest.raises(Conflict):
            again(case, row, clock.local_date(LATER) + timedelta(days=days), facts=NOT_POSSIBLE)
        assert open_tasks(row) == [clock.local_date(LATER)]


def test_without_words_it_does_not_wait_and_without_a_ground_neither():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        tomorrow = clock.local_date(LATER) + timedelta(days=1)
        with pytest.raises(Conflict):
            again(case, row, tomorrow, why="  ", facts=NOT_POSSIBLE)
        with pytest.raises(Refused):
            again(case, row, tomorrow)
        assert open_tasks(row) == [clock.local_date(LATER)]


def test_said_twice_is_said_once():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        until = clock.local_date(LATER) + timedelta(days=3)
        again(case, row, until, facts=NOT_POSSIBLE)
        again(case, row, until, facts=NOT_POSSIBLE)
        assert open_tasks(row) == [until]
        assert deferrals() == 2


def test_who_was_told_cannot_be_untold():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        do(
            case,
            Verb.PREPARE_DISCLOSURE,
            lambda d: informing.inform_now(d, row.id, by=case.place.worker, at=LATER),
        )
        with pytest.raises(Conflict):
            again(case, row, clock.local_date(LATER) + timedelta(days=1), facts=NOT_POSSIBLE)


@pytest.fixture
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


def soon(days: int = 3) -> str:
    return str(clock.today() + timedelta(days=days))


@pytest.mark.usefixtures("second_factor")
def test_the_page_asks_what_makes_it_wait_and_keeps_what_was_typed():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        worker, one = browser(case.place.worker), f"{steps(case)}/{row.id}"
        assert "Het moet langer wachten" in text(worker.get(f"{one}/"))
        bad = worker.post(f"{one}/later/", {"why": "Vader dreigt nog.", "until": soon()})
        assert bad.status_code == 422
        assert "Vader dreigt nog." in text(bad)
        good = {"reason": ["0"], "why": "Vader dreigt nog.", "until": soon()}
        assert worker.post(f"{one}/later/", {**good, "until": soon(30)}).status_code == 422
        assert worker.post(f"{one}/later/", good).status_code == 303
        assert open_tasks(row) == [clock.today() + timedelta(days=3)]
        assert "Vader dreigt nog." in text(worker.get(f"{one}/"))


@pytest.mark.rule("SH-3.7.7")
@pytest.mark.usefixtures("second_factor")
def test_at_sterk_huis_the_manager_alone_lets_it_wait_longer():
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = put_off(case)
        worker, manager = browser(case.place.worker), browser(case.place.manager)
        one = f"{steps(case)}/{row.id}"
        said = {"why": "Vader dreigt nog.", "until": soon()}
        assert f"{one}/later/" not in text(worker.get(f"{one}/"))
        before = len(denied())
        assert worker.post(f"{one}/later/", said).status_code == 409
        assert denied()[before:] == [("disclosure", "rule")]
        assert deferrals() == 1
        assert manager.get(f"{one}/").status_code == 403
        assert str(row.id) in text(manager.get(f"/o/{case.place.slug}/verstrekken/"))
        assert "Vader dreigt." in text(manager.get(f"{one}/goedkeuren/"))
        assert manager.post(f"{one}/later-besluit/", {"why": ""}).status_code == 422
        assert manager.post(f"{one}/later-besluit/", said).status_code == 303
        assert deferrals() == 2
        assert open_tasks(row) == [clock.today() + timedelta(days=3)]


@pytest.mark.rule("SH-3.7.7")
@pytest.mark.usefixtures("second_factor")
def test_who_may_not_put_it_off_is_not_asked_and_loses_nothing_typed_in_an_older_page(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        worker, one = browser(case.place.worker), f"{steps(case)}/{row.id}"
        page = text(worker.get(f"{one}/"))
        assert f"{one}/overhandigen/" in page and 'name="when"' not in page and 'name="until"' not in page
        assert SENTENCE_SH in page
        before, typed = len(denied()), {"how": "post", "when": "later", "why": "Vader dreigt.", "until": soon()}
        refused = worker.post(f"{one}/overhandigen/", typed)
        again = text(refused)
        assert refused.status_code == 422 and "error-summary" in again and SENTENCE_SH in again
        assert "Vader dreigt." in again and soon() in again
        assert re.search(r'value="post"[^>]* checked', again) and re.search(r'value="later"[^>]* checked', again)
        assert denied()[before:] == [("disclosure", "rule")]
        with transaction.atomic():
            assert Disclosure.objects.get(id=row.id).state == State.APPROVED
        assert worker.post(f"{one}/overhandigen/", {"how": "post"}).status_code == 303
        with transaction.atomic():
            assert Disclosure.objects.get(id=row.id).state == State.INFORMED


@pytest.mark.usefixtures("second_factor")
def test_who_may_put_it_off_is_asked(monkeypatch: pytest.MonkeyPatch):
    for slug, by_the_manager in (("buurteams-nijmegen", False), ("sterk-huis", True)):
        case = make_case(slug)
        with organisation(case.place.id):
            row = agreed(case)
            approve(case, row)
            if by_the_manager:
                monkeypatch.setattr("disclosures.pages.may_always_defer", lambda *_: True)
            page = text(browser(case.place.worker).get(f"{steps(case)}/{row.id}/"))
            assert re.search(r'name="when"[^>]* value="later"', page) and 'name="until"' in page


@pytest.mark.usefixtures("second_factor")
def test_the_proposer_cannot_tick_off_that_the_client_must_still_hear_of_it():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        refused_to_tick_off(case, row, INFORM)


def refused_to_tick_off(case: Case, row: Disclosure, kind: str) -> None:
    """The proposer, before whom the task lies, says that it is done: 409, and it stays."""
    with transaction.atomic():
        task = Task.objects.get(object_id=row.id, kind=kind, state="open")
    before = len(denied())
    answer = browser(case.place.worker).post(f"/o/{case.place.slug}/taken/{task.id}/klaar/")
    assert answer.status_code == 409
    assert denied()[before:] == [("task", "conflict")]
    with transaction.atomic():
        assert Task.objects.get(id=task.id).state == "open"
