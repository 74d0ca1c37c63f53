"""All addresses: sign-in, staff under /o/<organisation>/, portal under /mijn/<organisation>/."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

STAFF = (
    "dossiers.staff_urls",
    "consent.staff_urls",
    "disclosures.staff_urls",
    "client_requests.staff_urls",
    "retention.staff_urls",
    "casemgmt.work.staff_urls",
    "casemgmt.organisations.staff_urls",
    "casemgmt.policy.staff_urls",
)
PORTAL = ("portal.portal_urls", "casemgmt.accounts.portal_urls")
PLATFORM = ("casemgmt.web.urls", "casemgmt.accounts.urls", "casemgmt.organisations.entrance", "casemgmt.front")


def _of(modules: tuple[str, ...]) -> list[URLPattern | URLResolver]:
    return [entry for module in modules for entry in import_module(module).urlpatterns]


urlpatterns: list[URLPattern | URLResolver] = [
    path("o/<slug:organisation>/", include(_of(STAFF))),
    path("mijn/<slug:organisation>/", include(_of(PORTAL))),
    *_of(PLATFORM),
]

handler400 = "casemgmt.refusals.handler400"
handler403 = "casemgmt.refusals.handler403"
handler404 = "casemgmt.refusals.handler404"
handler500 = "casemgmt.refusals.handler500"
