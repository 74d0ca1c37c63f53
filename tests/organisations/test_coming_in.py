"""Staff come in by an invitation: a code that works once and for some days, then a password and a second factor."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client

from casemgmt.accounts import staff
from casemgmt.accounts.models import StaffInvitation, User
from casemgmt.audit.models import PlatformEvent
from casemgmt.base import clock, jobs
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.base.organisation import organisation
from casemgmt.organisations import acts
from casemgmt.organisations.acts import Invited, NewRole
from casemgmt.organisations.models import Membership, SignInPlace
from casemgmt.work import members
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


def test_guessing_from_many_places_takes_nobodys_invitation(house: House, mailoutbox: Any) -> None:
    invite(house)
    code = mailed(mailoutbox)
    wrong = {"email": WIM, "code": "AAAA-AAAA-AAAA-AAAA", "password": PASSWORD, "again": PASSWORD}
    for place in range(6):
        for _ in range(5):
            assert Client().post(IN, wrong, REMOTE_ADDR=f"10.0.{place}.1").status_code == 422
    for _ in range(250):
        assert staff.accept(email=WIM, code=wrong["code"], password=PASSWORD, at=clock.now()) is None
    assert use(code).status_code == 303


def test_who_has_the_code_cannot_go_on_guessing_the_password_of_an_account(
    house: House, elsewhere: House, mailoutbox: Any
) -> None:
    """A code that fell into other hands opens no account of somebody who works elsewhere."""
    truus = elsewhere.people["truus"]
    truus.set_password(PASSWORD)
    truus.save()
    house.people["truus"] = truus
    invite(house, email=str(truus.email))
    code = mailed(mailoutbox)
    StaffInvitation.objects.update(attempts=staff.MOST_PASSWORDS - 1)
    assert use(code, email=str(truus.email), password="een heel ander wachtwoord").status_code == 422
    assert use(code, email=str(truus.email)).status_code == 422
    with organisation(house.id):
        acts.invite_again(user_id=truus.id, by=house.actor("joris"), at=clock.now())
    assert use(mailed(mailoutbox), email=str(truus.email)).status_code == 303


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


def only_invited(house: House, elsewhere: House, *, closed: bool = False) -> str:
    """Somebody who works elsewhere and was invited here; with an account that was closed since."""
    house.people["truus"] = elsewhere.people["truus"]
    invite(house, email=str(house.people["truus"].email))
    if closed:
        User.objects.filter(id=house.people["truus"].id).update(is_active=False)
    return "truus"


@pytest.mark.parametrize("closed", [False, True])
def test_of_somebody_who_was_only_invited_nothing_of_elsewhere_is_told(
    house: House, elsewhere: House, *, closed: bool
) -> None:
    """The page, the list and each refusal are those of somebody who works nowhere else."""
    truus = only_invited(house, elsewhere, closed=closed)
    invite(house)
    house.people["wim"] = User.objects.get(email=WIM)
    joris, told = house.client("joris"), []
    listed = joris.get(house.url("medewerkers/")).content.decode()
    assert "andere organisatie" not in listed and ">gesloten<" not in listed
    for name in (truus, "wim"):
        page = joris.get(house.person(name)).content.decode()
        assert "andere organisatie" not in page and "dicht" not in page.split("<main")[1].split("</main>")[0]
        told.append([refusal_of(house, name, attempt) for attempt in ATTEMPTS])
    assert told[0] == told[1] and all(told[0])


ATTEMPTS: dict[str, Any] = {
    "reset": lambda user_id, by: acts.reset_second_factor(user_id=user_id, loss="lost", by=by, at=clock.now()),
    "close": lambda user_id, by: members.close_account(user_id, by=by),
    "open": lambda user_id, by: members.open_account(user_id, by=by),
}


def refusal_of(house: House, name: str, attempt: str) -> str:
    with organisation(house.id), pytest.raises(Conflict) as refused:
        ATTEMPTS[attempt](house.people[name].id, house.actor("joris"))
    return refused.value.sentence


def test_what_is_known_of_elsewhere_is_told_of_who_came_in(house: House, elsewhere: House) -> None:
    SignInPlace.objects.create(user_id=house.people["noor"].id, organisation=elsewhere.row)
    assert "andere organisatie" in house.client("joris").get(house.url("medewerkers/")).content.decode()


def test_a_closed_account_is_not_invited_and_nobody_hears_why(house: House, elsewhere: House, mailoutbox: Any) -> None:
    truus = elsewhere.people["truus"]
    User.objects.filter(id=truus.id).update(is_active=False)
    with pytest.raises(Conflict, match="kan niet worden verstuurd") as refused:
        invite(house, email=str(truus.email))
    assert not any(word in refused.value.sentence for word in ("gesloten", "organisatie"))
    assert not StaffInvitation.objects.exists()
    made = invite(house)
    User.objects.filter(id=made.user_id).update(is_active=False)
    with organisation(house.id), pytest.raises(Conflict, match="kan niet worden verstuurd"):
        acts.invite_again(user_id=made.user_id, by=house.actor("joris"), at=clock.now())
    jobs.run_due()
    assert not mailoutbox
    assert [row[2:] for row in house.events(data="staff-account")] == [
        ("conflict", "denied"),
        ("invited", "done"),
        ("conflict", "denied"),
    ]


def test_a_withdrawn_invitation_opens_nothing_and_its_roles_are_gone(house: House, mailoutbox: Any) -> None:
    made = invite(house)
    code = mailed(mailoutbox)
    house.people["wim"] = User.objects.get(id=made.user_id)
    joris = house.client("joris")
    button = house.person("wim", "uitnodiging/intrekken/")
    assert button in joris.get(house.person("wim")).content.decode()
    assert joris.post(button).status_code == 303
    assert use(code).status_code == 422
    assert staff.new_code(invitation_id=made.invitation_id, at=clock.now()) is None
    assert house.actor("wim").roles == ()
    assert button not in joris.get(house.person("wim")).content.decode()
    assert joris.post(button).status_code == 409
    assert [row[2:] for row in house.events(data="staff-account")] == [
        ("invited", "done"),
        ("invitation-withdrawn", "done"),
        ("conflict", "denied"),
    ]
    with organisation(house.id):
        acts.invite_again(user_id=made.user_id, by=house.actor("joris"), at=clock.now())
    assert use(mailed(mailoutbox)).status_code == 303, "who withdrew it by mistake sends it again"


def test_the_roles_of_an_invitation_that_grew_too_old_are_withdrawn_too(house: House) -> None:
    made = invite(house)
    StaffInvitation.objects.update(expires_at=clock.now() - timedelta(days=1))
    with organisation(house.id):
        acts.withdraw_invitation(user_id=made.user_id, by=house.actor("joris"), at=clock.now())
    house.people["wim"] = User.objects.get(id=made.user_id)
    assert house.actor("wim").roles == ()


def test_only_who_manages_users_withdraws_and_only_what_waits_here(house: House, elsewhere: House) -> None:
    made = invite(house)
    for user_id, by, fault in (
        (made.user_id, "noor", NotAllowed),
        (house.people["joris"].id, "joris", NotAllowed),
        (house.people["noor"].id, "joris", Conflict),
        (elsewhere.people["truus"].id, "joris", NotThere),
    ):
        with organisation(house.id), pytest.raises(fault):
            acts.withdraw_invitation(user_id=user_id, by=house.actor(by), at=clock.now())
    assert StaffInvitation.objects.get().expires_at > clock.now()
    assert house.actor("noor").roles == ("caseworker",)


def test_with_the_last_role_of_somebody_invited_the_invitation_ends(house: House, mailoutbox: Any) -> None:
    made = invite(house)
    code = mailed(mailoutbox)
    house.people["wim"] = User.objects.get(id=made.user_id)
    with organisation(house.id):
        role = NewRole("manager", house.units["team Noord"], clock.today() + timedelta(days=3))
        acts.give_role(user_id=made.user_id, new=role, by=house.actor("joris"), at=clock.now())
    for left in (True, False):
        with organisation(house.id), transaction.atomic():
            mine = Membership.objects.filter(user_id=made.user_id).exclude(ends_on__lt=clock.today())
            held = mine.order_by("role")[0].id
        with organisation(house.id):
            acts.end_role(membership_id=held, by=house.actor("joris"), at=clock.now())
        assert (StaffInvitation.objects.get().expires_at > clock.now()) is left
    assert use(code).status_code == 422


def test_of_two_acceptances_at_once_one_chooses_the_password(house: House, elsewhere: House) -> None:
    """The second one waits for the first, and must then know the password that was chosen."""
    codes, answers = [], list[bool]()
    for place in (house, elsewhere):
        by = place.actor("joris" if place is house else "karel")
        new = NewRole("caseworker", place.units["team Zuid"], clock.today())
        with organisation(place.id):
            made = acts.invite_staff(email=WIM, name="Wim", roles=[new], by=by, at=clock.now(), by_mail=False)
            codes.append(str(staff.new_code(invitation_id=made.invitation_id, at=clock.now())))

    def take(code: str, password: str) -> None:
        try:
            answers.append(acts.accept_invitation(email=WIM, code=code, password=password, at=clock.now()))
        finally:
            connections.close_all()

    second = Thread(target=take, args=(codes[1], "een heel ander wachtwoord"))
    with transaction.atomic():
        answers.append(acts.accept_invitation(email=WIM, code=codes[0], password=PASSWORD, at=clock.now()))
        second.start()
        second.join(2)
        assert second.is_alive(), "it waits until the first is done"
    second.join(30)
    assert answers == [True, False]
    assert User.objects.get(email=WIM).check_password(PASSWORD)


@pytest.mark.parametrize("address", ["İnfo@x.example.org", "wim@bösch.example.org", "wım@example.org"])
def test_an_address_with_other_letters_is_refused_in_words(house: House, address: str) -> None:
    asked = {"name": "Wim", "role": "caseworker", "unit": str(house.units["team Zuid"]), "starts_on": "2199-01-01"}
    answers = [house.client("joris").post(house.url("medewerkers/uitnodigen/"), {**asked, "email": address})]
    answers += [use("AAAA-BBBB-CCCC-DDDD", email=address)]
    for answer in answers:
        assert answer.status_code == 422 and "gewone letters" in answer.content.decode()
    assert not StaffInvitation.objects.exists() and User.objects.count() == len(house.people)


def test_a_closed_account_takes_no_invitation(house: House, mailoutbox: Any) -> None:
    made = invite(house)
    code = mailed(mailoutbox)
    User.objects.filter(id=made.user_id).update(is_active=False)
    assert use(code).status_code == 422
    assert staff.new_code(invitation_id=made.invitation_id, at=made.expires_at) is None
