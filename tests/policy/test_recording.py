"""The entry form asks what each organisation's rule asks, and an entry without it is not complete."""

from __future__ import annotations

from datetime import date

import pytest

from casemgmt.policy.loader import newest_shipped
from casemgmt.policy.rules.facts import EntryFacts
from casemgmt.policy.rules.recording import entry_is_complete
from casemgmt.policy.schema.vocabulary import AskWhen, EntryField, StatementKind

ON = date(2026, 6, 1)


@pytest.mark.rule("VT-D3", "VT-D8", "SH-2.2.2", "SH-2.1.1", "GT-9.1", "GT-3.2", "BT-dossier-3")
@pytest.mark.parametrize(
    ("slug", "required"),
    [
        ("sterk-huis", {"statement_kind", "category", "purpose", "about_whom"}),
        ("veilig-thuis-hm", {"statement_kind", "purpose", "about_whom", "current_contact"}),
        ("gebiedsteam-opsterland", {"statement_kind", "category", "purpose", "channel", "source", "about_whom"}),
        ("buurteams-nijmegen", {"statement_kind", "client_involved", "about_whom", "purpose"}),
    ],
)
def test_each_organisation_asks_its_own_fields(slug: str, required: set[str]) -> None:
    assert set(entry_is_complete(EntryFacts(), newest_shipped(slug), ON).outcome["missing"]) == required


@pytest.mark.rule("VT-D4", "VT-D5", "VT-D9")
def test_a_diagnosis_from_a_third_party_asks_who_made_it_and_where_it_came_from() -> None:
    profile = newest_shipped("veilig-thuis-hm")
    facts = EntryFacts(statement_kind=StatementKind.DIAGNOSIS, situations=(AskWhen.THIRD_PARTY,))
    assert {"source", "diagnosed_by"} <= set(entry_is_complete(facts, profile, ON).outcome["missing"])


@pytest.mark.rule("GT-9.1", "GT-9.1-x")
def test_an_entry_is_complete_when_nothing_required_is_empty_and_the_choices_are_listed() -> None:
    profile = newest_shipped("gebiedsteam-opsterland")
    names = ("statement_kind", "category", "purpose", "channel", "source", "about_whom")
    filled = tuple(EntryField(name) for name in names)
    good = EntryFacts(statement_kind=StatementKind.FACT, filled=filled, category="zrm", purpose="support")
    assert entry_is_complete(good, profile, ON).outcome["complete"]
    wrong = EntryFacts(statement_kind=StatementKind.FACT, filled=filled, category="hobby", purpose="support")
    assert entry_is_complete(wrong, profile, ON).outcome["invalid"] == ("category",)
    empty = entry_is_complete(EntryFacts(statement_kind=StatementKind.FACT), profile, ON)
    assert set(empty.outcome["missing"]) == set(names)
    assert "GT-3.2" in empty.articles


@pytest.mark.rule("SH-1.3-werkaant")
def test_a_kind_the_organisation_does_not_know_is_invalid() -> None:
    facts = EntryFacts(statement_kind=StatementKind.DIAGNOSIS, filled=(EntryField.STATEMENT_KIND,))
    assert "statement_kind" in entry_is_complete(facts, newest_shipped("sterk-huis"), ON).outcome["invalid"]
