"""The trail: access events, whom they listed, write entries, and the chain that makes tampering visible.

No row holds content or a name. Rows outlive dossiers and users, so they point
by pseudonymous id without a foreign key. The application may insert and read,
never change; a deferred trigger links every row of an organisation, and every
one of the platform, to the one before it at commit.
"""

from typing import Any, ClassVar
from uuid import uuid4

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models

from casemgmt.audit import context
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.models import OrganisationModel, Writes
from casemgmt.base.treatments import declared
from casemgmt.vault.keys import KeyDestroyed, KeyNotLoaded, dossier_key
from casemgmt.vault.sealing import place, seal


class AccessEvent(OrganisationModel):
    """One thing that somebody did or tried to do, after NEN 7513."""

    at = models.DateTimeField(default=clock.now)
    action = models.CharField(max_length=16, choices=Action.choices)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    user_id = models.UUIDField(null=True)
    role = models.CharField(max_length=120, blank=True, default="")
    on_behalf_of_id = models.UUIDField(null=True)
    dossier_id = models.UUIDField(null=True)
    # Which data, in one word of the code ("timeline", "disclosure"), and which row.
    data = models.CharField(max_length=60, blank=True, default="")
    object_id = models.UUIDField(null=True)
    # Why it was allowed or refused, in one word ("assignment", "grant", "no-assignment").
    ground = models.CharField(max_length=60, blank=True, default="")
    sealed = models.BinaryField(null=True)
    source = models.CharField(max_length=16, default="web")
    ip = models.GenericIPAddressField(null=True)
    request_id = models.UUIDField(null=True)
    # A page that lists dossiers names them in rows of EventSubject: in which list, how many, and a digest
    # of their sorted ids, so that the chain vouches for those rows through this one.
    list_id = models.UUIDField(null=True)
    subject_count = models.PositiveSmallIntegerField(null=True)
    subjects_digest = models.BinaryField(null=True)

    tenant_writes = "append"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="event_action_known", condition=models.Q(action__in=Action.values)),
            models.CheckConstraint(name="event_outcome_known", condition=models.Q(outcome__in=Outcome.values)),
            models.CheckConstraint(
                name="event_is_of_a_dossier_or_a_list",
                condition=models.Q(list_id=None, subject_count=None, subjects_digest=None)
                | models.Q(dossier_id=None, list_id__isnull=False, subject_count__isnull=False)
                & models.Q(subjects_digest__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "dossier_id", "-at"], name="event_of_dossier"),
            models.Index(fields=["organisation_id", "-at"], name="event_by_time"),
            models.Index(fields=["organisation_id", "user_id", "-at"], name="event_of_user"),
            models.Index(
                fields=["organisation_id", "list_id", "-at"],
                name="event_of_list",
                condition=models.Q(list_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.outcome}"


class EventSubject(OrganisationModel):
    """One dossier that stood in a list which somebody was shown on a day (``casemgmt.audit.subjects``).

    Narrow on purpose: who, when and which page stand in the events of the list.
    """

    list_id = models.UUIDField()
    dossier_id = models.UUIDField()
    day = models.DateField()

    tenant_writes = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "dossier_id", "-day"], name="subject_of_dossier"),
            models.Index(fields=["organisation_id", "list_id"], name="subject_of_list"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} on {self.day}"


class PlatformEvent(models.Model):
    """What happened where no organisation can be named: unknown addresses, sign-ins. No content."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField(default=clock.now)
    action = models.CharField(max_length=16, choices=Action.choices)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    user_id = models.UUIDField(null=True)
    data = models.CharField(max_length=60, blank=True, default="")
    ip = models.GenericIPAddressField(null=True)
    request_id = models.UUIDField(null=True)

    tenant_writes: ClassVar[Writes] = "append"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="platform_by_time")]

    def __str__(self) -> str:
        return f"{self.action} {self.outcome}"


class SealedLogEntryManager(LogEntryManager):  # type: ignore[misc]  # auditlog has no types
    """Writes auditlog's entries without a word of content."""

    def log_create(self, instance: Any, force_log: bool = False, **kwargs: Any) -> Any:
        """An entry with the names of the changed fields; their values sealed under the dossier's key."""
        changes: dict[str, Any] = kwargs.get("changes") or {}
        if not changes and not force_log:
            return None
        row_id = uuid4()
        return self.create(
            id=row_id,
            organisation_id=instance.organisation_id,
            dossier_id=getattr(instance, "dossier_id", None),
            content_type=ContentType.objects.get_for_model(instance),
            object_pk=str(instance.pk),
            object_repr="",
            action=kwargs["action"],
            changes=plain_changes(instance, changes),
            sealed=sealed_changes(instance, changes, row_id),
            actor_id=context.current().user_id,
            cid=str(context.current().request_id),
            remote_addr=context.current().ip,
            timestamp=clock.now(),
        )

    def log_m2m_changes(self, *args: Any, **kwargs: Any) -> Any:
        """Never: organisations' tables have no implicit many-to-many."""
        raise RuntimeError("No many-to-many on an organisation's table.")


class LogEntry(AbstractLogEntry, OrganisationModel):  # type: ignore[misc]  # auditlog has no types
    """One change of one row: field names readable, values sealed."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_email = None
    dossier_id = models.UUIDField(null=True)
    sealed = models.BinaryField(null=True)

    objects: ClassVar[Any] = SealedLogEntryManager()

    tenant_writes = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "dossier_id", "-timestamp"], name="entry_of_dossier")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_pk}"


class AuditHead(OrganisationModel):
    """The end of an organisation's chain: how many links and the last hash."""

    seq = models.BigIntegerField()
    hash = models.BinaryField()

    tenant_writes = "read"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation_id"], name="one_head_per_organisation")]

    def __str__(self) -> str:
        return f"head at {self.seq}"


class AuditLink(OrganisationModel):
    """One link: the row it vouches for and the hash over it and the link before."""

    seq = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    row_id = models.UUIDField()
    hash = models.BinaryField()

    tenant_writes = "read"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "seq"], name="link_seq_once"),
            models.UniqueConstraint(fields=["organisation_id", "kind", "row_id"], name="row_linked_once"),
        ]

    def __str__(self) -> str:
        return f"link {self.seq}"


class PlatformHead(models.Model):
    """The end of the platform's chain: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    tenant_writes: ClassVar[Writes] = "read"

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="one_platform_head", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"head at {self.seq}"


class PlatformLink(models.Model):
    """One link of the platform's chain: the event it vouches for and the hash over it and the link before."""

    seq = models.BigIntegerField(primary_key=True)
    row_id = models.UUIDField(unique=True)
    hash = models.BinaryField()

    tenant_writes: ClassVar[Writes] = "read"

    def __str__(self) -> str:
        return f"link {self.seq}"


def _audit_word(instance: Any, field: str) -> str:
    label = instance._meta.label
    if label not in declared:
        return "name"
    treatment = declared.get(label).fields.get(field)
    return treatment.audit if treatment else "name"


def plain_changes(instance: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """The names of the changed fields; values only of fields declared ``plain``."""
    return {
        name: values if _audit_word(instance, name) == "plain" else None
        for name, values in changes.items()
        if _audit_word(instance, name) != "none"
    }


def sealed_changes(instance: Any, changes: dict[str, Any], row_id: Any) -> bytes | None:
    """Old and new values of fields declared ``sealed``, under the dossier's key."""
    import json

    worth = {k: v for k, v in changes.items() if _audit_word(instance, k) == "sealed"}
    dossier_id = getattr(instance, "dossier_id", None)
    if not worth or dossier_id is None:
        return None
    try:
        key = dossier_key(dossier_id)
    except (KeyNotLoaded, KeyDestroyed):
        return None
    text = json.dumps(worth, ensure_ascii=False, default=str)
    return seal(key, text.encode(), place(instance.organisation_id, dossier_id, "trail.values", row_id))
