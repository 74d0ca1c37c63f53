"""What callers give for a letter: plain values, one class per kind, no model and no address but the addressee's.

No content has a field for another person's address. Sentences that somebody typed
(a purpose, a reason) could hold one all the same: whoever fills a content takes a
secret address out of them first (``disclosures.guarded``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from casemgmt.base.organisation import current
from casemgmt.letters.vocabulary import Answer, Kind
from casemgmt.organisations.models import Organisation
from casemgmt.policy.versions import NoVersion, profile_in_force


class Judged(Protocol):
    """What a letter needs of a decision of ``casemgmt.policy``; its ``citations`` are used when it has them."""

    @property
    def articles(self) -> Sequence[str]:
        """The ids of the rules that decided."""

    @property
    def explanation(self) -> str:
        """The decision in one sentence."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the organisation, its nouns and where to ask.

    ``return_line`` stands above the address and shows in a window envelope, so
    it names no organisation: a neighbour or the other parent may see it.
    """

    name: str
    kind: str
    abbreviation: str
    slug: str
    return_line: str = ""
    contact: str = ""
    signed_by: str = ""
    client: str = "cliënt"
    dossier: str = "dossier"
    regulation: str = "het privacyreglement"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the letter is for; without ``lines`` it waits in the portal."""

    name: str
    lines: tuple[str, ...] = ()

    @property
    def by_portal(self) -> bool:
        """Whether there is no address to post to."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who received something: a person or role, and of which organisation (one of both may lack); never an address."""

    name: str
    organisation: str = ""

    @property
    def line(self) -> str:
        """Both in one line, as far as they are there."""
        return ", ".join(filter(None, (self.name, self.organisation)))


@dataclass(frozen=True, slots=True)
class DisclosureNotice:
    """Tells a client who received what, on which ground and why (Sterk Huis 3.7.7 asks these three).

    ``about``: the client, empty when the reader is; ``own_consent``: whether the reader is one of those who said yes.
    ``late_because`` is the regulation's sentence on telling later, never what staff wrote: the letter may go
    to whom the danger came from.
    """

    on: date
    recipients: tuple[Recipient, ...]
    shared: tuple[str, ...]
    purpose: str
    ground: str
    motives: str
    about: str = ""
    with_consent: bool = False
    own_consent: bool = False
    beforehand: bool = False
    late_because: str = ""


@dataclass(frozen=True, slots=True)
class RequestReceived:
    """Tells when a request came in and by when there will be an answer."""

    request: str
    received_on: date
    answer_by: date
    about: str = ""
    handled_by: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotGiven:
    """A part that was refused, and why in the words of the decision."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class RequestDecision:
    """The decision on a request: granted, partly or refused, with the reasons."""

    request: str
    received_on: date
    decided_on: date
    answer: Answer
    about: str = ""
    decided_by: str = ""
    reason: str = ""
    given: tuple[str, ...] = ()
    not_given: tuple[NotGiven, ...] = ()
    what_now: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortalInvitation:
    """Where to sign in, with which name and code, and until when; ``own``: for a client, whose own dossier it is."""

    address: str
    sign_in_name: str
    code: str
    valid_until: datetime
    own: bool = True


Content = DisclosureNotice | RequestReceived | RequestDecision | PortalInvitation

KIND_OF: dict[type[Any], Kind] = {
    DisclosureNotice: Kind.DISCLOSURE_NOTICE,
    RequestReceived: Kind.REQUEST_RECEIVED,
    RequestDecision: Kind.REQUEST_DECISION,
    PortalInvitation: Kind.PORTAL_INVITATION,
}


@dataclass(frozen=True, slots=True)
class LetterContext:
    """All that one letter is made of. Without ``sender`` it is ``sender_on`` the day of writing.

    ``decisions`` give the block "Waarop wij dit baseren"; ``appeal`` is the text
    of the route for whoever disagrees, one paragraph per line.
    """

    content: Content
    addressee: Addressee
    dossier_number: str
    decisions: tuple[Judged, ...] = ()
    appeal: str = ""
    sender: Sender | None = None


def sender_on(on: date) -> Sender:
    """The current organisation as a sender, with the nouns of the profile in force on a date.

    Before an organisation has a profile the most common nouns are used.
    """
    row = Organisation.objects.get(id=current())
    plain = Sender(name=row.name, kind=row.kind, abbreviation=row.abbreviation, slug=row.slug)
    try:
        profile = profile_in_force(on)
    except NoVersion:
        return plain
    return replace(
        plain, client=profile.words.client, dossier=profile.words.dossier, regulation=profile.meta.regulation
    )
