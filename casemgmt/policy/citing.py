"""Letting a template name the rule behind its page: `cite("search", role=…)`.

The profile in force is known already while a page is made, so nothing more is read. Outside an organisation
there is no rule to name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.http import HttpRequest

from casemgmt.base import clock
from casemgmt.base.organisation import current_or_none, organisation
from casemgmt.organisations.places import places_of
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.pages import page_rule, rules_of
from casemgmt.policy.versions import NoVersion, label, profile_in_force, profile_of, version_label, version_named
from casemgmt.web.context import provides


def install() -> None:
    """Let templates ask for the rule behind their page."""
    provides("cite")(lambda request: partial(_cite, request))
    provides("cite_articles")(lambda request: _cite_articles)
    provides("version_words")(lambda request: _version_words)


def _cite(request: HttpRequest | None, place: str, **seen: Any) -> Decision | None:
    if current_or_none() is not None:
        return _in_force(partial(page_rule, place), clock.today(), seen)
    # Signing in happens outside an organisation; whoever works in one only is on the way to that one.
    user = getattr(request, "user", None)
    known = places_of(user.id) if user is not None and user.is_authenticated else []
    if len(known) != 1:
        return None
    with organisation(known[0].id):
        return _in_force(partial(page_rule, place), clock.today(), seen)


def _cite_articles(articles: Iterable[str], version: str, on: date, **seen: Any) -> Decision | None:
    """What articles said in the version that a document names, which was decided by it on that day."""
    named = version_named(version, on)
    if named is None:
        return None
    decision = rules_of(articles, profile_of(named.id), **seen)
    return decision and replace(decision, version=label(named.number, named.from_date))


def _version_words(version: str) -> str:
    """What the version behind a decision is called, the same on every page; its own text outside an organisation."""
    return version if current_or_none() is None else version_label(version, clock.today())


def _in_force(worded: Callable[..., Decision | None], on: date, seen: dict[str, Any]) -> Decision | None:
    try:
        decision = worded(profile_in_force(on), **seen)
    except NoVersion:
        return None
    return decision and replace(decision, version=version_label(decision.version, on))
