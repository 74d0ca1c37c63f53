"""Files that leave the application: saved by the browser, never shown inside our own pages."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse

_SAFE = frozenset("-_.")


def as_download(content: str | Iterable[bytes], *, name: str, content_type: str) -> HttpResponseBase:
    """An answer that is saved under ``name``; what is not a plain letter, digit, dot or dash in it is left out.

    The name may name nobody: it stays in the browser's list of downloads.
    """
    made: HttpResponseBase = (
        HttpResponse(content, content_type=content_type)
        if isinstance(content, str)
        else StreamingHttpResponse(iter(content), content_type=content_type)
    )
    plain = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in _SAFE))
    made.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    # Opened in the browser all the same, it runs nothing and fetches nothing.
    made.headers["X-Content-Type-Options"] = "nosniff"
    made.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    made.headers["Cache-Control"] = "no-store, private"
    return made
