"""Which organisations an operator's command is about, answered alike by every command.

Exit codes of all of them: 0 it is well or done, 1 what was checked is wrong, 2 it
could not be carried out (an unknown organisation, a wrong argument, refused here).
"""

from django.core.management.base import CommandError

from casemgmt.organisations.places import OrganisationValue, all_organisations, organisation_by_slug

CANNOT = 2


def asked_place(slug: str) -> OrganisationValue:
    """The organisation of that slug; CommandError that ends with 2 when there is none."""
    place = organisation_by_slug(slug)
    if place is None:
        raise CommandError(f"There is no organisation {slug!r}.", returncode=CANNOT)
    return place


def asked_places(slug: str | None) -> list[OrganisationValue]:
    """That one organisation, or all of them when none was named."""
    return all_organisations() if slug is None else [asked_place(slug)]
