"""What every view here asks of its request, typed once."""

from typing import cast

from django.http import HttpRequest

from casemgmt.organisations.actors import Actor


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the entrance set it."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]


def given(request: HttpRequest, name: str, longest: int = 200) -> str:
    """A word of the address; too long or with a NUL counts as not given."""
    value = request.GET.get(name, "")
    return value if len(value) <= longest and "\x00" not in value else ""
