"""What people of a dossier said when they were asked for consent.

An answer is never rewritten: a withdrawal closes it, a new answer is a new row,
and the newest answer of a person counts.
"""

from typing import ClassVar

from django.db import models

from casemgmt.base.models import TenantForeignKey
from casemgmt.vault.fields import SealedJSON, SealedText
from consent.vocabulary import ConsentState, Form, Purpose
from dossiers.content import DossierContent
from dossiers.models import Person


class Consent(DossierContent):
    """One answer: ``person`` answered about the data of ``about``.

    ``for_this_exchange`` ties the answer to one exchange; ``exchange_id`` is that
    disclosure (a package to our right, so a plain id). ``informed_of`` holds what
    was told first, ``recipient`` the name, ``recipient_kind`` the policy's word.
    ``what_for`` is the purpose in the words that were told, and ``pieces`` what
    would go when the content was told, None where it was not (``consent.hooks``).
    """

    person = TenantForeignKey(Person, related_name="+")
    about = TenantForeignKey(Person, related_name="+")
    purpose = models.CharField(max_length=24, choices=Purpose.choices)
    recipient_kind = models.CharField(max_length=40, blank=True, default="")
    recipient = SealedText(label="consent.recipient", null=True)
    what_for = SealedText(label="consent.what_for", null=True)
    pieces = SealedJSON(label="consent.pieces", null=True)
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    given_on = models.DateField()
    form = models.CharField(max_length=8, choices=Form.choices)
    informed_of = models.CharField(max_length=60, blank=True, default="")
    for_this_exchange = models.BooleanField(default=False)
    exchange_id = models.UUIDField(null=True)
    note = SealedText(label="consent.note", null=True)
    recorded_by_id = models.UUIDField()
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_id = models.UUIDField(null=True)
    withdrawn_form = models.CharField(max_length=8, choices=Form.choices, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="consent_state_known", condition=models.Q(state__in=ConsentState.values)),
            models.CheckConstraint(name="consent_form_known", condition=models.Q(form__in=Form.values)),
            models.CheckConstraint(name="consent_purpose_known", condition=models.Q(purpose__in=Purpose.values)),
            models.CheckConstraint(
                name="consent_withdrawn_has_moment",
                condition=models.Q(state=ConsentState.WITHDRAWN, withdrawn_at__isnull=False)
                | (~models.Q(state=ConsentState.WITHDRAWN) & models.Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="consent_exchange_named",
                condition=models.Q(exchange_id__isnull=True) | models.Q(for_this_exchange=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "dossier", "about", "-recorded_at"], name="consent_of_dossier")
        ]

    def __str__(self) -> str:
        return f"consent {self.id}"

    @property
    def told(self) -> tuple[str, ...]:
        """What was told first, as words of the vocabulary."""
        return tuple(filter(None, self.informed_of.split(",")))
