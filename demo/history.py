"""What happened in the demo's dossiers: asked, answered, noted, laid before a manager; all of it through the acts.

The data stand in ``data/history/<organisation>.toml`` and name dossiers and
people of ``data/<organisation>.toml``. The families that the browser's journeys
live a day with are not among them. Every piece happens at its own moment.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from casemgmt.base import clock
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from client_requests.acts import NewRequest, receive_request
from consent.acts import NewConsent, record_consent
from disclosures import acts as disclosing
from disclosures.judging import disclosure_facts, questions
from disclosures.models import Disclosure, DisclosureItem
from dossiers.access import change_dossier
from dossiers.models import Dossier, EntryAbout, Person
from dossiers.recording.notes import keep_note
from dossiers.verbs import Verb
from retention.night import propose_due

DATA = Path(__file__).parent / "data" / "history"
NAMESPACE = UUID("6d0f2c1e-5c0b-4b7e-9a51-0b6f3f0f4d11")
# What people are told before they answer; of a disclosure also what exactly is given.
TOLD = frozenset({"purpose", "recipient"})
NIGHT_AGO = timedelta(days=10)  # long enough for the removal list to be somebody's work of this week
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """Where and by whom it happened: dossiers by name, actors by part, and today's moment."""

    slug: str
    seed: int
    now: datetime
    actors: Mapping[str, Actor]
    dossiers: Mapping[str, UUID]

    def moment(self, row: Row) -> datetime:
        """Two in the afternoon, so many days before today; never in the future."""
        day = clock.local_date(self.now) - timedelta(days=row["days_ago"])
        return min(datetime.combine(day, time(14, 0), UTC), self.now)

    def id_for(self, *words: str) -> UUID:
        """The id of a new row: the same for one seed."""
        return uuid5(NAMESPACE, "|".join((str(self.seed), self.slug, *words)))

    def by(self, row: Row) -> Actor:
        """Whose work this was."""
        return self.actors[row.get("by", "caseworker")]

    def do(self, row: Row, verb: Verb, data: str, act: Callable[[Dossier, datetime], Any]) -> Any:
        """Let an act happen in the row's dossier, at its moment."""
        at = self.moment(row)
        with clock.pretend(at):
            return change_dossier(
                self.by(row), self.dossiers[row["dossier"]], verb, lambda dossier: act(dossier, at), data=data
            )


def live(past: Past) -> None:
    """Let everything happen; call it inside the organisation. At the end the night proposes what may go."""
    data = tomllib.loads((DATA / f"{past.slug}.toml").read_text(encoding="utf-8"))
    for kind, happen in HAPPENINGS.items():
        for row in data.get(kind, ()):
            happen(past, row)
    with clock.pretend(past.now - NIGHT_AGO):
        propose_due(current())


def _request(past: Past, row: Row) -> None:
    def act(dossier: Dossier, at: datetime) -> None:
        people = _people(dossier)
        new = NewRequest(
            kind=row["kind"],
            asker_id=people[row["asker"]],
            about_id=people[row.get("about", row["asker"])],
            channel="written",
            received_on=clock.local_date(at),
            words=row["words"],
            categories=tuple(row.get("categories", ())),
            id=past.id_for("request", row["dossier"], row["kind"]),
        )
        receive_request(dossier, new, by=past.by(row), at=at)

    past.do(row, Verb.HANDLE_REQUEST, "request", act)


def _answer(past: Past, row: Row) -> None:
    """Somebody said yes or no to giving data to somebody."""

    def act(dossier: Dossier, at: datetime) -> None:
        people = _people(dossier)
        new = NewConsent(
            person_id=people[row["person"]],
            about_id=people[row.get("about", row["person"])],
            purpose="disclosure",
            given_on=clock.local_date(at),
            form=row["form"],
            state=row["state"],
            recipient_kind=row["recipient_kind"],
            recipient=row["recipient"],
            what_for=row["what_for"],
            informed_of=TOLD,
            note=row.get("note"),
            id=past.id_for("consent", row["dossier"], row["person"]),
        )
        record_consent(dossier, new, by=past.by(row), at=at)

    past.do(row, Verb.RECORD_CONSENT, "consent", act)


def _note(past: Past, row: Row) -> None:
    past.do(row, Verb.KEEP_NOTE, "notes", lambda d, at: keep_note(d, row["text"], by=past.by(row), at=at))


def _disclosure(past: Past, row: Row) -> None:
    """Proposed, what is only about the client chosen and seen, consented to in writing; now a manager."""
    worker = past.by(row)

    def act(dossier: Dossier, at: datetime) -> None:
        people = _people(dossier)
        about = people[row["about"]]
        new = disclosing.Proposal(
            about_id=about,
            recipient_kind=row["recipient_kind"],
            name=row["name"],
            organisation=row["organisation"],
            purpose=row["purpose"],
            id=past.id_for("disclosure", row["dossier"]),
        )
        proposed = disclosing.propose(dossier, new, by=worker, at=at)
        disclosing.choose_items(dossier, proposed.id, _only_about(dossier, about), by=worker, at=at)
        for item in DisclosureItem.objects.filter(disclosure=proposed).order_by("position"):
            disclosing.black_out(dossier, proposed.id, item.id, [], by=worker, at=at)
        for name in row["consent_of"]:
            record_consent(dossier, _yes(past, row, proposed, people[name], about, at), by=worker, at=at)
        profile, around = disclosing.setting(dossier, proposed, at)
        asked = questions(profile, disclosure_facts(proposed, around, [], profile))
        disclosing.answer_conditions(dossier, proposed.id, {one.fact: True for one in asked}, by=worker, at=at)
        disclosing.ask_approval(dossier, proposed.id, by=worker, at=at)

    past.do(row, Verb.PREPARE_DISCLOSURE, "disclosure", act)


def _yes(past: Past, row: Row, proposed: Disclosure, person: UUID, about: UUID, at: datetime) -> NewConsent:
    return NewConsent(
        person_id=person,
        about_id=about,
        purpose="disclosure",
        given_on=clock.local_date(at),
        form="written",
        recipient_kind=row["recipient_kind"],
        recipient=f"{row['organisation']}, {row['name']}",
        informed_of=TOLD | {"content"},
        exchange_id=proposed.id,
        id=past.id_for("consent", row["dossier"], str(person)),
    )


def _only_about(dossier: Dossier, client: UUID) -> list[UUID]:
    """The entries about this client and nobody else."""
    about: dict[UUID, set[UUID]] = {}
    for entry_id, person_id in EntryAbout.objects.filter(dossier=dossier).values_list("entry_id", "person_id"):
        about.setdefault(entry_id, set()).add(person_id)
    return [entry for entry, people in about.items() if people == {client}]


def _people(dossier: Dossier) -> dict[str, UUID]:
    """The people of a dossier by name; its key is loaded by the door."""
    return {person.name: person.id for person in Person.objects.filter(dossier=dossier)}


HAPPENINGS: Mapping[str, Callable[[Past, Row], None]] = {
    "request": _request,
    "consent": _answer,
    "note": _note,
    "disclosure": _disclosure,
}
