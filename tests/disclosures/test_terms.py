"""What waits for one worker does not vanish with them: on its day whoever manages the team sees that it waits."""

from collections.abc import Callable

import pytest
from django.db import transaction

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.work import tasks
from casemgmt.work.models import Task
from casemgmt.work.queries import tasks_for
from disclosures.again import to_ask_again
from disclosures.models import Disclosure
from disclosures.vocabulary import ASK_AGAIN, HAND_OVER, INFORM
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import Case, agreed, approve, do, make_case
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


WAITS = {INFORM: put_off, HAND_OVER: approved, ASK_AGAIN: asked_anew}


@pytest.mark.parametrize(("kind", "made"), WAITS.items(), ids=list(WAITS))
def test_work_of_one_worker_stands_with_who_manages_the_team_on_its_day_and_not_before(
    kind: str, made: Callable[[Case], Disclosure], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = made(case)
        with transaction.atomic():
            task = Task.objects.get(object_id=row.id, kind=kind, state=Task.State.OPEN)
        managed = [one.id for one in tasks_for(case.place.manager, task.due_on).tasks]
        assert task.id not in managed
        monkeypatch.setattr(clock, "today", lambda: task.due_on)
        tasks.remind(case.place.id)
        (late,) = [one for one in tasks_for(case.place.manager, task.due_on).tasks if one.id == task.id]
        assert late.escalated and late.due_on == task.due_on
