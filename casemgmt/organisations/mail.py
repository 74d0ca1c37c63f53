"""The message with which somebody of staff comes in. Its code is made while it is written and kept nowhere."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.accounts import staff
from casemgmt.accounts.models import StaffInvitation, User
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.organisation import current
from casemgmt.base.outbox import Mail, mail_kind
from casemgmt.organisations.acts import INVITATION_MAIL
from casemgmt.organisations.models import Organisation
from casemgmt.web.dates import at_time, date_long

FIRST = gettext_noop(
    "%(organisation)s invites you to work there.\n\n"
    "1. Open %(address)s\n"
    "2. Fill in this e-mail address (%(email)s) and this code: %(code)s\n"
    "3. Choose a password. If you sign in here for another organisation already, fill in the password you have.\n"
    "4. Sign in, and set up your second step.\n\n"
    "The code works once, until %(until)s. Give it to nobody. Did you not expect this? Then do nothing."
)
AGAIN = gettext_noop(
    "An administrator of %(organisation)s removed your password and your second step, because the second step was "
    "lost. Nobody can sign in with what you had.\n\n"
    "1. Open %(address)s\n"
    "2. Fill in this e-mail address (%(email)s) and this code: %(code)s\n"
    "3. Choose a new password.\n"
    "4. Sign in, and set up your second step again.\n\n"
    "The code works once, until %(until)s. Give it to nobody. Did you not ask for this? Then tell your "
    "administrator at once."
)


def write_invitation(invitation_id: UUID) -> Mail | None:
    """The message to whoever was invited or lost a second factor; None when the invitation is no longer open.

    Written twice, the second code counts.
    """
    found = _whom(invitation_id)
    if found is None:
        return None
    user, organisation_name, invitation = found
    code = staff.new_code(invitation_id=invitation_id, at=clock.now())
    if code is None:
        return None
    with translation.override(user.language):
        told = {
            "organisation": organisation_name,
            "address": invitation_address(),
            "email": user.email,
            "code": code,
            "until": until(invitation.expires_at),
        }
        subject = _("You can set up your second step again") if invitation.after_loss else _("Your invitation")
        return Mail(to=user.email or "", subject=subject, text=_(AGAIN if invitation.after_loss else FIRST) % told)


def invitation_address() -> str:
    """Where somebody fills in the code of an invitation, as an address in full."""
    return settings.ADDRESS + reverse("organisations.invitation")


def until(moment: datetime) -> str:
    """A moment in words: the day and the time in the Netherlands."""
    return f"{date_long(moment)}, {at_time(moment)}"


@reads
def _whom(invitation_id: UUID) -> tuple[User, str, StaffInvitation] | None:
    invitation = StaffInvitation.objects.filter(pk=invitation_id, organisation_id=current(), used_at=None).first()
    user = User.objects.filter(pk=invitation.user_id, is_active=True).first() if invitation else None
    if invitation is None or user is None:
        return None
    return user, Organisation.objects.get(pk=invitation.organisation_id).name, invitation


mail_kind(INVITATION_MAIL, write_invitation)
