"""A database of an earlier day destroys nothing on an approval that may have been withdrawn since: a person decides."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.backups import restoring
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import key_exists, load_keys
from casemgmt.work.models import Task
from dossiers.access import change_dossier, open_dossier
from dossiers.models import Dossier
from dossiers.verbs import Verb
from retention import acts, ledger
from retention.models import Removal
from retention.removing import DESTROY
from retention.vocabulary import DECIDE_TASK
from tests.backups.conftest import Backups, Ending, doors_are_open
from tests.retention.places import House, settle
from tests.retention.test_faults import about_to_go, frozen, state

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def house(backups: Backups) -> House:
    return settle()


def tasks(house: House) -> list[tuple[str, UUID | None, str]]:
    with organisation(house.id), transaction.atomic():
        return list(Task.objects.filter(kind=DECIDE_TASK).values_list("state", "object_id", "capability"))


def found(house: House, removal: UUID) -> Removal:
    with organisation(house.id), transaction.atomic():
        return Removal.objects.get(id=removal)


@pytest.mark.parametrize("stands", ["approved", "frozen"])
def test_what_was_approved_before_the_backup_waits_for_a_person_and_the_restore_says_so(
    house: House, backups: Backups, replay: Callable[..., Ending], stands: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = about_to_go(house) if stands == "approved" else frozen(house, monkeypatch)
    backups.make()
    code, out, err = replay()
    assert (code, err, doors_are_open()) == (0, "", True)
    assert "sterk-huis: 1 approved destructions wait for a person to decide again" in out
    Job.objects.update(due_at=clock.now())
    jobs.run_due()
    row = found(house, removal)
    assert (row.state, row.approved_by_id, row.approved_at, row.cooling_until) == ("agreed", None, None, None)
    assert row.manifest is None and row.reviewed_by_id == house.people["karin"].id
    assert tasks(house) == [("open", removal, "removal.approve")]
    assert not Job.objects.filter(kind=DESTROY).exists()
    with organisation(house.id):
        assert key_exists(row.dossier_id)
        assert open_dossier(house.actor("noor"), row.dossier_id, Verb.READ, lambda d: d.state, data="timeline")
        with transaction.atomic():
            assert AccessEvent.objects.filter(data="approval-undone", object_id=removal).count() == 1
    assert "to decide again" not in replay()[1], "said once"


def test_a_person_decides_again_and_the_task_is_done(
    house: House, backups: Backups, replay: Callable[..., Ending]
) -> None:
    removals = [about_to_go(house, f"SH-2004-000{n}") for n in (1, 2, 3)]
    backups.make()
    out = json.loads(replay("--json")[1])
    assert doors_are_open()
    assert out["decide_again"] == [{"organisation": "sterk-huis", "removals": 3}]
    ria, karin = house.actor("ria"), house.actor("karin")
    decided: list[tuple[Any, Verb, Callable[[Dossier, Removal], object]]] = [
        (ria, Verb.APPROVE_REMOVAL, lambda _d, row: acts.approve(row, by=ria, at=clock.now())),
        (karin, Verb.REVIEW_REMOVAL, lambda d, row: acts.keep(d, row, why="Toch niet", by=karin, at=clock.now())),
        (karin, Verb.REVIEW_REMOVAL, lambda _d, row: acts.take_back(row, by=karin, at=clock.now())),
    ]
    for removal, (who, verb, act) in zip(removals, decided, strict=True):
        row = found(house, removal)
        with organisation(house.id):
            change_dossier(
                who, row.dossier_id, verb, lambda d, r=row, a=act: a(d, acts.this_removal(r.id, d)), data="removal"
            )
    assert [state(house, one) for one in removals] == ["approved", "kept", "proposed"]
    assert "open" not in {state for state, *_rest in tasks(house)} and len(tasks(house)) == 3
    assert found(house, removals[0]).cooling_until > clock.now() + timedelta(hours=1)  # type: ignore[operator]


def test_what_the_ledger_names_is_destroyed_as_before(
    house: House, backups: Backups, replay: Callable[..., Ending], monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = frozen(house, monkeypatch)
    with organisation(house.id), transaction.atomic(), ledger.held() as erased:
        row = Removal.objects.get(id=removal)
        load_keys([row.dossier_id])
        erased.write_down(row, at=clock.now())
    out = json.loads(replay("--json")[1])
    assert doors_are_open()
    assert (out["replayed"]["dossiers"], out["decide_again"]) == (1, [])
    assert (state(house, removal), tasks(house)) == ("destroyed", [])


def test_dossiers_that_were_not_lost_keep_their_approvals(
    house: House, backups: Backups, restore: Callable[..., Ending], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only the keys were put back, the dossiers know of everything that was withdrawn."""
    removal = about_to_go(house)
    backups.make()
    for name in ("require_empty", "load"):
        monkeypatch.setattr(restoring, name, lambda *given: None)
    names = [connections[alias].settings_dict["NAME"] for alias in ("owner", "vault_owner")]
    words = ("--into", *names, "--key", str(backups.key_file), "--ledger-is-newest", "--json")
    code, out, err = restore(*words, "--lost", "vault")
    assert doors_are_open()
    assert (code, json.loads(out)["decide_again"], state(house, removal)) == (0, [], "approved"), err
    code, out, err = restore(*words)
    assert doors_are_open()
    assert (code, len(json.loads(out)["decide_again"]), state(house, removal)) == (0, 1, "agreed"), err
