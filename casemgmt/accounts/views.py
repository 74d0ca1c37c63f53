"""Staff sign-in: allauth's views, answering as all our pages do.

An invalid form is 422, a form that worked 303, and without the shared cache
nobody signs in: the counting of tries depends on it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.views import ListWebAuthnView, RemoveWebAuthnView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from casemgmt.base.errors import Conflict, NotThere
from casemgmt.web import errors

View = Callable[..., HttpResponseBase]


def ours(view: View) -> View:
    """One of allauth's views, with our status codes, never cached, failing closed."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except RedisError:
            return sign_in_unavailable(request)
        posted = request.method == "POST"
        if posted and response.status_code == 302:
            response.status_code = 303
        if posted and response.status_code == 200 and isinstance(response, TemplateResponse):
            response.status_code = 422
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return answered


def sign_in_unavailable(request: HttpRequest) -> HttpResponse:
    """Nobody is let in uncounted: a sentence instead of a sign-in."""
    return errors.answer(
        request,
        503,
        detail=_("Signing in is not possible for a moment. Try again soon; nothing was changed."),
        headers={"Retry-After": "30"},
    )


def closed(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """A page of allauth that has no use here."""
    raise NotThere


class ListPasskeysView(ListWebAuthnView):  # type: ignore[misc]
    """The passkeys of somebody, read before the page is written: a template asks the database nothing."""

    def get_queryset(self) -> list[Authenticator]:
        """Those of who asks."""
        return list(super().get_queryset())


list_passkeys = ListPasskeysView.as_view()


class RemoveAppView(DeactivateTOTPView):  # type: ignore[misc]
    """Removes the authenticator app; whether it may go is judged before the page is written."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, judged: allauth's asks the database, and a template asks it nothing."""
        values: dict[str, Any] = super().get_context_data(**kwargs)
        values["form"].is_valid()
        return values


remove_app = RemoveAppView.as_view()


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]
    """Removes a passkey, unless it is the last second factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Refuse what would leave an account with a password alone."""
        if not get_adapter().can_delete_authenticator(self.get_object()):
            raise Conflict(_("This is your only second factor. Add another one first, then remove this one."))
        removed: HttpResponse = super().form_valid(form)
        return removed


remove_passkey = RemovePasskeyView.as_view()
