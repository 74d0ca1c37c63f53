"""From TOML text to a frozen profile and back. What a value may be is the schema's business, not decided here."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from casemgmt.policy import shapes, toml_text
from casemgmt.policy.catalogue import Difference, EditableField, differences, field_catalogue, jsonable, set_value
from casemgmt.policy.schema import Profile

__all__ = [
    "Difference",
    "EditableField",
    "ProfileError",
    "differences",
    "dump_profile",
    "field_catalogue",
    "load_profile",
    "newest_shipped",
    "parse_profile",
    "shipped_profiles",
    "with_value",
]

PROFILES = Path(__file__).parent / "profiles"
MAX_SIZE = 2_000_000


class ProfileError(ValueError):
    """A profile that cannot be used: the line (None when it did not come from text), the key, a Dutch sentence.

    `others` holds the further errors of the same text, so that a person can repair all at once.
    """

    def __init__(self, line: int | None, key: str, sentence: str, others: tuple[ProfileError, ...] = ()) -> None:
        """Keep the three parts; the message joins them."""
        self.line = line
        self.key = key
        self.sentence = sentence
        self.others = others
        where = f"regel {line}, " if line else ""
        super().__init__(f"{where}{key}: {sentence}")


def load_profile(path: Path) -> Profile:
    """Read a profile from a file; raises ProfileError, or OSError when there is no such file."""
    return parse_profile(path.read_text(encoding="utf-8"), source=path.name)


def parse_profile(text: str, source: str = "") -> Profile:
    """Read a profile from TOML text, also of a shape that an earlier release wrote; `source` names it in errors.

    Raises ProfileError with line and key.
    """
    if len(text) > MAX_SIZE:
        raise ProfileError(None, source, "Dit bestand is te groot voor een profiel.")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _broken(str(error), source) from error
    try:
        return _validate(shapes.of_today(data))
    except ValidationError as error:
        lines = toml_text.line_map(text)
        raise _joined([_explained(detail, lines) for detail in error.errors(include_url=False)]) from error


def dump_profile(profile: Profile) -> str:
    """The profile as TOML text that `parse_profile` reads back to an equal profile."""
    return toml_text.write(profile.content())


def with_value(profile: Profile, path: str, value: object) -> Profile:
    """A copy with one value changed, for example "requests.kinds.copy.decide_within" to "3 weeks".

    Raises ProfileError when the path is unknown or the value is of the wrong type or outside its bounds.
    """
    try:
        content = set_value(profile, path, value)
    except KeyError as error:
        raise ProfileError(None, path, "Dit onderdeel kan niet worden gewijzigd of bestaat niet.") from error
    try:
        return _validate(content)
    except ValidationError as error:
        raise _joined([_explained(detail, {}) for detail in error.errors(include_url=False)]) from error


@lru_cache(maxsize=1)
def shipped_profiles() -> Mapping[str, tuple[Path, ...]]:
    """The files that come with the product, oldest first, by slug of the organisation."""
    found: dict[str, tuple[Path, ...]] = {}
    for path in sorted(PROFILES.glob("*.toml")):
        slug = path.stem.rpartition("_")[0]
        found[slug] = (*found.get(slug, ()), path)
    return found


@lru_cache(maxsize=32)
def newest_shipped(slug: str) -> Profile:
    """The newest shipped profile of an organisation, parsed once; raises KeyError for an unknown slug."""
    return load_profile(shipped_profiles()[slug][-1])


def _validate(data: Mapping[str, Any]) -> Profile:
    """Strict validation in JSON mode: text for dates, terms and amounts; no other coercion."""
    return Profile.model_validate_json(json.dumps(data, default=jsonable))


def _broken(message: str, source: str) -> ProfileError:
    match = re.search(r"line (\d+)", message)
    line = int(match.group(1)) if match else None
    return ProfileError(line, source, f"Dit is geen geldige TOML-tekst ({message}).")


def _joined(errors: list[ProfileError]) -> ProfileError:
    ordered = sorted(errors, key=lambda error: error.line or 0)
    ordered[0].others = tuple(ordered[1:])
    return ordered[0]


def _explained(detail: ErrorDetails, lines: Mapping[toml_text.Path, int]) -> ProfileError:
    path = tuple(part for part in detail["loc"] if part != "[key]")
    return ProfileError(_line(path, lines), ".".join(str(part) for part in path) or "profiel", _dutch(detail))


def _line(path: toml_text.Path, lines: Mapping[toml_text.Path, int]) -> int | None:
    for size in range(len(path), 0, -1):
        if path[:size] in lines:
            return lines[path[:size]]
    return 1 if lines else None


_SENTENCES = {
    "missing": "Dit onderdeel ontbreekt.",
    "extra_forbidden": "Dit onderdeel bestaat niet. Controleer de spelling.",
    "string_type": "Hier hoort tekst tussen aanhalingstekens.",
    "int_type": "Hier hoort een heel getal.",
    "int_from_float": "Hier hoort een heel getal.",
    "bool_type": "Hier hoort true (ja) of false (nee).",
    "tuple_type": "Hier hoort een lijst tussen vierkante haken.",
    "dict_type": "Hier hoort een tabel.",
    "model_type": "Hier hoort een tabel.",
    "mapping_type": "Hier hoort een tabel.",
    "date_type": "Hier hoort een datum, zoals “2026-01-31”.",
    "date_parsing": "Dit is geen bestaande datum. Schrijf bijvoorbeeld “2026-01-31”.",
    "date_from_datetime_parsing": "Dit is geen bestaande datum. Schrijf bijvoorbeeld “2026-01-31”.",
    "string_too_short": "Deze tekst is te kort.",
    "string_too_long": "Deze tekst is te lang.",
    "too_short": "Hier hoort ten minste één regel.",
    "string_pattern_mismatch": "Deze tekst heeft niet de vorm die hier hoort.",
    "decimal_type": "Hier hoort een bedrag of getal, zoals “0.23”.",
    "decimal_parsing": "Hier hoort een bedrag of getal, zoals “0.23”.",
    "json_type": "Hier hoort een andere soort waarde.",
}


def _dutch(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        text = str(context["error"])
        return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
    if detail["type"] == "enum":
        return f"Dit is geen van de keuzes: {context['expected']}."
    return _SENTENCES.get(detail["type"], "Deze waarde past hier niet.")
