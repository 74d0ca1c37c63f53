"""What the page of consent shows, as plain values, read inside the door."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.consent import whose_consent_needed
from casemgmt.policy.rules.unknown import not_filled_in, of_client
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import ConsentPurpose, Informed
from casemgmt.policy.versions import profile_in_force
from consent.facts import Circle, Somebody, circle, consent_facts
from consent.queries import ConsentLine, consents_of
from consent.vocabulary import Purpose, Told
from dossiers.models import Dossier, Person
from dossiers.people.vocabulary import PersonRole


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Whose consent is needed for a purpose and what was answered so far.

    ``form_words`` says in which form, one sentence each; ``before`` what comes first.
    """

    clients: tuple[Somebody, ...]
    client: Somebody
    purpose: str
    purposes: tuple[tuple[str, str], ...]
    decision: Decision
    needed: tuple[Somebody, ...]
    people: tuple[Somebody, ...]
    told: tuple[str, ...]
    recipients: tuple[tuple[str, str], ...]
    withdrawal: str
    lines: tuple[ConsentLine, ...]
    today: date

    @property
    def not_filled_in(self) -> bool:
        """Whether nobody can tell whose consent is needed, before the client's birth date is filled in."""
        return bool(not_filled_in(self.decision))

    @property
    def asks_recipient(self) -> bool:
        """Whether consent for this purpose is consent for one recipient."""
        return self.purpose in (Purpose.DISCLOSURE, Purpose.REQUEST_INFORMATION)

    @property
    def asks_purpose(self) -> bool:
        """Whether consent for this is consent to give data for one purpose; what goes is told of a disclosure."""
        return self.purpose == Purpose.DISCLOSURE

    @property
    def only_at_disclosure(self) -> bool:
        """Whether the regulation asks that the content is told first, so that no yes is written down here."""
        return self.asks_purpose and Informed.CONTENT in self.decision.outcome.get("informed_of", ())


def load_page(dossier: Dossier, on: date, about: UUID | None, purpose: str) -> ConsentPage | None:
    """The page for one client and purpose; None in a dossier without a client."""
    clients = Person.objects.filter(dossier=dossier, role=PersonRole.CLIENT).order_by("position", "id")
    ids = list(clients.values_list("id", flat=True))
    if not ids:
        return None
    around = circle(dossier, about if about in ids else ids[0], on)
    assert around is not None
    profile = profile_in_force(on)
    asked = ConsentPurpose(purpose if purpose in Purpose.values else Purpose.DISCLOSURE.value)
    decision = needed_for(around, asked, profile, on)
    wanted = decision.outcome.get("from", ())
    return ConsentPage(
        clients=tuple(one for one in around.people if one.id in ids),
        client=around.client,
        purpose=asked.value,
        purposes=tuple((value, str(label)) for value, label in Purpose.choices),
        decision=decision,
        needed=tuple(one for one in around.people if one.who in wanted),
        people=tuple(one for one in around.people if one.role != PersonRole.REPORTER),
        told=tuple(str(Told(word).label) for word in decision.outcome.get("informed_of", ())),
        recipients=tuple((one.key.value, one.label) for one in profile.disclosure.recipients),
        withdrawal=profile.consent.withdrawal.sentence,
        lines=tuple(consents_of(dossier)),
        today=on,
    )


def needed_for(around: Circle, purpose: ConsentPurpose, profile: Profile, on: date) -> Decision:
    """Whose consent the regulation asks; while the birth date is missing, that nobody can tell."""
    return of_client(whose_consent_needed, consent_facts(around, purpose), profile, on)
