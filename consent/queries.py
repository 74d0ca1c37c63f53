"""What was answered, as plain values; callers come through the door and have loaded the key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from casemgmt.accounts.models import User
from casemgmt.base.db import reads
from consent.facts import in_short, same_recipient
from consent.models import Consent
from consent.vocabulary import ConsentState, Form, Purpose, Told
from dossiers.models import Dossier, Person


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One answer as a page shows it."""

    id: UUID
    person_id: UUID
    person: str
    about_id: UUID
    about: str
    purpose: str
    purpose_label: str
    recipient_kind: str
    recipient: str
    what_for: str
    state: str
    state_label: str
    given_on: date
    form_label: str
    told: tuple[str, ...]
    single_use: bool
    exchange_id: UUID | None
    note: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_form: str

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether there is a yes to take back."""
        return self.state == ConsentState.GIVEN


@reads
def consents_for(
    dossier_id: UUID,
    about_id: UUID,
    *,
    recipient_kind: str = "",
    recipient: str = "",
    purpose: str = Purpose.DISCLOSURE,
    exchange_id: UUID | None = None,
) -> list[Consent]:
    """The answers that bear on one exchange, oldest first.

    A yes counts for exactly the recipient it was said to; one to this exchange when it had another recipient comes
    along to be told apart. A no also holds for others in that organisation, for that person elsewhere, and whichever
    recipient it meant when it was said in this exchange (VT-16.2; BT-toestemming-x); of whoever answered nothing for
    this recipient, a no to another of the same kind holds too. Answers to other exchanges are among them: a regulation
    that asks consent anew each time must be able to say that the old one does not count.
    """
    rows = list(
        Consent.objects.filter(dossier_id=dossier_id, about_id=about_id, purpose=purpose).order_by("recorded_at", "id")
    )
    parts = _parts(recipient)

    def meant(row: Consent) -> bool:
        if same_recipient(row, recipient_kind, recipient):
            return True
        return row.state != ConsentState.GIVEN and (_is_to(row, exchange_id) or bool(_parts(row.recipient) & parts))

    answered = {row.person_id for row in rows if meant(row)}
    return [
        row
        for row in rows
        if meant(row) or _is_to(row, exchange_id) or (_is_no_to(row, recipient_kind) and row.person_id not in answered)
    ]


@reads
def consents_of(dossier: Dossier, limit: int = 200) -> list[ConsentLine]:
    """Every answer in a dossier, newest first."""
    rows = list(
        Consent.objects.filter(dossier=dossier)
        .select_related("person", "about")
        .order_by("-recorded_at", "-id")[:limit]
    )
    names = names_of({row.recorded_by_id for row in rows})
    return [_line(row, names) for row in rows]


@reads
def names_of(user_ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    """The names of members of staff."""
    wanted = {one for one in user_ids if one is not None}
    return dict(User.objects.filter(id__in=wanted).values_list("id", "name")) if wanted else {}


def _parts(recipient: str | None) -> set[str]:
    """The organisation and the person in a recipient's line, to be compared."""
    return {in_short(part) for part in (recipient or "").split(",") if part.strip()}


def _is_to(row: Consent, exchange_id: UUID | None) -> bool:
    return exchange_id is not None and row.exchange_id == exchange_id


def _is_no_to(row: Consent, kind: str) -> bool:
    return row.state == ConsentState.REFUSED and bool(kind) and row.recipient_kind == kind


def _line(row: Consent, names: Mapping[UUID, str]) -> ConsentLine:
    person: Person = row.person
    about: Person = row.about
    return ConsentLine(
        id=row.id,
        person_id=row.person_id,
        person=person.name,
        about_id=row.about_id,
        about=about.name,
        purpose=row.purpose,
        purpose_label=str(Purpose(row.purpose).label),
        recipient_kind=row.recipient_kind,
        recipient=row.recipient or "",
        what_for=row.what_for or "",
        state=row.state,
        state_label=str(ConsentState(row.state).label),
        given_on=row.given_on,
        form_label=str(Form(row.form).label),
        told=tuple(str(Told(word).label) for word in row.told),
        single_use=row.for_this_exchange,
        exchange_id=row.exchange_id,
        note=row.note or "",
        recorded_by=names.get(row.recorded_by_id, ""),
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_form=str(Form(row.withdrawn_form).label) if row.withdrawn_form else "",
    )
