"""Staff come in by an invitation: a code that works once and for some days, then a password and a second factor."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from casemgmt.accounts import staff
from casemgmt.accounts.models import StaffInvitation, User
from casemgmt.audit.models import PlatformEvent
from casemgmt.base import clock, jobs
from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from casemgmt.organisations import acts
from casemgmt.organisations.acts import Invited, NewRole
from casemgmt.organisations.models import SignInPlace
from tests.accounts.conftest import totp
from tests.organisations.conftest import PASSWORD, House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
IN = "/inloggen/uitnodiging/"
WIM = "wim.bos@example.org"
CODE = re.compile(r"(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}")


def invite(house: House, email: str = WIM, role: str = "caseworker") -> Invited:
    new = NewRole(role, house.units["team Zuid"], clock.today())
    with organisation(house.id):
        return acts.invite_staff(email=email, name="Wim Bos", roles=[new], by=house.actor("joris"), at=clock.now())


def mailed(mailoutbox: list[Any]) -> str:
    """The code of the message that the worker sends now."""
    jobs.run_due()
    found = CODE.search(mailoutbox[-1].body)
    assert found
    return found[0]


def use(code: str, email: str = WIM, password: str = PASSWORD) -> Any:
    return Client().post(IN, {"email": email, "code": code, "password": password, "again": password})


def sign_in(client: Client, email: str = WIM) -> Any:
    return client.post("/inloggen/", {"login": email, "password": PASSWORD})


def test_a_colleague_comes_in_with_the_message_a_password_and_a_second_factor(house: House, mailoutbox: Any) -> None:
    invite(house)
    code = mailed(mailoutbox)
    assert mailoutbox[-1].to == [WIM] and IN in mailoutbox[-1].body and "Sterk-Huis" in mailoutbox[-1].body
    assert use(code.lower().replace("-", " "))["Location"] == "/inloggen/"
    client = Client()
    sign_in(client)
    assert client.get(house.url("dossiers/"))["Location"] == "/inloggen/tweede-stap/app/", "no page without a factor"
    client.get("/inloggen/tweede-stap/app/")
    client.post("/inloggen/tweede-stap/app/", {"code": totp(client.session["mfa.totp.secret"])})
    assert client.get(house.url("dossiers/")).status_code == 200
    assert client.get(house.url("medewerkers/")).status_code == 403
    assert [row[2] for row in house.events(data="staff-account")] == ["invited", "invitation-accepted"]


def test_before_the_invitation_is_used_nothing_opens_the_account(house: House, mailoutbox: Any) -> None:
    made = invite(house)
    mailed(mailoutbox)
    before = len(mailoutbox)
    assert sign_in(Client()).status_code == 422
    Client().post("/inloggen/wachtwoord-vergeten/", {"email": WIM})
    jobs.run_due()
    assert len(mailoutbox) == before, "a forgotten password is no way round an invitation"
    assert not SignInPlace.objects.filter(user_id=made.user_id).exists()


def test_an_invitation_works_once(house: House, mailoutbox: Any) -> None:
    invite(house)
    code = mailed(mailoutbox)
    assert use(code).status_code == 303
    assert use(code, password="een heel ander wachtwoord").status_code == 422
    assert User.objects.get(email=WIM).check_password(PASSWORD)


@pytest.mark.parametrize(("late", "works"), [(-timedelta(minutes=1), True), (timedelta(0), False)])
def test_an_invitation_ends_at_its_moment(house: House, late: timedelta, works: bool) -> None:
    made = invite(house)
    code = staff.new_code(invitation_id=made.invitation_id, at=clock.now())
    assert code
    done = acts.accept_invitation(email=WIM, code=code, password=PASSWORD, at=made.expires_at + late)
    assert done is works
    assert User.objects.get(email=WIM).has_usable_password() is works


def test_a_new_code_ends_the_one_before(house: House, mailoutbox: Any) -> None:
    made = invite(house)
    first = mailed(mailoutbox)
    with organisation(house.id):
        acts.invite_again(user_id=made.user_id, by=house.actor("joris"), at=clock.now())
    second = mailed(mailoutbox)
    assert use(first).status_code == 422
    assert use(second).status_code == 303


def test_the_message_twice_leaves_the_last_code(house: House) -> None:
    """The worker may send a message again after it was killed."""
    made = invite(house)
    one, two = (staff.new_code(invitation_id=made.invitation_id, at=clock.now()) or "" for _ in range(2))
    assert use(one).status_code == 422 and use(two).status_code == 303


def test_what_is_wrong_gets_one_answer_and_one_row_without_what_was_typed(house: House, mailoutbox: Any) -> None:
    invite(house)
    code = mailed(mailoutbox)
    wrong = [use("AAAA-AAAA-AAAA-AAAA"), use(code, email="niemand@example.org")]
    pages = {re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in wrong}
    assert [answer.status_code for answer in wrong] == [422, 422] and len(pages) == 1
    rows = PlatformEvent.objects.values_list("data", "outcome", "user_id")
    assert list(rows) == [("invitation-refused", "denied", None)] * 2


def test_guessing_is_counted(house: House) -> None:
    invite(house)
    answers = [use("AAAA-AAAA-AAAA-AAAA") for _ in range(7)]
    assert "vaak geprobeerd" in answers[-1].content.decode()


@pytest.mark.parametrize("password", ["kort", "123456789012", WIM])
def test_a_weak_password_takes_no_invitation(house: House, mailoutbox: Any, password: str) -> None:
    invite(house)
    assert use(mailed(mailoutbox), password=password).status_code == 422
    assert StaffInvitation.objects.get().used_at is None


def test_the_database_and_the_log_hold_no_code(house: House, mailoutbox: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "casemgmt")
    invite(house)
    code = mailed(mailoutbox)
    row = StaffInvitation.objects.values().get()
    assert code not in str(row) and code.replace("-", "") not in str(row) and len(row["code_hash"]) == 64
    use(code)
    row = StaffInvitation.objects.values().get()
    assert (row["code_hash"], row["name"]) == ("", "") and row["used_at"]
    assert not any(word in caplog.text for word in (code, WIM, "Wim Bos"))


def test_who_works_elsewhere_shows_that_the_account_is_theirs(house: House, elsewhere: House, mailoutbox: Any) -> None:
    truus = elsewhere.people["truus"]
    truus.set_password(PASSWORD)
    truus.save()
    house.people["truus"] = truus
    invite(house, email=str(truus.email).upper())
    page = house.client("joris").get(house.person("truus")).content.decode()
    assert "Wim Bos" in page and "Truus" not in page, "what was typed, until its owner accepts"
    code = mailed(mailoutbox)
    assert use(code, email=str(truus.email), password="een heel ander wachtwoord").status_code == 422
    assert not SignInPlace.objects.filter(user_id=truus.id, organisation=house.row).exists()
    assert use(code, email=str(truus.email)).status_code == 303
    truus.refresh_from_db()
    assert truus.check_password(PASSWORD) and truus.name == "Truus Test"
    assert SignInPlace.objects.filter(user_id=truus.id).count() == 2


def test_who_works_here_is_not_invited_again(house: House) -> None:
    with pytest.raises(Conflict, match="werkt hier al"):
        invite(house, email=str(house.people["noor"].email).upper())
    assert house.events(data="staff-account") == [("grant", "staff-account", "conflict", "denied")]


def test_a_lost_second_factor_ends_everything_that_opened_the_account(house: House, mailoutbox: Any) -> None:
    noor = house.client("noor")
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    key = noor.cookies["casemgmt_session"].value
    UserSession.objects.create(user=house.people["noor"], session_key=key, ip="127.0.0.1", user_agent="test")
    assert noor.get(house.url("dossiers/")).status_code == 200
    with organisation(house.id):
        user_id = house.people["noor"].id
        acts.reset_second_factor(user_id=user_id, loss="stolen", by=house.actor("joris"), at=clock.now())
    assert noor.get(house.url("dossiers/")).status_code == 302, "signed out with the next click"
    assert not Authenticator.objects.filter(user_id=user_id).exists()
    assert not User.objects.get(id=user_id).has_usable_password()
    code = mailed(mailoutbox)
    assert mailoutbox[-1].to == [house.people["noor"].email] and "tweede stap" in mailoutbox[-1].body
    assert use(code, email=str(house.people["noor"].email)).status_code == 303
    assert [row[2] for row in house.events(data="staff-account")] == ["second-factor-stolen", "invitation-accepted"]
    with organisation(house.id), pytest.raises(Conflict):
        acts.invite_again(user_id=user_id, by=house.actor("joris"), at=clock.now())


def test_an_account_of_two_organisations_is_reset_by_the_operator_only(house: House, elsewhere: House) -> None:
    from casemgmt.organisations.actors import operator

    noor = house.people["noor"]
    SignInPlace.objects.create(user_id=noor.id, organisation=elsewhere.row)
    with organisation(house.id), pytest.raises(Conflict):
        acts.reset_second_factor(user_id=noor.id, loss="lost", by=house.actor("joris"), at=clock.now())
    assert User.objects.get(id=noor.id).has_usable_password()
    with organisation(house.id):
        acts.reset_second_factor(user_id=noor.id, loss="lost", by=operator(), at=clock.now())
    assert not User.objects.get(id=noor.id).has_usable_password()


def test_a_closed_account_takes_no_invitation(house: House, mailoutbox: Any) -> None:
    made = invite(house)
    code = mailed(mailoutbox)
    User.objects.filter(id=made.user_id).update(is_active=False)
    assert use(code).status_code == 422
    assert staff.new_code(invitation_id=made.invitation_id, at=made.expires_at) is None
