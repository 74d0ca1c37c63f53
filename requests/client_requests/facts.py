"""What a request and its dossier know, in the words that the rules judge. Nothing is decided here.

Some facts no dossier holds: whether a parent agreed to treatment, whether the
client finds it good. Staff find those out and write them down with the request.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from casemgmt.policy.rules.facts import RequestFacts
from casemgmt.policy.schema.vocabulary import Person as Who
from casemgmt.policy.schema.vocabulary import Reason, RequestKind
from client_requests.vocabulary import Channel
from consent.facts import Circle, Somebody, client_facts

# Facts that staff find out; each is a field of RequestFacts that is False until somebody says otherwise.
FOUND_OUT = (
    "client_consents",
    "parent_consented_to_treatment",
    "against_interest_of_client",
    "leader_refuses_representative",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a value: what is asked, by whom, about whom, since when, and what was found out."""

    kind: str
    asker_id: UUID
    around: Circle
    received_on: date
    channel: str = Channel.PORTAL
    identified: bool = False
    joined: tuple[UUID, ...] = ()
    found_out: frozenset[str] = field(default_factory=frozenset)

    @property
    def asker(self) -> Somebody:
        """Who asks; raises LookupError when that person left the dossier."""
        found = self.around.find(self.asker_id)
        if found is None:
            raise LookupError(f"{self.asker_id} is no longer in the dossier.")
        return found

    @property
    def about_self(self) -> bool:
        """Whether somebody asks about their own data."""
        return self.asker_id == self.around.client.id


def joined_and_found_out(details: dict[str, Any] | None) -> tuple[tuple[UUID, ...], frozenset[str]]:
    """What staff wrote down with a request, from its stored details."""
    stored = details or {}
    joined = tuple(UUID(one) for one in stored.get("joined", ()))
    return joined, frozenset(stored.get("answers", ())) & set(FOUND_OUT)


def request_facts(asked: Asked, *, reason: Reason | None = None, **more: Any) -> RequestFacts:
    """The facts of a request as the rules take them."""
    values: dict[str, Any] = {
        **client_facts(asked.around),
        "request": RequestKind(asked.kind),
        "requested_by": _who(asked),
        "received_on": asked.received_on,
        "identified": asked.identified,
        "written": asked.channel != Channel.ORAL,
        "reason": reason,
        **dict.fromkeys(asked.found_out, True),
        **more,
    }
    return RequestFacts(**values)


def _who(asked: Asked) -> tuple[Who, ...]:
    people: Iterable[Somebody | None] = (asked.asker, *(asked.around.find(one) for one in asked.joined))
    return tuple(dict.fromkeys(one.who for one in people if one is not None))
