"""A profile as something to read: sections, groups and rules, each with its value, sentence and articles.

Walks whatever the schema holds, so that a rule that is added there is on the page without more work.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from casemgmt.policy.calendar import say
from casemgmt.policy.decision import Kind
from casemgmt.policy.labels import dutch
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.basics import Words
from casemgmt.policy.schema.people import Test
from casemgmt.policy.schema.values import Cited, Valued, ValuedMany, in_use
from casemgmt.policy.schema.vocabulary import RoleKey
from casemgmt.policy.terms import Term

# Alarm thresholds and who may do what are nobody's business outside.
NOT_PUBLIC = frozenset({"house_rules", "roles", "words"})

_OWN_OF_CITED = frozenset(Cited.model_fields) | frozenset(
    ["label", "key", "value", "bounds", "options", "sample_text", "reason", "ground", "item"]
)
# Elsewhere what is off goes unsaid; here "no" is the rule.
_SAY_NO = frozenset({"offered", "needed", "allowed", "duty"})
# A thing with at least so many rules gets a heading of its own.
_OWN_GROUP = 3
_DEEPEST = 3
_ROLES = frozenset(key.value for key in RoleKey)
HOUSE = "house_rules."
_HOUSE = {
    "Geven en vertellen": ("disclosure_", "second_person", "informing_"),
    "Herinneringen en concepten": ("note_", "deadline_", "correction_", "draft_"),
    "Vernietigen": ("cooling_off", "execution_", "removal_", "stopped_", "adult_youth_", "unlikely_"),
    "Inzage en alarmen": ("log_view_", "mass_reading_", "access_log_"),
    "Noodtoegang": ("emergency_",),
    "Inloggen": ("staff_", "portal_idle_", "portal_session_", "confirm_again_", "sign_in_"),
    "Portaal": ("portal_", "download_"),
    "Reservekopieën en leveren": ("key_backups_", "anonymous_"),
}
_TERM = re.compile(r"\d+ (?:day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it is about, what holds, in a sentence, and where that stands; and whether anything acts on it."""

    path: str
    title: str
    value: str
    details: tuple[tuple[str, str], ...]
    sentence: str
    articles: tuple[str, ...]
    kind: Kind
    reading: int | None
    legal_review: str | None
    bounds: str
    in_use: bool = True

    @property
    def anchor(self) -> str:
        """The id of the rule on the page."""
        return anchor(self.path)


@dataclass(frozen=True, slots=True)
class Group:
    """Rules about one thing, such as one kind of request."""

    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the regulation."""

    key: str
    title: str
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many rules stand here."""
        return sum(len(group.rules) for group in self.groups)

    @property
    def waits(self) -> bool:
        """Whether nothing acts on one of its rules yet."""
        return any(not rule.in_use for group in self.groups for rule in group.rules)


@dataclass(frozen=True, slots=True)
class _Found:
    group: tuple[str, ...]
    rule: Rule


def anchor(path: str) -> str:
    """The id on a page for a path in a profile."""
    return "r-" + re.sub(r"[^A-Za-z0-9]+", "-", path)


def sections(profile: Profile, *, public: bool = False) -> tuple[Section, ...]:
    """The whole profile in the order of the schema; for the public without what only staff should see."""
    made = []
    for key, info in Profile.model_fields.items():
        if public and key in NOT_PUBLIC:
            continue
        found = _walk(getattr(profile, key), key, (), profile)
        group = _house if key == "house_rules" else _grouped
        made.append(Section(key, info.title or key, group(list(found))))
    return tuple(section for section in made if section.groups)


def shown(value: Any, profile: Profile | None = None) -> str:
    """A value as people read it: yes and no, terms, dates and names in Dutch."""
    if value is None or value == () or value == []:
        return "geen"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, str) and value in _ROLES and profile is not None:
        role = RoleKey(value)
        return profile.roles.label(value) if role in profile.roles.table else dutch(role)
    if isinstance(value, (Term, Test)):
        return value.dutch() if isinstance(value, Term) else value.question
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item, profile) for item in value)
    return _shown_plain(value)


def shown_raw(value: Any) -> str:
    """A value as JSON holds it, as people read it: "4 weeks" is 4 weken."""
    if isinstance(value, str) and _TERM.fullmatch(value):
        return Term.parse(value).dutch()
    if isinstance(value, list):
        return ", ".join(shown_raw(item) for item in value) or "geen"
    if isinstance(value, dict):
        return str(value.get("label") or value.get("sentence") or value.get("value") or "…")
    return shown(value)


def _shown_plain(value: Any) -> str:
    if isinstance(value, StrEnum):
        return dutch(value)
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    if hasattr(value, "isoformat"):
        return say(value)
    return dutch(value) if isinstance(value, str) else str(value)


def _walk(node: Any, path: str, labels: tuple[str, ...], profile: Profile) -> Iterator[_Found]:
    if isinstance(node, Words):
        yield from _words(node, path)
    elif isinstance(node, Cited):
        yield _Found(labels[:-1], _rule(node, path, labels, profile))
        if not isinstance(node, (Valued, ValuedMany)):
            yield from _fields(node, path, labels, profile)
    elif isinstance(node, BaseModel):
        yield from _fields(node, path, labels, profile)


def _fields(node: BaseModel, path: str, labels: tuple[str, ...], profile: Profile) -> Iterator[_Found]:
    for name, info in type(node).model_fields.items():
        item, here = getattr(node, name), f"{path}.{name}"
        title = info.title or name
        if not in_use(info):
            waiting = _walk(item, here, (*labels, title), profile)
            yield from (_Found(one.group, replace(one.rule, in_use=False)) for one in waiting)
        elif isinstance(item, Mapping):
            for key, one in item.items():
                yield from _walk(one, f"{here}.{key}", (*labels, title, _name(one, key)), profile)
        elif isinstance(item, tuple):
            for index, one in enumerate(item):
                yield from _walk(one, f"{here}.{index}", (*labels, title, _name(one, "")), profile)
                # A table inside a table: the exceptions of a ladder per right.
        else:
            yield from _walk(item, here, (*labels, title), profile)
        if isinstance(item, Mapping) and item and not isinstance(next(iter(item.values())), BaseModel):
            yield from _nested(item, here, (*labels, title), profile)


def _nested(table: Mapping[Any, Any], path: str, labels: tuple[str, ...], profile: Profile) -> Iterator[_Found]:
    for key, inner in table.items():
        if isinstance(inner, Mapping):
            for name, one in inner.items():
                place = (*labels, dutch(key), _name(one, name))
                yield from _walk(one, f"{path}.{key}.{name}", place, profile)


def _name(item: Any, key: Any) -> str:
    label = getattr(item, "label", None)
    if isinstance(label, str):
        return label[:1].upper() + label[1:]
    named = next((value for value in (getattr(item, n, None) for n in ("reason", "item", "ground")) if value), key)
    word = dutch(named) if isinstance(named, str) else str(named)
    return word[:1].upper() + word[1:]


def _rule(node: Cited, path: str, labels: tuple[str, ...], profile: Profile) -> Rule:
    value, bounds = "", ""
    if isinstance(node, (Valued, ValuedMany)):
        value, bounds = _with_unit(node, path, profile), bounds_sentence(node.bounds)
    return Rule(
        path=path,
        title=labels[-1] if labels and labels[-1] else "",
        value=value,
        details=() if value else _details(node, profile),
        sentence=node.sentence,
        articles=node.articles,
        kind=node.kind,
        reading=node.reading,
        legal_review=node.legal_review,
        bounds=bounds,
    )


def bounds_sentence(bounds: tuple[Any, Any] | None) -> str:
    """What an administrator may choose: "2 dagen tot en met 30 dagen"."""
    return f"{shown(bounds[0])} tot en met {shown(bounds[1])}" if bounds else ""


def _with_unit(node: Any, path: str, profile: Profile) -> str:
    *_parents, name = path.split(".")
    info = type(profile.house_rules).model_fields.get(name) if path.startswith("house_rules.") else None
    extra = info.json_schema_extra if info is not None and isinstance(info.json_schema_extra, dict) else {}
    return " ".join(filter(None, (shown(node.value, profile), str(extra.get("unit", "")))))


def _details(node: Cited, profile: Profile) -> tuple[tuple[str, str], ...]:
    """The plain fields beside the sentence: who, how, when; what is off or empty goes unsaid."""
    said = []
    for name, info in type(node).model_fields.items():
        value = getattr(node, name)
        if name in _OWN_OF_CITED or not info.title or (value in (None, (), False, "") and name not in _SAY_NO):
            continue
        if isinstance(value, (BaseModel, Mapping)) or (isinstance(value, tuple) and isinstance(value[0], Cited)):
            continue
        said.append((info.title, shown(value, profile)))
    return tuple(said)


def _words(words: Words, path: str) -> Iterator[_Found]:
    for name, info in Words.model_fields.items():
        value = getattr(words, name)
        if isinstance(value, str) and info.title:
            about = words.sentence, words.articles, words.kind
            yield _Found((), Rule(f"{path}.{name}", info.title, value, (), *about, None, None, "", in_use(info)))


def _grouped(found: list[_Found]) -> tuple[Group, ...]:
    """Rules under the name of what they are about; a thing with many rules stands first in its own group."""
    sizes = Counter(entry.group[:2] for entry in found if len(entry.group) > 1)
    groups: dict[tuple[str, ...], list[Rule]] = {}
    for entry in found:
        itself = (*entry.group, entry.rule.title)
        rule, place = entry.rule, entry.group[:_DEEPEST]
        if len(itself) == len(entry.group[:1]) + 1 and sizes[itself] >= _OWN_GROUP:
            place, rule = itself, replace(rule, title="In het algemeen")
        elif len(place) > 1 and sizes[place[:2]] < _OWN_GROUP:
            place, rule = place[:1], replace(rule, title=_joined(*entry.group[1:], rule.title))
        elif len(entry.group) > _DEEPEST:
            rule = replace(rule, title=_joined(*entry.group[_DEEPEST:], rule.title))
        groups.setdefault(place, []).append(rule)
    return tuple(Group(_joined(*(place[1:] or place)), tuple(rules)) for place, rules in groups.items())


def _house(found: list[_Found]) -> tuple[Group, ...]:
    """House rules by what they are about, which the beginning of their name says; what is about nothing named, last."""
    groups: dict[str, list[Rule]] = {title: [] for title in house_titles()}
    for entry in found:
        groups[house_title(entry.rule.path)].append(entry.rule)
    return tuple(Group(title, tuple(rules)) for title, rules in groups.items() if rules)


def house_titles() -> tuple[str, ...]:
    """What house rules are about, in the order of the page; the last, without a name, for all that is about nothing
    of these.
    """
    return (*_HOUSE, "")


def house_title(path: str) -> str:
    """What the house rule at this path is about, "" for nothing that has a name."""
    name = path.removeprefix(HOUSE)
    return next((title for title, names in _HOUSE.items() if name.startswith(names)), "")


def _joined(*parts: str) -> str:
    """Several names as one: "Dossier inzien: weigeringsgronden"."""
    named = [part for part in parts if part]
    return ": ".join([*named[:1], *(part[:1].lower() + part[1:] for part in named[1:])])
