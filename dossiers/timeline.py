"""The timeline of a dossier: entries newest first, with what happened in other packages between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.versions import NoVersion, profile_in_force
from casemgmt.web.dates import date_long, spoken
from dossiers.frame import first_name
from dossiers.models import Dossier, Entry, EntryAbout, EntryVersion, Person
from dossiers.recording.differences import marked
from dossiers.recording.vocabulary import FORM_OF, EntryKind
from dossiers.sections import Span, TimelineEvent, timeline_events

PAGE = 25
# A day in any time zone still has a calendar to stand in.
YEARS = range(2, 9999)


@dataclass(frozen=True, slots=True)
class EntryValue:
    """One entry as a page shows it; ``form`` is fact, opinion or hypothesis."""

    id: UUID
    kind: str
    form: str
    label: str
    text: str
    about: str
    about_ids: tuple[UUID, ...]
    source: str
    details: Mapping[str, str]
    happened_on: date
    recorded_at: datetime
    author: str
    version: int
    why: str
    test_before: date | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the timeline: its entries and the events between them, the newest first."""

    on: date
    title: str
    items: tuple[EntryValue | TimelineEvent, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of the timeline; ``next`` is the key of the older page."""

    days: tuple[Day, ...]
    next: str


def load_timeline(
    dossier: Dossier, actor: Actor, *, after: str = "", kind: str = "", about: UUID | None = None
) -> Timeline:
    """The newest 25 entries from the key ``after``, of one kind (of ``kinds_on``) or about somebody where asked."""
    rows = list(_entries(dossier, after, kind, about)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    entries = values_of(dossier, rows)
    events: Sequence[TimelineEvent] = ()
    if not kind and about is None:
        events = _events(dossier, actor, _span(rows, after, more))
    return Timeline(tuple(_by_day(entries, events)), key_of(rows[-1]) if more else "")


def latest_entries(dossier: Dossier, many: int = 3) -> tuple[EntryValue, ...]:
    """The last few entries, for a task that concerns the dossier."""
    return tuple(values_of(dossier, list(_entries(dossier, "", "", None)[:many])))


def entry_value(dossier: Dossier, entry_id: UUID) -> EntryValue:
    """One entry in its present wording; raises NotThere."""
    row = Entry.objects.filter(dossier=dossier, id=entry_id).first()
    if row is None:
        raise NotThere
    return values_of(dossier, [row])[0]


@dataclass(frozen=True, slots=True)
class VersionValue:
    """One wording of an entry, with what was added and dropped since the one before."""

    number: int
    text: str
    source: str
    why: str
    made_by: str
    made_at: datetime
    words: tuple[tuple[str, str], ...]


def versions_of(dossier: Dossier, entry_id: UUID) -> tuple[VersionValue, ...]:
    """All wordings of an entry, newest first."""
    rows = list(EntryVersion.objects.filter(dossier=dossier, entry_id=entry_id).order_by("number"))
    if not rows:
        raise NotThere
    names = names_of(row.made_by_id for row in rows)
    found = []
    before = ""
    for row in rows:
        words = tuple(marked(before, row.text)) if row.number > 1 else (("same", row.text),)
        author = names.get(row.made_by_id, "")
        found.append(VersionValue(row.number, row.text, row.source or "", row.why or "", author, row.made_at, words))
        before = row.text
    return tuple(reversed(found))


def values_of(dossier: Dossier, rows: Sequence[Entry]) -> list[EntryValue]:
    """Entries with their present words, about whom, and who wrote them: four queries whatever their number."""
    ids = [row.id for row in rows]
    versions = {
        version.entry_id: version
        for version in EntryVersion.objects.filter(dossier=dossier, entry_id__in=ids, number=F("entry__version"))
    }
    about: dict[UUID, list[UUID]] = {}
    for entry_id, person_id in EntryAbout.objects.filter(dossier=dossier, entry_id__in=ids).values_list(
        "entry_id", "person_id"
    ):
        about.setdefault(entry_id, []).append(person_id)
    people = {person.id: person for person in Person.objects.filter(dossier=dossier).order_by("position", "id")}
    authors = names_of(row.author_id for row in rows)
    labels = kind_labels(clock.today())
    return [_value(row, versions[row.id], about.get(row.id, []), people, authors, labels) for row in rows]


def names_of(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of staff by account; one query."""
    wanted = {user_id for user_id in user_ids if user_id}
    return dict(User.objects.filter(id__in=wanted).values_list("id", "name"))


def kind_labels(on: date) -> dict[str, str]:
    """What the organisation calls each kind of statement, also one that it records no more."""
    return {str(value): str(label) for value, label in EntryKind.choices} | kinds_on(on)


def kinds_on(on: date) -> dict[str, str]:
    """The kinds of statement that the regulation of a day knows, in its order and its words; all without one."""
    try:
        kinds = profile_in_force(on).recording.statement_kinds
    except NoVersion:
        return {str(value): str(label) for value, label in EntryKind.choices}
    return {one.key.value: one.label for one in kinds}


def key_of(row: Entry) -> str:
    """Where the next page begins."""
    return f"{row.happened_on.isoformat()}~{row.recorded_at.isoformat()}~{row.id}"


def _entries(dossier: Dossier, after: str, kind: str, about: UUID | None) -> QuerySet[Entry]:
    found = Entry.objects.filter(dossier=dossier)
    kinds = kinds_on(clock.today()) if kind else {}
    if kind in kinds:
        found = found.filter(kind__in=_as_kind(kind, kinds))
    if about is not None:
        found = found.filter(id__in=EntryAbout.objects.filter(dossier=dossier, person_id=about).values("entry_id"))
    place = _place(after)
    if place is not None:
        on, at, last = place
        older = Q(happened_on__lt=on) | Q(happened_on=on) & (Q(recorded_at__lt=at) | Q(recorded_at=at, id__lt=last))
        found = found.filter(older, happened_on__lte=on)
    return found.order_by("-happened_on", "-recorded_at", "-id")


def _as_kind(kind: str, kinds: Mapping[str, str]) -> list[str]:
    """A kind, and those of its form that the regulation knew once: what was recorded then is still found."""
    form = FORM_OF[EntryKind(kind)]
    return [kind, *(other.value for other, drawn in FORM_OF.items() if drawn == form and other.value not in kinds)]


def _place(after: str) -> tuple[date, datetime, UUID] | None:
    """Where the page begins; a key nobody gave out begins at the top."""
    parts = after.split("~")
    try:
        on, at, last = date.fromisoformat(parts[0]), datetime.fromisoformat(parts[1]), UUID(parts[2])
    except (ValueError, IndexError):
        return None
    fits = on.year in YEARS and at.year in YEARS
    return (on, at, last) if fits and at.tzinfo else None


def _span(rows: Sequence[Entry], after: str, more: bool) -> Span:
    place = _place(after)
    newest = _midnight(place[0]) if place else None
    oldest = _midnight(rows[-1].happened_on) if rows and more else None
    return Span(newest, oldest)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.AMSTERDAM).astimezone(UTC)


def _events(dossier: Dossier, actor: Actor, span: Span) -> list[TimelineEvent]:
    found: list[TimelineEvent] = []
    for _name, source in timeline_events:
        found += source(dossier, actor, span)
    return found


def _by_day(entries: Sequence[EntryValue], events: Sequence[TimelineEvent]) -> Iterable[Day]:
    today = clock.today()
    days: dict[date, list[tuple[datetime, EntryValue | TimelineEvent]]] = {}
    for entry in entries:
        days.setdefault(entry.happened_on, []).append((entry.recorded_at, entry))
    for event in events:
        days.setdefault(clock.local_date(event.at), []).append((event.at, event))
    for day in sorted(days, reverse=True):
        yield Day(
            day,
            _title(day, today),
            tuple(item for _at, item in sorted(days[day], key=lambda pair: pair[0], reverse=True)),
        )


def _title(day: date, today: date) -> str:
    """The heading of a day: "Today", "Friday 20 November", with the year when it is another."""
    if day in (today, today - timedelta(days=1)):
        said = spoken(day, today)
    else:
        said = date_long(day) if day.year != today.year else date_long(day).rpartition(" ")[0]
    return said[:1].upper() + said[1:]


def _value(
    row: Entry,
    version: EntryVersion,
    about: Sequence[UUID],
    people: Mapping[UUID, Person],
    authors: Mapping[UUID, str],
    labels: Mapping[str, str],
) -> EntryValue:
    named = [first_name(person.name) for person_id, person in people.items() if person_id in about]
    details: dict[str, Any] = version.details or {}
    return EntryValue(
        id=row.id,
        kind=row.kind,
        form=FORM_OF[EntryKind(row.kind)],
        label=labels.get(row.kind, row.kind),
        text=version.text,
        about=_("about %(names)s") % {"names": ", ".join(named)} if named else "",
        about_ids=tuple(about),
        source=version.source or "",
        details={key: str(value) for key, value in details.items()},
        happened_on=row.happened_on,
        recorded_at=row.recorded_at,
        author=authors.get(row.author_id, ""),
        version=row.version,
        why=version.why or "",
        test_before=version.test_before,
    )
