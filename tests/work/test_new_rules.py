"""New rules that were submitted reach who may publish them, and nobody who had a hand in them."""

from datetime import date
from uuid import UUID

import pytest

from casemgmt.base.organisation import organisation
from casemgmt.policy import acts
from casemgmt.work.approvals import waiting_for
from casemgmt.work.queries import tasks_for
from tests.policy_versions.conftest import (
    NOW,
    TODAY,
    Place,
    employ,
    house,
    in_force,
    inside,
    own_circumstances,
    row,
    submitted,
    worked_through,
)
from tests.policy_versions.test_acts import also_publishing

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
__all__ = ["house", "inside", "own_circumstances"]


@pytest.fixture
def offered(inside: Place) -> UUID:
    """A version that Joris submitted."""
    return submitted(inside)


def tasks_of(actor) -> list[str]:
    return [task.title for task in tasks_for(actor, TODAY).tasks]


def titles(actor) -> list[str]:
    return [item.title for group in waiting_for(actor) for item in group.items]


def test_who_may_publish_finds_the_version_among_the_approvals_and_on_their_day(inside: Place, offered: UUID) -> None:
    hanneke = inside.actor("hanneke")
    assert titles(hanneke) == ["Versie 2 van de regels: kijk die na en publiceer die"]
    assert tasks_of(hanneke) == ["Kijk de nieuwe regels na en publiceer ze"]


def test_the_task_and_the_approval_open_the_page_that_publishes(house: Place) -> None:
    with organisation(house.id):
        version = submitted(house)
    page = f"/o/sterk-huis/regels/concept/{version}/publiceren/"
    hanneke = house.client("hanneke")
    assert page in hanneke.get("/o/sterk-huis/goedkeuren/").content.decode()
    with organisation(house.id):
        (task,) = tasks_for(house.actor("hanneke"), TODAY).tasks
        assert task.address == page


def test_neither_who_submitted_it_nor_who_changed_it_finds_it_though_they_may_publish(inside: Place) -> None:
    draft = acts.start_draft(based_on=in_force(), by=inside.actor("joris"), at=NOW)
    acts.change_values(version_id=draft, values={"house_rules.cooling_off": "9 days"}, by=inside.actor("femke"), at=NOW)
    worked_through(inside, draft)
    acts.submit(version_id=draft, from_date=date(2027, 1, 1), why="Wet", by=inside.actor("joris"), at=NOW)
    for name in ("joris", "femke"):
        both = also_publishing(inside.actor(name))
        assert (tasks_of(both), titles(both)) == ([], []), name
    assert tasks_of(inside.actor("hanneke"))


def test_who_may_not_publish_finds_nothing(inside: Place, offered: UUID) -> None:
    for name in ("femke", "wim"):
        assert (tasks_of(inside.actor(name)), titles(inside.actor(name))) == ([], []), name


def test_a_colleague_who_comes_to_publish_later_finds_it_too(inside: Place, offered: UUID) -> None:
    employ(inside, "ans", "internal_controller")
    assert tasks_of(inside.actor("ans")) and titles(inside.actor("ans"))


def test_it_is_gone_when_it_was_published(inside: Place, offered: UUID) -> None:
    acts.publish(version_id=offered, confirm=str(row(offered).number), by=inside.actor("hanneke"), at=NOW)
    assert (tasks_of(inside.actor("hanneke")), titles(inside.actor("hanneke"))) == ([], [])


def test_it_is_gone_when_it_was_sent_back_and_there_again_once_when_submitted_anew(
    inside: Place, offered: UUID
) -> None:
    acts.withdraw(version_id=offered, by=inside.actor("hanneke"), at=NOW, answer="Liever later.")
    assert (tasks_of(inside.actor("hanneke")), titles(inside.actor("hanneke"))) == ([], [])
    acts.submit(version_id=offered, from_date=date(2027, 2, 1), why="Wet", by=inside.actor("joris"), at=NOW)
    assert len(tasks_of(inside.actor("hanneke"))) == len(titles(inside.actor("hanneke"))) == 1
