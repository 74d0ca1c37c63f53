"""What an administrator can edit in a profile, generated from the schema; and what differs between two profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.basics import Words
from casemgmt.policy.schema.values import Cited, Valued, ValuedMany, in_use
from casemgmt.policy.terms import Term

DEPENDS = {
    "words": "alle pagina's en brieven",
    "roles": "wat medewerkers mogen",
    "access": "wie een dossier kan openen",
    "recording": "het formulier voor een nieuwe vastlegging",
    "representation": "wie rechten uitoefent, bij lopende verzoeken en verstrekkingen",
    "consent": "verstrekkingen die nog niet zijn overhandigd",
    "disclosure": "verstrekkingen die nog niet zijn overhandigd",
    "informing": "taken om cliënten te informeren",
    "requests": "termijnen en brieven van lopende verzoeken",
    "retention": "de einddatum van dossiers en de vernietigingslijst",
    "security": "wat pagina's zeggen over inloggen en over wie keek",
    "house_rules": "de werkwijze van de organisatie",
    "notices": "hoe iemand zich legitimeert",
    "meta": "wanneer deze versie geldt",
}


@dataclass(frozen=True)
class EditableField:
    """One value that a form can offer: where it stands, what it is, what it is now, and on what it rests.

    `type` is one of yes_no, number, amount, term, date, choice, text, list. `bounds` and `options` are as in the
    profile. `depends` says in Dutch what changes with it.
    """

    path: str
    label: str
    type: str
    unit: str | None
    value: Any
    bounds: tuple[Any, Any] | None
    options: tuple[Any, ...] | None
    articles: tuple[str, ...]
    sentence: str
    kind: str
    legal_review: str | None
    depends: str


@dataclass(frozen=True)
class Difference:
    """One place where two profiles differ; `old` or `new` is None where the value is absent."""

    path: str
    label: str
    old: Any
    new: Any
    articles: tuple[str, ...]


def field_catalogue(profile: Profile) -> tuple[EditableField, ...]:
    """Every editable value of the profile, in the order of the schema; those that nothing acts on yet are not."""
    return tuple(_fields(profile, "", ()))


def differences(old: Profile, new: Profile) -> tuple[Difference, ...]:
    """Every leaf that differs, with the label and the articles of the value it belongs to."""
    before, after = dict(_leaves(old.content(), "")), dict(_leaves(new.content(), ""))
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    return tuple(_difference(path, before.get(path), after.get(path), old, new) for path in changed)


def jsonable(value: object) -> Any:
    """Values that JSON does not know, as the text profiles use; raises TypeError for anything else."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Term, Decimal)):
        return str(value)
    raise TypeError(f"no such value in a profile: {type(value).__name__}")


def set_value(profile: Profile, path: str, value: object) -> dict[str, Any]:
    """The content of the profile with the editable value at `path` replaced; raises KeyError when there is none."""
    if path not in {field.path for field in field_catalogue(profile)}:
        raise KeyError(path)
    content = profile.content()
    *parents, last = path.split(".")
    node: Any = content
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    if isinstance(node, dict) and isinstance(node.get(last), dict):
        node[last] = {**node[last], "value": value}
    else:
        node[last] = value
    return content


def _fields(node: Any, path: str, labels: tuple[str, ...]) -> Iterator[EditableField]:
    if isinstance(node, Mapping):
        for key, item in node.items():
            yield from _fields(item, f"{path}.{key}", (*labels, _own_label(item, str(key))))
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from _fields(item, f"{path}.{index}", (*labels, _own_label(item, str(index + 1))))
    elif isinstance(node, BaseModel):
        yield from _model_fields(node, path, labels)


def _model_fields(node: BaseModel, path: str, labels: tuple[str, ...]) -> Iterator[EditableField]:
    for name, info in type(node).model_fields.items():
        if not in_use(info):
            continue  # a value that nothing acts on is not offered
        item = getattr(node, name)
        here = f"{path}.{name}".lstrip(".")
        named = (*labels, info.title or name)
        if isinstance(item, (Valued, ValuedMany)):
            yield _editable(item, info, here, named)
        elif isinstance(node, Words) and isinstance(item, str) and info.title:
            yield _word(node, item, here, named)
        elif not isinstance(item, (str, int)):
            yield from _fields(item, here, named)


def _own_label(item: Any, key: str) -> str:
    return str(getattr(item, "label", key))


def _editable(item: Any, info: FieldInfo, path: str, labels: tuple[str, ...]) -> EditableField:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    unit = extra.get("unit")
    return EditableField(
        path=path,
        label=" – ".join(labels),
        type=_type_name(item),
        unit=str(unit) if unit else None,
        value=item.value,
        bounds=item.bounds,
        options=getattr(item, "options", None),
        articles=item.articles,
        sentence=item.sentence,
        kind=item.kind.value,
        legal_review=item.legal_review,
        depends=DEPENDS[path.split(".")[0]],
    )


def _word(words: Words, value: str, path: str, labels: tuple[str, ...]) -> EditableField:
    return EditableField(
        path=path,
        label=" – ".join(labels),
        type="text",
        unit=None,
        value=value,
        bounds=None,
        options=None,
        articles=words.articles,
        sentence=words.sentence,
        kind=words.kind.value,
        legal_review=None,
        depends=DEPENDS["words"],
    )


_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "yes_no"),
    (int, "number"),
    (Decimal, "amount"),
    (Term, "term"),
    (date, "date"),
    (tuple, "list"),
)


def _type_name(item: Any) -> str:
    if getattr(item, "options", None):
        return "choice"
    return next((name for kind, name in _TYPES if isinstance(item.value, kind)), "text")


def _leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, item in node.items():
            yield from _leaves(item, f"{path}.{key}".lstrip("."))
    elif isinstance(node, list) and node and isinstance(node[0], dict):
        for index, item in enumerate(node):
            yield from _leaves(item, f"{path}.{index}")
    else:
        yield path, node


def _difference(path: str, before: Any, after: Any, old: Profile, new: Profile) -> Difference:
    labels, cited = _walk(new if after is not None else old, path)
    shown_path = path.removesuffix(".value")
    return Difference(shown_path, " – ".join(labels), before, after, cited.articles if cited else ())


def _walk(profile: Profile, path: str) -> tuple[list[str], Cited | None]:
    """The Dutch labels along a path and the innermost cited thing on it."""
    node: Any = profile
    labels: list[str] = []
    cited: Cited | None = None
    for part in path.split("."):
        if isinstance(node, BaseModel):
            info = type(node).model_fields[part]
            node = getattr(node, part)
            labels.extend([info.title] if info.title else [])
        else:
            node = node[int(part)] if isinstance(node, tuple) else node[part]
            labels.append(_own_label(node, part))
        cited = node if isinstance(node, Cited) else cited
    return labels, cited
