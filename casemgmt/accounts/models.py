"""People who sign in.

One account per person. Staff have a name and an e-mail address; a portal
account has neither, only an opaque sign-in name: who a client is stands sealed
in the dossier and goes with it. Nobody outranks the door: there is no superuser.
"""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import _user_has_perm  # type: ignore[attr-defined]  # not in the stubs
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the two kinds are made in different ways."""

    def create_staff(self, *, email: str, name: str, password: str | None) -> "User":
        """A staff account; ``password`` None means: to be chosen by invitation."""
        user = self.model(kind=User.Kind.STAFF, email=self.normalize_email(email), name=name, username=uuid4().hex)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_portal(self, *, username: str, password: str | None) -> "User":
        """A portal account under an opaque sign-in name, without name or address."""
        user = self.model(kind=User.Kind.PORTAL, username=username)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in, on the staff or in the portal."""

    class Kind(models.TextChoices):
        """Which of the two doors this account is for."""

        STAFF = "staff"
        PORTAL = "portal"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.STAFF)
    username = models.CharField(max_length=64, unique=True)
    email = models.EmailField(null=True, blank=True)
    name = models.CharField(max_length=120, blank=True, default="")
    language = models.CharField(max_length=2, default="nl")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Django and its guests ask these; the answer is the same for everybody.
    is_staff = False
    is_superuser = False

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                name="portal_account_without_identity",
                condition=models.Q(kind="staff", email__isnull=False)
                | models.Q(kind="portal", email__isnull=True, name=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_portal(self) -> bool:
        """Whether this account belongs to the portal."""
        return self.kind == self.Kind.PORTAL

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Whether our own door allows ``permission`` on ``obj``; inactive people may nothing."""
        return self.is_active and _user_has_perm(self, permission, obj)

    def has_module_perms(self, app_label: str) -> bool:
        """Never: there is no Django admin here."""
        return False


class PortalInvitation(models.Model):
    """The way in for somebody who has a letter: used once, for a number of days.

    A listed exception to row security: it is asked for before anybody is known,
    and says only which opaque account belongs to which organisation. The code
    itself is not kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation_id = models.UUIDField()
    user_id = models.UUIDField(unique=True)
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class StaffInvitation(models.Model):
    """The way in for somebody of staff: one for each organisation and person, used once, for a number of days.

    A listed exception to row security: it is asked for before anybody is known. ``name`` is what was typed by
    whoever invites, until the invitation is used. Of the code only a hash is kept, made when the mail is sent.
    ``after_loss`` says that somebody comes back who lost the second factor; ``attempts`` counts wrong passwords that
    were typed with the right code.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation_id = models.UUIDField()
    user_id = models.UUIDField()
    name = models.CharField(max_length=120, blank=True, default="")
    code_hash = models.CharField(max_length=64, blank=True, default="")
    after_loss = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id", "user_id"], name="staff_invitation_once")]
        indexes = [models.Index(fields=["user_id"], name="staff_invitation_of_user")]

    def __str__(self) -> str:
        return str(self.id)
