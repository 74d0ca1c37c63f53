"""About whom it is decides what may go: what was chosen for one child, or answered for one recipient, stays there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict
from casemgmt.base.jobs import run_due
from casemgmt.vault.keys import load_keys
from disclosures import acts, handing
from disclosures.models import Disclosure, DisclosureItem
from disclosures.vocabulary import State
from dossiers.models import Dossier, EntryAbout, Person
from dossiers.people.acts import NewPerson, add_person
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT, of
from tests.disclosures.story import (
    ON,
    SENTENCE,
    Case,
    agreed,
    approve,
    ask,
    born,
    choose,
    consent,
    do,
    hand_over,
    proposal,
    propose,
)
from tests.disclosures.test_pages import browser, steps, text

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def change(case: Case, row: Disclosure, **changes: Any) -> Disclosure:
    """What the form "change" sends: all of it anew, without the conditions, which have a form of their own."""
    new = proposal(case, id=row.id, **{"answers": {"requested": False}, **changes})
    made: Disclosure = do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.change_proposal(d, row.id, new, by=case.place.worker, at=MOMENT),
    )
    return made


@transaction.atomic
def chosen(row: Disclosure) -> list[UUID]:
    return list(DisclosureItem.objects.filter(disclosure_id=row.id).values_list("entry_id", flat=True))


def little_sister(case: Case) -> UUID:
    """Lot of 8, for whom only her father has custody."""

    def make(dossier: Dossier) -> UUID:
        lot = add_person(dossier, NewPerson("client", "Lot Bakker", born(8))).id
        add_person(dossier, NewPerson("parent", "Kees Bakker", born(40), of(lot)))
        return UUID(str(lot))

    made: UUID = do(case, Verb.ADD, make)
    return made


def of_both(case: Case, sister: UUID) -> UUID:
    def make(dossier: Dossier) -> UUID:
        wording = Wording(f"{SENTENCE} Lot plast in bed.", source="school")
        about, worker = [case.client, sister], case.place.worker
        return add_entry(dossier, wording, kind="fact", about=about, happened_on=ON, by=worker, at=MOMENT).id

    made: UUID = do(case, Verb.ADD, make)
    return made


def black_out(case: Case, row: Disclosure) -> None:
    """Lot's sentence black, Yara's open."""
    with transaction.atomic():
        item = DisclosureItem.objects.get(disclosure_id=row.id)
    by, starts = case.place.worker, [len(SENTENCE) + 1]
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: acts.black_out(d, row.id, item.id, starts, by=by, at=MOMENT))


@pytest.mark.parametrize("both", [False, True], ids=["only about Yara", "about both, looked at for Yara"])
def test_what_was_chosen_and_blacked_for_one_child_does_not_go_about_another(case: Case, both: bool):
    sister = little_sister(case)
    row = propose(case)
    choose(case, row, of_both(case, sister) if both else case.plain)
    if both:
        black_out(case, row)
    change(case, row, about_id=sister, answers={"necessary": True, "only_necessary_data": True})
    assert chosen(row) == []
    father = next(iter(people(case, "Kees Bakker")))
    consent(case, father, row, about_id=sister)
    with pytest.raises(Conflict, match=r"Nothing has been chosen|nog niets gekozen"):
        ask(case, row)


@transaction.atomic
def people(case: Case, name: str) -> list[UUID]:
    load_keys([case.dossier_id])
    return [one.id for one in Person.objects.filter(dossier_id=case.dossier_id) if one.name == name]


@pytest.mark.usefixtures("second_factor")
def test_the_page_of_one_child_offers_no_way_on_with_the_pieces_of_another(case: Case):
    sister = little_sister(case)
    row = propose(case)
    choose(case, row, of_both(case, sister))
    black_out(case, row)
    worker, one = browser(case.place.worker), f"{steps(case)}/{row.id}"
    assert "Verder naar goedkeuring" in text(worker.get(f"{one}/?stap=items"))
    form = {
        "row_id": str(row.id),
        "about": str(sister),
        "recipient_kind": "gp",
        "organisation": "Huisartsenpraktijk De Linde",
        "name": "dokter Sikkema",
        "purpose": "Om te beoordelen of behandeling nodig is.",
        "requested": "no",
    }
    assert worker.post(f"{one}/ontvanger/", form).status_code == 303
    page = text(worker.get(f"{one}/?stap=items"))
    assert "Verder naar goedkeuring" not in page and "Nog niets gekozen" in page


@pytest.fixture
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


OTHERS = [
    {"recipient_kind": "police", "organisation": "Politie", "name": ""},
    {"organisation": "Huisartsenpraktijk De Eik"},
    {"purpose": "Voor een folder over de praktijk."},
]


@pytest.mark.parametrize("other", OTHERS, ids=["kind", "organisation", "purpose"])
def test_what_was_answered_for_one_recipient_or_purpose_is_asked_anew_for_another(case: Case, other: dict[str, Any]):
    row = propose(case)
    assert row.answers["necessary"] is True
    assert change(case, row, **other).answers == {"requested": False}


def test_the_same_kept_once_more_loses_no_answer_and_no_piece(case: Case):
    row = propose(case)
    choose(case, row)
    again = change(case, row, answers={"requested": True})
    assert again.answers == {"necessary": True, "only_necessary_data": True, "requested": True}
    assert chosen(row) == [case.plain]


@transaction.atomic
def make_about_the_brother_only(case: Case) -> None:
    """As no page does it: the piece in the package turns out to be of another, to the letter the same."""
    EntryAbout.objects.filter(entry_id=case.plain).delete()
    EntryAbout.objects.create(dossier_id=case.dossier_id, entry_id=case.plain, person_id=case.brother)


@pytest.mark.parametrize("step", ["ask", "approve", "hand over"])
def test_a_piece_that_is_only_about_another_is_stopped_at_every_step(case: Case, step: str):
    row = propose(case)
    choose(case, row)
    for person in (case.client, case.mother):
        consent(case, person, row)
    going: Callable[[Case, Disclosure], Any] = ask
    if step != "ask":
        row, going = ask(case, row), approve
    if step == "hand over":
        row, going = approve(case, row), hand_over
    make_about_the_brother_only(case)
    if step == "hand over":
        stopped = going(case, row)
        assert isinstance(stopped, handing.Stopped) and "gaat niet over" in stopped.sentence
    else:
        with pytest.raises(Conflict, match="gaat niet over"):
            going(case, row)
    with transaction.atomic():
        fresh = Disclosure.objects.get(id=row.id)
    assert fresh.state in (State.ASSESSING, State.AWAITING_APPROVAL) and fresh.handed_over_at is None


def test_a_piece_of_another_is_not_printed_either(case: Case):
    row = agreed(case)
    approve(case, row, printed=False)
    make_about_the_brother_only(case)
    run_due()
    with transaction.atomic():
        fresh = Disclosure.objects.get(id=row.id)
    assert fresh.package_id is None and fresh.state == State.ASSESSING
