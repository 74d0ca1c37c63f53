"""Whoever is told late reads the regulation's sentence on waiting, and no word that staff wrote for one another."""

from typing import Any

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.vault.keys import load_keys
from disclosures import informing
from dossiers.verbs import Verb
from tests.disclosures.story import Case, do, make_case
from tests.disclosures.test_pages import browser, steps, text
from tests.disclosures.test_waiting import LATER, NOT_POSSIBLE, put_off

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

DANGER = {"safety_threat": "concrete"}
# By organisation: what makes it wait, and the regulation's sentence and article about waiting.
WAITING = [
    ("buurteams-nijmegen", NOT_POSSIBLE, "Is informeren nu niet mogelijk, dan wacht het", "BT-toestemming-10"),
    ("sterk-huis", {}, "Uitstel kan alleen de clustermanager met reden geven.", "SH-3.7.7"),
    ("gebiedsteam-opsterland", DANGER, "Bij concrete aanwijzingen van gevaar kan informeren wachten.", "GT-15.5-b"),
    ("veilig-thuis-hm", DANGER, "Is vooraf informeren niet veilig, dan kan het wachten.", "VT-U10-b"),
]


def told_at_last(case: Case, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Put off because "Vader dreigt.", and told after all: what stands in the letters."""
    row = put_off(case, facts)
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: informing.inform_now(d, row.id, by=case.place.worker, at=LATER))
    with transaction.atomic():
        load_keys([case.dossier_id])
        return [one.body for one in Letter.objects.filter(dossier_id=case.dossier_id, kind="disclosure_notice")]


@pytest.mark.parametrize(("slug", "facts", "sentence", "article"), WAITING)
def test_the_letter_that_comes_late_gives_the_rule_and_no_word_of_staff(
    slug: str, facts: dict[str, Any], sentence: str, article: str
):
    case = make_case(slug)
    with organisation(case.place.id):
        letters = told_at_last(case, facts)
    assert letters
    for letter in letters:
        said = [block["text"] for block in letter["blocks"]]
        assert sentence in said[said.index("Waarom u dit nu pas hoort") + 1]
        assert article in [cited["id"] for cited in letter["citations"]]
        assert "Vader" not in str(letter)


def test_the_form_says_that_the_reason_to_wait_stays_between_colleagues(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = put_off(case, NOT_POSSIBLE)
        page = text(browser(case.place.worker).get(f"{steps(case)}/{row.id}/"))
    assert "In de brief staat de regel, niet uw woorden." in page
