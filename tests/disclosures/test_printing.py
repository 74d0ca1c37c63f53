"""Printed before it leaves: what was approved lies sealed before the register says that it went."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.base.jobs import run_due
from casemgmt.base.models import Job
from casemgmt.letters.models import Letter
from casemgmt.letters.pdf import LetterFailed
from casemgmt.policy.decision import Decision
from casemgmt.vault.files import path_of, read_file
from casemgmt.vault.keys import load_keys
from casemgmt.vault.models import SealedFile
from casemgmt.web.dates import date_plain
from casemgmt.work.models import Task
from disclosures import acts, handing, informing, judging, tasks
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.printing import BUILD, Printing, printing_of
from disclosures.vocabulary import State
from dossiers.models import Dossier, Person
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.reading import text_of
from tests.disclosures.story import Case, agreed, approve, ask, choose, consent, do, hand_over, propose

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

Print = Callable[[str], bytes]


@transaction.atomic
def fresh(row: Disclosure) -> Disclosure:
    return Disclosure.objects.select_related("package").get(id=row.id)


@transaction.atomic
def printing(row: Disclosure) -> str:
    return printing_of(fresh(row))


@transaction.atomic
def nothing_left(row: Disclosure) -> bool:
    """Neither the state, nor the register, nor a letter says that something went."""
    told = Letter.objects.exists() or DisclosureRegisterRow.objects.exists()
    return fresh(row).handed_over_at is None and not told


def with_printer(monkeypatch: pytest.MonkeyPatch, printer: Print) -> None:
    monkeypatch.setattr(tasks, "render_pdf", printer)


def broken(html: str) -> bytes:
    raise LetterFailed("Dit kon niet worden afgedrukt.")


def test_what_was_approved_is_printed_and_sealed_before_anything_leaves(case: Case):
    row = agreed(case)
    approve(case, row, printed=False)
    assert printing(row) == Printing.BUSY
    with pytest.raises(Conflict):
        hand_over(case, row)
    assert nothing_left(row)
    run_due()
    printed = fresh(row)
    assert (printed.state, printed.package_hash) == (State.APPROVED, printed.content_hash)
    assert printing(row) == Printing.DONE
    assert nothing_left(row)
    assert hand_over(case, row).state == State.INFORMED


def test_printing_twice_keeps_one_package(case: Case):
    row = agreed(case)
    approve(case, row)
    first = fresh(row).package_id
    tasks.build(row.id)
    assert fresh(row).package_id == first
    with transaction.atomic():
        assert AccessEvent.objects.filter(data="disclosure-package", ground="printed").count() == 1
        assert SealedFile.objects.count() == 1


def test_what_needs_no_second_person_is_printed_too(case: Case, monkeypatch: pytest.MonkeyPatch):
    nobody = Decision({"needed": False, "by": "manager", "review_within_days": None}, (), "Spreekplicht.", (), "v")
    monkeypatch.setattr(judging, "approval_needed", lambda *_, **__: nobody)
    row = agreed(case)
    assert row.state == State.APPROVED
    assert printing(row) == Printing.BUSY
    run_due()
    assert hand_over(case, row).state == State.INFORMED


def test_the_print_carries_the_day_on_which_it_was_printed(case: Case, monkeypatch: pytest.MonkeyPatch):
    row = agreed(case)
    approve(case, row, printed=False)
    printed_at = MOMENT + timedelta(days=3)
    monkeypatch.setattr(tasks.clock, "now", lambda: printed_at)
    tasks.build(row.id)
    monkeypatch.undo()
    with transaction.atomic():
        load_keys([case.dossier_id])
        paper = fresh(row).package
        words = text_of(b"".join(read_file(paper)))
    assert paper.created_at == printed_at
    assert "Datum" + "".join(date_plain(clock.local_date(printed_at)).split()) in words


def test_a_print_that_fails_leaves_it_approved_and_can_be_started_again(case: Case, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as machine:
        with_printer(machine, broken)
        row = agreed(case)
        approve(case, row)
    assert fresh(row).state == State.APPROVED
    assert printing(row) == Printing.FAILED
    with pytest.raises(Conflict):
        hand_over(case, row)
    assert nothing_left(row)
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: handing.print_again(d, row.id, by=case.place.worker, at=MOMENT))
    assert printing(row) == Printing.BUSY
    run_due()
    assert printing(row) == Printing.DONE
    assert hand_over(case, row).state == State.INFORMED


def test_printing_is_started_again_only_where_it_failed(case: Case):
    def again() -> None:
        do(case, Verb.PREPARE_DISCLOSURE, lambda d: handing.print_again(d, row.id, by=case.place.worker, at=MOMENT))

    row = agreed(case)
    with pytest.raises(Conflict):
        again()
    approve(case, row, printed=False)
    again()
    run_due()
    again()
    with transaction.atomic():
        assert not AccessEvent.objects.filter(data="disclosure-print-again").exists()
        assert not Job.objects.filter(kind=BUILD).exists()


def test_content_that_changed_before_it_was_printed_voids_the_approval(case: Case):
    row = agreed(case)
    approve(case, row, printed=False)
    rename_brother(case)
    run_due()
    found = fresh(row)
    assert (found.state, found.package_id, found.content_hash) == (State.ASSESSING, None, "")
    assert found.voided_at is not None
    assert isinstance(hand_over(case, row), handing.Stopped)
    assert nothing_left(row)


def test_content_that_changed_while_it_was_printed_is_not_kept(case: Case, monkeypatch: pytest.MonkeyPatch):
    def slow(html: str) -> bytes:
        choose(case, row, case.plain)
        return b"%PDF-1.7 of the older choice"

    row = agreed(case)
    with_printer(monkeypatch, slow)
    approve(case, row)
    assert (fresh(row).state, fresh(row).package_id) == (State.ASSESSING, None)
    with transaction.atomic():
        assert not SealedFile.objects.exists()


def test_the_same_content_approved_anew_while_it_was_printed_is_printed_anew(
    case: Case, monkeypatch: pytest.MonkeyPatch
):
    def slow(html: str) -> bytes:
        with transaction.atomic():
            Disclosure.objects.filter(id=row.id).update(approved_at=MOMENT + timedelta(minutes=5))
        return b"%PDF-1.7 of the earlier approval"

    row = agreed(case)
    with_printer(monkeypatch, slow)
    approve(case, row)
    assert (fresh(row).state, fresh(row).package_id) == (State.APPROVED, None)
    with transaction.atomic():
        assert not SealedFile.objects.exists()
        # The printer read the dossier for nothing; that it did is in the trail all the same.
        thrown = AccessEvent.objects.get(data="disclosure-package")
        assert (thrown.outcome, thrown.ground, thrown.dossier_id) == ("denied", "thrown-away", case.dossier_id)


def test_content_that_changed_after_it_was_printed_takes_the_print_away(case: Case):
    row = agreed(case)
    approve(case, row)
    paper = fresh(row).package
    assert path_of(paper).exists()
    choose(case, row, case.plain)
    found = fresh(row)
    assert (found.state, found.package_id, found.package_hash) == (State.ASSESSING, None, "")
    assert not path_of(paper).exists()
    with transaction.atomic():
        assert not SealedFile.objects.exists()


def test_stopping_takes_the_print_away(case: Case):
    row = agreed(case)
    approve(case, row)
    paper = fresh(row).package
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: acts.withdraw(d, row.id, "", by=case.place.worker, at=MOMENT))
    assert fresh(row).package_id is None
    assert not path_of(paper).exists()


def test_an_approval_that_is_void_drops_the_task_to_hand_over(case: Case):
    row = agreed(case)
    approve(case, row)
    choose(case, row, case.plain)
    with transaction.atomic():
        assert not Task.objects.filter(object_id=row.id, state="open").exists()


@pytest.mark.parametrize("how", ["gone", "cut"])
def test_a_print_that_does_not_open_stops_the_hand_over_and_is_made_anew(case: Case, how: str):
    row = agreed(case)
    approve(case, row)
    spoil(fresh(row).package, how)
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped)
    assert nothing_left(row)
    assert (fresh(row).state, printing(row)) == (State.APPROVED, Printing.BUSY)
    run_due()
    assert hand_over(case, row).state == State.INFORMED


def test_a_letter_that_cannot_be_written_undoes_the_whole_hand_over(case: Case, monkeypatch: pytest.MonkeyPatch):
    def fails(**_: Any) -> None:
        raise OSError

    row = agreed(case)
    approve(case, row)
    monkeypatch.setattr(informing, "write_letter", fails)
    with pytest.raises(OSError):
        hand_over(case, row)
    assert fresh(row).state == State.APPROVED
    assert nothing_left(row)


def test_the_database_lets_nothing_leave_without_its_print(case: Case):
    row = agreed(case)
    approve(case, row, printed=False)
    left = {"state": "handed_over", "handed_over_at": MOMENT, "handed_over_by_id": case.place.worker.user_id}
    with pytest.raises(IntegrityError, match="disclosure_leaves_as_package"), transaction.atomic():
        Disclosure.objects.filter(id=row.id).update(**left)


def test_the_database_keeps_no_print_of_something_else_than_was_approved(case: Case):
    row = agreed(case)
    approve(case, row)
    for other in ({"content_hash": "0" * 64}, {"package_hash": "0" * 64}, {"package_hash": ""}, {"package": None}):
        with pytest.raises(IntegrityError, match="disclosure_package_is_what_was_approved"), transaction.atomic():
            Disclosure.objects.filter(id=row.id).update(**other)


def test_what_was_withdrawn_from_under_a_print_never_leaves(case: Case):
    row = propose(case)
    choose(case, row)
    consent(case, case.client, row)
    consent(case, case.mother, row)
    approve(case, ask(case, row))
    consent(case, case.client, row, state="refused", at=MOMENT + timedelta(minutes=5))
    assert fresh(row).package_id is None
    assert isinstance(hand_over(case, row), handing.Stopped)
    assert nothing_left(row)


def rename_brother(case: Case) -> None:
    """Give the brother a name that stands as a word in the chosen entry."""

    def rename(dossier: Dossier) -> None:
        person = Person.objects.get(id=case.brother)
        person.name = "Slecht Bakker"
        person.save()

    do(case, Verb.ADD, rename)


def spoil(paper: SealedFile, how: str) -> None:
    """Take the sealed bytes away, or half of them."""
    path = path_of(paper)
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-40])
