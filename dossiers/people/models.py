"""People in a dossier, sealed under its key, and the portal accounts that hang on them."""

from typing import ClassVar

from django.db import models

from casemgmt.base.models import TenantForeignKey
from casemgmt.vault.fields import SealedDate, SealedJSON, SealedText
from dossiers.content import DossierContent
from dossiers.people.vocabulary import PersonRole


class Person(DossierContent):
    """Somebody in a dossier.

    ``capable`` is the present judgement about a client (wilsbekwaam); who judged
    that somebody is not, and when, stands beside it.
    """

    role = models.CharField(max_length=20, choices=PersonRole.choices)
    capable = models.BooleanField(default=True)
    capable_judged_by_id = models.UUIDField(null=True)
    capable_judged_at = models.DateTimeField(null=True)
    name = SealedText(label="person.name")
    birth_date = SealedDate(label="person.birth_date", null=True)
    bsn = SealedText(label="person.bsn", null=True)
    address = SealedText(label="person.address", null=True)
    address_secret = models.BooleanField(default=False)
    phone = SealedText(label="person.phone", null=True)
    # How to reach this person without harm ("text after 15.30, no letters"), and what a visitor must know.
    safe_contact = SealedText(label="person.safe_contact", null=True)
    warning = SealedText(label="person.warning", null=True)
    # What was secret and stands here no more (``dossiers.people.hiding``): where they lived, how they were called, and
    # of who reported also their name.
    once_secret = SealedJSON(label="person.once_secret", null=True)
    # Why somebody of the surroundings is in the dossier at all, or how they were told and agreed.
    relevance = SealedText(label="person.relevance", null=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="person_role_known", condition=models.Q(role__in=PersonRole.values)),
            # What a reference that must stay inside the dossier leans on.
            models.UniqueConstraint(fields=["organisation_id", "dossier", "id"], name="person_within_dossier"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "dossier", "position"], name="person_of_dossier")]

    def __str__(self) -> str:
        return f"person {self.id}"


class Representation(DossierContent):
    """Somebody is the legal representative (parent with custody, guardian, mentor …) of one client.

    Per client, since a stepparent can have custody of one child of a family and
    not of another. Without days it holds from birth, and custody ends by itself at
    eighteen (``dossiers.people.representing``); ``ends_on`` still counts.
    """

    representative = TenantForeignKey(Person, related_name="+", within="dossier_id")
    client = TenantForeignKey(Person, related_name="+", within="dossier_id")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation_id", "representative", "client"], name="represents_a_client_once"
            ),
            models.CheckConstraint(
                name="represents_somebody_else", condition=~models.Q(representative=models.F("client"))
            ),
            models.CheckConstraint(
                name="representation_period",
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "dossier"], name="representation_of_dossier")]

    def __str__(self) -> str:
        return f"representation {self.id}"


class PortalAccess(DossierContent):
    """A person's way into the portal: which account, since when, and whether it is frozen.

    ``frozen_until`` (a date) closes the portal for safety; it needs a reason and ends by itself.
    """

    person = TenantForeignKey(Person, related_name="+")
    user_id = models.UUIDField()
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    frozen_until = models.DateField(null=True)
    frozen_why = SealedText(label="portal_access.frozen_why", null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "person", "user_id"], name="one_access_per_person"),
            models.CheckConstraint(
                name="frozen_portal_has_reason",
                condition=models.Q(frozen_until__isnull=True) | models.Q(frozen_why__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "user_id"], name="access_of_account")]

    def __str__(self) -> str:
        return f"portal access {self.id}"
