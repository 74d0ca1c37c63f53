"""What an administrator can change does something: every editable value of a profile is read by code that acts.

A value that is shown, offered and changed while nothing looks at it is a promise that nobody keeps. Fields that wait
for what is still to be built are marked in the schema (`unread`), and no field is marked that is read.
"""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from casemgmt.policy.catalogue import field_catalogue
from casemgmt.policy.loader import ProfileError, newest_shipped, shipped_profiles, with_value
from casemgmt.policy.readable import sections
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.asking import RequestForm
from casemgmt.policy.schema.basics import Words
from casemgmt.policy.schema.keeping import HouseRules
from casemgmt.policy.schema.values import Valued, ValuedMany, in_use

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("casemgmt", "dossiers", "consent", "disclosures", "retention", "requests/client_requests", "portal")
# These walk over whatever the schema holds: they show, offer and store values, and act on none.
WALKERS = ("schema/", "catalogue.py", "readable.py", "forms.py", "labels.py", "sentences.py", "loader.py")
# Where a noun is taken by its name in the code, as a section of a dossier's menu does.
NOUN = re.compile(r"\bword=\"(\w+)\"")
Owned = tuple[type[BaseModel], str]


def sources(suffix: str) -> Iterator[str]:
    """The text of every file of the application that could act on a profile."""
    skipped = tuple(str(ROOT / "casemgmt/policy" / one) for one in WALKERS)
    places = [ROOT / package for package in PACKAGES] if suffix == ".py" else [ROOT / "templates"]
    for place in places:
        for path in sorted(place.rglob(f"*{suffix}")):
            if "migrations" not in path.parts and not str(path).startswith(skipped):
                yield path.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def read() -> frozenset[str]:
    """Names of attributes that code which knows the rules looks at, and nouns as ``words.<name>``."""
    found: set[str] = set()
    for text in sources(".py"):
        found |= {f"words.{name}" for name in NOUN.findall(text)}
        if "casemgmt.policy" in text or "words" in text:
            found |= set(_attributes(ast.parse(text)))
    for text in sources(".html"):
        found |= {f"words.{name}" for name in re.findall(r"\bwords\.(\w+)", text)}
    return frozenset(found)


def _attributes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield f"words.{node.attr}" if _is_words(node.value) else node.attr


def _is_words(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in ("words", "words_on", "_words")


def fields() -> dict[Owned, bool]:
    """Every field of the schema that holds a value to choose, with whether it is said to be in use."""
    return dict(_fields(Profile, set()))


def _fields(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[tuple[Owned, bool]]:
    seen.add(model)
    for name, info in model.model_fields.items():
        inner = list(_models(info.annotation))
        if any(issubclass(one, (Valued, ValuedMany)) for one in inner) or (model is Words and info.title and not inner):
            yield (model, name), in_use(info)
            continue
        for one in inner:
            if one not in seen:
                yield from _fields(one, seen)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _is_read(owner: type[BaseModel], name: str) -> bool:
    return (f"words.{name}" if owner is Words else name) in read()


def _named(wanted: bool, was_read: bool) -> list[str]:
    """The fields that are or are not said to be in use, and are or are not read."""
    found = fields().items()
    return [f"{one[0].__name__}.{one[1]}" for one, used in found if used is wanted and _is_read(*one) is was_read]


def test_every_value_that_can_be_changed_is_read_by_code_that_acts_on_it() -> None:
    assert _named(wanted=True, was_read=False) == []


def test_only_what_nobody_reads_is_said_to_be_not_in_use() -> None:
    assert _named(wanted=False, was_read=True) == []


def test_the_schema_was_walked_to_its_leaves() -> None:
    assert {(HouseRules, "staff_idle_minutes"), (RequestForm, "reason_needed"), (Words, "client")} <= set(fields())
    assert "staff_idle_minutes" in read() and "words.client" in read() and "words.plan" not in read()


@pytest.mark.parametrize("slug", sorted(shipped_profiles()))
def test_what_is_not_in_use_is_shown_as_such_and_offered_to_nobody(slug: str) -> None:
    profile = newest_shipped(slug)
    rules = [rule for section in sections(profile) for group in section.groups for rule in group.rules]
    waiting = {rule.path for rule in rules if not rule.in_use}
    assert {"house_rules.emergency_access", "house_rules.access_log_kept", "access.deputies"} <= waiting
    assert not waiting & {field.path for field in field_catalogue(profile)}
    assert {rule.path for rule in rules} - waiting >= {"house_rules.staff_idle_minutes", "words.client"}
    with pytest.raises(ProfileError):
        with_value(profile, "house_rules.emergency_hours", 12)
