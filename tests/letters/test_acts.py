"""From words to a sealed print: nothing readable is kept, and the same letter is printed once."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from casemgmt.audit.models import AccessEvent
from casemgmt.base import jobs
from casemgmt.base.errors import Conflict
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.health import STUCK_LETTERS
from casemgmt.letters import acts, queries, tasks
from casemgmt.letters.contents import LetterContext, RequestReceived
from casemgmt.letters.models import Letter
from casemgmt.letters.pdf import LetterFailed
from casemgmt.letters.vocabulary import Kind, State
from casemgmt.vault import keys
from tests.letters.conftest import AT, Place
from tests.traces import found_in_database

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def write(place: Place, context: LetterContext) -> Letter:
    with transaction.atomic():
        return acts.write_letter(
            dossier_id=place.dossier_id,
            to_person_id=uuid4(),
            kind=Kind.DISCLOSURE_NOTICE,
            context=context,
            by=place.actor,
            at=AT,
        )


def again(letter: Letter) -> Letter:
    with transaction.atomic():
        return Letter.objects.select_related("file").get(id=letter.id)


def test_a_letter_is_written_sealed_and_printed_by_the_job(place: Place, notice: LetterContext, tmp_path: Path) -> None:
    letter = write(place, notice)
    assert again(letter).state == State.WAITING
    jobs.run_due()
    printed = again(letter)
    assert printed.state == State.READY
    with transaction.atomic():
        assert b"".join(acts.letter_pdf(printed)).startswith(b"%PDF-")
    assert not Job.objects.exists()
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert stored
    assert not any(b"%PDF" in path.read_bytes() for path in stored)
    assert "letters_letter" in found_in_database(str(letter.id), place.organisation_id)
    assert {name: found_in_database(name, place.organisation_id) for name in ("Samira", "Boer")} == {
        "Samira": [],
        "Boer": [],
    }


def test_the_letter_is_there_only_with_the_act_it_belongs_to(place: Place, notice: LetterContext) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write(place, notice)
        raise RuntimeError
    with transaction.atomic():
        assert not Letter.objects.exists()
        assert not AccessEvent.objects.exists()
    assert not Job.objects.exists()


def test_it_names_recipients_ground_motives_article_and_appeal(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    with transaction.atomic():
        opened = queries.opened(place.dossier_id, letter.id)
    assert opened is not None
    said = " ".join(block.text for block in opened.wording.blocks)
    for words in ("J. de Boer, Jeugdbescherming Brabant", "De gezinsvoogd vraagt erom.", "Minder kon niet."):
        assert words in said
    assert [(cited.id, cited.name) for cited in opened.wording.citations] == [("SH-3.7.7", "artikel 3.7.7")]
    assert opened.wording.appeal == ("U kunt een klacht indienen.", "De klachtenfunctionaris helpt u.")
    assert opened.wording.explanations == ("Delen mag, want de gezinsvoogd moet dit weten.",)


def test_what_people_typed_stays_text(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    with transaction.atomic():
        (page,) = tasks._waiting(letter.id).values()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<link rel="attachment"' not in page


def test_printing_twice_keeps_one_print(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    tasks.render(letter.id)
    first = again(letter).file_id
    tasks.render(letter.id)
    acts.keep_print(letter_id=letter.id, pdf=b"%PDF-other", at=AT)
    assert again(letter).file_id == first


def test_letters_that_wait_together_are_printed_together(place: Place, notice: LetterContext) -> None:
    letters = [write(place, notice) for _ in range(3)]
    with patch("casemgmt.letters.pdf._ask_child", wraps=tasks.pdf._ask_child) as children:
        jobs.run_due()
    assert children.call_count == 1
    assert {again(letter).state for letter in letters} == {State.READY}


def test_a_letter_that_cannot_be_made_is_noted_and_may_be_tried_again(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    with patch("casemgmt.letters.pdf.render_many", return_value=[LetterFailed("Nee.")]):
        tasks.render(letter.id)
    assert again(letter).state == State.FAILED
    with transaction.atomic(), pytest.raises(Conflict, match=r"mislukt|failed"):
        acts.letter_pdf(again(letter))
    acts.print_again(letter_id=letter.id, by=place.actor, at=AT)
    tasks.render(letter.id)
    assert again(letter).state == State.READY
    with pytest.raises(Conflict):
        acts.print_again(letter_id=letter.id, by=place.actor, at=AT)


def test_the_health_page_warns_of_letters_that_nobody_prints_any_more_and_says_only_how_many(
    place: Place, notice: LetterContext
) -> None:
    def told() -> tuple[bool, str]:
        cache.delete(STUCK_LETTERS)
        part = Client().get("/health/").json()["parts"]["letters"]
        assert part["well"], "nobody is turned away for it"
        return part["warning"], part["says"]

    refused, given_up, waiting = (write(place, notice) for _ in range(3))
    assert told() == (False, "Geen brief wacht voor niets op een afdruk.")
    acts.give_up(letter_id=refused.id)
    Job.objects.filter(subject=given_up.id).update(failed_at=AT, attempts=jobs.MAX_ATTEMPTS)
    warning, says = told()
    assert warning and says.startswith("2 brieven konden niet worden afgedrukt")
    assert not [word for word in ("Samira", "Sterk Huis", "SH-2026") if word in says]
    tasks.render(waiting.id)
    for letter in (refused, given_up):
        acts.print_again(letter_id=letter.id, by=place.actor, at=AT)
    assert told()[0] is False


def test_a_busy_machine_only_delays(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    with patch("casemgmt.letters.pdf.render_many", return_value=[LetterFailed("Druk.", again=True)]):
        jobs.run_due()
    assert again(letter).state == State.WAITING
    assert Job.objects.get().attempts == 1


def test_a_letter_whose_printer_ended_without_a_word_is_tried_again_and_not_given_up(
    place: Place, notice: LetterContext
) -> None:
    letter = write(place, notice)
    with patch("casemgmt.letters.pdf._command", return_value=["false"]):
        jobs.run_due()
    assert again(letter).state == State.WAITING and Job.objects.get().attempts == 1
    tasks.render(letter.id)
    assert again(letter).state == State.READY


def test_a_letter_at_which_the_printer_may_have_ended_goes_alone_the_next_time(
    place: Place, notice: LetterContext
) -> None:
    heavy, other = write(place, notice), write(place, notice)
    Job.objects.filter(subject=heavy.id).update(attempts=1)
    with transaction.atomic():
        assert list(tasks._waiting(other.id)) == [other.id], "it holds up no other letter"
        assert next(iter(tasks._waiting(heavy.id))) == heavy.id


def test_a_letter_of_a_destroyed_dossier_is_not_printed(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    keys.destroy_dossier_key(place.dossier_id)
    with organisation(place.organisation_id):
        tasks.render(letter.id)
    assert again(letter).state == State.WAITING


def test_another_dossiers_letter_does_not_open(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    assert queries.opened(uuid4(), letter.id) is None
    assert queries.opened(place.dossier_id, letter.id) is not None


def test_a_letter_is_read_once(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    acts.mark_read(letter_id=letter.id, at=AT)
    acts.mark_read(letter_id=letter.id, at=AT.replace(year=2027))
    assert again(letter).read_at == AT
    assert [line.read_at for line in queries.letters_of(place.dossier_id)] == [AT]


def test_a_kind_that_is_not_of_the_content_is_refused(place: Place, notice: LetterContext) -> None:
    other = replace(notice, content=RequestReceived("inzage", date(2026, 11, 1), date(2026, 11, 29)))
    with pytest.raises(ValueError, match="no content"):
        write(place, other)


def test_a_state_that_does_not_exist_is_refused_by_the_database(place: Place, notice: LetterContext) -> None:
    letter = write(place, notice)
    with pytest.raises(Exception, match="letter_state_known"), transaction.atomic():
        Letter.objects.filter(id=letter.id).update(state="posted")
    with pytest.raises(Exception, match="letter_ready_has_file"), transaction.atomic():
        Letter.objects.filter(id=letter.id).update(state=State.READY)
