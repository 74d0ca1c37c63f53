"""The trail is verified while people work, and what is wrong is named all the same."""

from threading import Thread
from typing import Any

import pytest
from django.db import connections, transaction

from casemgmt.audit import chain, events
from casemgmt.audit.chain import Wrong, present_head, verify
from casemgmt.audit.vocabulary import Action, Outcome
from tests.audit.conftest import Place, Tamper, look
from tests.audit.test_chain import cut_tail

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def busy(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody opens a dossier, and somebody signs in, between the first question of a verification and the next."""
    asked = chain._present_head

    def work() -> None:
        try:
            look(place)
            with transaction.atomic():
                events.record_platform(Action.SIGN_IN, outcome=Outcome.DONE, data="sign-in")
        finally:
            connections.close_all()

    def with_somebody_at_work(*words: Any) -> Any:
        found = asked(*words)
        beside = Thread(target=work)
        beside.start()
        beside.join()
        return found

    monkeypatch.setattr(chain, "_present_head", with_somebody_at_work)


def test_a_trail_that_grows_while_it_is_verified_is_well(place: Place, busy: None) -> None:
    look(place, 3)
    found = verify(place.id)
    assert (found.problem, found.checked) == (None, 3), "as it was at the moment of the first question"
    assert verify(place.id).checked == 4
    assert chain.verify_platform().problem is None
    assert chain.verify_platform().checked == 3


def test_a_cut_is_named_while_people_work(
    place: Place, tamper: Tamper, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    rows = look(place, 5)
    published = present_head(place.id)
    cut_tail(tamper, rows)
    request.getfixturevalue("busy")
    problem = verify(place.id, head=published).problem
    assert problem is not None
    assert (problem.wrong, problem.seq) == (Wrong.CUT, 5)


def test_a_verification_writes_nothing_and_stands_in_no_other_transaction(place: Place) -> None:
    look(place)
    with pytest.raises(RuntimeError), transaction.atomic():
        verify(place.id)
    with chain._one_moment(), connections["default"].cursor() as cursor:
        cursor.execute("show transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)
        cursor.execute("show transaction_read_only")
        assert cursor.fetchone() == ("on",)
