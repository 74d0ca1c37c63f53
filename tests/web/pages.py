"""What several tests of the pages need: a request in an organisation, and the gallery as text."""

from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.http import HttpRequest
from django.test import RequestFactory

from casemgmt.web.current import answering
from casemgmt.web.gallery import gallery

ORGANISATIONS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")


@dataclass(frozen=True)
class SampleOrganisation:
    """An organisation as the middleware gives it."""

    slug: str
    name: str


@dataclass(frozen=True)
class SampleActor:
    """Somebody who holds the capabilities named."""

    name: str = "Noor van Dalen"
    capabilities: frozenset[str] = frozenset()

    def may(self, capability: str) -> bool:
        return capability in self.capabilities

    def only_supervised(self, capability: str) -> bool:
        return False


def sample_request(path: str = "/", method: str = "GET", slug: str = "sterk-huis", **extra: Any) -> HttpRequest:
    request: Any = RequestFactory().generic(method, path, **extra)
    request.organisation = SampleOrganisation(slug, "Sterk Huis")
    request.actor = SampleActor()
    request.session = {}
    request._messages = []
    request.COOKIES = SimpleCookie()
    return request


def gallery_page(name: str, slug: str = "sterk-huis", theme: str = "auto") -> str:
    request = sample_request(f"/componenten/?pagina={name}", slug=slug)
    request.session["web_theme"] = theme
    with answering(request):
        return gallery(request).content.decode()
