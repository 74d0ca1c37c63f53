"""Tasks: who sees which, with which words, until when, and who hears of it when nobody does them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_noop

from casemgmt.audit.models import AccessEvent
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.policy.decision import DateSum, Decision, SumRow, SumStep
from casemgmt.work import tasks
from casemgmt.work.acts import cancel_tasks_for, create_task, finish_task, finish_tasks_for, move_task
from casemgmt.work.kinds import Group, task_kind
from casemgmt.work.models import Task
from casemgmt.work.queries import task_for, tasks_for, weeks_ahead
from dossiers.models import Dossier
from tests.cast import MOMENT, Family, Place, make_family, make_place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ON = date(2026, 11, 22)
KIND = task_kind("test.answer", gettext_noop("Answer a request"), Group.ASK).name


@pytest.fixture
def here() -> Place:
    return make_place()


@pytest.fixture
def family(here: Place) -> Family:
    with organisation(here.id):
        return make_family(here)


def a_decision() -> Decision:
    total = DateSum((SumRow(SumStep.START, ON, "ontvangen"),), ON)
    return Decision({"due": ON}, ("SH-3.5.2",), "Binnen vier weken.", (), "sterk-huis_2017_0", sum=total)


def for_worker(here: Place, family: Family, due: date = ON, **more) -> object:
    given = {"title": "Antwoord aan mevrouw Yildiz", "detail": "Kopie", "decision": a_decision()} | more
    return create_task(
        kind=KIND, dossier_id=family.dossier_id, assignee_id=here.worker.user_id, due_on=due, at=MOMENT, **given
    )


def test_the_assignee_reads_the_task_with_the_sum_of_its_date(here, family):
    with organisation(here.id):
        for_worker(here, family)
    with organisation(here.id):
        (task,) = tasks_for(here.worker, ON).tasks
        assert (task.title, task.detail) == ("Antwoord aan mevrouw Yildiz", "Kopie")
        assert task.dossier.name == "Gezin Bakker - El Idrissi"
        assert task.decision.sum.answer == ON
        assert tasks_for(here.colleague, ON).tasks == ()


def test_whoever_has_the_capability_in_the_unit_sees_it_and_nobody_else(here, family):
    with organisation(here.id):
        create_task(
            kind=KIND,
            dossier_id=family.dossier_id,
            capability="disclosure.approve",
            unit_id=here.unit_id,
            title="Keur goed",
            due_on=ON,
            at=MOMENT,
        )
    with organisation(here.id):
        assert len(tasks_for(here.manager, ON).tasks) == 1
        assert tasks_for(here.worker, ON).tasks == ()


def test_somebody_who_lost_the_dossier_keeps_the_kind_and_the_date_but_no_words(here, family):
    with organisation(here.id):
        create_task(
            kind=KIND,
            dossier_id=family.dossier_id,
            assignee_id=here.colleague.user_id,
            title="Antwoord aan mevrouw Yildiz",
            due_on=ON,
            at=MOMENT,
            link="dossiers:timeline",
        )
    with organisation(here.id):
        (task,) = tasks_for(here.colleague, ON).tasks
        assert task.closed
        assert "Yildiz" not in task.title
        assert (task.detail, task.dossier, task.address) == ("", None, "")


def test_a_task_of_a_dossier_being_destroyed_shows_no_words(here, family):
    with organisation(here.id):
        for_worker(here, family)
        with transaction.atomic():
            Dossier.objects.filter(id=family.dossier_id).update(state="frozen", closed_on=ON)
    with organisation(here.id):
        assert [task.closed for task in tasks_for(here.worker, ON).tasks] == [True]


def test_words_without_a_dossier_are_refused_by_the_database(here):
    with organisation(here.id), pytest.raises((IntegrityError, LookupError, RuntimeError)):
        create_task(kind=KIND, assignee_id=uuid4(), title="Geheim", due_on=ON, at=MOMENT)


def test_late_tasks_come_first_and_those_beyond_the_horizon_are_counted(here, family):
    with organisation(here.id):
        for days in (20, 3, -2):
            for_worker(here, family, ON + timedelta(days=days))
        found = tasks_for(here.worker, ON)
        assert [task.due_on for task in found.tasks] == [ON - timedelta(days=2), ON + timedelta(days=3)]
        assert found.later == 1


def test_of_more_work_than_fits_on_the_page_none_is_lost_and_the_rest_is_counted(here, family):
    with organisation(here.id):
        made = [for_worker(here, family, ON) for _ in range(120)]
        made.append(for_worker(here, family, ON + timedelta(days=20)))
    with organisation(here.id):
        first = tasks_for(here.worker, ON)
        rest = tasks_for(here.worker, ON, 366, first.next)
    assert (len(first.tasks), first.later, first.today) == (100, 21, 120)
    assert (len(rest.tasks), rest.later, rest.next, rest.today) == (21, 0, "", 120)
    assert {task.id for task in (*first.tasks, *rest.tasks)} == set(made)


def test_the_weeks_ahead_count_each_deadline_in_its_week_and_late_ones_apart(here, family):
    with organisation(here.id):
        for days in (-30, 0, 1, 8, 60):
            for_worker(here, family, ON + timedelta(days=days))
        weeks = weeks_ahead(here.worker, ON)
        assert weeks[0].late == 1
        assert [week.counts[0] for week in weeks] == [1, 1, 1, 0, 0, 0]


def test_finishing_is_for_the_person_whose_task_it_is_and_once(here, family):
    with organisation(here.id):
        task_id = for_worker(here, family)
        with pytest.raises(NotThere):
            finish_task(task_id, by=here.colleague, at=MOMENT)
        finish_task(task_id, by=here.worker, at=MOMENT)
        with pytest.raises(Conflict):
            finish_task(task_id, by=here.worker, at=MOMENT)
        assert task_for(here.worker, task_id) is None


def test_what_has_a_page_of_its_own_ends_by_the_work_and_not_by_saying_so(here, family):
    with organisation(here.id):
        about = uuid4()
        task_id = for_worker(here, family, link="dossiers:note", object_id=about)
        assert not task_for(here.worker, task_id).by_hand
        with pytest.raises(Conflict):
            finish_task(task_id, by=here.worker, at=MOMENT)
        assert task_for(here.worker, task_id) is not None
        assert finish_tasks_for(about, by=here.worker, at=MOMENT) == 1


def test_an_act_finishes_cancels_and_moves_the_tasks_about_its_object(here, family):
    about = uuid4()
    with organisation(here.id):
        for_worker(here, family, object_id=about)
        assert move_task(about, kind=KIND, due_on=ON + timedelta(days=5), decision=a_decision()) == 1
        assert finish_tasks_for(about, by=here.worker, at=MOMENT, kind="other") == 0
        assert finish_tasks_for(about, by=here.worker, at=MOMENT) == 1
        assert cancel_tasks_for(about, at=MOMENT) == 0


def test_reading_tasks_takes_the_same_number_of_queries_whatever_their_number(here, family):
    def queries() -> int:
        with organisation(here.id), CaptureQueriesContext(connection) as seen:
            tasks_for(here.worker, ON)
        return len(seen)

    with organisation(here.id):
        for_worker(here, family)
    few = queries()
    with organisation(here.id):
        other = make_family(here, "SH-2026-0419")
        for number in range(12):
            for_worker(here, other if number % 2 else family)
    assert queries() == few


def test_reading_tasks_is_in_the_trail_without_a_word_of_them(here, family):
    with organisation(here.id):
        for_worker(here, family)
        tasks_for(here.worker, ON)
        with transaction.atomic():
            assert AccessEvent.objects.filter(action="read", data="tasks").count() == 1


def test_reminders_go_out_once_per_step_and_the_manager_sees_late_work_without_its_words(here, family, monkeypatch):
    monkeypatch.setattr(tasks, "_steps", lambda on: [0, 2, 7, 14])
    with organisation(here.id):
        task_id = for_worker(here, family, ON + timedelta(days=7), unit_id=here.unit_id)

        def remind_on(day: date) -> tuple[int | None, int]:
            monkeypatch.setattr(tasks.clock, "today", lambda: day)
            with transaction.atomic():
                Job.objects.filter(kind="mail.work.reminder").delete()
            tasks.remind(here.id)
            with transaction.atomic():
                queued = Job.objects.filter(kind="mail.work.reminder", subject=task_id).count()
                return Task.objects.values_list("reminded_days", flat=True).get(), queued

        assert remind_on(ON) == (7, 1)
        assert remind_on(ON + timedelta(days=1)) == (7, 0)
        mail = tasks.write_reminder(task_id)
        assert "Yildiz" not in mail.subject + mail.text
        assert tasks_for(here.manager, ON + timedelta(days=7)).tasks == ()
        assert remind_on(ON + timedelta(days=7)) == (0, 1)
        (late,) = tasks_for(here.manager, ON + timedelta(days=7)).tasks
        assert late.escalated
        assert late.closed
        assert "Yildiz" not in late.title
