"""The two letters of a request: that it came in, and what was decided."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import translation

from casemgmt.base import clock
from casemgmt.letters.acts import write_letter
from casemgmt.letters.contents import (
    Addressee,
    Content,
    LetterContext,
    NotGiven,
    RequestDecision,
    RequestReceived,
)
from casemgmt.letters.models import Letter
from casemgmt.letters.vocabulary import Answer, Kind
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import RequestKind
from casemgmt.policy.words import role_label
from casemgmt.web.dates import date_plain
from client_requests.inspection import Parts
from client_requests.models import ClientRequest
from client_requests.phrases import asked_for
from client_requests.vocabulary import SHOWING, Channel, Outcome
from disclosures.guarded import guard_for
from dossiers.models import Dossier, Person
from dossiers.people import reaching

# A letter is Dutch whatever language its writer works in.
DUTCH = "nl"


def addressee(person: Person) -> Addressee:
    """Somebody to whom a letter with a code is given by hand, so without an address."""
    return Addressee(person.name)


def about_whom(row: ClientRequest) -> str:
    """The name of the client, when somebody else asks."""
    name: str = row.about.name
    return "" if row.about_id == row.asker_id else name


def write_received(
    row: ClientRequest, dossier: Dossier, profile: Profile, basis: tuple[Decision, ...], *, by: Actor, at: datetime
) -> Letter:
    """Say that the request came in, by when there is an answer, and what is still needed."""
    decided_by = profile.requests.kinds[RequestKind(row.kind)].decided_by.value.value
    with translation.override(DUTCH):
        content = RequestReceived(
            request=asked_for(row.kind, profile.words),
            received_on=row.received_on,
            answer_by=row.due_on,
            about=about_whom(row),
            handled_by=role_label(decided_by, clock.local_date(at)),
            needs=_needs(row),
        )
    return _write(row, dossier, profile, content, basis, "", by=by, at=at)


def write_decision(
    row: ClientRequest,
    dossier: Dossier,
    profile: Profile,
    basis: tuple[Decision, ...],
    appeal: Decision,
    parts: Parts | None,
    left_out: Decision | None,
    *,
    by: Actor,
    at: datetime,
) -> Letter:
    """Say what was decided, why, on which article, and where to go with a disagreement."""
    content = decision_content(row, profile, parts, left_out, decided_by=by, on=clock.local_date(at))
    cited = (*basis, *((left_out,) if left_out and parts and parts.others else ()), appeal)
    return _write(row, dossier, profile, content, cited, str(appeal.outcome["text"]), by=by, at=at)


def decision_content(
    row: ClientRequest, profile: Profile, parts: Parts | None, left_out: Decision | None, *, decided_by: Actor, on: date
) -> RequestDecision:
    """The contents of the decision's letter."""
    roles = ", ".join(role_label(role, on) for role in decided_by.roles)
    with translation.override(DUTCH):
        return RequestDecision(
            request=asked_for(row.kind, profile.words),
            received_on=row.received_on,
            decided_on=on,
            answer=Answer(row.outcome),
            about=about_whom(row),
            decided_by=(f"{decided_by.name} ({roles})" if roles else decided_by.name) + _by_mandate(row),
            reason=guard_for(row.dossier_id, row.asker_id).words(row.reason or ""),
            given=_given(row, parts),
            not_given=_not_given(row, parts, left_out),
            what_now=_what_now(row, parts),
        )


def _by_mandate(row: ClientRequest) -> str:
    """By which mandate somebody decided; empty for who decided in their own right."""
    mandate = (row.decided or {}).get("mandate")
    if not mandate:
        return ""
    return f", met schriftelijk mandaat van {date_plain(date.fromisoformat(mandate['on']))}"


def _needs(row: ClientRequest) -> tuple[str, ...]:
    if row.identified_at is not None:
        return ()
    portal = "Wij controleren of u het bent. In het portaal hoeft u daarvoor meestal niets te doen."
    return (
        portal
        if row.channel == Channel.PORTAL
        else "Laat een geldig identiteitsbewijs zien, zodat wij weten wie u bent.",
    )


def _given(row: ClientRequest, parts: Parts | None) -> tuple[str, ...]:
    if row.outcome == Outcome.REFUSED or row.kind not in SHOWING or parts is None:
        return ()
    if row.outcome == Outcome.PARTLY and parts.given is None:
        return ("(de stukken die u kiest)",)
    if _there_is_none(row, parts):
        return (f"Geen stukken. Bij wat u vroeg is er geen stuk dat alleen over {row.about.name} gaat.",)
    given = parts.own if parts.given is None else parts.given
    if not given:
        return ()
    if given < parts.own:
        return (f"{given} van de {_alone(parts.own, row)}",)
    return (_alone(given, row),)


def _there_is_none(row: ClientRequest, parts: Parts | None) -> bool:
    """Whether somebody may read or have what they asked, and there is nothing of it to give."""
    if row.outcome != Outcome.GRANTED or row.kind not in (RequestKind.INSPECTION, RequestKind.COPY) or parts is None:
        return False
    return not (parts.own if parts.given is None else parts.given)


def _alone(many: int, row: ClientRequest) -> str:
    """A number of pieces about the client and nobody else."""
    which, go = ("1 stuk dat", "gaat") if many == 1 else (f"{many} stukken die", "gaan")
    return f"{which} alleen over {row.about.name} {go}"


def _not_given(row: ClientRequest, parts: Parts | None, left_out: Decision | None) -> tuple[NotGiven, ...]:
    if row.outcome == Outcome.REFUSED or row.kind not in SHOWING or parts is None:
        return ()
    return (*_kept_back(row, parts), *_about_others(parts, left_out))


def _kept_back(row: ClientRequest, parts: Parts) -> tuple[NotGiven, ...]:
    # Of a part nobody chose, an appointment tells what it is; that nothing is given would not be true.
    kept = parts.own - parts.given if parts.given else 0
    return (NotGiven(_alone(kept, row), "De reden staat in deze brief bij ons besluit."),) if kept else ()


def _about_others(parts: Parts, left_out: Decision | None) -> tuple[NotGiven, ...]:
    if not parts.others:
        return ()
    many = "1 stuk" if parts.others == 1 else f"{parts.others} stukken"
    goes = "gaat" if parts.others == 1 else "gaan"
    why = left_out.explanation if left_out else "Wat over een ander gaat, laten wij eruit."
    return (
        NotGiven(
            f"{many} die ook over een ander {goes}" if parts.others > 1 else f"{many} dat ook over een ander {goes}",
            why,
        ),
    )


def _what_now(row: ClientRequest, parts: Parts | None) -> tuple[str, ...]:
    if row.outcome == Outcome.REFUSED:
        return ("Wij doen niets met uw verzoek. Bent u het er niet mee eens, lees dan hoe u dat laat weten.",)
    if _there_is_none(row, parts):
        return ("U krijgt geen stukken, want die zijn er niet. Denkt u dat er wel iets is? Vraag het ons.",)
    if row.kind == "inspection" and row.outcome == Outcome.PARTLY and parts is not None and parts.given == 0:
        return ("Wij maken een afspraak met u over het deel dat u wel krijgt.",)
    if row.kind == "inspection":
        return ("Wij zetten de stukken voor u klaar in het portaal, of maken een afspraak met u om samen te lezen.",)
    return ("Wij voeren uit wat u vroeg. U hoort van ons als het klaar is.",)


def _write(
    row: ClientRequest,
    dossier: Dossier,
    profile: Profile,
    content: Content,
    basis: Sequence[Decision],
    appeal: str,
    *,
    by: Actor,
    at: datetime,
) -> Letter:
    kind = Kind.REQUEST_DECISION if isinstance(content, RequestDecision) else Kind.REQUEST_RECEIVED
    context = LetterContext(
        content=content,
        addressee=reaching.addressee(row.asker, clock.local_date(at)),
        dossier_number=dossier.number,
        decisions=tuple(basis),
        appeal=appeal,
    )
    letter = write_letter(dossier_id=dossier.id, to_person_id=row.asker_id, kind=kind, context=context, by=by, at=at)
    reaching.see_to_it(dossier, row.asker, letter, by=by, at=at)
    return letter
