"""Telling is put off before anything leaves: by the role that may and nobody else, and the hand-over keeps to it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.jobs import run_due
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.policy.loader import newest_shipped, with_value
from casemgmt.policy.schema import Profile
from casemgmt.vault.keys import load_keys
from casemgmt.work.models import Task
from disclosures import handing, informing
from disclosures.acts import change_proposal
from disclosures.models import Disclosure
from disclosures.vocabulary import INFORM, State
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import Case, agreed, approve, ask, choose, do, hand_over, make_case, proposal
from tests.disclosures.test_grounds import GUARDIAN, answer, fresh, to_guardian
from tests.disclosures.test_pages import browser, steps, text
from tests.disclosures.test_waiting import LATER, NOT_POSSIBLE, SENTENCE_SH, decide_later, put_off, soon
from tests.disclosures.test_who_may import make_manager, member, refused_once
from tests.policy.test_disclosure_grounds import yes_to

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SLUGS = ("buurteams-nijmegen", "sterk-huis", "gebiedsteam-opsterland", "veilig-thuis-hm")
AT_ONCE = "worden de brieven meteen gemaakt"
NOT_BEFORE = "er kan niets worden overhandigd voordat"


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


@pytest.fixture
def here() -> Iterator[Case]:
    made = make_case("sterk-huis")
    with organisation(made.place.id):
        yield made


@transaction.atomic
def letters(case: Case) -> int:
    return Letter.objects.filter(dossier_id=case.dossier_id, kind="disclosure_notice").count()


@transaction.atomic
def decisions(data: str = "disclosure-informing-deferred") -> int:
    return AccessEvent.objects.filter(data=data, outcome="done").count()


def page_of(case: Case, row: Disclosure) -> str:
    return f"{steps(case)}/{row.id}/"


def later(**changes: str) -> dict[str, str]:
    return {"why": "Vader dreigt.", "until": soon(7), **changes}


def ungated(case: Case) -> Disclosure:
    """In acute danger, printed: nobody approves it beforehand."""
    row = ask(case, choose(case, to_guardian(case, acute=True)))
    run_due()
    assert (row.state, row.approval_needed) == (State.APPROVED, False)
    return row


def given(worker: Client, one: str) -> None:
    assert worker.post(f"{one}overhandigen/", {"how": "post"}).status_code == 303


@pytest.mark.rule("SH-3.7.7")
def test_the_manager_puts_telling_off_on_the_approval_page_and_the_hand_over_writes_no_letter(here: Case):
    row = agreed(here)
    one = page_of(here, row)
    worker, manager = browser(here.place.worker), browser(here.place.manager)
    asked = text(manager.get(f"{one}goedkeuren/"))
    assert asked.index("later-besluit/") < asked.index("Precies dit goedkeuren"), "before approving, not after"
    assert manager.post(f"{one}later-besluit/", later()).status_code == 303
    assert fresh(row).state == State.AWAITING_APPROVAL, "putting it off approves nothing"
    assert manager.post(f"{one}goedkeuren/", {"seen": row.content_hash}).status_code == 303
    run_due()
    before = text(worker.get(one))
    assert SENTENCE_SH in before and "Vader dreigt." in before and AT_ONCE not in before
    given(worker, one)
    assert (fresh(row).state, letters(here)) == (State.INFORMING_DEFERRED, 0)
    with transaction.atomic():
        load_keys([here.dossier_id])
        task = Task.objects.get(object_id=row.id, kind=INFORM, state="open")
        assert (task.due_on, task.detail) == (clock.today() + timedelta(days=7), "Vader dreigt.")
        decided = AccessEvent.objects.get(data="disclosure-informing-deferred", outcome="done")
        assert decided.user_id == here.place.manager.user_id, "the trail names who decided"
    assert manager.post(f"{one}later-besluit/", {"when": "now"}).status_code == 303
    with transaction.atomic():
        load_keys([here.dossier_id])
        for letter in Letter.objects.filter(kind="disclosure_notice"):
            assert SENTENCE_SH in str(letter.body) and "Vader" not in str(letter.body)
    assert letters(here) == 2


ONLY_THE_ROLE = "mag alleen de"


@pytest.mark.rule("SH-3.7.7")
@pytest.mark.parametrize("slug", SLUGS)
def test_what_the_manager_put_off_nobody_else_tells_before_its_day_and_the_manager_may(slug: str):
    case = make_case(slug)
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        one, worker, manager = page_of(case, row), browser(case.place.worker), browser(case.place.manager)
        assert manager.post(f"{one}later-besluit/", later()).status_code == 303
        given(worker, one)
        page = text(worker.get(one))
        assert ONLY_THE_ROLE in page and "inlichten/" not in page and f"{one}later/" not in page
        assert refused_once(worker, f"{one}inlichten/", {}) == (409, ("denied", "conflict"))
        sooner = {"reason": ["0"], "why": "Het kan wel.", "until": soon(1)}
        assert worker.post(f"{one}later/", sooner).status_code in (409, 422), "nor by another day"
        assert (fresh(row).state, fresh(row).deferred_until, letters(case)) == (
            State.INFORMING_DEFERRED,
            clock.today() + timedelta(days=7),
            0,
        )
        assert "later-besluit/" in text(manager.get(f"{one}goedkeuren/"))
        assert manager.post(f"{one}later-besluit/", {"when": "now"}).status_code == 303
        assert fresh(row).state == State.INFORMED and letters(case) > 0


@pytest.mark.parametrize("slug", SLUGS)
def test_on_the_day_that_the_manager_named_the_worker_tells_as_the_task_asks(slug: str):
    case = make_case(slug)
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        one, worker = page_of(case, row), browser(case.place.worker)
        assert browser(case.place.manager).post(f"{one}later-besluit/", later()).status_code == 303
        given(worker, one)
        with transaction.atomic():
            Disclosure.objects.filter(id=row.id).update(deferred_until=clock.today())
        page = text(worker.get(one))
        assert ONLY_THE_ROLE not in page and f"{one}inlichten/" in page
        assert worker.post(f"{one}inlichten/").status_code == 303
        assert fresh(row).state == State.INFORMED


def test_what_the_worker_put_off_for_a_reason_that_the_rules_name_the_worker_may_tell_sooner():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        one, worker = page_of(case, row), browser(case.place.worker)
        with transaction.atomic():
            Disclosure.objects.filter(id=row.id).update(deferred_until=clock.today() + timedelta(days=5))
        assert ONLY_THE_ROLE not in text(worker.get(one))
        assert worker.post(f"{one}inlichten/").status_code == 303
        assert fresh(row).state == State.INFORMED


@pytest.mark.rule("SH-3.7.7")
def test_in_acute_danger_the_manager_finds_it_before_it_leaves_and_puts_telling_off(here: Case):
    row = ungated(here)
    one, worker, manager = page_of(here, row), browser(here.place.worker), browser(here.place.manager)
    before = text(worker.get(one))
    assert SENTENCE_SH in before and AT_ONCE in before and "Vraag het de clustermanager" in before
    inbox, listed = f"/o/{here.place.slug}/goedkeuren/", f"/o/{here.place.slug}/verstrekken/"
    for page in (inbox, listed):
        assert f'href="{one}goedkeuren/"' in text(manager.get(page)), page
    asked = text(manager.get(f"{one}goedkeuren/"))
    assert "later-besluit/" in asked and "Dit mag uitgaan zonder goedkeuring" in asked
    assert manager.post(f"{one}later-besluit/", later()).status_code == 303
    assert f"{row.id}" not in text(manager.get(inbox)), "decided"
    assert f'href="{one}goedkeuren/"' in text(manager.get(listed)), "as long as it can be decided otherwise"
    assert AT_ONCE not in text(worker.get(one))
    given(worker, one)
    assert (fresh(row).state, letters(here)) == (State.INFORMING_DEFERRED, 0)


@pytest.mark.parametrize("slug", SLUGS)
def test_what_was_put_off_beforehand_holds_at_the_hand_over_everywhere_and_nothing_more_is_asked(slug: str):
    case = make_case(slug)
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        one, worker = page_of(case, row), browser(case.place.worker)
        assert browser(case.place.manager).post(f"{one}later-besluit/", later()).status_code == 303
        page = text(worker.get(one))
        assert 'name="when"' not in page and 'name="told_before"' not in page and "Vader dreigt." in page
        given(worker, one)
        assert (fresh(row).state, letters(case)) == (State.INFORMING_DEFERRED, 0)


@pytest.mark.rule("SH-3.7.7")
@pytest.mark.parametrize("slug", SLUGS)
def test_who_may_put_it_off_is_the_role_that_the_rules_name_for_approving(slug: str):
    profile = newest_shipped(slug)
    approving = [key for key, role in profile.roles.table.items() if "disclosure.approve" in role.capabilities]
    assert len(approving) > 1
    case = make_case(slug)
    with organisation(case.place.id):
        for named in approving:
            changed: Profile = with_value(profile, "disclosure.approved_by", named.value)
            may = {key for key in approving if informing.decides_telling(member(case, key.value, "X"), changed)}
            assert may == {named}


@pytest.mark.rule("SH-3.7.7")
def test_who_may_approve_but_is_no_cluster_manager_is_told_who_may_and_puts_nothing_off(here: Case):
    row = agreed(here)
    one, other = page_of(here, row), browser(member(here, "unit_manager", "Wil Unit"))
    page = text(other.get(f"{one}goedkeuren/"))
    assert SENTENCE_SH in page and "later-besluit/" not in page and "Precies dit goedkeuren" in page
    assert refused_once(other, f"{one}later-besluit/", later()) == (409, ("denied", "rule"))
    assert (fresh(row).deferred_until, fresh(row).deferred_why) == (None, None)


def test_nobody_puts_off_what_they_proposed_themselves(here: Case):
    make_manager(here.place.worker, here)
    row = agreed(here)
    one, mine = page_of(here, row), browser(here.place.worker)
    assert "later-besluit/" not in text(mine.get(f"{one}goedkeuren/"))
    assert refused_once(mine, f"{one}later-besluit/", later()) == (403, ("denied", "same-person"))
    approve(here, row)
    assert 'name="when"' not in text(mine.get(one)), "nor while handing over"
    refused = mine.post(f"{one}overhandigen/", {"how": "post", "when": "later", **later()})
    assert refused.status_code == 422 and fresh(row).state == State.APPROVED


@pytest.mark.parametrize("wrong", [{"why": " "}, {"until": soon(0)}, {"until": soon(15)}, {"until": ""}])
def test_it_needs_words_and_a_day_to_come_within_the_house_rule(here: Case, wrong: dict[str, str]):
    row = agreed(here)
    answer = browser(here.place.manager).post(f"{page_of(here, row)}later-besluit/", later(**wrong))
    assert answer.status_code == 422 and "error-summary" in text(answer)
    assert (fresh(row).deferred_until, fresh(row).deferred_why, decisions()) == (None, None, 0)


def test_put_off_twice_in_the_same_words_is_decided_once_and_can_be_taken_back(here: Case):
    row = agreed(here)
    approve(here, row)
    one, manager = page_of(here, row), browser(here.place.manager)
    for _twice in range(2):
        assert manager.post(f"{one}later-besluit/", later()).status_code == 303
    assert decisions() == 1
    assert manager.post(f"{one}later-besluit/", {"when": "now"}).status_code == 303
    assert decisions("disclosure-informing-at-once") == 1
    given(browser(here.place.worker), one)
    assert (fresh(row).state, letters(here)) == (State.INFORMED, 2)
    assert manager.post(f"{one}later-besluit/", {"when": "now"}).status_code == 422, "it left"


def test_a_day_that_came_before_it_left_brings_it_back_to_the_managers_inbox(here: Case):
    row = ungated(here)
    inbox, manager = f"/o/{here.place.slug}/goedkeuren/", browser(here.place.manager)
    assert manager.post(f"{page_of(here, row)}later-besluit/", later()).status_code == 303
    assert f"{row.id}" not in text(manager.get(inbox))
    with transaction.atomic():
        Disclosure.objects.filter(id=row.id).update(deferred_until=clock.today())
    assert f"{row.id}" in text(manager.get(inbox))


def elsewhere(case: Case, row: Disclosure) -> None:
    """To another recipient, approved once more."""
    new = proposal(case, organisation="De Wegwijzer")
    form: dict[str, Any] = {
        "row_id": str(row.id),
        "about": str(new.about_id),
        "recipient_kind": fresh(row).recipient_kind,
        "organisation": new.organisation,
        "name": "",
        "purpose": new.purpose,
        "requested": "no",
    }
    assert browser(case.place.worker).post(f"{page_of(case, row)}ontvanger/", form).status_code == 303


def test_for_another_recipient_the_reason_stays_and_nothing_leaves_before_it_is_decided_anew(here: Case):
    row = ungated(here)
    decide_later(here, row)
    elsewhere(here, row)
    assert (fresh(row).deferred_until, fresh(row).deferred_why) == (None, "Vader dreigt.")
    again = to_guardian_again(here, row)
    one, worker, manager = page_of(here, row), browser(here.place.worker), browser(here.place.manager)
    page = text(worker.get(one))
    assert NOT_BEFORE in page and "Vader dreigt." in page and "overhandigen/" not in page
    stopped = hand_over(here, again)
    assert isinstance(stopped, handing.Stopped) and "clustermanager" in stopped.sentence
    assert worker.post(f"{one}overhandigen/", {"how": "post"}).status_code == 409
    assert (fresh(row).state, letters(here)) == (State.APPROVED, 0)
    assert f'href="{one}goedkeuren/"' in text(manager.get(f"/o/{here.place.slug}/goedkeuren/"))
    asked = text(manager.get(f"{one}goedkeuren/"))
    assert NOT_BEFORE in asked and asked.count("Vader dreigt.") > 1, "said, and in the form"
    assert manager.post(f"{one}later-besluit/", later()).status_code == 303
    given(worker, one)
    assert (fresh(row).state, letters(here)) == (State.INFORMING_DEFERRED, 0)


def to_guardian_again(case: Case, row: Disclosure) -> Disclosure:
    """The same ground, weighed for the new recipient, and made ready once more."""
    answer(case, row, GUARDIAN, yes_to("sterk-huis", GUARDIAN, acute=True), acute_why="Vader dreigt.")
    again = ask(case, row)
    run_due()
    return again


def test_what_was_approved_while_putting_off_lapsed_says_so_everywhere_and_calls_who_decides(here: Case):
    row = agreed(here)
    decide_later(here, row)
    with transaction.atomic():
        Disclosure.objects.filter(id=row.id).update(deferred_until=None)
    approve(here, row)
    one, worker, manager = page_of(here, row), browser(here.place.worker), browser(here.place.manager)
    inbox = f"/o/{here.place.slug}/goedkeuren/"
    waits = text(manager.get(inbox))
    assert f'href="{one}goedkeuren/"' in waits and "beslis opnieuw wanneer de cliënt het hoort" in waits
    assert "zonder goedkeuring" not in waits
    asked = text(manager.get(f"{one}goedkeuren/"))
    assert "Het kan nog niet worden overhandigd" in asked and NOT_BEFORE in asked
    assert "kan het nu overhandigen" not in asked
    stopped = worker.post(f"{one}overhandigen/", {"how": "post"})
    said = text(stopped)
    assert stopped.status_code == 409 and "<h1>Er is niets overhandigd</h1>" in said
    assert "net voor" not in said and "onder Goedkeuringen" in said
    assert manager.post(f"{one}later-besluit/", later()).status_code == 303
    assert f"{row.id}" not in text(manager.get(inbox)), "decided"
    assert "kan het nu overhandigen" in text(manager.get(f"{one}goedkeuren/"))


def test_other_pieces_leave_what_was_put_off_as_it_is(here: Case):
    row = agreed(here)
    decide_later(here, row)
    choose(here, row, here.plain)
    approve(here, ask(here, row))
    assert hand_over(here, row).state == State.INFORMING_DEFERRED


def test_once_the_day_has_come_it_is_decided_anew_before_it_leaves(here: Case):
    row = agreed(here)
    approve(here, row)
    decide_later(here, row, until=clock.local_date(MOMENT + timedelta(days=1)))
    stopped = hand_over_on(here, row, 1)
    assert isinstance(stopped, handing.Stopped)
    assert (fresh(row).state, letters(here)) == (State.APPROVED, 0)
    decide_later(here, row, until=clock.local_date(LATER))
    assert hand_over_on(here, row, 1).state == State.INFORMING_DEFERRED


def test_once_the_day_has_come_the_worker_may_still_wait_for_a_reason_that_the_rules_name():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        decide_later(case, row, until=clock.local_date(MOMENT + timedelta(days=1)))
        until = clock.local_date(LATER)
        done = hand_over_on(case, row, 1, later=True, why="Vader dreigt nog.", until=until, facts=NOT_POSSIBLE)
        assert (done.state, done.deferred_until, done.deferred_why) == (
            State.INFORMING_DEFERRED,
            until,
            "Vader dreigt nog.",
        )


def test_what_went_elsewhere_and_back_since_waits_for_who_decides_and_for_no_reason_of_the_worker():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        decide_later(case, row)
        for what_for in ("Iets anders.", row.purpose):
            new = proposal(case, id=row.id, purpose=what_for)
            by = case.place.worker
            do(case, Verb.PREPARE_DISCLOSURE, lambda d, n=new, w=by: change_proposal(d, row.id, n, by=w, at=MOMENT))
        approve(case, ask(case, row))
        one, worker = page_of(case, row), browser(case.place.worker)
        page = text(worker.get(one))
        assert NOT_BEFORE in page and "overhandigen/" not in page
        until = clock.local_date(LATER)
        stopped = hand_over(case, row, later=True, why="Vader dreigt nog.", until=until, facts=NOT_POSSIBLE)
        assert isinstance(stopped, handing.Stopped)
        for sent, answer in ((later(), 409), (later(why=""), 422)):
            assert worker.post(f"{one}overhandigen/", {"how": "post", "when": "later", **sent}).status_code == answer
        assert (fresh(row).state, fresh(row).deferred_why, letters(case)) == (State.APPROVED, "Vader dreigt.", 0)
        decide_later(case, row)
        assert hand_over(case, row).state == State.INFORMING_DEFERRED


def hand_over_on(case: Case, row: Disclosure, days: int, **said: Any) -> Any:
    """Hand over so many days later; of telling nothing is said unless ``said``."""
    at, telling = MOMENT + timedelta(days=days), informing.Telling(**said)
    return do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: handing.hand_over(d, row.id, how="post", telling=telling, by=case.place.worker, at=at),
    )
