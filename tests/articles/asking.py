"""Asks the rules a question in the public vocabulary, as `manage.py decide` will: names in, Decision out."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from casemgmt.policy.decision import Decision
from casemgmt.policy.loader import newest_shipped
from casemgmt.policy.rules import access, consent, disclosure, facts, informing, representation, requests, retention
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import About

Rule = Callable[[Any, Profile, date], Decision]

QUESTIONS: dict[str, tuple[type, Rule]] = {
    "who_exercises_rights": (facts.RightFacts, representation.who_exercises_rights),
    "whose_consent_needed": (facts.ConsentFacts, consent.whose_consent_needed),
    "may_inspect": (facts.RequestFacts, requests.may_inspect),
    "may_disclose": (facts.DisclosureFacts, disclosure.may_disclose),
    "must_inform_client": (facts.InformFacts, informing.must_inform_client),
    "request_deadline": (facts.RequestFacts, requests.request_deadline),
    "retention_expires": (facts.KeepingFacts, retention.retention_expires),
    "destruction_due": (facts.KeepingFacts, retention.destruction_due),
    "may_destroy": (facts.KeepingFacts, retention.may_destroy),
    "copy_fee": (facts.FeeFacts, requests.fee),
    "may_access": (facts.AccessFacts, access.may_access),
    "refusal_grounds": (facts.RequestFacts, requests.refusal_grounds),
}


def ask(organisation: str, question: str, on: date | str = date(2026, 6, 1), **named: Any) -> Decision:
    """The decision of one organisation's newest profile."""
    named.pop("on", None)
    day = date.fromisoformat(on) if isinstance(on, str) else on
    profile = newest_shipped(organisation)
    if question == "appeal_route":
        return requests.appeal_route(About(named["about"]), profile, day)
    kind, rule = QUESTIONS[question]
    return rule(read(kind, named), profile, day)


def read(kind: type, named: Mapping[str, Any]) -> Any:
    """A facts dataclass from plain values; names it does not know are left out, None counts as absent."""
    hints = typing.get_type_hints(kind)
    return kind(
        **{name: _as(hints[name], value) for name, value in named.items() if name in hints and value is not None}
    )


def _as(wanted: Any, value: Any) -> Any:
    if typing.get_origin(wanted) in (typing.Union, types.UnionType):
        inner = [one for one in typing.get_args(wanted) if one is not type(None)]
        return None if value is None else _as(inner[0], value)
    if typing.get_origin(wanted) is tuple:
        return tuple(_as(typing.get_args(wanted)[0], one) for one in value)
    if dataclasses.is_dataclass(wanted) and isinstance(value, Mapping):
        return read(typing.cast("type", wanted), value)
    if wanted is date:
        return date.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return wanted(value)
    return value
