"""What the pages about rules show: plain values, read in one transaction, nothing decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from casemgmt.accounts.models import User
from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Membership
from casemgmt.policy.acts import PUBLISH, hands
from casemgmt.policy.catalogue import differences
from casemgmt.policy.impacts import impacts
from casemgmt.policy.models import PENDING, PolicyChange, PolicySimulation, PolicyVersion, State
from casemgmt.policy.placing import follower
from casemgmt.policy.readable import shown_raw
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Capability
from casemgmt.policy.sentences import Stale
from casemgmt.policy.simulation import day_of_count
from casemgmt.policy.still_right import sort_out
from casemgmt.policy.versions import parse_body, profile_in_force, profile_of, version_in_force


@dataclass(frozen=True, slots=True)
class Changed:
    """One value that differs from the version before: where, what it was and is, and who changed it."""

    path: str
    label: str
    old: str
    new: str
    articles: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A version in a list: what it is called, where it stands, who did what and why."""

    id: UUID
    number: int
    state: str
    holds: str
    from_date: date | None
    until_date: date | None
    made_by: str
    made_at: datetime
    submitted_by: str
    submitted_at: datetime | None
    published_by: str
    published_at: datetime | None
    why: str
    why_past: str
    answer: str
    source: str
    changes: tuple[Changed, ...] = ()

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, where that is known and it holds at all."""
        if self.until_date is None or self.until_date == self.from_date:
            return None
        return self.until_date - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Work:
    """A simulation as a page shows it."""

    id: UUID
    state: str
    doing: str
    done: int
    total: int
    results: tuple[Mapping[str, Any], ...]
    asked_at: datetime
    on: date
    is_current: bool

    @property
    def is_busy(self) -> bool:
        """Whether looking again may show something new."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class After:
    """What was planned before and takes over from a version: until which day that one holds, and what is lost then."""

    number: int
    from_date: date
    last_day: date
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that does not hold yet, with what it changes, what takes over from it and who may publish it.

    ``stale`` are sentences that still tell of an old value; ``right`` those of which somebody said that they may.
    """

    card: Card
    profile: Profile
    base: Profile
    base_number: int
    work: Work | None
    after: After | None
    stale: tuple[Stale, ...]
    right: tuple[Stale, ...]
    hands: frozenset[UUID]
    publishers: tuple[str, ...]


@reads
def pending() -> Card | None:
    """The one version of the current organisation that is drafted or submitted, if there is one."""
    version = PolicyVersion.objects.filter(state__in=PENDING).select_related("based_on").first()
    return None if version is None else _card(version, _hands([version]), date.min, with_changes=True)


@reads
def offered_to(actor: Actor) -> Card | None:
    """The version that waits for this person to publish it; None for who may not, and who had a hand in it."""
    if actor.user_id is None or not actor.may(PUBLISH):
        return None
    offered = PolicyVersion.objects.filter(state=State.SUBMITTED).exclude(id__in=touched_by(actor.user_id)).first()
    return None if offered is None else _card(offered, _hands([offered]), date.min)


def touched_by(user_id: UUID) -> QuerySet[PolicyVersion, UUID]:
    """The submitted versions in which somebody had a hand, by id, as a part of another query; as ``acts.hands``."""
    mine = Q(made_by_id=user_id) | Q(submitted_by_id=user_id) | Q(changes__by_id=user_id)
    return PolicyVersion.objects.filter(mine, state=State.SUBMITTED).values_list("id", flat=True)


@reads
def history(on: date) -> list[Card]:
    """All versions of the current organisation, newest first, each with what it changed."""
    versions = list(PolicyVersion.objects.select_related("based_on").order_by("-number"))
    known = _hands(versions)
    return [_card(version, known, on, with_changes=True) for version in versions]


@reads
def version_by_number(number: int, on: date) -> tuple[Card, Profile]:
    """One version of the current organisation with its profile; raises NotThere."""
    version = PolicyVersion.objects.select_related("based_on").filter(number=number).first()
    if version is None:
        raise NotThere
    return _card(version, _hands([version]), on, with_changes=True), parse_body(version.body)


@reads
def in_force(on: date) -> tuple[Card, Profile]:
    """The version that holds on a day with its profile."""
    version = PolicyVersion.objects.select_related("based_on").get(id=version_in_force(on).id)
    return _card(version, _hands([version]), on), profile_in_force(on)


@reads
def draft(version_id: UUID, on: date) -> Draft:
    """A version that does not hold yet; raises NotThere for another organisation's, or one that was published."""
    version = PolicyVersion.objects.select_related("based_on").filter(id=version_id, state__in=PENDING).first()
    if version is None or version.based_on is None:
        raise NotThere
    involved, sentences = hands(version), sort_out(version)
    profile, base = parse_body(version.body), parse_body(version.based_on.body)
    return Draft(
        card=_card(version, _hands([version]), on, with_changes=True),
        profile=profile,
        base=base,
        base_number=version.based_on.number,
        work=_work(version),
        after=_after(version, version.based_on, base, profile),
        stale=sentences.open,
        right=sentences.right,
        hands=involved,
        publishers=_publishers(involved, on),
    )


def _after(version: PolicyVersion, based_on: PolicyVersion, base: Profile, draft: Profile) -> After | None:
    """A draft begins while the version it was made from holds, so what follows that one is known before the day is."""
    first_day = version.from_date if version.state == State.SUBMITTED else based_on.from_date
    assert first_day is not None
    held = follower(first_day)
    if held is None:
        return None
    other = {one.path for one in differences(draft, profile_of(held.id))}
    lost = dict.fromkeys(one.label for one in differences(base, draft) if one.path in other)
    return After(held.number, held.from_date, held.from_date - timedelta(days=1), tuple(lost))


def _work(version: PolicyVersion) -> Work | None:
    asked = PolicySimulation.objects.filter(version=version)
    if version.state == State.SUBMITTED:
        asked = asked.filter(on=day_of_count(version))
    found = asked.order_by("-asked_at").first()
    if found is None:
        return None
    return Work(
        id=found.id,
        state=found.state,
        doing=_title(found.doing),
        done=found.done,
        total=found.total,
        results=tuple(_in_words(one) for one in found.result),
        asked_at=found.asked_at,
        on=found.on,
        is_current=found.body_hash == version.body_hash,
    )


def _in_words(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """What one impact found, in the reader's language; results from before that was stored as text stay as they are."""
    known = impacts.get(stored["name"]) if stored["name"] in impacts else None
    examples = [one if isinstance(one, str) or known is None else known.example(one) for one in stored["examples"]]
    return {**stored, "title": _title(stored["name"]), "examples": examples}


def _title(name: str) -> str:
    """What an impact is called; the text itself where it is none of a known impact."""
    return impacts.get(name).title if name in impacts else name


def _publishers(involved: frozenset[UUID], on: date) -> tuple[str, ...]:
    """The colleagues who may publish and had no hand in the version."""
    roles = [key.value for key in profile_in_force(on).roles.having(Capability.POLICY_PUBLISH)]
    held = Membership.objects.filter(role__in=roles, starts_on__lte=on).values_list("user_id", "ends_on")
    ids = {user_id for user_id, ends_on in held if ends_on is None or ends_on >= on} - involved
    return tuple(User.objects.filter(id__in=ids, is_active=True).order_by("name").values_list("name", flat=True))


@dataclass(frozen=True, slots=True)
class _Hands:
    """Who had a hand in some versions: their names, and per version who last changed which value."""

    names: Mapping[UUID, str]
    changed: Mapping[UUID, Mapping[str, UUID]]

    def name(self, user_id: UUID | None) -> str:
        """How somebody is called; empty for nobody."""
        return self.names.get(user_id, "") if user_id else ""


def _hands(versions: Iterable[PolicyVersion]) -> _Hands:
    """Read for all versions at once: two queries whatever their number."""
    rows = list(versions)
    changed: dict[UUID, dict[str, UUID]] = {}
    made = PolicyChange.objects.filter(version__in=rows).order_by("at").values_list("version_id", "path", "by_id")
    for version_id, path, by_id in made:
        changed.setdefault(version_id, {})[path] = by_id
    ids = {one for row in rows for one in (row.made_by_id, row.submitted_by_id, row.published_by_id) if one}
    ids |= {by_id for paths in changed.values() for by_id in paths.values()}
    return _Hands(dict(User.objects.filter(id__in=ids).values_list("id", "name")), changed)


def _card(version: PolicyVersion, known: _Hands, on: date, *, with_changes: bool = False) -> Card:
    return Card(
        id=version.id,
        number=version.number,
        state=version.state,
        holds=_holds(version, on),
        from_date=version.from_date,
        until_date=version.until_date,
        made_by=known.name(version.made_by_id),
        made_at=version.made_at,
        submitted_by=known.name(version.submitted_by_id),
        submitted_at=version.submitted_at,
        published_by=known.name(version.published_by_id),
        published_at=version.published_at,
        why=version.why,
        why_past=version.why_past,
        answer=version.answer,
        source=version.source,
        changes=_changes(version, known) if with_changes else (),
    )


def _holds(version: PolicyVersion, on: date) -> str:
    """In one word of the code where a version stands on a day."""
    if not version.is_frozen:
        return version.state
    assert version.from_date is not None
    if version.until_date == version.from_date:
        return "replaced"
    if version.until_date is not None and version.until_date <= on:
        return "ended"
    return "planned" if version.from_date > on else "now"


def _changes(version: PolicyVersion, known: _Hands) -> tuple[Changed, ...]:
    if version.based_on is None or version.based_on.body_hash == version.body_hash:
        return ()
    by = known.changed.get(version.id, {})
    found = differences(parse_body(version.based_on.body), parse_body(version.body))
    return tuple(
        Changed(one.path, one.label, shown_raw(one.old), shown_raw(one.new), one.articles, known.name(by.get(one.path)))
        for one in found
    )
