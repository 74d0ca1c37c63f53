"""Certificates of destruction: the list, one, its file, and the public key with which anybody verifies it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from casemgmt.base.errors import NotThere
from casemgmt.web.downloads import as_download
from casemgmt.web.render import render
from retention import proofs, signing
from retention.views.asked import given


def certificates_list(request: HttpRequest) -> HttpResponse:
    """All certificates, the newest first."""
    return render(request, "retention/certificates.html", {"found": proofs.latest(given(request, "after"))})


def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate: what it says, whether it is genuine, and how to verify it without us."""
    return render(request, "retention/certificate.html", {"it": proofs.one(certificate_id)})


def certificate_file(request: HttpRequest, certificate_id: UUID) -> HttpResponseBase:
    """The certificate as a file of JSON: the signed text exactly, its signature, the public key."""
    number, text = proofs.as_file(certificate_id)
    return as_download(text, name=f"certificate-{number}.json", content_type="application/json; charset=utf-8")


def public_key(request: HttpRequest) -> HttpResponseBase:
    """The public keys, or the one with this id, for everybody: what only its maker can verify is worth nothing."""
    wanted, keys = given(request, "id"), signing.known_keys()
    if wanted and wanted not in keys:
        raise NotThere
    text = signing.pem(keys[wanted]) if wanted else signing.public_keys_pem()
    return as_download(text, name="key.pem", content_type="application/x-pem-file")
