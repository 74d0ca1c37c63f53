"""What every answer needs before a view runs: the current request for templates, and its language."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from casemgmt.web import errors
from casemgmt.web.context import LANGUAGE_KEY, session_value
from casemgmt.web.current import answering

LANGUAGES = ("nl", "en")


class PageMiddleware:
    """Stands right after the session: Dutch unless the visitor chose English in this session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = session_value(request, LANGUAGE_KEY)
        language = chosen if chosen in LANGUAGES else settings.LANGUAGE_CODE
        with answering(request), translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Turn the ways in which the application says no into their pages."""
        return errors.for_exception(request, exception)
