"""Which organisation is meant, and where somebody may sign in (tables without row security)."""

from dataclasses import dataclass
from uuid import UUID

from casemgmt.organisations.models import Organisation, SignInPlace


@dataclass(frozen=True, slots=True)
class OrganisationValue:
    """What pages may know of an organisation; ``regulation`` names the shipped regulation that it follows."""

    id: UUID
    slug: str
    name: str
    kind: str
    abbreviation: str
    regulation: str = ""


def _value(row: Organisation) -> OrganisationValue:
    return OrganisationValue(row.id, row.slug, row.name, row.kind, row.abbreviation, row.regulation or row.slug)


def organisation_by_slug(slug: str) -> OrganisationValue | None:
    """The organisation of that slug, or None."""
    row = Organisation.objects.filter(slug=slug).first()
    return _value(row) if row else None


def all_organisations() -> list[OrganisationValue]:
    """Every organisation, by slug."""
    return [_value(row) for row in Organisation.objects.order_by("slug")]


def places_of(user_id: UUID) -> list[OrganisationValue]:
    """Where this account may sign in, by name."""
    rows = SignInPlace.objects.filter(user_id=user_id).select_related("organisation")
    return sorted((_value(row.organisation) for row in rows), key=lambda place: place.name)


def may_sign_in(user_id: UUID, organisation_id: UUID) -> bool:
    """Whether this account has a place in that organisation."""
    return SignInPlace.objects.filter(user_id=user_id, organisation_id=organisation_id).exists()
