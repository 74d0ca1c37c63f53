"""An answer about consent on its way from a form to its dossier, whichever page asked."""

from uuid import UUID

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.organisations.actors import Actor
from consent.acts import NewConsent, record_consent
from dossiers.access import change_dossier
from dossiers.verbs import Verb


def answer_of(cleaned: dict[str, object], about_id: UUID) -> NewConsent:
    """What the form holds, as the act takes it."""
    told = cleaned.get("told") or ()
    return NewConsent(
        id=UUID(str(cleaned["row_id"])),
        person_id=UUID(str(cleaned.get("person") or about_id)),
        about_id=about_id,
        purpose="",
        given_on=cleaned["given_on"],  # type: ignore[arg-type]  # a DateField
        form=str(cleaned["form"]),
        state=str(cleaned["state"]),
        recipient_kind=str(cleaned.get("recipient_kind") or ""),
        recipient=str(cleaned.get("recipient") or "") or None,
        what_for=str(cleaned.get("what_for") or "") or None,
        informed_of=frozenset(str(word) for word in told),  # type: ignore[attr-defined]  # a ChoicesField
        note=str(cleaned.get("note") or "") or None,
    )


def record_answer(actor: Actor, dossier_id: UUID, new: NewConsent) -> None:
    """Write it down through the dossier's door. Raises as ``record_consent``, and as the door."""
    change_dossier(
        actor,
        dossier_id,
        Verb.RECORD_CONSENT,
        lambda dossier: record_consent(dossier, new, by=actor, at=clock.now()).id,
        data="consent",
        action=Action.CONSENT,
    )
