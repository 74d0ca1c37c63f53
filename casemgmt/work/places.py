"""Where a task leads: the name of a page and two ids become an address of the current organisation."""

import re
from functools import lru_cache
from uuid import UUID

from django.urls import NoReverseMatch

from casemgmt.base.organisation import current
from casemgmt.organisations.places import all_organisations
from casemgmt.web.current import current_request
from casemgmt.web.routes import declarations, reverse

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def address_of(name: str, dossier_id: UUID | None, object_id: UUID | None) -> str:
    """The address of page ``name``; its ``dossier_id`` is the dossier's, its one other id the object's."""
    if not name:
        return ""
    given: dict[str, UUID | None] = {
        parameter: dossier_id if parameter == "dossier_id" else object_id for parameter in _parameters(name)
    }
    if None in given.values():
        return ""
    try:
        return reverse(name, _slug(), **given)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=256)
def _parameters(name: str) -> tuple[str, ...]:
    for route in declarations():
        if route.declaration is not None and route.declaration.name == name:
            return tuple(p for p in _PARAMETER.findall(route.declaration.pattern) if p != "organisation")
    return ()


def _slug() -> str | None:
    organisation = getattr(current_request(), "organisation", None)
    if organisation is not None:
        return str(organisation.slug)
    here = current()
    return next((place.slug for place in all_organisations() if place.id == here), None)
