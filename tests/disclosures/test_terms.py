"""What waits for one worker does not vanish with them: on its day whoever manages the team sees that it waits."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction

from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import actor_for
from casemgmt.work import tasks
from casemgmt.work.models import Task
from casemgmt.work.queries import tasks_for
from disclosures.acts import escalate
from disclosures.again import to_ask_again
from disclosures.deciding import answer_question
from disclosures.models import Disclosure
from disclosures.vocabulary import ASK_AGAIN, HAND_OVER, INFORM, QUESTION
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import Case, agreed, approve, do, make_case, propose
from tests.disclosures.test_pages import browser
from tests.disclosures.test_waiting import put_off

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def approved(case: Case) -> Disclosure:
    row = agreed(case)
    approve(case, row)
    return row


def asked_anew(case: Case) -> Disclosure:
    row = agreed(case)
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: to_ask_again(row, "content", "de school", MOMENT))
    return row


def answered(case: Case) -> Disclosure:
    row, place = propose(case), case.place
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: escalate(d, row.id, "Mag dit?", by=place.worker, at=MOMENT))
    reply = partial(answer_question, answer="Vraag het de moeder.", by=place.manager, at=MOMENT)
    do(case, Verb.APPROVE_DISCLOSURE, lambda d: reply(d, row.id), place.manager)
    return row


WAITS = {INFORM: put_off, HAND_OVER: approved, ASK_AGAIN: asked_anew, QUESTION: answered}


@pytest.mark.parametrize(("kind", "made"), WAITS.items(), ids=list(WAITS))
def test_work_of_one_worker_stands_with_who_manages_the_team_on_its_day_and_not_before(
    kind: str, made: Callable[[Case], Disclosure], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = made(case)
        with transaction.atomic():
            task = Task.objects.get(object_id=row.id, kind=kind, state=Task.State.OPEN)
            manager = actor_for(User.objects.get(id=case.place.manager.user_id), task.due_on)
        assert task.id not in [one.id for one in tasks_for(manager, task.due_on).tasks]
        monkeypatch.setattr(clock, "today", lambda: task.due_on)
        tasks.remind(case.place.id)
        (late,) = [one for one in tasks_for(manager, task.due_on).tasks if one.id == task.id]
        assert late.escalated and late.anothers and late.due_on == task.due_on
    assert browser(case.place.manager).get(late.address).status_code == 200, "it leads to a page that opens for them"
