"""Mail: only that something is waiting, never what.

The queue holds an opaque subject; the address is looked up at the moment of
sending, so no table keeps a copy of it that would outlive a dossier.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.core.mail import send_mail
from django.utils.translation import gettext_noop

from casemgmt.base import jobs


@dataclass(frozen=True, slots=True)
class Mail:
    """One message, made at the moment it is sent."""

    to: str
    subject: str
    text: str


Writer = Callable[[UUID], Mail | None]


def mail_kind(name: str, write: Writer) -> None:
    """Register how mail of a kind is written; None means: nothing to send (any more)."""
    jobs.handlers.add(f"mail.{name}", partial(_send, write))
    jobs.called(f"mail.{name}", gettext_noop("Sending a message that something waits"))


def queue_mail(name: str, subject: UUID) -> None:
    """Send mail of a kind about a subject, after the current transaction commits."""
    jobs.enqueue(f"mail.{name}", subject)


def _send(write: Writer, subject: UUID) -> None:
    mail = write(subject)
    if mail is not None:
        send_mail(mail.subject, mail.text, None, [mail.to])
