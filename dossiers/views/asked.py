"""What every view here asks of its request, typed once, and how each answers a form that is refused as a whole."""

from collections.abc import Mapping
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.base.errors import Conflict
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.places import OrganisationValue
from casemgmt.web import forms


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the entrance set it."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]


def place_of(request: HttpRequest) -> OrganisationValue:
    """In which organisation."""
    return cast("OrganisationValue", request.organisation)  # type: ignore[attr-defined]


def given(request: HttpRequest, name: str, longest: int = 200) -> str:
    """A word of the address; too long or with a NUL counts as not given."""
    value = request.GET.get(name, "")
    return value if len(value) <= longest and "\x00" not in value else ""


def refused(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    conflict: Conflict,
    values: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Answer 409 with the same page: what was filled in is still there, and what was saved before stays as it was."""
    kept = _("What you filled in now is still here and has not been saved.")
    return forms.conflict(request, template, form, conflict, {**(values or {}), "kept": kept})
