"""A request from receipt to hand-over: whose it is, until when, who decides, and what opposes destruction."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.audit.vocabulary import Action
from casemgmt.base.errors import Conflict, NotThere, Refused
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.work.models import Task
from client_requests import acts
from client_requests.acts import NewRequest, Ruling
from client_requests.hooks import opposes
from client_requests.models import ClientRequest
from client_requests.vocabulary import Channel
from dossiers.verbs import Verb

from .story import NOW, TODAY, House, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
REASON = "Zo beslissen wij, omdat het reglement het zegt."


def identified(house: House, request_id: UUID, how: str = "document") -> None:
    by = house.actor("noor")
    house.change("noor", Verb.READ, lambda d: acts.verify_identity(d, request_id, how=how, by=by, at=NOW).id)


def found_out(house: House, request_id: UUID, *answers: str, joined: tuple[str, ...] = ()) -> None:
    by, ids = house.actor("noor"), tuple(house.people[name] for name in joined)
    house.change(
        "noor",
        Verb.READ,
        lambda d: acts.find_out(d, request_id, answers=frozenset(answers), joined=ids, by=by, at=NOW).id,
    )


def decided(house: House, request_id: UUID, outcome: str, ground: str = "", at: datetime = NOW) -> None:
    by, ruling = house.actor("hanneke"), Ruling(outcome, ground, REASON, NOW.date())
    house.change("hanneke", Verb.DECIDE_REQUEST, lambda d: acts.decide(d, request_id, ruling, by=by, at=at).id)


@pytest.mark.parametrize(
    ("slug", "received", "due"),
    [
        ("sterk-huis", date(2026, 11, 2), date(2026, 11, 30)),
        ("veilig-thuis-hm", date(2026, 11, 2), date(2026, 11, 30)),
        ("gebiedsteam-opsterland", date(2026, 11, 2), date(2026, 11, 30)),
        ("buurteams-nijmegen", date(2026, 11, 2), date(2026, 12, 2)),
        ("buurteams-nijmegen", date(2026, 10, 31), date(2026, 11, 30)),
    ],
)
def test_each_organisation_answers_within_its_own_term(slug: str, received: date, due: date) -> None:
    house = make_house(slug)
    row = house.request(house.ask("milou", on=received))
    assert row.due_on == due
    assert row.deadline["sum"]["answer"] == due.isoformat()
    assert row.deadline["articles"]


@pytest.mark.rule("VT-11.1", "SH-3.4.5a")
def test_a_kind_without_a_term_in_the_text_gets_our_own_promise(house: House) -> None:
    row = house.request(house.ask("milou", kind="complaint"))
    assert row.due_on == date(2026, 12, 20)
    # The text says nothing of this term, so no article of it stands with the term.
    assert row.deadline["articles"] == []
    assert row.deadline["explanation"].startswith("Hiervoor noemt de tekst geen termijn.")


@pytest.mark.rule("SH-3.4.2a")
def test_a_girl_of_11_alone_is_recorded_and_can_only_be_refused(house: House) -> None:
    request_id = house.ask("fien")
    assert house.request(request_id).entitled["outcome"]["allowed"] is False
    identified(house, request_id)
    with pytest.raises(Refused) as error:
        decided(house, request_id, "granted")
    assert error.value.decision.absolute
    decided(house, request_id, "refused", "age_or_capacity")
    assert house.request(request_id).state == "completed"


@pytest.mark.rule("SH-3.4.3c")
def test_mother_may_not_read_file_of_fifteen_year_old_who_objects(house: House) -> None:
    request_id = house.ask("samira", "daan")
    identified(house, request_id)
    with pytest.raises(Refused):
        decided(house, request_id, "granted")
    found_out(house, request_id, "client_consents")
    decided(house, request_id, "granted")
    assert house.request(request_id).outcome == "granted"


@pytest.mark.rule("GT-22.2")
def test_at_opsterland_a_boy_of_15_and_his_mother_ask_together() -> None:
    house = make_house("gebiedsteam-opsterland")
    request_id = house.ask("daan")
    identified(house, request_id)
    with pytest.raises(Refused):
        decided(house, request_id, "granted")
    found_out(house, request_id, joined=("samira",))
    decided(house, request_id, "granted")
    assert house.request(request_id).outcome == "granted"


@pytest.mark.rule("SH-3.4.2c")
def test_what_is_also_about_another_cannot_be_granted_whole(house: House) -> None:
    house.entry("Milou en Fien ruziën.", "milou", "fien")
    request_id = house.ask("milou")
    identified(house, request_id)
    with pytest.raises(Refused) as error:
        decided(house, request_id, "granted")
    assert "SH-3.4.2c" in error.value.decision.articles
    decided(house, request_id, "partly", "privacy_of_other")


def test_nothing_is_granted_before_it_is_known_who_asks(house: House) -> None:
    request_id = house.ask("milou")
    with pytest.raises(Conflict):
        decided(house, request_id, "granted")


@pytest.mark.rule("BT-rechten-10")
def test_knowing_somebody_is_not_enough_where_the_text_asks_a_document() -> None:
    house = make_house("buurteams-nijmegen")
    request_id = house.ask("milou")
    with pytest.raises(Conflict):
        identified(house, request_id, "known")
    identified(house, request_id)


@pytest.mark.parametrize("ground", ["", "too_much_work", "client_is_rude", "age_or_capacity"])
def test_a_refusal_needs_a_ground_that_the_profile_knows(house: House, ground: str) -> None:
    request_id = house.ask("milou")
    identified(house, request_id)
    with pytest.raises(Conflict):
        decided(house, request_id, "refused", ground)


def test_a_ground_for_a_part_refuses_no_whole(house: House) -> None:
    request_id = house.ask("milou")
    identified(house, request_id)
    with pytest.raises(Conflict):
        decided(house, request_id, "refused", "privacy_of_other")


def test_deciding_twice_is_refused_and_leaves_one_letter(house: House) -> None:
    request_id = house.ask("milou")
    identified(house, request_id)
    decided(house, request_id, "granted")
    with pytest.raises(Conflict):
        decided(house, request_id, "granted")
    with organisation(house.id), transaction.atomic():
        assert Letter.objects.filter(kind="request_decision").count() == 1


def test_the_right_is_judged_again_at_hand_over(house: House) -> None:
    request_id = house.ask("samira", "daan")
    identified(house, request_id)
    found_out(house, request_id, "client_consents")
    decided(house, request_id, "granted")
    by = house.actor("noor")
    house.custody("samira", "fien", "milou")
    with pytest.raises(Refused):
        house.change(
            "noor",
            Verb.READ,
            lambda d: acts.start_execution(d, request_id, how="portal", words=None, by=by, at=NOW).id,
        )


def test_the_decider_gets_a_task_that_is_done_by_deciding(house: House) -> None:
    request_id = house.ask("milou")
    with organisation(house.id), transaction.atomic():
        task = Task.objects.get(object_id=request_id)
        assert (task.kind, task.capability, task.state) == ("client_requests.decide", "request.decide", "open")
    identified(house, request_id)
    decided(house, request_id, "granted")
    with organisation(house.id), transaction.atomic():
        states = dict(Task.objects.filter(object_id=request_id).values_list("kind", "state"))
    assert states == {"client_requests.decide": "done", "client_requests.carry_out": "open"}


def test_a_running_request_opposes_destruction_until_it_ends(house: House) -> None:
    request_id = house.ask("milou")
    with organisation(house.id), transaction.atomic():
        assert opposes(house.dossier_id)
    by = house.actor("noor")
    house.change("noor", Verb.READ, lambda d: acts.withdraw(d, request_id, by=by, at=NOW).id)
    with organisation(house.id), transaction.atomic():
        assert opposes(house.dossier_id) is None


def test_every_step_leaves_its_row_in_the_trail(house: House) -> None:
    noor, hanneke = house.client("noor"), house.client("hanneke")
    house.give_portal("milou")
    request_id = house.ask("milou")
    one = house.inside(f"verzoeken/{request_id}/")
    noor.post(one + "identiteit/", {"how": "document"})
    hanneke.post(one + "besluit/", {"outcome": "granted", "reason": REASON})
    noor.post(one + "uitvoeren/", {"how": "portal"})
    noor.post(one + "klaar/", {})
    with organisation(house.id), transaction.atomic():
        rows = AccessEvent.objects.filter(action=Action.REQUEST, dossier_id=house.dossier_id, outcome="done")
        assert rows.filter(user_id=house.staff["noor"].id).count() == 3
        assert rows.filter(user_id=house.staff["hanneke"].id).count() == 1


def test_people_of_another_dossier_ask_nothing_here(house: House) -> None:
    new = NewRequest("inspection", uuid4(), house.people["milou"], Channel.ORAL, TODAY)
    by = house.actor("noor")
    with pytest.raises(NotThere):
        house.change("noor", Verb.READ, lambda d: acts.receive_request(d, new, by=by, at=NOW).id)


def test_a_day_knows_a_most_of_requests_from_the_portal(house: House) -> None:
    for _number in range(10):
        house.ask("milou", channel=Channel.PORTAL)
    with pytest.raises(Conflict):
        house.ask("milou", channel=Channel.PORTAL)
    house.ask("milou", channel=Channel.WRITTEN)


def test_the_database_keeps_a_decision_without_decider_out(house: House) -> None:
    request_id = house.ask("milou")
    with organisation(house.id), pytest.raises(IntegrityError), transaction.atomic():
        ClientRequest.objects.filter(id=request_id).update(state="decided")


def test_no_letter_carries_the_secret_address(house: House) -> None:
    request_id = house.ask("samira", "fien")
    identified(house, request_id)
    decided(house, request_id, "granted")
    with organisation(house.id), transaction.atomic():
        from casemgmt.vault.keys import load_keys

        load_keys([house.dossier_id])
        for letter in Letter.objects.all():
            assert "Geheimlaan" not in str(letter.body) + str(letter.addressee)
