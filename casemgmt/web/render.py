"""Turning a template and plain values into an answer: a whole page, or one block of it for htmx."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import jinja2
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme

from casemgmt.web.current import answering
from casemgmt.web.routes import reverse

_NO_ADDRESS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")


def environment() -> jinja2.Environment:
    """Give the environment that the settings built."""
    return cast("jinja2.Environment", engines["jinja2"].env)  # type: ignore[attr-defined]


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Answer with a page; a program that sent what is not right gets the faults instead, in the shape of all errors."""
    if status == 422:
        # Imported late: the error pages are rendered here.
        from casemgmt.web.errors import unfit, wants_json

        if wants_json(request):
            return unfit(request, context or {})
    return HttpResponse(render_to_string(request, template, context), status=status)


def render_to_string(request: HttpRequest | None, template: str, context: Mapping[str, Any] | None = None) -> str:
    """Write a page as text; without a request in tasks and tests."""
    with answering(request):
        return environment().get_template(template).render(_values(request, context))


def render_block(
    request: HttpRequest,
    template: str,
    block: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Answer with one block of a page, so that a fragment and its page share one template."""
    with answering(request):
        source = environment().get_template(template)
        values = source.new_context(_values(request, context))
        # The first piece of output comes after all imports and `set`s of the page and its layouts have run,
        # so the block finds its macros, and `blocks` knows what the layouts and the page define.
        page = source.root_render_func(values)
        next(iter(page), None)
        text = "".join(values.blocks[block][0](values))
    return HttpResponse(text, status=status)


def page_or_block(
    request: HttpRequest,
    template: str,
    block: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Answer htmx with the block and everybody else with the page."""
    answer = render_block(request, template, block, context, status=status) if is_partial(request) else None
    response = answer or render(request, template, context, status=status)
    # One address gives two forms; "back" must never show the bare fragment.
    response.headers["Vary"] = "HX-Request"
    return response


def is_partial(request: HttpRequest) -> bool:
    """Say whether htmx asks for a fragment; going back in history and boosted links want the page."""
    headers = request.headers
    asked = headers.get("HX-Request") == "true" and headers.get("HX-Request-Type", "partial") == "partial"
    return asked and headers.get("HX-Boosted") != "true" and headers.get("HX-History-Restore-Request") != "true"


def see_other(request: HttpRequest, name: str, /, **kwargs: Any) -> HttpResponse:
    """Answer a POST that worked: 303 to a page of the current organisation."""
    organisation = getattr(request, "organisation", None)
    return see_address(reverse(name, getattr(organisation, "slug", None), **kwargs))


def see_address(address: str) -> HttpResponse:
    """Answer 303 to an address of ours, written as a header can carry it."""
    return HttpResponse(status=303, headers={"Location": iri_to_uri(address)})


def safe_next(request: HttpRequest, wanted: str, fallback: str) -> str:
    """``wanted`` when it is an address of ours, else ``fallback``.

    What holds a control character, half of a surrogate pair or the mark of stray bytes is no address: a browser
    leaves some of these out of what it reads, and no header can carry the others.
    """
    if not wanted or _NO_ADDRESS.search(wanted):
        return fallback
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else fallback


def _values(request: HttpRequest | None, context: Mapping[str, Any] | None) -> dict[str, Any]:
    values = dict(context or {})
    if request is not None:
        values.setdefault("request", request)
    return values
