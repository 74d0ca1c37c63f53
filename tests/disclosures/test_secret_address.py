"""Where an address is secret: what is recognised is black, and a person looks at each piece before it goes."""

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict
from casemgmt.vault.keys import load_keys
from disclosures import handing
from disclosures.acts import setting
from disclosures.models import Disclosure
from disclosures.package import package_of
from dossiers.models import Dossier, Person
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import (
    ON,
    Case,
    agreed,
    approve,
    ask,
    choose,
    consent,
    do,
    hand_over,
    look_at_own,
    propose,
)
from tests.disclosures.test_pages import browser, steps, text

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

UNSEEN = r"een adres geheim|address in this dossier is secret"


@transaction.atomic
def known_of(case: Case, person: UUID, **changes: Any) -> None:
    """What the dossier knows of somebody becomes another."""
    load_keys([case.dossier_id])
    row = Person.objects.get(dossier_id=case.dossier_id, id=person)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()


def entry_of(case: Case, words: str) -> UUID:
    def make(dossier: Dossier) -> UUID:
        about, by = [case.client], case.place.worker
        return add_entry(dossier, Wording(words), kind="fact", about=about, happened_on=ON, by=by, at=MOMENT).id

    made: UUID = do(case, Verb.ADD, make)
    return made


def goes(case: Case, row: Disclosure) -> str:
    """The words of the package as they would go now."""

    def read(dossier: Dossier) -> str:
        fresh = Disclosure.objects.get(id=row.id)
        _profile, around = setting(dossier, fresh, MOMENT)
        items = package_of(fresh, around).items
        return " ".join("█" if piece.mark else piece.text for item in items for piece in item.text)

    return str(do(case, Verb.PREPARE_DISCLOSURE, read))


def consented(case: Case, *entries: UUID) -> Disclosure:
    """Chosen and consented to; nobody looked at a piece yet."""
    row = choose(case, propose(case), *entries, look=False)
    for person in (case.client, case.mother):
        consent(case, person, row)
    return row


def test_a_secret_address_typed_without_a_comma_is_black_and_the_piece_is_looked_at_first(
    case: Case, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    known_of(case, case.mother, address="Schuilpad 9 5045 ZZ Tilburg")
    row = consented(case, entry_of(case, "Hij logeert op het Schuilpad 9, ook volgende week."))
    page = text(browser(case.place.worker).get(f"{steps(case)}/{row.id}/?stap=items"))
    assert "eerst bekijken" in page and "Verder naar goedkeuring" not in page
    assert "zwart waar de applicatie ze herkent" in page
    assert "Schuilpad" not in goes(case, row) and "9" not in goes(case, row)
    with pytest.raises(Conflict, match="Bekijk het"):
        ask(case, row)
    look_at_own(case, row)
    page = text(browser(case.place.worker).get(f"{steps(case)}/{row.id}/?stap=items"))
    assert "bekeken" in page and "Verder naar goedkeuring" in page
    assert ask(case, row).content_hash


def test_where_no_address_is_secret_only_what_concerns_others_is_looked_at(case: Case):
    known_of(case, case.mother, address_secret=False)
    row = consented(case)
    assert ask(case, row).content_hash


def test_an_address_that_becomes_secret_after_the_approval_stops_the_hand_over_until_each_piece_was_looked_at(
    case: Case,
):
    known_of(case, case.mother, address_secret=False)
    row = consented(case)
    approve(case, ask(case, row))
    known_of(case, case.mother, address_secret=True)
    assert isinstance(hand_over(case, row), handing.Stopped)
    with pytest.raises(Conflict, match=UNSEEN):
        ask(case, row)


@pytest.mark.parametrize(
    ("before", "whose", "known"),
    [
        (False, "mother", {"address": "Rozepad 4, 5038 XY Tilburg", "address_secret": True}),
        (True, "mother", {"address": "Vlinderspad 3, 5021 BB Breda"}),
        (True, "mother", {"safe_contact": "Alleen bellen op 06-11223344"}),
        (True, "brother", {"address": "Rozepad 4, 5038 XY Tilburg", "address_secret": True}),
    ],
    ids=["became secret", "another secret address", "another secret number", "a second one"],
)
def test_a_look_counts_only_while_the_same_addresses_are_secret(
    case: Case, before: bool, whose: str, known: dict[str, Any]
):
    """Typed with another letter no program finds them, so whoever looks must know which they are."""
    known_of(case, case.mother, address_secret=before)
    row = agreed(case, entries=(entry_of(case, "Hij loopt graag over het Rozenpad en het Vlinderpad."),))
    approve(case, row)
    known_of(case, getattr(case, whose), **known)
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped) and "Bekijk elk stuk opnieuw" in stopped.sentence
    with pytest.raises(Conflict, match="Bekijk elk stuk opnieuw"):
        ask(case, row)
    look_at_own(case, row)
    approve(case, ask(case, row))
    assert not isinstance(hand_over(case, row), handing.Stopped)


def looked_at(case: Case, row: Disclosure) -> bool:
    """Whether somebody looked at each piece as it would go now."""

    def read(dossier: Dossier) -> bool:
        fresh = Disclosure.objects.get(id=row.id)
        _profile, around = setting(dossier, fresh, MOMENT)
        return all(item.seen for item in package_of(fresh, around).items)

    return bool(do(case, Verb.PREPARE_DISCLOSURE, read))


def test_a_look_counts_no_more_when_another_comes_to_live_openly_in_the_town_where_she_hides(case: Case):
    """Then the name of that town may be read, where it was black when somebody looked."""
    known_of(case, case.mother, address="Schuilpad 9, 5021 BB Breda")
    row = agreed(case, entries=(entry_of(case, "Hij gaat in Breda naar school."),))
    assert looked_at(case, row) and "Breda" not in goes(case, row)
    known_of(case, case.brother, address="Dorpsweg 4, 5012 AB Breda")
    assert not looked_at(case, row)
    look_at_own(case, row)
    assert looked_at(case, row) and "in Breda naar school" in goes(case, row)


def test_nobody_approves_what_was_looked_at_before_an_address_was_secret_and_the_page_says_so(
    case: Case, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    known_of(case, case.mother, address_secret=False)
    row = agreed(case, entries=(entry_of(case, "Hij loopt graag over het Rozenpad."),))
    known_of(case, case.mother, address="Rozepad 4, 5038 XY Tilburg", address_secret=True)
    page = text(browser(case.place.manager).get(f"{steps(case)}/{row.id}/goedkeuren/"))
    assert "Bekijk elk stuk opnieuw" in page and "Precies dit goedkeuren" not in page
    with pytest.raises(Conflict, match="Bekijk elk stuk opnieuw"):
        approve(case, row)


def test_a_telephone_number_in_what_is_said_of_reaching_somebody_is_black_too(case: Case):
    known_of(case, case.mother, phone=None, safe_contact="Alleen sms naar 06-11223344 na 15.30 uur")
    known_of(case, case.brother, warning="Bel oma, 013 555 66 77, voor u aanbelt")
    row = consented(case, entry_of(case, "Zij belde met 0611223344 en 013-5556677 om 15.30 uur."))
    assert goes(case, row) == "Zij belde met  █  en  █  om 15.30 uur."


def test_the_own_address_of_a_client_goes_only_while_it_is_not_secret(case: Case):
    known_of(case, case.client, address="Onderduikweg 5, 5021 BB Breda")
    row = consented(case, entry_of(case, "Yara woont op de Onderduikweg 5 in Breda."))
    assert "Onderduikweg 5 in Breda" in goes(case, row)
    known_of(case, case.client, address_secret=True)
    assert goes(case, row) == "Yara woont op de  █  in  █ ."


def test_the_own_secret_address_of_a_client_stops_a_hand_over_approved_before_it_was_secret(case: Case):
    known_of(case, case.client, address="Onderduikweg 5, 5021 BB Breda")
    row = agreed(case, entries=(entry_of(case, "Yara woont op de Onderduikweg 5 in Breda."),))
    approve(case, row)
    known_of(case, case.client, address_secret=True)
    assert isinstance(hand_over(case, row), handing.Stopped)
