"""Entries, their versions, whom they are about, and working notes.

An entry's words live only in its versions, which are never changed; a better
text is a new version and the earlier one stays readable.
"""

from typing import ClassVar

from django.db import models

from casemgmt.base.models import TenantForeignKey
from casemgmt.vault.fields import SealedDate, SealedJSON, SealedText
from dossiers.content import DossierContent
from dossiers.people.models import Person
from dossiers.recording.vocabulary import EntryKind


class Entry(DossierContent):
    """One entry in the dossier; ``version`` counts its versions, the highest is in force."""

    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    author_id = models.UUIDField()
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="entry_kind_known", condition=models.Q(kind__in=EntryKind.values))
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation_id", "dossier", "-happened_on", "-recorded_at", "-id"], name="entry_timeline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class EntryVersion(DossierContent):
    """One wording of an entry. ``details`` holds what the profile asked (channel, category, purpose …)."""

    entry = TenantForeignKey(Entry, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = SealedText(label="entry.text")
    source = SealedText(label="entry.source", null=True)
    details = SealedJSON(label="entry.details")
    test_before = SealedDate(label="entry.test_before", null=True)
    why = SealedText(label="entry.why", null=True)
    made_by_id = models.UUIDField()
    made_at = models.DateTimeField()

    tenant_writes = "insert-delete"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "entry", "number"], name="version_number_once")
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "dossier"], name="version_of_dossier")]

    def __str__(self) -> str:
        return f"version {self.number}"


class EntryAbout(DossierContent):
    """Whom an entry is about; decides what each person may inspect."""

    entry = TenantForeignKey(Entry, related_name="about")
    person = TenantForeignKey(Person, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "entry", "person"], name="about_once")
        ]

    def __str__(self) -> str:
        return f"about {self.person_id}"


class Draft(DossierContent):
    """What somebody was typing when the session ended: theirs alone, gone when the entry is saved.

    ``place_id`` is the entry that is being reworded, the working note that is made an entry, or the dossier
    itself for a new one: so that finishing one never takes another with it.
    """

    author_id = models.UUIDField()
    place_id = models.UUIDField()
    content = SealedJSON(label="draft.content")
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation_id", "dossier", "author_id", "place_id"], name="one_draft_per_place"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "saved_at"], name="draft_by_age")]

    def __str__(self) -> str:
        return f"draft {self.id}"


class WorkingNote(DossierContent):
    """A personal working note (persoonlijke werkaantekening): beside the dossier, for its author alone.

    ``remind_on`` is the day on which the author is asked: make it part of the
    dossier, or destroy it.
    """

    author_id = models.UUIDField()
    text = SealedText(label="note.text")
    made_at = models.DateTimeField()
    remind_on = models.DateField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "dossier", "author_id"], name="note_of_author"),
            models.Index(fields=["organisation_id", "remind_on"], name="note_reminder"),
        ]

    def __str__(self) -> str:
        return f"note {self.id}"
