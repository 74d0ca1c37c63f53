"""What a decision tells people: whose consent is missing, and facts in words instead of keys."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any

import pytest

from casemgmt.policy.decision import Decision
from casemgmt.policy.labels import LABELS as DUTCH
from casemgmt.policy.loader import newest_shipped
from casemgmt.policy.rules.facts import LABELS, EntryFacts, FactError
from casemgmt.policy.rules.recording import entry_is_complete
from casemgmt.policy.rules.spoken import said
from casemgmt.policy.schema import vocabulary as v
from tests.articles.asking import QUESTIONS, ask

ORGANISATIONS = ["sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen"]
ON = date(2026, 6, 1)
NOT_THERE = "De toestemming van de cliënt is er nog niet."
# What a question cannot do without, so that every organisation answers.
BASE: dict[str, Any] = {
    "birth_date": date(2012, 3, 1),
    "recipient": v.Recipient.SCHOOL,
    "request": v.RequestKind.INSPECTION,
    "reason": v.Reason.PRIVACY_OF_OTHER,
    "requested_by": (v.Person.CLIENT,),
    "received_on": date(2026, 5, 5),
    "event": v.Event.DISCLOSURE,
    "role": "caseworker",
    "closed_on": date(2020, 1, 1),
    "pages": 4,
}
ENGLISH = {key for _list, key in DUTCH} | {"none", "self", "worker", "yes", "no", "True", "False", "None"}
ENGLISH -= set(DUTCH.values())


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_a_missing_consent_is_named_and_nowhere_called_present(organisation: str) -> None:
    decision = ask(organisation, "may_disclose", ON, birth_date="1980-01-01", recipient="school", necessary=True)
    route = newest_shipped(organisation).disclosure.consent_route
    assert not decision.outcome["allowed"]
    assert NOT_THERE in decision.explanation
    assert route.sentence not in decision.explanation
    assert set(route.articles) <= set(decision.articles)
    assert all(route.sentence != citation.sentence for citation in decision.citations)


def test_everybody_who_did_not_answer_is_named() -> None:
    silence = ask("sterk-huis", "may_disclose", ON, birth_date="2013-01-01", recipient="school").explanation
    assert "De toestemming van de cliënt en de wettelijk vertegenwoordiger is er nog niet." in silence


def test_beside_a_consent_in_the_wrong_form_the_one_who_did_not_answer_is_named() -> None:
    given = {"by": ["client"], "given_on": "2026-05-20", "recipient": "gp", "purpose": "help"}
    half = ask("sterk-huis", "may_disclose", ON, birth_date="2013-01-01", recipient="school", consent=given)
    assert "De toestemming van de wettelijk vertegenwoordiger is er nog niet." in half.explanation
    assert "niet voor deze ontvanger" in half.explanation


def test_a_consent_that_is_there_with_a_question_open_is_not_called_missing() -> None:
    given = {"by": ["client"], "given_on": "2026-05-20", "recipient": "school", "written": True}
    asked = ask("sterk-huis", "may_disclose", ON, birth_date="1980-01-01", recipient="school", consent=given)
    again = ask(
        "sterk-huis", "may_disclose", ON, birth_date="1980-01-01", recipient="school", consent=given, requested=True
    )
    assert asked.outcome["allowed"] and not again.outcome["allowed"]
    assert "er staat nog een vraag open" in again.explanation


def _values(wanted: Any) -> list[Any]:
    """Every value of a closed list, both of a yes or no, and a list of each."""
    if typing.get_origin(wanted) in (typing.Union, types.UnionType):
        return [None, *(value for one in typing.get_args(wanted) for value in _values(one))]
    if typing.get_origin(wanted) is tuple:
        return [(), *((value,) for value in _values(typing.get_args(wanted)[0]))]
    if wanted is bool:
        return [True, False]
    return list(wanted) if isinstance(wanted, type) and issubclass(wanted, Enum) else []


def _told(organisation: str) -> Iterator[Decision]:
    for question, (kind, rule) in QUESTIONS.items():
        hints = typing.get_type_hints(kind)
        base = {name: value for name, value in BASE.items() if name in hints}
        if "purpose" in hints and question == "whose_consent_needed":
            base["purpose"] = v.ConsentPurpose.DISCLOSURE
        if "kind" in hints and question == "copy_fee":
            base["kind"] = v.FeeKind.COPY
        for name in (field.name for field in dataclasses.fields(kind)):
            for value in _values(hints[name]):
                try:
                    yield rule(kind(**{**base, name: value}), newest_shipped(organisation), ON)
                except FactError:
                    continue


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_no_fact_shows_a_key(organisation: str) -> None:
    told = list(_told(organisation))
    profile = newest_shipped(organisation)
    told += [
        entry_is_complete(EntryFacts(statement_kind=kind, situations=tuple(v.AskWhen)[1:], filled=()), profile, ON)
        for kind in v.StatementKind
    ]
    assert len(told) > 300
    for fact in {(fact.name, fact.label, fact.said) for decision in told for fact in decision.facts}:
        name, label, words = fact
        assert name in LABELS, fact
        assert words and "_" not in label + words, fact
        assert not ENGLISH & {words, *words.split(", ")}, fact


def test_every_closed_list_that_a_fact_can_hold_has_its_dutch() -> None:
    without = [
        (kind.__name__, one.value)
        for kind in (v.Person, v.Recipient, v.Ground, v.RetentionKind, v.Item, v.Event, v.Reason, v.RequestKind)
        for one in kind
        if (kind, one.value) not in DUTCH
    ]
    assert not without


def test_yes_no_days_lists_and_nothing_are_words() -> None:
    assert [said("necessary", True), said("necessary", False), said("necessary", None)] == ["ja", "nee", "niet bekend"]
    assert said("closed_on", date(2026, 5, 3)) == "3 mei 2026"
    assert said("requested_by", (v.Person.CLIENT, v.Person.PARENT)) == "cliënt, ouder"
    assert said("requested_by", ()) == "geen"
    assert said("recipient", v.Recipient.GP) == "huisarts"


def test_a_decision_from_before_facts_had_words_still_loads() -> None:
    decision = ask("sterk-huis", "may_disclose", ON, birth_date="1980-01-01", recipient="gp")
    stored = json.loads(json.dumps(decision.to_dict()))
    assert Decision.from_dict(stored).facts[0].said == "huisarts"
    for fact in stored["facts"]:
        del fact["said"]
    assert Decision.from_dict(stored).facts[0].said == ""


def test_a_consent_that_was_refused_is_not_called_absent() -> None:
    no = {"by": ["client"], "refused": True}
    refused = ask("sterk-huis", "may_disclose", ON, birth_date="1980-01-01", recipient="school", consents=[no])
    assert not refused.outcome["allowed"] and NOT_THERE not in refused.explanation
