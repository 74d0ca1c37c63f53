"""Drafts: what somebody is typing, kept sealed while they type, so that a timeout loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casemgmt.organisations.actors import Actor
from dossiers.content import author_of
from dossiers.models import Dossier, Draft

LONGEST = 120_000


@dataclass(frozen=True, slots=True)
class DraftValue:
    """A kept draft: the fields of the form as lists, and when it was kept."""

    content: Mapping[str, list[str]]
    saved_at: datetime


def keep_draft(dossier: Dossier, place_id: UUID, content: Mapping[str, list[str]], *, by: Actor, at: datetime) -> None:
    """Keep what is typed for a place, instead of what was kept there before."""
    draft = _of(dossier, place_id, by) or Draft(dossier=dossier, author_id=author_of(by), place_id=place_id)
    draft.content = dict(content)
    draft.saved_at = at
    draft.save()


def draft_for(dossier: Dossier, place_id: UUID, author: Actor) -> DraftValue | None:
    """What this person was typing for a place, if anything."""
    draft = _of(dossier, place_id, author)
    return DraftValue(draft.content, draft.saved_at) if draft else None


def drop_draft(dossier: Dossier, place_id: UUID, author: Actor) -> None:
    """Forget the draft of a place: it was saved, or is no longer wanted."""
    Draft.objects.filter(dossier=dossier, place_id=place_id, author_id=author_of(author)).delete()


def _of(dossier: Dossier, place_id: UUID, author: Actor) -> Draft | None:
    return Draft.objects.filter(dossier=dossier, place_id=place_id, author_id=author_of(author)).first()
