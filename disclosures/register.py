"""The register of disclosures: who received what, when, on which ground, with or without consent.

Sterk Huis 3.7.6 asks for it; the others keep one by house rule. Rows are never
changed and go with their dossier. The portal reads its own view of it here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation

from casemgmt.accounts.models import User
from casemgmt.base.db import reads
from casemgmt.base.keyset import Part, part
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Ground
from casemgmt.vault.keys import load_keys
from casemgmt.web.dates import date_plain
from consent.facts import Circle
from disclosures.guarded import Guard, guard_for
from disclosures.judging import Judgement, ground_label
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.package import Package, kind_label
from dossiers.recording.vocabulary import EntryKind

NEWEST = ("-at", "-id")
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of the register as a page shows it."""

    id: UUID
    disclosure_id: UUID
    at: datetime
    about: str
    recipient: str
    recipient_kind: str
    kinds: tuple[str, ...]
    purpose: str
    ground: str
    explanation: str
    weighed: str
    consulted: str
    articles: tuple[str, ...]
    with_consent: bool
    proposed_by: str
    approved_by: str
    handed_over_by: str
    how: str


@dataclass(frozen=True, slots=True)
class Received:
    """For the client: when, who, what, on which ground and why.

    ``own_consent``: whether who reads it is one of those on whose yes it rested.
    """

    at: datetime
    who: str
    what: tuple[str, ...]
    ground: str
    why: str
    purpose: str
    with_consent: bool
    own_consent: bool
    articles: tuple[str, ...]


def keep_row(
    row: Disclosure,
    package: Package,
    judgement: Judgement,
    profile: Profile,
    around: Circle,
    *,
    by: Actor,
    at: datetime,
) -> DisclosureRegisterRow:
    """Write the line of the register in the act that lets the package go."""
    names = _names(row.proposed_by_id, row.approved_by_id)
    line = DisclosureRegisterRow(
        dossier_id=row.dossier_id,
        disclosure=row,
        about_id=row.about_id,
        at=at,
        recipient_kind=row.recipient_kind,
        with_consent=judgement.ground == Ground.CONSENT,
        content={
            "about": around.client.name,
            "name": row.recipient.get("name", ""),
            "organisation": row.recipient.get("organisation", ""),
            "kinds": list(_kinds(package)),
            "told": list(_told(package)),
            "purpose": row.purpose,
            "ground": ground_label(profile, judgement.ground),
            "explanation": judgement.may.explanation,
            "articles": list(judgement.may.articles),
            "why": (row.answers.get("ground") or {}).get("why", "") if not judgement.by_consent else "",
            "consulted": _consulted(row) if not judgement.by_consent else "",
            "version": judgement.may.version,
            "proposed_by": names.get(row.proposed_by_id, ""),
            "approved_by": names.get(row.approved_by_id, "") if row.approved_by_id else "",
            "handed_over_by": by.name,
            "how": row.how,
        },
    )
    line.save()
    return line


@reads
def register_of(dossier_id: UUID, after: str = "") -> Part[RegisterLine]:
    """The register of a dossier, newest first, from a key on; the caller came through the door."""
    return part(DisclosureRegisterRow.objects.filter(dossier_id=dossier_id), NEWEST, after, AT_ONCE).each(_line)


@reads
def received_by_others(
    dossier_id: UUID, person_id: UUID, after: str = "", *, reader_id: UUID | None = None
) -> Part[Received]:
    """Who received data about this person, newest first, from a key on, for the portal; plain values.

    ``reader_id``: who reads it; where others live in secret is taken out of what was typed.
    """
    load_keys([dossier_id])
    guard = guard_for(dossier_id, reader_id)
    found = part(_told_lines(dossier_id, [person_id]).select_related("disclosure"), NEWEST, after, AT_ONCE)
    return found.each(lambda row: _received(row, guard, reader_id))


@reads
def anybody_received(dossier_id: UUID, people: Iterable[UUID]) -> bool:
    """Whether there is anything to read for who may read what others received about these people."""
    return _told_lines(dossier_id, people).exists()


def _told_lines(dossier_id: UUID, people: Iterable[UUID]) -> QuerySet[DisclosureRegisterRow]:
    """Only what was told: a line whose informing is put off for safety comes when the client has been told."""
    lines = DisclosureRegisterRow.objects.filter(dossier_id=dossier_id, about_id__in=list(people))
    return lines.filter(disclosure__informed_at__isnull=False)


def kinds_given(row: Disclosure) -> tuple[str, ...]:
    """Which kinds of data went, as the client reads it."""
    line = DisclosureRegisterRow.objects.filter(disclosure=row).first()
    return _what_went(line) if line else ()


def _what_went(row: DisclosureRegisterRow) -> tuple[str, ...]:
    # Lines from before the client had words of their own have those of the register.
    return tuple(row.content.get("told", row.content["kinds"]))


def _kinds(package: Package) -> tuple[str, ...]:
    """What went, one line an item: its kind and its day; never its words."""
    # Dutch, whatever language the colleague reads: letters and the portal say it too.
    with translation.override("nl"):
        return tuple(f"{kind_label(item.kind)}, {date_plain(item.happened_on)}" for item in package.items)


# A client need not know what the register calls a fact; that it is somebody's opinion they may know.
_IN_WORDS: dict[str, str] = {
    EntryKind.FACT: "wat wij opschreven over %s",
    EntryKind.OPINION: "een mening van %s",
    EntryKind.HYPOTHESIS: "een vermoeden van %s",
    EntryKind.JUDGEMENT: "ons oordeel van %s",
    EntryKind.DIAGNOSIS: "een diagnose van %s",
}


def _told(package: Package) -> tuple[str, ...]:
    """What went, as the client reads it in the letter and in the portal: in the same words and with the same days."""
    with translation.override("nl"):
        return tuple(
            _IN_WORDS.get(item.kind, f"{kind_label(item.kind)} van %s") % date_plain(item.happened_on)
            for item in package.items
        )


def _consulted(row: Disclosure) -> str:
    """Who was consulted and on which day, as the worker wrote it down."""
    said = row.answers.get("ground") or {}
    return ", ".join(filter(None, (said.get("consulted", ""), said.get("consulted_on", ""))))


def _line(row: DisclosureRegisterRow) -> RegisterLine:
    kept = row.content
    return RegisterLine(
        id=row.id,
        disclosure_id=row.disclosure_id,
        at=row.at,
        about=kept["about"],
        recipient=_who(kept),
        recipient_kind=row.recipient_kind,
        kinds=tuple(kept["kinds"]),
        purpose=kept["purpose"],
        ground=kept["ground"],
        explanation=kept["explanation"],
        # Lines from before a ground was answered have none.
        weighed=kept.get("why", ""),
        consulted=kept.get("consulted", ""),
        articles=tuple(kept["articles"]),
        with_consent=row.with_consent,
        proposed_by=kept["proposed_by"],
        approved_by=kept["approved_by"],
        handed_over_by=kept["handed_over_by"],
        how=kept["how"],
    )


def _received(row: DisclosureRegisterRow, guard: Guard, reader_id: UUID | None) -> Received:
    kept = row.content
    return Received(
        at=row.at,
        who=_who(guard.recipient({name: kept[name] for name in ("organisation", "name")}, row.recipient_kind)),
        what=_what_went(row),
        ground=kept["ground"],
        why=guard.words(kept["explanation"]),
        purpose=guard.words(kept["purpose"]).strip().rstrip("."),
        with_consent=row.with_consent,
        own_consent=row.with_consent and str(reader_id) in row.disclosure.consent_of,
        articles=tuple(kept["articles"]),
    )


def _who(kept: dict[str, str]) -> str:
    return ", ".join(filter(None, (kept["organisation"], kept["name"])))


def _names(*user_ids: UUID | None) -> dict[UUID, str]:
    wanted = {one for one in user_ids if one is not None}
    return dict(User.objects.filter(id__in=wanted).values_list("id", "name"))
