"""All addresses: sign-in, staff under /o/<organisation>/, portal under /mijn/<organisation>/."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

STAFF = (
    "dossiers",
    "consent",
    "disclosures",
    "client_requests",
    "retention",
    "casemgmt.work",
    "casemgmt.policy",
    "casemgmt.audit",
    "casemgmt.letters",
    "casemgmt.organisations",
)
PORTAL = ("portal", "casemgmt.accounts")
PLATFORM = ("casemgmt.web.urls", "casemgmt.accounts.urls", "casemgmt.front")


def _of(packages: tuple[str, ...], module: str) -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for package in packages:
        name = f"{package}.{module}"
        if find_spec(package) and find_spec(name):
            found += import_module(name).urlpatterns
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("o/<slug:organisation>/", include(_of(STAFF, "staff_urls"))),
    path("mijn/<slug:organisation>/", include(_of(PORTAL, "portal_urls"))),
    *[p for name in PLATFORM if find_spec(name) for p in import_module(name).urlpatterns],
]

handler400 = "casemgmt.refusals.handler400"
handler403 = "casemgmt.refusals.handler403"
handler404 = "casemgmt.refusals.handler404"
handler500 = "casemgmt.refusals.handler500"
