"""Recording: an entry, a better wording of it, and working notes for oneself alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.rules.days import can_concern
from dossiers.content import SavedBefore, author_of, saved_before
from dossiers.models import Dossier, Entry, EntryAbout, EntryVersion, Person
from dossiers.sections import entry_added, put_right


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of an entry. ``details`` holds the other answers the profile asks for, by their key."""

    text: str
    source: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    test_before: date | None = None


def add_entry(
    dossier: Dossier,
    wording: Wording,
    *,
    kind: str,
    about: Sequence[UUID],
    happened_on: date,
    by: Actor,
    at: datetime,
    row_id: UUID | None = None,
) -> Entry:
    """Add an entry about some of the dossier's people, its first version with it.

    ``row_id`` comes from the form, so that sending it twice is one entry; SavedBefore for something else in it.
    Raises Conflict for a day long before any of these people was born.
    """
    known = saved_before(Entry, row_id, dossier.id)
    if known is not None:
        head = (known.kind, known.happened_on, known.author_id) == (kind, happened_on, author_of(by))
        if head and _as_it_began(known) == (replace(wording, details=dict(wording.details)), set(about)):
            return known
        raise SavedBefore
    people = list(Person.objects.filter(dossier=dossier, id__in=about))
    if not can_concern((person.birth_date for person in people), happened_on):
        why = _(
            "Nobody whom this is about was born yet on this day. "
            "Correct the day, or choose also whom else it is about, such as a parent."
        )
        raise Conflict(why, field="happened_on")
    entry = Entry.objects.create(
        id=row_id or uuid4(),
        dossier=dossier,
        kind=kind,
        author_id=author_of(by),
        happened_on=happened_on,
        recorded_at=at,
    )
    _add_version(entry, wording, number=1, why=None, by=by, at=at)
    for person in people:
        EntryAbout.objects.create(dossier=dossier, entry=entry, person=person)
    for _name, told in entry_added:
        told(dossier, entry.id, by, at)
    return entry


def reword_entry(
    dossier: Dossier, entry_id: UUID, wording: Wording, *, seen_version: int, why: str, by: Actor, at: datetime
) -> Entry:
    """Give an entry a better wording; the earlier one stays readable.

    ``seen_version`` is the version the writer had before them: when somebody else
    was quicker, Conflict is raised and nothing is overwritten.
    """
    entry = Entry.objects.select_for_update().filter(dossier=dossier, id=entry_id).first()
    if entry is None:
        raise NotThere
    if entry.version != seen_version:
        raise outrun()
    entry.version += 1
    _add_version(entry, wording, number=entry.version, why=why, by=by, at=at)
    entry.save(update_fields=["version"])
    for _name, told in put_right:
        told(dossier, at)
    return entry


def outrun() -> Conflict:
    """Somebody else worded it anew since the writer looked."""
    return Conflict(_("Somebody changed this entry meanwhile. Your text was kept below; compare both first."))


def _as_it_began(entry: Entry) -> tuple[Wording, set[UUID]]:
    """The first words of an entry and whom it is about."""
    first = EntryVersion.objects.get(dossier_id=entry.dossier_id, entry=entry, number=1)
    about = EntryAbout.objects.filter(dossier_id=entry.dossier_id, entry=entry).values_list("person_id", flat=True)
    return Wording(first.text, first.source, first.details or {}, first.test_before), set(about)


def _add_version(
    entry: Entry, wording: Wording, *, number: int, why: str | None, by: Actor, at: datetime
) -> EntryVersion:
    version = EntryVersion(
        dossier_id=entry.dossier_id,
        entry=entry,
        number=number,
        text=wording.text,
        source=wording.source,
        details=dict(wording.details),
        test_before=wording.test_before,
        why=why,
        made_by_id=author_of(by),
        made_at=at,
    )
    version.save()
    return version
