"""Error pages: what happened, what was kept, what to do. They never ask the database anything."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from casemgmt.base.errors import NotThere, Refusal, Unavailable
from casemgmt.base.opening import NotOpen
from casemgmt.web.current import answering
from casemgmt.web.render import environment

logger = logging.getLogger("casemgmt.web")

STATIC_500 = (
    '<!doctype html><html lang="nl"><meta charset="utf-8"><title>Er ging iets mis</title>'
    "<h1>Er ging iets mis</h1><p>Wij zien deze fout ook. Wat al was opgeslagen, is er nog. "
    "Ga terug en probeer het over een paar minuten opnieuw.</p>"
    '<hr><p lang="en">Something went wrong. What was saved is still there. '
    "Go back and try again in a few minutes.</p></html>"
)


@dataclass(frozen=True)
class Said:
    """The texts of one error page."""

    title: str
    happened: str
    kept: str
    todo: str


def said(status: int) -> Said:
    """Give the texts for a status in the language of the visitor."""
    texts = {
        400: _bad_request,
        401: _sign_in_first,
        403: _forbidden,
        404: _not_found,
        405: _wrong_method,
        409: _conflict,
        413: _too_large,
        422: _unprocessable,
        423: _locked,
        429: _too_many,
        503: _unavailable,
    }
    return texts.get(status, _broken)()


def answer(
    request: HttpRequest,
    status: int,
    *,
    detail: str = "",
    decision: Any = None,
    headers: dict[str, str] | None = None,
    fields: Mapping[str, Sequence[str]] | None = None,
    english: str = "",
    texts: Said | None = None,
) -> HttpResponse:
    """Answer with an error page, or the same in JSON when that is asked for; `detail` replaces what happened.

    ``english``: what happened in English, for a page that nobody can ask for in another language: at 503 the
    whole page stands there once more in English, because the switch of languages does not answer either.

    ``fields``: what is wrong with each field of a form, in sentences; only a program reads them here.
    The sentence of a refusal says itself whom to ask, so at 403 ours beside it would send people to a second address.
    At 409 a `decision` is a rule that says no: nobody was quicker then. ``texts``: instead of those of the status.
    """
    texts = texts or (_against_a_rule() if status == 409 and decision is not None else said(status))
    if status == 403 and detail:
        texts = replace(texts, todo="")
    if wants_json(request):
        return _json(status, texts.title, detail or texts.happened, fields or {}, headers)
    try:
        body = _page(request, status, texts, detail, decision, _in_english(status, english))
    except Exception:
        # An error page that fails would hide the first error; the plain text always works.
        logger.exception("The error page for %s could not be written.", status)
        body = STATIC_500
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store", **(headers or {})})


def method_not_allowed(request: HttpRequest, allowed: Iterable[str]) -> HttpResponse:
    """Answer 405 and name the methods that work."""
    return answer(request, 405, headers={"Allow": ", ".join(allowed)})


def sign_in_first(request: HttpRequest, detail: str = "") -> HttpResponse:
    """Answer 401 to a program that nobody signed in for; a person is led to the door instead."""
    return answer(request, 401, detail=detail, headers={"WWW-Authenticate": 'Session realm="casemgmt"'})


def unfit(request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
    """Answer 422 to a program, with what is wrong with each field of the forms that a page would have shown."""
    forms = (value for value in context.values() if isinstance(value, BaseForm))
    faults = {name: [str(fault) for fault in found] for form in forms for name, found in form.errors.items()}
    return answer(request, 422, fields=faults)


def wants_json(request: HttpRequest) -> bool:
    """Say whether the caller is a program: JSON asked for, and not also a page."""
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be understood; one that is too large gets 413."""
    return answer(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer somebody who may not do this, with the sentence of the refusal if it has one."""
    sentence = getattr(exception, "sentence", "")
    return answer(request, 403, detail=sentence, decision=getattr(exception, "decision", None))


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer the same to a stranger and for what does not exist: the exception's text is never shown."""
    return answer(request, 404)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer when our own code failed; a refusal raised in a middleware arrives here too."""
    known = for_exception(request, sys.exc_info()[1])
    return known or answer(request, 500)


def for_exception(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """Give the page of an exception by which the application says no, or None for any other."""
    if isinstance(exception, NotThere):
        return answer(request, 404)
    if isinstance(exception, Unavailable):
        with translation.override("en"):
            english = not_open_sentence(exception)
        here = not_open_sentence(exception)
        return answer(request, 503, detail=here, english=english, headers={"Retry-After": "60"})
    if isinstance(exception, Refusal):
        return answer(request, exception.status, detail=exception.sentence, decision=exception.decision)
    return None


def not_open_sentence(exception: BaseException) -> str:
    """What to tell while a database out of a backup is still shut; "" for any other store that is away."""
    if not isinstance(exception, NotOpen):
        return ""
    return _("The system was put back from a backup and is being checked. It opens when that is done.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old; going back keeps what was typed."""
    return answer(
        request,
        403,
        detail=_(
            "This form was open for too long, or was opened in another session. "
            "Go back, reload the page and send it again."
        ),
    )


def _in_english(status: int, happened: str) -> dict[str, Any] | None:
    """The texts of a page that cannot be asked for in English, or None where the page is or can be."""
    if status != 503 or translation.get_language() == "en":
        return None
    with translation.override("en"):
        texts = said(status)
        heads = {"kept": _("What was kept"), "todo": _("What you can do")}
    return {"said": replace(texts, happened=happened or texts.happened), **heads}


def _page(
    request: HttpRequest, status: int, texts: Said, detail: str, decision: Any, english: dict[str, Any] | None
) -> str:
    known = status if status in (400, 403, 404, 405, 409, 413, 422, 423, 429, 500, 503) else 500
    values = {
        "request": request,
        "status": status,
        "said": texts,
        "detail": detail,
        "decision": decision,
        "english": english,
        # Nothing here may touch the session or the database, which may be what failed.
        "theme": "auto",
        "actor": None,
        "messages": (),
        "accent": None,
        "shortcuts": "on",
        "organisation": None,
    }
    with answering(request):
        return environment().get_template(f"errors/{known}.html").render(values)


def _json(
    status: int, title: str, detail: str, fields: Mapping[str, Sequence[str]], headers: dict[str, str] | None
) -> HttpResponse:
    error = {"status": status, "title": title, "detail": detail, "fields": fields}
    body = json.dumps({"error": error}, ensure_ascii=False)
    return HttpResponse(
        body, status=status, content_type="application/json", headers={"Cache-Control": "no-store", **(headers or {})}
    )


def _bad_request() -> Said:
    return Said(
        _("We could not read this request"),
        _("Something in the address or the form was not as our pages make it."),
        _("Nothing was changed."),
        _("Go back and try once more. If you came here through a link, open the page through the menu."),
    )


def _sign_in_first() -> Said:
    return Said(
        _("Sign in first"),
        _("Nobody is signed in here, or the session has ended."),
        _("Nothing was changed."),
        _("Sign in and ask again."),
    )


def _forbidden() -> Said:
    return Said(
        _("You may not do this"),
        _("Your role in this organisation does not include this."),
        _("Nothing was changed. That this was refused has been recorded."),
        _("If you need it for your work, ask your manager or the administrator of your organisation."),
    )


def _not_found() -> Said:
    return Said(
        _("This page is not here"),
        _("It does not exist, no longer exists, or is not yours to see."),
        _("Nothing was changed."),
        _("Check the address, or start again from the first page."),
    )


def _wrong_method() -> Said:
    return Said(
        _("This cannot be done in this way"),
        _("The address is right, but it does not accept this kind of request."),
        _("Nothing was changed."),
        _("Go back to the page and use the buttons that are there."),
    )


def _conflict() -> Said:
    # Mostly a step that is not next; where a colleague was quicker, the sentence of the refusal says so itself.
    return Said(
        _("This is not possible now"),
        _("This changed while you had it open, or the step before it is not done yet."),
        _("Nothing of what you sent was carried out."),
        _("Open the page again, look at what changed, and do it again if it is still right."),
    )


def _against_a_rule() -> Said:
    return Said(
        _("The rules do not allow this now"),
        _("A rule says no, or asks for something else first."),
        _("Nothing of what you sent was carried out."),
        _("Read why. Must something be done first? Do that, and then try again."),
    )


def _too_large() -> Said:
    return Said(
        _("This is too large to send"),
        _("The text or the file is larger than we can receive at once."),
        _("Nothing was saved. Your text is still there when you go back."),
        _("Send a smaller file, or split the text into parts."),
    )


def _unprocessable() -> Said:
    return Said(
        _("Something is not right yet"),
        _("What was sent does not fit what this page needs."),
        _("Nothing was saved."),
        _("Go back and look at the fields once more."),
    )


def _locked() -> Said:
    return Said(
        _("This dossier cannot be opened"),
        _("What is needed to read it is not there."),
        _("Nothing was changed. That somebody tried has been recorded."),
        _("Tell the organisation. It can have the key put back."),
    )


def _too_many() -> Said:
    return Said(
        _("That was often, one after another"),
        _("To protect accounts we wait a little after many attempts."),
        _("Nothing was changed, and nobody is locked out."),
        _("Wait a minute and try again."),
    )


def _unavailable() -> Said:
    return Said(
        _("We cannot be reached for a moment"),
        _("Part of the system is being maintained or does not answer."),
        _("What was saved is safe. What you just sent was carried out wholly or not at all: look before you repeat."),
        _("Try again in a few minutes. Is somebody in danger? Call 112."),
    )


def _broken() -> Said:
    return Said(
        _("Something went wrong"),
        _("The fault is ours. We see it too."),
        _("What was saved is still there. What you sent just now was not carried out."),
        _("Go back and try again. If it goes wrong again, tell your administrator the time at which it happened."),
    )
