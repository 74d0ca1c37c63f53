"""The whole profile of one organisation, as one frozen value with a hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Self

from pydantic import Field, PrivateAttr

from casemgmt.policy.schema.asking import Requests
from casemgmt.policy.schema.basics import Access, Meta, Notices, Recording, Roles, Words
from casemgmt.policy.schema.guarding import Security
from casemgmt.policy.schema.keeping import HouseRules, Retention
from casemgmt.policy.schema.people import Consent, Representation
from casemgmt.policy.schema.sharing import Disclosure, Informing
from casemgmt.policy.schema.values import Strict


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a content, in whatever shape."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Profile(Strict):
    """Everything one regulation says, as data. Equal content gives an equal `version_id`, on any machine."""

    meta: Meta = Field(title="Het reglement")
    words: Words = Field(title="Woorden")
    roles: Roles = Field(title="Rollen")
    access: Access = Field(title="Toegang")
    notices: Notices = Field(title="Legitimatie")
    recording: Recording = Field(title="Vastleggen")
    representation: Representation = Field(title="Vertegenwoordiging")
    consent: Consent = Field(title="Toestemming")
    disclosure: Disclosure = Field(title="Verstrekken")
    informing: Informing = Field(title="Informeren")
    requests: Requests = Field(title="Verzoeken van cliënten")
    retention: Retention = Field(title="Bewaren en vernietigen")
    # Versions that were published before this section existed have none.
    security: Security | None = Field(default=None, title="Beveiliging")
    house_rules: HouseRules = Field(title="Huisregels")

    # The hash of the stored body, where that has another shape than the content of today.
    _stored_as: str = PrivateAttr(default="")

    def content(self) -> dict[str, Any]:
        """The content as JSON-safe values without defaults, so that new optional fields do not change old hashes."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON of the content."""
        return hash_of(self.content())

    def stored_as(self, body_hash: str) -> Self:
        """This profile as read from a stored body with this hash: decisions name the body as it was published."""
        if body_hash == self.content_hash:
            return self
        read = self.model_copy()
        read._stored_as = body_hash
        return read

    @property
    def version_id(self) -> str:
        """Slug, version name and the first twelve figures of the hash: what a decision is stored with."""
        return f"{self.meta.slug}_{self.meta.version_name}_{(self._stored_as or self.content_hash)[:12]}"

    def in_force(self, on: date) -> bool:
        """Whether the regulation itself says it is in force on the day (Opsterland's lapsed, reading 38)."""
        lapsed = self.meta.lapsed_on
        return self.meta.in_force_from.value <= on and (lapsed is None or on < lapsed.value)

    def __hash__(self) -> int:
        """By content."""
        return hash(self.content_hash)
