"""A client's request, from receipt to completion; every date carries its computation."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from casemgmt.base.models import TenantForeignKey
from casemgmt.vault.fields import SealedJSON, SealedText
from client_requests.vocabulary import AFTER_DECISION, Channel, Executed, Identified, Outcome, RequestState
from dossiers.content import DossierContent
from dossiers.models import Person


class ClientRequest(DossierContent):
    """Somebody asks something about somebody's data (often their own).

    ``kind`` is a kind of the profile (inspection, copy …). ``deadline`` stores the
    decision about the due date, ``entitled`` whether the asker may ask, ``decided``
    what was decided on which ground: each with the version of its day. ``details``
    holds what the form asked (categories, reason, change) and what staff found out
    (``answers``: facts that the rules ask, ``joined``: who asks it together).
    """

    kind = models.CharField(max_length=30)
    asker = TenantForeignKey(Person, related_name="+")
    about = TenantForeignKey(Person, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=12, choices=RequestState.choices, default=RequestState.RECEIVED)
    words = SealedText(label="request.words", null=True)
    details = SealedJSON(label="request.details")
    received_at = models.DateTimeField()
    received_on = models.DateField()
    due_on = models.DateField()
    deadline = SealedJSON(label="request.deadline")
    entitled = SealedJSON(label="request.entitled")
    recorded_by_id = models.UUIDField()
    identified_how = models.CharField(max_length=10, choices=Identified.choices, blank=True, default="")
    identified_by_id = models.UUIDField(null=True)
    identified_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    ground = models.CharField(max_length=60, blank=True, default="")
    reason = SealedText(label="request.reason", null=True)
    decided = SealedJSON(label="request.decided", null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    letter_id = models.UUIDField(null=True)
    # How it was carried out: "portal" opens the inspection there; anything else is told in words.
    executed_how = models.CharField(max_length=12, choices=Executed.choices, blank=True, default="")
    executed_at = models.DateTimeField(null=True)
    done_words = SealedText(label="request.done_words", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="request_state_known", condition=Q(state__in=RequestState.values)),
            models.CheckConstraint(
                name="request_decided_by_somebody",
                condition=~Q(state__in=AFTER_DECISION)
                | (Q(decided_by_id__isnull=False, decided_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="request_identified_before_decision",
                condition=~Q(state__in=AFTER_DECISION) | Q(identified_at__isnull=False) | Q(outcome="refused"),
            ),
            models.CheckConstraint(
                name="request_refusal_has_ground", condition=~Q(outcome__in=["refused", "partly"]) | ~Q(ground="")
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation_id", "state", "due_on"], name="request_by_due"),
            models.Index(fields=["organisation_id", "dossier", "-received_at"], name="request_of_dossier"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}: {self.state}"
