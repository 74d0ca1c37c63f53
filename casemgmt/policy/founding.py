"""An organisation begins: its row, its key, its regulation, its teams. People come after (`organisations`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import operator
from casemgmt.organisations.acts import add_unit
from casemgmt.organisations.models import Organisation
from casemgmt.organisations.places import organisation_by_slug
from casemgmt.organisations.trail import tell
from casemgmt.policy.loader import load_profile, shipped_profiles
from casemgmt.policy.schema import Profile
from casemgmt.policy.shipped import load_first, load_shipped
from casemgmt.vault.keys import create_organisation_key

LONGEST = 60


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What an organisation is called: in addresses, in full, in four letters, and its first team.

    ``kind`` is the line under its name where somebody chooses between organisations; empty: its regulation's title.
    """

    slug: str
    name: str
    abbreviation: str
    units: tuple[str, ...]
    kind: str = ""


def found_by_kind(*, new: NewOrganisation, kind: str, at: datetime) -> UUID:
    """Found an organisation under a shipped regulation; later versions of it are offered to it as drafts.

    Raises Conflict for a slug that is taken or cannot be one, and for a regulation that is not shipped.
    """
    paths = shipped_profiles().get(kind)
    if not paths:
        told = {"kind": kind, "known": ", ".join(sorted(shipped_profiles()))}
        raise Conflict(_("There is no kind “%(kind)s”. These come with the product: %(known)s.") % told)
    return _found(new, load_profile(paths[-1]), kind, lambda: load_shipped(slug=new.slug, at=at), at)


def found_by_profile(*, new: NewOrganisation, profile: Profile, source: str, at: datetime) -> UUID:
    """Found an organisation under a regulation of its own, which was read from a file; raises Conflict as above."""
    return _found(new, profile, "", lambda: load_first(profile=profile, source=source, at=at), at)


def abbreviation_of(name: str) -> str:
    """The first letters of the words that begin with a capital, at most four; else the first two of the name."""
    capitals = "".join(word[0] for word in name.split() if word[0].isupper())
    return (capitals if len(capitals) > 1 else name[:2].upper())[:4]


def _found(new: NewOrganisation, profile: Profile, regulation: str, load: Callable[[], object], at: datetime) -> UUID:
    """The key first and in its own server: what fails after it leaves a key that opens nothing."""
    if slugify(new.slug) != new.slug or not 0 < len(new.slug) <= LONGEST:
        raise Conflict(_("A slug has small letters, digits and dashes, at most sixty."))
    if organisation_by_slug(new.slug) is not None:
        raise Conflict(taken(new.slug))
    founded = uuid4()
    with organisation(founded):
        create_organisation_key()
        with transaction.atomic():
            _row(new, founded, profile, regulation)
            load()
            for unit in new.units:
                add_unit(name=unit, by=operator(), at=at)
    return founded


def taken(slug: str) -> str:
    """Why this organisation is not founded once more."""
    return _("There is an organisation “%(slug)s” already.") % {"slug": slug}


def _row(new: NewOrganisation, founded: UUID, profile: Profile, regulation: str) -> None:
    try:
        with transaction.atomic():
            Organisation.objects.create(
                id=founded,
                slug=new.slug,
                name=new.name,
                kind=new.kind or profile.meta.regulation[:120],
                abbreviation=new.abbreviation,
                regulation="" if regulation == new.slug else regulation,
            )
    except IntegrityError as error:  # founded this moment by somebody else
        raise Conflict(taken(new.slug)) from error
    tell("create", "organisation", "founded", founded)
