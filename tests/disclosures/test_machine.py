"""The state machine of a disclosure: no step skipped, nobody their own second person, nothing changed unseen."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connections, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.work.models import Task
from consent.acts import withdraw_consent
from disclosures import acts, deciding, handing
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.package import package_of
from disclosures.vocabulary import State
from dossiers.models import Dossier, Person
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import ON, Case, agreed, approve, ask, choose, consent, digest, do, hand_over, propose

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def state(row: Disclosure) -> str:
    with transaction.atomic():
        return Disclosure.objects.get(id=row.id).state


def trail(prefix: str = "disclosure") -> list[str]:
    with transaction.atomic():
        rows = AccessEvent.objects.filter(data__startswith=f"{prefix}-").order_by("at")
        return [f"{row.data}:{row.outcome}" for row in rows]


def test_a_proposal_waits_for_the_consent_of_child_and_mother_at_fourteen(case: Case):
    row = propose(case)
    assert row.state == State.AWAITING_CONSENT
    assert set(row.judgement["who"]["outcome"]["from"]) == {"client", "legal_representative"}


def test_the_whole_way_from_proposal_to_informed_client(case: Case):
    row = agreed(case)
    assert row.state == State.AWAITING_APPROVAL
    approve(case, row)
    assert hand_over(case, row).state == State.INFORMED
    with transaction.atomic():
        assert DisclosureRegisterRow.objects.count() == 1
    assert trail() == [
        "disclosure-proposed:done",
        "disclosure-assessed:done",
        "disclosure-items:done",
        "disclosure-redaction:done",
        "disclosure-assessed:done",
        "disclosure-assessed:done",
        "disclosure-asked:done",
        "disclosure-approved:done",
        "disclosure-package:done",
        "disclosure-handed-over:done",
    ]


def test_no_step_can_be_skipped(case: Case):
    row = propose(case)
    with pytest.raises(Conflict):
        ask(case, row)
    with pytest.raises(Conflict):
        approve(case, row, seen="x")
    with pytest.raises(Conflict):
        hand_over(case, row)
    assert state(row) == State.AWAITING_CONSENT


def test_nothing_chosen_is_nothing_to_approve(case: Case):
    row = propose(case)
    consent(case, case.client, row)
    consent(case, case.mother, row)
    with pytest.raises(Conflict):
        ask(case, row)


def test_whoever_proposed_it_may_not_approve_it(case: Case):
    row = agreed(case)
    with pytest.raises(NotAllowed), transaction.atomic():
        dossier = Dossier.objects.get(id=case.dossier_id)
        deciding.approve(dossier, row.id, seen=row.content_hash, by=case.place.worker, at=MOMENT)
    assert state(row) == State.AWAITING_APPROVAL


def test_the_database_refuses_the_same_person_too(case: Case):
    row = agreed(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(id=row.id).update(
            state="approved", approved_by_id=case.place.worker.user_id, approved_at=MOMENT
        )


def test_the_database_refuses_to_hand_over_what_nobody_approved(case: Case):
    row = agreed(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(id=row.id).update(
            state="handed_over", handed_over_at=MOMENT, handed_over_by_id=case.place.worker.user_id
        )


def test_what_was_seen_is_what_is_approved(case: Case):
    row = agreed(case)
    with pytest.raises(Conflict):
        approve(case, row, seen="0" * 64)
    assert state(row) == State.AWAITING_APPROVAL


def test_changed_content_voids_the_approval(case: Case):
    row = agreed(case)
    approve(case, row)
    choose(case, row, case.plain, case.mixed)
    with transaction.atomic():
        fresh = Disclosure.objects.get(id=row.id)
        assert (fresh.state, fresh.approved_by_id, fresh.content_hash) == (State.AWAITING_CONSENT, None, "")
        assert fresh.voided_at is not None
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped)


def test_an_approval_asked_anew_needs_the_manager_anew(case: Case):
    row = agreed(case)
    approve(case, row)
    choose(case, row, case.plain)
    again = ask(case, row)
    assert again.state == State.AWAITING_APPROVAL


def test_consent_withdrawn_after_approval_stops_the_hand_over_with_a_sentence(case: Case):
    row = propose(case)
    choose(case, row)
    yes = consent(case, case.client, row)
    consent(case, case.mother, row)
    approve(case, ask(case, row))
    do(
        case,
        Verb.RECORD_CONSENT,
        lambda d: withdraw_consent(d, yes, form="oral", by=case.place.worker, at=MOMENT + timedelta(minutes=5)),
    )
    assert state(row) == State.AWAITING_CONSENT
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped)
    assert stopped.decision is not None
    assert "SH-3.7.2c" in stopped.decision.articles
    with transaction.atomic():
        assert not DisclosureRegisterRow.objects.exists()


def alter(case: Case, person_id: UUID, **changes: object) -> None:
    """Make something else of somebody in the dossier."""

    def write(dossier):
        person = Person.objects.get(id=person_id)
        for name, value in changes.items():
            setattr(person, name, value)
        person.save()

    do(case, Verb.ADD, write)


def test_an_address_that_became_secret_after_approval_stops_the_hand_over(case: Case):
    """The client's own: it stands in the entry and may go, until they are sheltered."""
    alter(case, case.client, address="Zonnelaan 5, 5038 AB Tilburg", address_secret=False)
    own = do(
        case,
        Verb.ADD,
        lambda d: add_entry(
            d,
            Wording("Yara woont op Zonnelaan 5 en wil daar blijven.", source="school"),
            kind="fact",
            about=[case.client],
            happened_on=ON,
            by=case.place.worker,
            at=MOMENT,
        ),
    )
    row = agreed(case, entries=(own.id,))
    approve(case, row)
    assert "Zonnelaan 5" in would_go(case, row)
    alter(case, case.client, address_secret=True)
    assert "Zonnelaan" not in would_go(case, row)
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped)
    assert "een adres geheim" in stopped.sentence and "Bekijk elk stuk opnieuw" in stopped.sentence
    assert state(row) == State.ASSESSING
    with transaction.atomic():
        assert not DisclosureRegisterRow.objects.exists()
        assert Disclosure.objects.get(id=row.id).package_id is None


def would_go(case: Case, row: Disclosure) -> str:
    """The words that would leave now."""

    def read(dossier):
        fresh = Disclosure.objects.get(id=row.id)
        return package_of(fresh, acts.setting(dossier, fresh, MOMENT)[1])

    package = do(case, Verb.PREPARE_DISCLOSURE, read)
    return "".join(piece.text for item in package.items for piece in item.text)


def test_a_name_that_was_altered_after_approval_stops_the_hand_over(case: Case):
    row = agreed(case)
    approve(case, row)
    alter(case, case.brother, name="Slecht Bakker")
    assert digest(case, row) != row.content_hash
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped)
    assert state(row) == State.ASSESSING


def rests_on(case: Case, row: Disclosure, **changes: object) -> None:
    """Make as if approval had been asked on another basis than that of now."""

    def write(dossier):
        fresh = Disclosure.objects.get(id=row.id)
        fresh.judgement = {**fresh.judgement, "basis": {**fresh.judgement["basis"], **changes}}
        fresh.save()

    do(case, Verb.PREPARE_DISCLOSURE, write)


OTHER_BASES = [{"ground": "legal_duty"}, {"consent_of": ["00000000-0000-0000-0000-000000000001"]}]


@pytest.mark.parametrize("other", OTHER_BASES, ids=["ground", "consent"])
def test_another_ground_than_was_approved_voids_the_approval_with_a_sentence(case: Case, other):
    row = agreed(case)
    approve(case, row)
    rests_on(case, row, **other)
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped)
    assert "andere grond" in stopped.sentence
    assert state(row) == State.ASSESSING
    with transaction.atomic():
        assert not DisclosureRegisterRow.objects.exists()


def test_what_rests_on_another_ground_than_was_asked_is_not_approved(case: Case):
    row = agreed(case)
    rests_on(case, row, ground="legal_duty")
    with pytest.raises(Conflict):
        approve(case, row)
    assert state(row) == State.AWAITING_APPROVAL


def test_an_answer_that_changes_the_ground_voids_what_was_approved_at_once(case: Case):
    row = agreed(case)
    approve(case, row)
    rests_on(case, row, ground="legal_duty")
    consent(case, case.mother, row, at=MOMENT + timedelta(minutes=5))
    assert state(row) == State.ASSESSING


def test_one_yes_more_leaves_the_approval_as_it_is(case: Case):
    row = agreed(case)
    approve(case, row)
    consent(case, case.mother, row, at=MOMENT + timedelta(minutes=5))
    assert state(row) == State.APPROVED


def test_every_act_done_twice_has_one_effect(case: Case):
    new_id = propose(case).id
    propose(case, id=new_id)
    with transaction.atomic():
        assert Disclosure.objects.count() == 1
    row = agreed(case)
    ask(case, row)
    approve(case, row)
    approve(case, row)
    hand_over(case, row)
    hand_over(case, row)
    with transaction.atomic():
        assert DisclosureRegisterRow.objects.filter(disclosure_id=row.id).count() == 1


def test_the_managers_task_is_made_and_ticked_off(case: Case):
    row = agreed(case)
    with transaction.atomic():
        assert Task.objects.get(object_id=row.id, state="open").kind == "disclosures.approve"
    approve(case, row)
    with transaction.atomic():
        assert Task.objects.get(object_id=row.id, state="open").assignee_id == case.place.worker.user_id


def test_not_approved_is_the_end_with_a_reason(case: Case):
    row = agreed(case)
    do(
        case,
        Verb.APPROVE_DISCLOSURE,
        lambda d: deciding.refuse(d, row.id, why="Te veel.", by=case.place.manager, at=MOMENT),
        case.place.manager,
    )
    assert state(row) == State.REFUSED
    with pytest.raises(Conflict):
        hand_over(case, row)


def test_stopping_before_it_leaves(case: Case):
    row = agreed(case)
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: acts.withdraw(d, row.id, "", by=case.place.worker, at=MOMENT))
    assert state(row) == State.WITHDRAWN
    with pytest.raises(Conflict):
        approve(case, row)


def test_only_entries_about_this_client_can_be_chosen(case: Case):
    row = propose(case)
    with pytest.raises(NotThere):
        choose(case, row, case.others_only)


def test_an_entry_about_a_brother_must_be_looked_at_first(case: Case):
    row = propose(case)
    choose(case, row, case.mixed)
    consent(case, case.client, row)
    consent(case, case.mother, row)
    with pytest.raises(Conflict, match=r"somebody else|iemand anders"):
        ask(case, row)


def test_the_register_is_never_changed(case: Case):
    row = agreed(case)
    approve(case, row)
    hand_over(case, row)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        DisclosureRegisterRow.objects.update(with_consent=False)
    assert connections["default"] is not None
