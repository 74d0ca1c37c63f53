"""The gallery."""

from django.http import HttpRequest, HttpResponse

from casemgmt.web.render import render


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component in all its states."""
    return render(request, "gallery/gallery.html")
