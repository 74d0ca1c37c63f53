"""A code cannot be guessed; so guessing makes the guesser wait, and takes no letter from whom it is for."""

from typing import Any

import pytest
from django.test import Client

from casemgmt.accounts import acts
from casemgmt.accounts.models import PortalInvitation
from casemgmt.base import clock

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

LETTER = "/mijn/huis/inloggen/brief/"
WRONG = "AAAA-AAAA-AAAA-AAAA"


def type_in(invited: acts.Invited, code: str, address: str) -> Any:
    return Client().post(LETTER, {"name": invited.signin_name, "code": code}, REMOTE_ADDR=address)


def test_however_often_somebody_guesses_the_letter_still_opens(invited: acts.Invited) -> None:
    kept = PortalInvitation.objects.get()
    asked = {"name": invited.signin_name, "organisation_id": kept.organisation_id, "at": clock.now()}
    assert not any(acts.invitation_for(code=WRONG, **asked) for _ in range(250))
    assert acts.invitation_for(code=invited.code, **asked) == kept


def test_guessing_from_many_places_makes_nobody_else_wait(invited: acts.Invited) -> None:
    answers = [type_in(invited, WRONG, f"10.0.{place}.1") for place in range(6) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {422}
    assert type_in(invited, invited.code, "10.1.0.1").status_code == 303


def test_after_five_guesses_a_minute_an_address_waits_whatever_it_types(invited: acts.Invited) -> None:
    for _ in range(5):
        type_in(invited, WRONG, "10.0.0.1")
    waiting = type_in(invited, invited.code, "10.0.0.1")
    assert waiting.status_code == 422 and "vaak geprobeerd" in waiting.content.decode()


def test_an_address_that_tries_one_name_after_the_other_waits_too(invited: acts.Invited) -> None:
    for number in range(20):
        Client().post(LETTER, {"name": f"maan-vis-{1000 + number}", "code": WRONG}, REMOTE_ADDR="10.0.0.1")
    assert type_in(invited, invited.code, "10.0.0.1").status_code == 422
