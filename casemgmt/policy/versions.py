"""Which version of the regulation holds on a day, and what it is called.

Pages, acts and jobs ask here and nowhere else. Which versions exist is read once per stay in an organisation;
their content is parsed once per process, since a published version never changes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from casemgmt.base.db import reads
from casemgmt.base.organisation import current, current_scope
from casemgmt.policy import shapes
from casemgmt.policy.models import FROZEN, PolicyVersion
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.profile import hash_of
from casemgmt.web.dates import date_plain

_HELD = "policy.versions"
# Where the strictest sign-in rules of all organisations are remembered (`policy.sign_in`).
STRICTEST = "policy:strictest-sign-in"
_PARSED_AT_MOST = 256


class NoVersion(LookupError):
    """The current organisation has no published regulation; `manage.py load_profiles` loads the shipped one."""


@dataclass(frozen=True, slots=True)
class Held:
    """A version that holds, held or will hold: from the first day until (not including) the last."""

    id: UUID
    number: int
    from_date: date
    until_date: date | None
    body_hash: str

    def holds_on(self, on: date) -> bool:
        """Whether this version holds on the day."""
        return self.from_date <= on and (self.until_date is None or on < self.until_date)


def held_versions() -> tuple[Held, ...]:
    """The frozen versions of the current organisation by first day; one query per stay in the organisation.

    What is remembered opens no transaction: every request asks this several times.
    """
    store = current_scope().store
    if _HELD not in store:
        store[_HELD] = _read_held()
    found: tuple[Held, ...] = store[_HELD]
    return found


@reads
def _read_held() -> tuple[Held, ...]:
    rows = (
        PolicyVersion.objects.filter(state__in=FROZEN)
        .order_by("from_date", "number")
        .values_list("id", "number", "from_date", "until_date", "body_hash")
    )
    return tuple(Held(key, number, first, until, body_hash) for key, number, first, until, body_hash in rows if first)


def forget_held() -> None:
    """Read anew which versions exist; said by the act that published one."""
    current_scope().store.pop(_HELD, None)
    # Not sooner, or somebody else would remember what held before; and a version that holds is no less published
    # when the cache is away, where nobody signs in anyway.
    transaction.on_commit(lambda: cache.delete(STRICTEST), robust=True)


def version_in_force(on: date) -> Held:
    """The version that holds on a day; before the first version's first day that first version, as the nearest text.

    Raises NoVersion when the organisation has none.
    """
    known = held_versions()
    if not known:
        raise NoVersion(f"Organisation {current()} has no published regulation.")
    holding = next((version for version in known if version.holds_on(on)), None)
    return holding or next(version for version in known if version.until_date != version.from_date)


def profile_in_force(on: date) -> Profile:
    """The profile of the current organisation that holds on a day; raises NoVersion when there is none."""
    return profile_of(version_in_force(on).id)


def profile_of(version_id: UUID) -> Profile:
    """The profile of one version of the current organisation; raises PolicyVersion.DoesNotExist for another's."""
    known = next((version for version in held_versions() if version.id == version_id), None)
    return _parsed_once(known) if known else parse_body(_body(version_id))


def parse_body(body: str) -> Profile:
    """The profile that a stored body holds, also one of an earlier shape; its version stays that of the body.

    Raises pydantic.ValidationError when the schema moved away from it without a step in `policy.shapes`.
    """
    stored = json.loads(body)
    shaped = shapes.of_today(stored)
    profile = Profile.model_validate_json(body if shaped is stored else json.dumps(shaped))
    return profile.stored_as(hash_of(stored))


def body_of(profile: Profile) -> str:
    """The content as it is stored: JSON in the order of the regulation."""
    return json.dumps(profile.content(), ensure_ascii=False, separators=(",", ":"))


def version_label(version: str, on: date | None = None) -> str:
    """What a stored decision's version is called: "version 2, from 1 January 2027"; its own text when unknown.

    ``on``: the day of the decision, where it is known; two versions may say the same.
    """
    known = version_named(version, on)
    return label(known.number, known.from_date) if known else version


def version_named(version: str, on: date | None = None) -> Held | None:
    """The frozen version that a stored decision names, also when another holds by now; None when unknown.

    Of several with the same content the one that held on the day of the decision.
    """
    short = version.rpartition("_")[2]
    alike = [held for held in held_versions() if len(short) == 12 and held.body_hash.startswith(short)]
    return next((held for held in alike if on is not None and held.holds_on(on)), alike[0] if alike else None)


def label(number: int, from_date: date) -> str:
    """The name of a version in a sentence."""
    return _("version %(number)s, from %(day)s") % {"number": number, "day": date_plain(from_date)}


@reads
def _body(version_id: UUID) -> str:
    return PolicyVersion.objects.values_list("body", flat=True).get(id=version_id)


# By id and content: an act that published may still be rolled back, and its draft changed afterwards.
_parsed: dict[tuple[UUID, str], Profile] = {}


def _parsed_once(held: Held) -> Profile:
    key = (held.id, held.body_hash)
    if key not in _parsed:
        if len(_parsed) >= _PARSED_AT_MOST:
            _parsed.pop(next(iter(_parsed)), None)
        _parsed[key] = parse_body(_body(held.id))
    return _parsed[key]
