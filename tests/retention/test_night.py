"""A night goes on after a dossier that it cannot do, and says afterwards which one that was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base import jobs
from casemgmt.base.errors import Unavailable
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.vault.keystore.models import DossierKey
from casemgmt.work.stopped import start_again, stopped_work
from retention import night
from retention.models import EndDate, Removal
from tests.retention.places import House, dossier

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def three(house: House) -> list[UUID]:
    """Three closed dossiers whose terms passed one after the other."""
    return [dossier(house, f"SH-2004-000{n}", closed_on=date(2010, n, 1)) for n in (1, 2, 3)]


def swap_keys(house: House, first: UUID, second: UUID) -> None:
    """The vault's keys of two dossiers change places, so that neither dossier opens; once more puts them right."""
    with organisation(house.id), transaction.atomic(using="vault"):
        one, other = DossierKey.objects.get(dossier_id=first), DossierKey.objects.get(dossier_id=second)
        one.wrapped, other.wrapped = other.wrapped, one.wrapped
        one.save(update_fields=["wrapped"])
        other.save(update_fields=["wrapped"])


def listed(house: House) -> set[UUID]:
    with organisation(house.id), transaction.atomic():
        return set(Removal.objects.values_list("dossier_id", flat=True))


def worked_out(house: House) -> dict[UUID, object]:
    with organisation(house.id), transaction.atomic():
        return dict(EndDate.objects.values_list("dossier_id", "calculated_at"))


def given_up(kind: str) -> dict[UUID, str]:
    rows = Job.objects.filter(kind=kind, failed_at__isnull=False)
    return dict(rows.values_list("subject", "last_error"))


def run(house: House, what: Callable[[UUID], None]) -> None:
    with organisation(house.id):
        what(house.id)


def test_a_dossier_that_does_not_open_stops_no_other_and_waits_for_a_person(house: House, three: list[UUID]) -> None:
    first, bad, last = three
    elsewhere = dossier(house, "SH-2004-0009")
    swap_keys(house, bad, elsewhere)
    run(house, night.propose_due)
    assert listed(house) == {first, last}
    assert given_up(night.PROPOSE_ONE) == {bad: "CannotOpen"}
    with organisation(house.id):
        (told,) = stopped_work().rows
        assert told.what.startswith("Eén dossier waarvan de termijn voorbij is")
        swap_keys(house, bad, elsewhere)
        start_again(told.id)
    assert jobs.run_due() == 1
    assert listed(house) == set(three)
    assert not Job.objects.filter(kind=night.PROPOSE_ONE).exists()


def test_working_out_end_dates_goes_on_after_one_that_does_not_open(house: House, three: list[UUID]) -> None:
    elsewhere = dossier(house, "SH-2004-0009")
    before, bad = worked_out(house), sorted(three)[1]
    swap_keys(house, bad, elsewhere)
    run(house, night.recalculate)
    after = worked_out(house)
    assert {one for one in three if after[one] != before[one]} == set(three) - {bad}
    assert given_up(night.RECALCULATE_ONE) == {bad: "CannotOpen"}
    swap_keys(house, bad, elsewhere)
    run(house, night.recalculate)
    assert given_up(night.RECALCULATE_ONE) == {}


def test_a_vault_that_is_away_ends_the_run_and_is_no_dossiers_fault(
    house: House, three: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(dossier_id: UUID, *, at: object) -> None:
        raise Unavailable("vault")

    monkeypatch.setattr(night.acts, "propose", away)
    with pytest.raises(Unavailable):
        run(house, night.propose_due)
    assert given_up(night.PROPOSE_ONE) == {}
