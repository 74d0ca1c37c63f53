"""A disclosure, what is in it, and the register of what left the house.

The words (recipient, purpose, answers, what was blacked out) are sealed under
the dossier's key. What a state needs is checked by PostgreSQL as well.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from casemgmt.base.models import TenantForeignKey
from casemgmt.vault.fields import SealedJSON, SealedText
from casemgmt.vault.models import SealedFile
from disclosures.vocabulary import LEFT, How, State
from dossiers.content import DossierContent
from dossiers.models import Entry, Person

_APPROVED_OR_LATER = [State.APPROVED, *sorted(LEFT)]


class Disclosure(DossierContent):
    """Data about one client on their way to one recipient.

    ``recipient`` holds name, organisation and address; ``answers`` what the
    worker answered to the conditions, by the name of the fact; ``judgement`` the
    decisions of the rules with the version that gave them. ``content_hash`` is a
    keyed hash of exactly what was approved; ``package`` is its print, and
    ``package_hash`` the hash of what was printed.
    """

    about = TenantForeignKey(Person, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    recipient_kind = models.CharField(max_length=40)
    recipient = SealedJSON(label="disclosure.recipient")
    purpose_kind = models.CharField(max_length=24, default="help")
    purpose = SealedText(label="disclosure.purpose")
    answers = SealedJSON(label="disclosure.answers")
    judgement = SealedJSON(label="disclosure.judgement", null=True)
    assessed_at = models.DateTimeField(null=True)
    proposed_by_id = models.UUIDField()
    proposed_at = models.DateTimeField()
    asked_by_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    approval_needed = models.BooleanField(default=True)
    approved_by_id = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    handed_over_by_id = models.UUIDField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=12, choices=How.choices, blank=True, default="")
    package = TenantForeignKey(SealedFile, null=True, related_name="+")
    package_hash = models.CharField(max_length=64, blank=True, default="")
    informed_at = models.DateTimeField(null=True)
    deferred_until = models.DateField(null=True)
    deferred_why = SealedText(label="disclosure.deferred_why", null=True)
    ended_why = SealedText(label="disclosure.ended_why", null=True)
    ended_by_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="disclosure_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="disclosure_second_person",
                condition=Q(approved_by_id__isnull=True)
                | (~Q(approved_by_id=F("proposed_by_id")) & ~Q(approved_by_id=F("asked_by_id"))),
            ),
            models.CheckConstraint(
                name="disclosure_approved_before_it_leaves",
                condition=~Q(state__in=_APPROVED_OR_LATER)
                | Q(approval_needed=False)
                | Q(approved_by_id__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="disclosure_approval_has_hash",
                condition=~Q(state__in=[State.AWAITING_APPROVAL, *_APPROVED_OR_LATER]) | ~Q(content_hash=""),
            ),
            models.CheckConstraint(
                name="disclosure_package_is_what_was_approved",
                condition=Q(package__isnull=True, package_hash="")
                | (Q(package__isnull=False, package_hash=F("content_hash")) & ~Q(package_hash="")),
            ),
            models.CheckConstraint(
                name="disclosure_leaves_as_package",
                condition=~Q(state__in=sorted(LEFT)) | Q(package__isnull=False),
            ),
            models.CheckConstraint(
                name="disclosure_left_has_moment",
                condition=Q(state__in=sorted(LEFT), handed_over_at__isnull=False, handed_over_by_id__isnull=False)
                | (~Q(state__in=sorted(LEFT)) & Q(handed_over_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="disclosure_deferral_has_reason",
                condition=~Q(state=State.INFORMING_DEFERRED)
                | Q(deferred_until__isnull=False, deferred_why__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "dossier", "-proposed_at"], name="disclosure_of_dossier"),
            models.Index(fields=["organisation_id", "state", "-proposed_at"], name="disclosure_by_state"),
        ]

    def __str__(self) -> str:
        return f"disclosure {self.id}"

    @property
    def consent_of(self) -> tuple[str, ...]:
        """The ids of the people on whose yes it rests: nobody before approval is asked, or on another ground."""
        return tuple(((self.judgement or {}).get("basis") or {}).get("consent_of", ()))


class DisclosureItem(DossierContent):
    """One entry in the package, in the version that was chosen (versions never change).

    ``redactions`` are the spans the worker blacked out: ``[{"start", "end"}]`` in
    the text of that version, and whether its ``source`` goes along. What must be
    black by itself is found each time anew.
    """

    disclosure = TenantForeignKey(Disclosure, related_name="items")
    entry = TenantForeignKey(Entry, related_name="+")
    version = models.PositiveSmallIntegerField()
    redactions = SealedJSON(label="disclosure_item.redactions")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "disclosure", "entry"], name="entry_once_in_package")
        ]

    def __str__(self) -> str:
        return f"item {self.entry_id} v{self.version}"


class DisclosureRegisterRow(DossierContent):
    """One line of the register of disclosures (Sterk Huis 3.7.6): never changed, goes with its dossier.

    ``content`` holds to whom, which kinds of data, ground, articles, purpose,
    whether there was consent, and who approved.
    """

    disclosure = TenantForeignKey(Disclosure, related_name="+")
    about = TenantForeignKey(Person, related_name="+")
    at = models.DateTimeField()
    recipient_kind = models.CharField(max_length=40)
    with_consent = models.BooleanField()
    content = SealedJSON(label="disclosure_register.content")

    tenant_writes = "insert-delete"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "disclosure"], name="register_row_once")
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "dossier", "-at"], name="register_of_dossier")]

    def __str__(self) -> str:
        return f"register row {self.id}"
