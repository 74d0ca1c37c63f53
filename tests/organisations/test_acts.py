"""Units, roles and who gives them: never to oneself, never without somebody left, never two that must be two people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotAllowed, NotThere, Refusal
from casemgmt.base.organisation import organisation
from casemgmt.organisations import acts, queries, trail
from casemgmt.organisations.actors import operator
from casemgmt.organisations.acts import NewRole
from casemgmt.organisations.models import Membership, SignInPlace, Unit
from casemgmt.work import members
from tests.organisations.conftest import ADMINISTRATOR, NOW, House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def give(house: House, to: str, role: str, *, by: str = "joris", unit: str = "team Noord", **period: Any) -> UUID:
    new = NewRole(role, house.units[unit], period.get("starts_on", TODAY), period.get("ends_on"))
    with organisation(house.id):
        return acts.give_role(user_id=house.people[to].id, new=new, by=house.actor(by), at=NOW)


def end(house: House, whose: str, *, by: str = "joris", last_day: date | None = None) -> UUID:
    membership = house.membership(whose)
    with organisation(house.id):
        return acts.end_role(membership_id=membership, by=house.actor(by), at=NOW, last_day=last_day)


def test_a_role_counts_from_its_first_day_up_to_and_including_its_last(house: House) -> None:
    first, last = TODAY + 10 * DAY, TODAY + 20 * DAY
    give(house, "noor", "manager", starts_on=first, ends_on=last)
    counts = {on: "manager" in house.actor("noor", on).roles for on in (first - DAY, first, last, last + DAY)}
    assert counts == {first - DAY: False, first: True, last: True, last + DAY: False}


def test_a_role_ends_after_the_day_that_was_said(house: House) -> None:
    end(house, "noor", last_day=TODAY + DAY)
    assert [house.actor("noor", TODAY + n * DAY).roles for n in (0, 1, 2)] == [("caseworker",), ("caseworker",), ()]


def test_a_role_that_ends_at_once_is_gone_with_the_next_click(house: House) -> None:
    noor = house.client("noor")
    assert noor.get(house.url("regels/")).status_code == 200
    membership = house.membership("noor")
    with organisation(house.id):
        acts.end_role(membership_id=membership, by=house.actor("joris"), at=clock.now())
    assert noor.get(house.url("regels/")).status_code == 403
    assert house.actor("noor").capabilities == frozenset()


def test_a_role_that_has_not_begun_goes_altogether(house: House) -> None:
    coming = give(house, "noor", "manager", starts_on=TODAY + DAY)
    with organisation(house.id), transaction.atomic():
        acts.end_role(membership_id=coming, by=house.actor("joris"), at=NOW)
        assert not Membership.objects.filter(id=coming).exists()


def test_a_role_that_ends_at_once_on_its_first_day_is_shown_as_ended(house: House) -> None:
    given = give(house, "noor", "manager")
    with organisation(house.id):
        acts.end_role(membership_id=given, by=house.actor("joris"), at=NOW)
        held = queries.colleague(house.people["noor"].id, house.actor("joris"), NOW).held
    assert [(one.state, one.starts_on, one.ends_on) for one in held if one.id == given] == [("over", TODAY, TODAY)]
    assert all("manager" not in house.actor("noor", TODAY + n * DAY).roles for n in (-1, 0, 1)), "it counts on no day"
    with organisation(house.id), pytest.raises(NotThere):
        acts.end_role(membership_id=given, by=house.actor("joris"), at=NOW)
    assert give(house, "noor", "manager") != given, "who ended it by mistake gives it again, from that same day"


def test_a_role_does_not_end_longer_before_it_began(house: House) -> None:
    given = give(house, "noor", "manager")
    with organisation(house.id), transaction.atomic(), pytest.raises(IntegrityError):
        Membership.objects.filter(id=given).update(ends_on=TODAY - 2 * DAY)


def test_the_past_is_not_rewritten(house: House) -> None:
    with pytest.raises(Conflict, match="verleden"):
        give(house, "noor", "manager", starts_on=TODAY - DAY)
    with pytest.raises(Conflict):
        end(house, "noor", last_day=TODAY - DAY)


OWN: dict[str, Callable[[House], Any]] = {
    "give a role": lambda house: give(house, "joris", "caseworker"),
    "end a role": lambda house: end(house, "joris"),
    "reset the second factor": lambda house: _reset(house, "joris"),
    "be invited": lambda house: _invite(house, house.people["joris"].email or ""),
}


@pytest.mark.parametrize("what", OWN)
def test_nobody_does_it_for_themselves_and_trying_leaves_one_row(house: House, what: str) -> None:
    with pytest.raises(NotAllowed):
        OWN[what](house)
    assert house.events(data="staff-account") == [("grant", "staff-account", "not-allowed", "denied")]
    assert house.actor("joris").roles == (ADMINISTRATOR,)


def _reset(house: House, whose: str, by: str = "femke") -> Any:
    by = "joris" if whose == "joris" else by
    with organisation(house.id):
        return acts.reset_second_factor(user_id=house.people[whose].id, loss="lost", by=house.actor(by), at=NOW)


def _invite(house: House, email: str, by: str = "joris") -> Any:
    new = NewRole("caseworker", house.units["team Zuid"], TODAY)
    with organisation(house.id):
        return acts.invite_staff(email=email, name="Wim Nieuw", roles=[new], by=house.actor(by), at=NOW)


def test_a_colleague_without_the_right_changes_nothing(house: House) -> None:
    for attempt in (
        lambda: give(house, "femke", "manager", by="noor"),
        lambda: end(house, "femke", by="noor"),
        lambda: _reset(house, "femke", by="noor"),
        lambda: _invite(house, "wim@example.org", by="noor"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert house.events(outcome="denied") == [("grant", "staff-account", "not-allowed", "denied")] * 4
    assert not User.objects.filter(email="wim@example.org").exists()


def test_an_administrator_of_elsewhere_is_nobody_here(house: House, elsewhere: House) -> None:
    new = NewRole("manager", house.units["team Zuid"], TODAY)
    with organisation(house.id), pytest.raises(NotAllowed):
        acts.give_role(user_id=house.people["noor"].id, new=new, by=elsewhere.actor("karel"), at=NOW)


def test_somebody_of_elsewhere_is_not_there(house: House, elsewhere: House) -> None:
    house.people["truus"] = elsewhere.people["truus"]
    for attempt in (lambda: give(house, "truus", "manager"), lambda: _reset(house, "truus")):
        with pytest.raises(NotThere):
            attempt()
    theirs = elsewhere.membership("truus")
    with organisation(house.id), pytest.raises(NotThere):
        acts.end_role(membership_id=theirs, by=house.actor("joris"), at=NOW)


def test_the_last_one_who_manages_users_stays(house: House) -> None:
    end(house, "femke")
    with pytest.raises(NotAllowed):
        end(house, "joris")
    with organisation(house.id), pytest.raises(Conflict, match="einddatum"):
        acts.end_role(membership_id=house.membership("joris"), by=operator(), at=NOW)


def test_an_administrator_with_an_end_or_without_a_password_is_not_enough(house: House) -> None:
    end(house, "femke", last_day=TODAY + 300 * DAY)
    membership = house.membership("joris")
    with organisation(house.id), pytest.raises(Conflict):
        acts.end_role(membership_id=membership, by=operator(), at=NOW)
    give(house, "femke", ADMINISTRATOR)
    User.objects.filter(id=house.people["femke"].id).update(password="!")
    with organisation(house.id), pytest.raises(Conflict):
        acts.end_role(membership_id=membership, by=operator(), at=NOW)
    User.objects.filter(id=house.people["femke"].id).update(password="x")
    with organisation(house.id):
        acts.end_role(membership_id=membership, by=operator(), at=NOW)


def _invited_administrator(house: House, elsewhere: House) -> str:
    """An administrator of elsewhere, with a password of their own, who never accepted here."""
    karel = house.people["karel"] = elsewhere.people["karel"]
    role = NewRole(ADMINISTRATOR, house.units["team Noord"], TODAY)
    with organisation(house.id):
        acts.invite_staff(email=karel.email or "", name="Karel", roles=[role], by=house.actor("joris"), at=NOW)
    return "karel"


def test_an_administrator_who_was_only_invited_is_not_enough(house: House, elsewhere: House) -> None:
    """The account works, but elsewhere: nobody knows whether its owner will ever come in here."""
    karel = _invited_administrator(house, elsewhere)
    end(house, "femke")
    with organisation(house.id), pytest.raises(Conflict, match="einddatum"):
        acts.end_role(membership_id=house.membership("joris"), by=operator(), at=NOW)
    with organisation(house.id), pytest.raises(Conflict, match="einddatum"):
        members.close_account(house.people["joris"].id, by=operator())
    assert house.actor("joris", TODAY).roles == (ADMINISTRATOR,)
    SignInPlace.objects.create(user_id=house.people[karel].id, organisation=house.row)
    with organisation(house.id):
        acts.end_role(membership_id=house.membership("joris"), by=operator(), at=NOW)


def test_the_role_of_an_invited_administrator_ends_while_one_real_one_is_left(house: House, elsewhere: House) -> None:
    karel = _invited_administrator(house, elsewhere)
    end(house, "femke")
    end(house, karel)
    assert [row[2] for row in house.events(data="staff-account")][-2:] == ["role-ended", "invitation-withdrawn"]


def test_closing_an_account_that_may_not_be_closed_leaves_one_row(house: House) -> None:
    joris = house.people["joris"].id
    for act in (members.close_account, members.open_account):
        with organisation(house.id), pytest.raises(Conflict):
            act(joris, by=house.actor("joris"))
    assert house.events(data="staff-account") == [("grant", "staff-account", "conflict", "denied")] * 2


@pytest.mark.parametrize("role", ["caseworker", "internal_controller", "director"])
def test_who_manages_users_reads_no_dossiers_and_no_trail(house: House, role: str) -> None:
    """Also not by a second role of the same person: the profile says these are two people."""
    with pytest.raises(Conflict, match="leest nooit dossiers"):
        give(house, "femke", role)
    assert house.actor("femke").roles == (ADMINISTRATOR,)


def test_two_roles_that_must_be_two_people_may_follow_one_another(house: House) -> None:
    end(house, "femke", last_day=TODAY + DAY)
    with pytest.raises(Conflict):
        give(house, "femke", "caseworker", starts_on=TODAY + DAY)
    give(house, "femke", "caseworker", starts_on=TODAY + 2 * DAY)
    assert house.actor("femke", TODAY + 2 * DAY).roles == ("caseworker",)


def test_the_same_role_twice_on_one_day_is_refused_and_again_later_is_not(house: House) -> None:
    with pytest.raises(Conflict, match="periode"):
        give(house, "noor", "caseworker", unit="team Zuid")
    end(house, "noor", last_day=TODAY)
    give(house, "noor", "caseworker", unit="team Zuid", starts_on=TODAY + DAY)
    assert house.actor("noor", TODAY + DAY).roles == ("caseworker",)


def test_postgresql_refuses_two_periods_that_share_a_day(house: House) -> None:
    noor = house.people["noor"].id
    with organisation(house.id), transaction.atomic(), pytest.raises(IntegrityError, match="memberships_never_overlap"):
        Membership.objects.create(
            user_id=noor, unit_id=house.units["team Zuid"], role="caseworker", starts_on=TODAY, ends_on=TODAY
        )


@pytest.mark.parametrize("role", ["superuser", "unit_manager\0", "", "volunteer"])
def test_a_role_that_is_none_is_not_given(role: str) -> None:
    from tests.organisations.conftest import employ, settle

    house = settle("gebiedsteam-opsterland")
    employ(house, "joris", ADMINISTRATOR)
    employ(house, "noor", "caseworker")
    with pytest.raises(Conflict):
        give(house, "noor", role)


def test_a_team_closes_when_nobody_works_in_it_and_then_nobody_begins(house: House) -> None:
    with organisation(house.id), pytest.raises(Conflict, match="werken nog mensen"):
        acts.close_unit(unit_id=house.units["team Zuid"], by=house.actor("joris"), at=NOW)
    with organisation(house.id):
        acts.close_unit(unit_id=house.units["team Noord"], by=house.actor("joris"), at=NOW)
    with pytest.raises(Conflict, match="gesloten"):
        give(house, "noor", "manager", unit="team Noord")
    with organisation(house.id), pytest.raises(Conflict):
        acts.close_unit(unit_id=house.units["team Noord"], by=house.actor("joris"), at=NOW)


def test_a_team_with_open_work_does_not_close(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (asked,) = acts.unit_in_use
    with organisation(house.id):
        assert asked(house.units["team Noord"]) == ""
    monkeypatch.setattr(acts, "unit_in_use", [lambda unit_id: "Er staat nog iets open."])
    with organisation(house.id), pytest.raises(Conflict, match="nog iets open"):
        acts.close_unit(unit_id=house.units["team Noord"], by=house.actor("joris"), at=NOW)


def test_a_teams_name_is_taken_once(house: House) -> None:
    with organisation(house.id):
        made = acts.add_unit(name=" team Oost ", by=house.actor("joris"), at=NOW)
        with pytest.raises(Conflict):
            acts.add_unit(name="team Oost", by=house.actor("joris"), at=NOW)
        with pytest.raises(Conflict):
            acts.rename_unit(unit_id=made, name="team Zuid", by=house.actor("joris"), at=NOW)
        acts.rename_unit(unit_id=made, name="team West", by=house.actor("joris"), at=NOW)
        with pytest.raises(NotThere):
            acts.rename_unit(unit_id=uuid4(), name="team Nergens", by=house.actor("joris"), at=NOW)
    assert [row[1:] for row in house.events(data="unit")] == [
        ("unit", "added", "done"),
        ("unit", "conflict", "denied"),
        ("unit", "conflict", "denied"),
        ("unit", "renamed", "done"),
    ]


def test_each_act_leaves_one_row(house: House) -> None:
    give(house, "noor", "manager")
    with organisation(house.id), transaction.atomic():
        later = Membership.objects.get(user_id=house.people["noor"].id, role="manager").id
    with organisation(house.id):
        acts.end_role(membership_id=later, by=house.actor("joris"), at=NOW)
    made = _invite(house, "wim@example.org")
    with organisation(house.id):
        acts.invite_again(user_id=made.user_id, by=house.actor("joris"), at=NOW)
    _reset(house, "noor")
    assert [row[2] for row in house.events(data="staff-account")] == [
        "role-given",
        "role-ended",
        "invited",
        "invited-again",
        "second-factor-lost",
    ]


def test_nothing_happens_that_cannot_be_written_down(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "_write", [])
    with pytest.raises(RuntimeError):
        give(house, "noor", "manager")
    with organisation(house.id), pytest.raises(RuntimeError):
        acts.add_unit(name="team Oost", by=house.actor("joris"), at=NOW)
    with organisation(house.id), transaction.atomic():
        assert not Unit.objects.filter(name="team Oost").exists()
    assert house.actor("noor").roles == ("caseworker",)


def test_two_administrators_who_end_each_other_wait_for_one_another_and_one_stays(house: House) -> None:
    femkes, joris, faults = house.membership("femke"), house.actor("joris"), list[Refusal]()

    def other() -> None:
        try:
            with organisation(house.id):
                acts.end_role(membership_id=femkes, by=joris, at=NOW)
        except Refusal as refused:
            faults.append(refused)
        finally:
            connections.close_all()

    second = Thread(target=other)
    with organisation(house.id), transaction.atomic():
        acts.end_role(membership_id=house.membership("joris"), by=house.actor("femke"), at=NOW)
        second.start()
        second.join(1)
        assert second.is_alive(), "it waits until the first is done"
    second.join(30)
    assert [type(fault) for fault in faults] == [Conflict]
    assert (house.actor("joris", TODAY).roles, house.actor("femke", TODAY).roles) == ((), (ADMINISTRATOR,))
