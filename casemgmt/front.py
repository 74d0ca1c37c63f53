"""The public front door: the first page, the health page, and nothing for search engines."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse

from casemgmt import health, metrics
from casemgmt.accounts.second_factor import has_second_factor
from casemgmt.organisations.places import places_of
from casemgmt.web import errors
from casemgmt.web.render import render
from casemgmt.web.routes import Needs, page


def home(request: HttpRequest) -> HttpResponse:
    """What this is, for a stranger; for staff the way to their organisation."""
    user: Any = request.user
    if not user.is_authenticated:
        return render(request, "front/home.html")
    if not has_second_factor(request):
        return redirect(reverse("mfa_activate_totp"))
    places = places_of(user.id)
    if len(places) == 1:
        return redirect(f"/o/{places[0].slug}/")
    response = render(request, "front/places.html", {"places": places, "person": user.name})
    response.headers["Cache-Control"] = "no-store, private"
    return response


def health_page(request: HttpRequest) -> HttpResponse:
    """How everything is: JSON for machines, a page for people; 503 when anything is not well."""
    parts = health.parts()
    well = all(part.well for part in parts)
    status = 200 if well else 503
    if "text/html" not in request.headers.get("Accept", "") or errors.wants_json(request):
        told = {part.key: {"well": part.well, "warning": part.warning, "says": part.sentence} for part in parts}
        body = {"well": well, "parts": told}
        response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json", status=status)
    else:
        response = render(request, "front/health.html", {"parts": parts, "well": well}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


urlpatterns: list[URLPattern] = [
    page("", home, name="front:home", needs=Needs.public()),
    page("health/", health_page, name="front:health", needs=Needs.public()),
    page("metrics/", metrics.page, name="front:metrics", needs=Needs.public()),
    page("robots.txt", robots, name="front:robots", needs=Needs.public()),
]
