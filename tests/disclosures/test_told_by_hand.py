"""A letter that nobody brings told nobody yet: staff sees it, opens it and hands it over; and what stands in it."""

import re

import pytest
from django.db import transaction

from casemgmt.letters.models import Letter
from casemgmt.organisations.models import Organisation, Unit
from casemgmt.vault.keys import load_keys
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.register import received_by_others
from tests.cast import make_actor
from tests.disclosures.story import Case, agreed, approve, hand_over
from tests.disclosures.test_pages import base, browser, here, steps, text

__all__ = ["here"]
pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

BY_HAND = "brief gemaakt, nog overhandigen aan Samira El Idrissi, Yara Bakker"
TOLD = "wat wij opschreven over 22 november 2026"


def left(case: Case) -> Disclosure:
    """Handed over with the yes of child and mother: a letter to each, neither by post nor in the portal."""
    row = agreed(case)
    approve(case, row)
    done: Disclosure = hand_over(case, row)
    return done


def letters(case: Case) -> dict[str, str]:
    """The words of the letters, by whom they are for."""
    with transaction.atomic():
        load_keys([case.dossier_id])
        found = Letter.objects.filter(dossier_id=case.dossier_id, kind="disclosure_notice")
        return {one.addressee["name"]: " | ".join(block["text"] for block in one.body["blocks"]) for one in found}


def test_nobody_is_told_before_the_letter_is_handed_over(here: Case):
    row, worker = left(here), browser(here.place.worker)
    page = text(worker.get(f"{steps(here)}/{row.id}/"))
    assert BY_HAND in page and "cliënt ingelicht" not in page
    listed = text(worker.get(f"/o/{here.place.slug}/verstrekken/"))
    assert "nog overhandigen aan Samira El Idrissi, Yara Bakker" in listed and "cliënt ingelicht" not in listed
    found = sorted(set(re.findall(rf'href="({base(here)}/brieven/[^"]+)"', page)))
    assert len(found) == 2
    for letter in found:
        shown = text(worker.get(letter))
        assert "Huisartsenpraktijk De Linde" in shown and 'data-testid="by-hand"' in shown
        assert worker.post(letter + "overhandigd/").status_code == 303
    page = text(worker.get(f"{steps(here)}/{row.id}/"))
    assert "nog overhandigen" not in page and "cliënt ingelicht" in page and found[0] in page


def test_who_may_not_read_the_dossier_does_not_read_what_was_given_from_it(here: Case):
    left(here)
    with transaction.atomic():
        letter = Letter.objects.filter(kind="disclosure_notice").first()
    assert letter is not None
    with transaction.atomic():
        place, unit = Organisation.objects.get(id=here.place.id), Unit.objects.get(id=here.place.unit_id)
        desk = make_actor(place, unit, "records_administrator", frozenset(), "Desk")
    address = f"{base(here)}/brieven/{letter.id}/"
    for answer in (browser(desk).get(address), browser(desk).post(address + "overhandigd/")):
        assert answer.status_code == 403 and "De Linde" not in text(answer)


def test_each_reads_of_their_own_data_and_their_own_yes(case: Case):
    left(case)
    said = letters(case)
    assert "Wij gaan uw gegevens delen met een ander." in said["Yara Bakker"]
    assert "Wij gaan gegevens van Yara Bakker delen met een ander." in said["Samira El Idrissi"]
    for words in said.values():
        assert "U zei ja, en ook ieder ander van wie een ja nodig was." in words
        assert "U heeft toestemming gegeven." in words


def test_what_went_is_said_in_the_same_words_in_the_letter_and_the_portal(case: Case):
    left(case)
    (seen,) = received_by_others(case.dossier_id, case.client).rows
    assert seen.what == (TOLD,) and seen.purpose == "Om te beoordelen of behandeling nodig is"
    assert all(f"| {TOLD} |" in words for words in letters(case).values())
    with transaction.atomic():
        load_keys([case.dossier_id])
        assert DisclosureRegisterRow.objects.get().content["kinds"] == ["feit, 22 november 2026"]
