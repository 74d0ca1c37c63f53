"""Answering a ground without consent, by the acts and the pages: what goes, who looks, and what a person may decide."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.errors import Conflict, NotThere, Refused
from casemgmt.base.jobs import run_due
from casemgmt.base.organisation import organisation
from casemgmt.policy.decision import Decision
from casemgmt.work.models import Task
from disclosures import acts, deciding, handing, judging
from disclosures.acts import Weighing
from disclosures.deciding import SamePerson
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.vocabulary import QUESTION, REVIEW, State
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import (
    ON,
    Case,
    approve,
    ask,
    born,
    choose,
    consent,
    do,
    hand_over,
    look_at_own,
    make_case,
    propose,
)
from tests.disclosures.test_pages import browser, steps, text
from tests.disclosures.test_waiting import decide_later, refused_to_tick_off
from tests.policy.test_disclosure_grounds import yes_to

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def answer(case: Case, row: Disclosure, key: str, answers: Mapping[str, str], **words: str) -> Disclosure:
    said = Weighing(key=key, answers=answers, **{"why": "Het kind is thuis niet veilig.", **words})
    made: Disclosure = do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.answer_ground(d, row.id, said, by=case.place.worker, at=MOMENT),
    )
    return made


GUARDIAN = "family_guardian.SH-3.7.1b"


def to_guardian(case: Case, *, acute: bool = False, requested: bool = False) -> Disclosure:
    row = propose(case, recipient_kind="gezinsvoogd", answers={"requested": requested})
    return answer(case, row, GUARDIAN, yes_to("sterk-huis", GUARDIAN, acute=acute), acute_why="Vader dreigt.")


def fresh(row: Disclosure) -> Disclosure:
    with transaction.atomic():
        return Disclosure.objects.get(id=row.id)


def tasks(row: Disclosure, kind: str) -> list[Task]:
    with transaction.atomic():
        return list(Task.objects.filter(object_id=row.id, kind=kind, state="open"))


@pytest.mark.rule("SH-3.7.1d", "SH-3.7.6")
def test_on_own_initiative_to_the_guardian_it_goes_after_approval_and_without_consent(case: Case):
    row = ask(case, choose(case, to_guardian(case)))
    assert row.state == State.AWAITING_APPROVAL, "no danger here, so the house rule holds"
    approve(case, row)
    assert hand_over(case, row).state == State.INFORMED
    with transaction.atomic():
        line = DisclosureRegisterRow.objects.get(disclosure_id=row.id)
        content = dict(line.content)
    assert line.with_consent is False
    assert "SH-3.7.1b" in content["articles"] and content["why"] == "Het kind is thuis niet veilig."
    assert not tasks(row, REVIEW)


@pytest.mark.rule("SH-3.7.1b")
def test_on_request_it_is_a_duty_and_no_house_rule_blocks_it(case: Case):
    row = ask(case, choose(case, to_guardian(case, requested=True)))
    assert row.state == State.APPROVED and row.approved_by_id is None
    assert fresh(row).judgement["may"]["outcome"]["duty"] is True


def test_in_acute_danger_it_goes_at_once_and_a_second_person_looks_afterwards(case: Case):
    row = ask(case, choose(case, to_guardian(case, acute=True)))
    assert row.state == State.APPROVED
    run_due()
    assert hand_over(case, row).state == State.INFORMED
    (task,) = tasks(row, REVIEW)
    assert task.due_on == date(2026, 11, 25) and task.capability == "disclosure.approve"

    def look(who: Any) -> Disclosure:
        made: Disclosure = do(
            case,
            Verb.APPROVE_DISCLOSURE,
            lambda d: deciding.review(d, row.id, found="Terecht.", by=who, at=MOMENT),
            case.place.manager,
        )
        return made

    with pytest.raises(SamePerson):
        look(case.place.worker)
    assert look(case.place.manager).answers["reviewed"]["found"] == "Terecht."
    assert not tasks(row, REVIEW)
    with pytest.raises(Conflict):
        look(case.place.manager)


def test_what_was_weighed_for_one_recipient_says_nothing_of_another(case: Case):
    row = to_guardian(case)
    assert row.judgement["may"]["outcome"]["allowed"] is True
    other = acts.Proposal(case.client, "gezinsvoogd", "", "Jeugdbescherming Brabant", "Iets anders.", id=row.id)
    changed = do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.change_proposal(d, row.id, other, by=case.place.worker, at=MOMENT),
    )
    assert "ground" not in changed.answers and changed.judgement["may"]["outcome"]["allowed"] is False


def test_a_ground_of_another_recipient_is_not_there(case: Case):
    row = propose(case)
    with pytest.raises(NotThere):
        answer(case, row, GUARDIAN, yes_to("sterk-huis", GUARDIAN))


def test_an_answer_that_changes_voids_what_was_approved(case: Case):
    row = ask(case, choose(case, to_guardian(case)))
    approve(case, row)
    changed = answer(case, row, GUARDIAN, yes_to("sterk-huis", GUARDIAN) | {"supervision_order": "no"})
    assert changed.state == State.AWAITING_CONSENT and changed.approved_by_id is None


def escalate(case: Case, row: Disclosure) -> None:
    do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.escalate(d, row.id, "Mag dit?", by=case.place.worker, at=MOMENT + timedelta(minutes=1)),
    )


def reply(case: Case, row: Disclosure, *, may: bool) -> Disclosure:
    made: Disclosure = do(
        case,
        Verb.APPROVE_DISCLOSURE,
        lambda d: deciding.answer_question(
            d, row.id, answer="Het is nodig.", may=may, by=case.place.manager, at=MOMENT + timedelta(minutes=2)
        ),
        case.place.manager,
    )
    return made


def test_no_answer_of_a_manager_replaces_consent_where_the_text_says_whose(case: Case):
    row = propose(case)
    escalate(case, row)
    with pytest.raises(Refused):
        reply(case, row, may=True)
    assert tasks(row, QUESTION), "the refused answer undid nothing"
    assert reply(case, row, may=False).judgement["may"]["outcome"]["allowed"] is False


@pytest.mark.rule("SH-3.1.f")
def test_where_the_text_is_silent_the_managers_decision_opens_it_and_a_no_closes_it_again():
    case = make_case("sterk-huis", born(30), capable=False)
    with organisation(case.place.id):
        row = propose(case)
        assert row.judgement["may"]["outcome"]["escalate"] is True
        escalate(case, row)
        opened = reply(case, row, may=True)
        assert opened.judgement["ground"] == "decision" and "SH-3.1.f" in opened.judgement["may"]["articles"]
        asked = ask(case, choose(case, row))
        approve(case, asked)
        assert hand_over(case, asked).state == State.INFORMED
        with transaction.atomic():
            assert DisclosureRegisterRow.objects.get(disclosure_id=row.id).content["ground"].startswith("besluit van")


def test_a_decision_counts_for_nothing_where_consent_can_be_asked(case: Case):
    row = propose(case)
    with transaction.atomic():
        stored = Disclosure.objects.get(id=row.id)
        stored.answers = {**stored.answers, "decision": {"may": True}}
        stored.save()
    assert (
        do(case, Verb.PREPARE_DISCLOSURE, lambda d: acts.assess(d, row.id, by=case.place.worker, at=MOMENT)).judgement[
            "may"
        ]["outcome"]["allowed"]
        is False
    )


@pytest.mark.rule("GT-16.4")
def test_at_opsterland_telling_of_an_amhk_request_may_wait_when_it_is_not_safe():
    case, key = make_case("gebiedsteam-opsterland", born(10)), "amhk_request.GT-16.2"
    with organisation(case.place.id):
        row = propose(case, recipient_kind="amhk", answers={"requested": True})
        answer(case, row, key, yes_to("gebiedsteam-opsterland", key), consulted="de leider")
        asked = ask(case, choose(case, row))
        assert asked.state == State.AWAITING_APPROVAL
        approve(case, asked)
        later = {"later": True, "why": "Onveilig.", "until": ON + timedelta(days=7)}
        left = hand_over(case, asked, facts={"safety_threat": "concrete"}, **later)
        assert left.state == State.INFORMING_DEFERRED


def _form(case: Case, key: str, **changes: str) -> dict[str, str]:
    return {"ground": key, **yes_to("sterk-huis", key), "why": "Het kind is thuis niet veilig."} | changes


def test_the_worker_answers_a_ground_on_the_page_and_reads_at_once_what_comes_of_it(
    case: Case, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    worker, row = browser(case.place.worker), propose(case, recipient_kind="gezinsvoogd", answers={"requested": False})
    one = f"{steps(case)}/{row.id}/"
    page = text(worker.get(f"{one}?stap=consent&grond={GUARDIAN}"))
    assert 'name="supervision_order"' in page and 'name="acute_danger"' in page
    assert worker.post(f"{one}grond/", _form(case, GUARDIAN, why="")).status_code == 422
    assert worker.post(f"{one}grond/", _form(case, GUARDIAN, acute_danger="yes")).status_code == 422
    assert (
        worker.post(f"{one}grond/", _form(case, GUARDIAN, ground="very_serious_situation.GT-15.1")).status_code == 404
    )
    assert worker.post(f"{one}grond/", _form(case, GUARDIAN, supervision_order="misschien")).status_code == 422
    refused = worker.get(worker.post(f"{one}grond/", _form(case, GUARDIAN, supervision_order="no")).headers["Location"])
    assert "Deze grond draagt het niet" in text(refused)
    done = worker.get(worker.post(f"{one}grond/", _form(case, GUARDIAN)).headers["Location"])
    assert "het mag uitgaan" in text(done) and "SH-3.7.1b" in text(done)
    assert "0 van 2" not in text(done)
    assert worker.post(f"{one}stukken/", {"entry": [str(case.plain)]}).status_code == 303
    look_at_own(case, row)
    assert worker.post(f"{one}goedkeuring-vragen/").status_code == 303
    look = text(browser(case.place.manager).get(f"{one}goedkeuren/"))
    assert "Het kind is thuis niet veilig." in look
    assert worker.post(f"{one}nakijken/", {"why": "Goed."}).status_code == 403


def test_a_consultation_has_a_person_and_a_day_and_came_before(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    key, row = "very_serious_situation.SH-3.7.8a", propose(case)
    worker, one = browser(case.place.worker), f"{steps(case)}/{row.id}/"
    assert worker.post(f"{one}grond/", _form(case, key)).status_code == 422
    said = _form(case, key, consulted="de unitmanager", consulted_on="01-01-2999")
    assert worker.post(f"{one}grond/", said).status_code == 422
    assert worker.post(f"{one}grond/", said | {"consulted_on": "01-01-2026"}).status_code == 303
    assert fresh(row).judgement["ground"] == "very_serious_situation"


def test_the_managers_page_says_what_an_answer_does(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    row = propose(case, recipient_kind="gezinsvoogd")
    escalate(case, row)
    page = text(browser(case.place.manager).get(f"{steps(case)}/{row.id}/goedkeuren/"))
    assert "Uw antwoord kan toestemming niet vervangen" in page and 'name="may"' not in page


def test_the_manager_decides_on_the_page_where_the_text_is_silent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    case = make_case("sterk-huis", born(30), capable=False)
    with organisation(case.place.id):
        row = propose(case)
        escalate(case, row)
        manager, one = browser(case.place.manager), f"{steps(case)}/{row.id}/"
        assert 'name="may"' in text(manager.get(f"{one}goedkeuren/"))
        assert manager.post(f"{one}antwoord/", {"why": "Nodig."}).status_code == 422
        assert manager.post(f"{one}antwoord/", {"why": "Nodig.", "may": "yes"}).status_code == 303
        assert fresh(row).judgement["ground"] == "decision"
        assert "besluit van de" in text(browser(case.place.worker).get(f"{one}?stap=consent"))


def test_the_manager_looks_afterwards_on_the_page(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    row = ask(case, choose(case, to_guardian(case, acute=True)))
    run_due()
    hand_over(case, row)
    manager, one = browser(case.place.manager), f"{steps(case)}/{row.id}/"
    assert "nakijken/" in text(manager.get(f"{one}goedkeuren/"))
    assert manager.post(f"{one}nakijken/", {"why": ""}).status_code == 422
    assert manager.post(f"{one}nakijken/", {"why": "Terecht gegeven."}).status_code == 303
    assert "Terecht gegeven." in text(browser(case.place.worker).get(one))


def test_who_proposed_it_cannot_tick_off_the_look_afterwards(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    row = ask(case, choose(case, to_guardian(case, acute=True)))
    run_due()
    hand_over(case, row)
    with transaction.atomic():
        Task.objects.filter(object_id=row.id, kind=REVIEW).update(assignee_id=case.place.worker.user_id)
    refused_to_tick_off(case, row, REVIEW)


def test_whoever_handed_it_over_gets_no_form_to_look_afterwards(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    row = ask(case, choose(case, to_guardian(case, acute=True)))
    run_due()
    hand_over(case, row)
    manager, one = browser(case.place.manager), f"{steps(case)}/{row.id}/"
    assert "nakijken/" in text(manager.get(f"{one}goedkeuren/"))
    with transaction.atomic():
        Disclosure.objects.filter(id=row.id).update(handed_over_by_id=case.place.manager.user_id)
    page = text(manager.get(f"{one}goedkeuren/"))
    assert "nakijken/" not in page and 'id="review"' in page
    assert manager.post(f"{one}nakijken/", {"why": "Terecht gegeven."}).status_code == 403


def test_looking_afterwards_and_letting_it_wait_longer_stand_beside_each_other(
    case: Case, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    row = ask(case, choose(case, to_guardian(case, acute=True)))
    run_due()
    decide_later(case, row)
    hand_over(case, row)
    assert fresh(row).state == State.INFORMING_DEFERRED
    page = text(browser(case.place.manager).get(f"{steps(case)}/{row.id}/goedkeuren/"))
    assert "nakijken/" in page and "later-besluit/" in page


def test_what_somebody_must_approve_by_now_does_not_leave_unapproved(case: Case, monkeypatch: pytest.MonkeyPatch):
    row = ask(case, choose(case, to_guardian(case, acute=True)))
    run_due()
    assert fresh(row).approved_by_id is None
    needed = Decision({"needed": True, "by": "manager", "review_within_days": None}, (), "Huisregel.", (), "v")
    monkeypatch.setattr(judging, "approval_needed", lambda *_, **__: needed)
    assert isinstance(hand_over(case, row), handing.Stopped)
    found = fresh(row)
    assert (found.state, found.package_id, found.handed_over_at) == (State.ASSESSING, None, None)
    with transaction.atomic():
        assert AccessEvent.objects.filter(data="disclosure-voided", ground="approval").count() == 1
    assert ask(case, row).state == State.AWAITING_APPROVAL


def test_an_answer_that_comes_in_voids_what_somebody_must_approve_by_now(case: Case, monkeypatch: pytest.MonkeyPatch):
    row = ask(case, choose(case, to_guardian(case, acute=True)))
    needed = Decision({"needed": True, "by": "manager", "review_within_days": None}, (), "Huisregel.", (), "v")
    consent(case, case.client, None)
    assert fresh(row).state == State.APPROVED
    monkeypatch.setattr(judging, "approval_needed", lambda *_, **__: needed)
    consent(case, case.mother, None)
    assert fresh(row).state == State.ASSESSING
