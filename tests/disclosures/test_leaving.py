"""What leaves: a package without anything of others, a letter to the client, a line in the register."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict, Refused
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.vault.files import read_file
from casemgmt.vault.keys import load_keys
from casemgmt.work.models import Task
from consent.facts import circle
from disclosures import acts, informing
from disclosures.models import Disclosure, DisclosureItem, DisclosureRegisterRow
from disclosures.package import secrets_around
from disclosures.redaction import Mark, Private, automatic_spans, pieces
from disclosures.register import received_by_others
from disclosures.vocabulary import State
from dossiers.access import change_dossier
from dossiers.models import Dossier, Person, WorkingNote
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.reading import text_of
from tests.disclosures.story import (
    ON,
    SECRET,
    SENTENCE,
    Case,
    agreed,
    approve,
    ask,
    choose,
    consent,
    digest,
    do,
    hand_over,
    make_case,
    propose,
)

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def black_out(case: Case, row: Disclosure) -> None:
    with transaction.atomic():
        item = DisclosureItem.objects.get(disclosure=row, entry_id=case.mixed)
    start = len(SENTENCE) + 1
    do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.black_out(d, row.id, item.id, [start], by=case.place.worker, at=MOMENT),
    )


def gone(case: Case) -> tuple[Disclosure, bytes]:
    """A package with a mixed entry, printed and handed over."""
    row = propose(case)
    choose(case, row, case.plain, case.mixed)
    black_out(case, row)
    consent(case, case.client, row)
    consent(case, case.mother, row)
    approve(case, ask(case, row))
    hand_over(case, row)
    with transaction.atomic():
        fresh = Disclosure.objects.select_related("package").get(id=row.id)
        load_keys([case.dossier_id])
        return fresh, b"".join(read_file(fresh.package))


def test_nothing_of_another_of_a_note_or_a_secret_address_is_in_the_package(case: Case):
    def secrets(dossier: Dossier) -> UUID:
        WorkingNote.objects.create(
            dossier=dossier,
            author_id=case.place.worker.user_id,
            text="MARKERNOTE",
            made_at=MOMENT,
            remind_on=ON,
        )
        text = f"{SENTENCE} Moeder woont op {SECRET}, bel haar. Truus Overweg kwam langs."
        wording = Wording(text, source="Truus Overweg, Dorpsweg 4")
        entry = add_entry(
            dossier, wording, kind="opinion", about=[case.client], happened_on=ON, by=case.place.worker, at=MOMENT
        )
        return entry.id

    extra = change_dossier(case.place.worker, case.dossier_id, Verb.ADD, secrets, data="entry")
    row = propose(case)
    choose(case, row, case.plain, case.mixed, extra)
    black_out(case, row)
    with transaction.atomic():
        item = DisclosureItem.objects.get(disclosure=row, entry_id=extra)
    do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.black_out(d, row.id, item.id, [], by=case.place.worker, at=MOMENT, source=True),
    )
    consent(case, case.client, row)
    consent(case, case.mother, row)
    approve(case, ask(case, row))
    hand_over(case, row)
    with transaction.atomic():
        load_keys([case.dossier_id])
        fresh = Disclosure.objects.select_related("package").get(id=row.id)
        words = text_of(b"".join(read_file(fresh.package)))
    assert "Yaraslaaptslecht" in words
    assert "[weggelaten]" in words
    for secret in (
        "MARKERNOTE",
        "Geheimelaan",
        "5038",
        "geschorst",
        "vechtpartij",
        "Sem",
        "12345678",
        "Truus",
        "Dorpsweg",
    ):
        assert secret not in words, secret


def with_source(case: Case, source: str) -> UUID:
    """An entry about the client that somebody outside the dossier told."""

    def tell(dossier: Dossier) -> UUID:
        entry = add_entry(
            dossier,
            Wording(SENTENCE, source=source),
            kind="fact",
            about=[case.client],
            happened_on=ON,
            by=case.place.worker,
            at=MOMENT,
        )
        return entry.id

    made: UUID = change_dossier(case.place.worker, case.dossier_id, Verb.ADD, tell, data="entry")
    return made


def give_source(case: Case, row: Disclosure, entry: UUID, *, source: bool) -> None:
    with transaction.atomic():
        item = DisclosureItem.objects.get(disclosure=row, entry_id=entry)
    do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.black_out(d, row.id, item.id, [], by=case.place.worker, at=MOMENT, source=source),
    )


def printed(case: Case, row: Disclosure) -> str:
    with transaction.atomic():
        load_keys([case.dossier_id])
        fresh = Disclosure.objects.select_related("package").get(id=row.id)
        return text_of(b"".join(read_file(fresh.package)))


@pytest.mark.parametrize("choice", ["untouched", "taken out again", "given"])
def test_a_source_that_nobody_chose_to_give_is_nowhere_in_the_package(case: Case, choice: str):
    """The source may name people whom the dossier does not know, so that nothing blacks them out by itself."""
    entry = with_source(case, "mentor Postema, telefoon 0138901234")
    row = propose(case)
    choose(case, row, entry)
    if choice != "untouched":
        give_source(case, row, entry, source=True)
    if choice == "taken out again":
        give_source(case, row, entry, source=False)
    consent(case, case.client, row)
    consent(case, case.mother, row)
    approve(case, ask(case, row))
    words = printed(case, row)
    assert "Yaraslaaptslecht" in words
    for told in ("Postema", "mentor", "0138901234", "Bron"):
        assert (told in words) is (choice == "given"), told


@pytest.mark.parametrize("given", [True, False])
def test_another_choice_about_the_source_voids_the_approval(case: Case, given: bool):
    entry = with_source(case, "mentor Postema")
    row = propose(case)
    choose(case, row, entry)
    give_source(case, row, entry, source=not given)
    consent(case, case.client, row)
    consent(case, case.mother, row)
    before = digest(case, row)
    approve(case, ask(case, row))
    give_source(case, row, entry, source=given)
    assert digest(case, row) != before
    with transaction.atomic():
        fresh = Disclosure.objects.get(id=row.id)
        assert fresh.voided_at is not None and fresh.approved_by_id is None and fresh.package_id is None


@pytest.mark.rule("SH-3.7.7")
def test_child_and_mother_each_get_a_letter_without_the_secret_address(case: Case):
    row, _pdf = gone(case)
    assert row.state == State.INFORMED
    with transaction.atomic():
        load_keys([case.dossier_id])
        letters = list(Letter.objects.filter(kind="disclosure_notice"))
        assert {letter.to_person_id for letter in letters} == {case.client, case.mother}
        for letter in letters:
            said = str(letter.body) + str(letter.addressee)
            assert "Huisartsenpraktijk De Linde" in said
            assert "Geheimelaan" not in said


@pytest.mark.rule("SH-3.7.6", "SHC-wie-3")
def test_the_register_says_to_whom_what_on_which_ground_and_who_approved(case: Case):
    gone(case)
    with transaction.atomic():
        load_keys([case.dossier_id])
        line = DisclosureRegisterRow.objects.get()
        assert line.with_consent
        assert line.content["approved_by"] == "Hanneke Vos"
        assert line.content["organisation"] == "Huisartsenpraktijk De Linde"
        assert len(line.content["kinds"]) == 2


def test_the_portal_hears_who_received_what(case: Case):
    gone(case)
    seen = received_by_others(case.dossier_id, case.client).rows
    assert [one.who for one in seen] == ["Huisartsenpraktijk De Linde, dokter Sikkema"]
    assert seen[0].with_consent
    assert received_by_others(case.dossier_id, case.brother).rows == ()


def later(**more: object) -> dict[str, object]:
    return {"later": True, "why": "Vader dreigt.", "until": (MOMENT + timedelta(days=7)).date(), **more}


@pytest.mark.rule("SH-3.7.7")
def test_at_sterk_huis_only_the_manager_may_put_informing_off(case: Case):
    row = agreed(case)
    approve(case, row)
    with pytest.raises(Refused):
        hand_over(case, row, **later())


@pytest.mark.rule("BT-toestemming-10")
def test_informing_put_off_for_a_reason_comes_back_as_a_task_and_the_portal_waits():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        with pytest.raises(Conflict):
            hand_over(
                case, row, **later(facts={"informing_possible": False}, until=(MOMENT + timedelta(days=15)).date())
            )
        done = hand_over(case, row, **later(facts={"informing_possible": False}))
        assert done.state == State.INFORMING_DEFERRED
        with transaction.atomic():
            assert Task.objects.get(object_id=row.id, state="open").kind == "disclosures.inform"
        assert received_by_others(case.dossier_id, case.client).rows == ()
        do(
            case,
            Verb.PREPARE_DISCLOSURE,
            lambda d: informing.inform_now(d, row.id, by=case.place.worker, at=MOMENT + timedelta(days=3)),
        )
        assert len(received_by_others(case.dossier_id, case.client).rows) == 1


def test_a_name_the_client_shares_stays_and_anothers_goes():
    text = "Sem Bakker en Yara Bakker; bel 0612345678 of +31 6 1234 5678. Semester is geen naam."
    found = pieces(text, automatic_spans(text, [Private(("Sem Bakker",), ("06-12345678",))], ["Yara Bakker"]))
    assert "".join(one.text for one in found) == " Bakker en Yara Bakker; bel  of . Semester is geen naam."
    assert [one.mark for one in found if one.mark] == [Mark.NAME, Mark.ADDRESS, Mark.ADDRESS]


def test_a_short_name_goes_where_it_is_a_name_only():
    text = "Bo en LI; Li's fiets, jo-jo, bo. De Vries en Jo."
    private = [Private(("Bo de Vries",)), Private(("Li",)), Private(("Jo De Wit",))]
    found = pieces(text, automatic_spans(text, private, ["Yara Bakker"]))
    assert "".join(one.text for one in found) == " en LI;  fiets, jo-jo, bo. De  en ."
    assert "Bo" in "".join(one.text for one in pieces(text, automatic_spans(text, private[:1], ["Bo Bakker"])))


def test_the_bsn_of_another_is_black_in_a_package(case: Case):
    with organisation(case.place.id), transaction.atomic():
        load_keys([case.dossier_id])
        around = circle(Dossier.objects.get(id=case.dossier_id), case.client, ON)
        assert around is not None
        other = Person.objects.get(id=around.others[0].id)
        other.bsn = "123456782"
        other.save()
        black = secrets_around(case.dossier_id, around).black("Het nummer is 123 456 782.")
    assert [one.mark for one in black] == [Mark.ADDRESS]
