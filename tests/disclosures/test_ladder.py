"""Whose yes a disclosure needs, per organisation and age, through the act and as the page cites it."""

from typing import Any

import pytest

from casemgmt.base.organisation import organisation
from disclosures.vocabulary import State
from tests.disclosures.story import Case, born, consent, fill, make_case, propose
from tests.disclosures.test_pages import browser, steps, text

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

CHILD, BOTH, PARENT = ("client",), ("client", "legal_representative"), ("legal_representative",)
LADDERS: dict[str, dict[int, tuple[tuple[str, ...], str]]] = {
    "sterk-huis": {
        11: (PARENT, "SH-3.7.2a"),
        12: (BOTH, "SH-3.7.2c"),
        14: (BOTH, "SH-3.7.2c"),
        15: (BOTH, "SH-3.7.2c"),
        16: (CHILD, "SH-3.7.2c"),
        17: (CHILD, "SH-3.7.2c"),
        18: (CHILD, "SH-3.7.1a"),
    },
    "veilig-thuis-hm": {
        11: (PARENT, "VT-15.2"),
        12: (CHILD, "VT-15.1"),
        14: (CHILD, "VT-15.1"),
        15: (CHILD, "VT-15.1"),
        16: (CHILD, "VT-15.1"),
        17: (CHILD, "VT-15.1"),
        18: (CHILD, "VT-15.1"),
    },
    "gebiedsteam-opsterland": {
        11: (PARENT, "GT-22.1"),
        12: (BOTH, "GT-22.2"),
        14: (BOTH, "GT-22.2"),
        15: (BOTH, "GT-22.2"),
        16: (CHILD, "GT-22.3"),
        17: (CHILD, "GT-22.3"),
        18: (CHILD, "GT-22.3"),
    },
    "buurteams-nijmegen": {
        11: (PARENT, "BT-toestemming-2"),
        12: (BOTH, "BT-toestemming-3"),
        14: (BOTH, "BT-toestemming-3"),
        15: (BOTH, "BT-toestemming-3"),
        16: (CHILD, "BT-toestemming-4"),
        17: (CHILD, "BT-toestemming-4"),
        18: (CHILD, "BT-toestemming-4"),
    },
}


def person_of(case: Case, who: str) -> Any:
    return {"client": case.client, "legal_representative": case.mother}[who]


@pytest.mark.rule("SH-3.7.2a", "SH-3.7.2c", "VT-15.1", "VT-15.2", "GT-22.1", "GT-22.2", "GT-22.3", "GT-22.6")
@pytest.mark.rule("BT-toestemming-2", "BT-toestemming-3", "BT-toestemming-4")
@pytest.mark.parametrize("slug", sorted(LADDERS))
def test_the_ladder_of_consent_at_every_age(slug: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    first = make_case(slug, born(30))
    worker = browser(first.place.worker)
    with organisation(first.place.id):
        for age, (whose, article) in LADDERS[slug].items():
            case = fill(first.place, born(age), number=f"D-{age}")
            row = propose(case)
            assert set(row.judgement["who"]["outcome"]["from"]) == set(whose), age
            assert row.state == State.AWAITING_CONSENT, age
            page = text(worker.get(f"{steps(case)}/{row.id}/"))
            assert article in page, (slug, age)
            for who in whose:
                consent(case, person_of(case, who), row)


@pytest.mark.parametrize("slug", sorted(LADDERS))
def test_the_day_before_the_sixteenth_birthday_both_and_on_it_the_child_alone(slug: str):
    first = make_case(slug, born(30))
    with organisation(first.place.id):
        before = propose(fill(first.place, born(16, days=1), number="D-15"))
        on_it = propose(fill(first.place, born(16), number="D-16"))
    assert set(before.judgement["who"]["outcome"]["from"]) == set(LADDERS[slug][15][0])
    assert set(on_it.judgement["who"]["outcome"]["from"]) == {"client"}
