"""Coming in for the first time: address and code of the message, and a password. The second factor follows."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from casemgmt.accounts import limits
from casemgmt.accounts.adapter import client_address
from casemgmt.accounts.portal_views import counted, door
from casemgmt.accounts.signals import portal_step
from casemgmt.base import clock
from casemgmt.organisations.acts import accept_invitation
from casemgmt.organisations.forms import InvitationForm
from casemgmt.web import forms
from casemgmt.web.render import render, see_address
from casemgmt.web.routes import Needs, page

TEMPLATE = "organisations/invitation.html"


@door
def invitation(request: HttpRequest) -> HttpResponse:
    """Take an invitation; unknown, used and too old get the same answer."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, TEMPLATE, {"form": form})
    if form.is_valid() and _accepted(request, form):
        messages.success(request, _("Your password works. Sign in with it; then you set up your second step."))
        return see_address("/inloggen/")
    return forms.invalid(request, TEMPLATE, form)


def _accepted(request: HttpRequest, form: InvitationForm) -> bool:
    data = form.cleaned_data
    name = f"invitation:{data['email']}"
    if not counted(request, name, form, guessable=False):
        return False
    if accept_invitation(email=data["email"], code=data["code"], password=data["password"], at=clock.now()):
        limits.succeeded(name, client_address(request))
        return True
    portal_step.send(sender=None, word="invitation-refused", succeeded=False)
    form.add_error(
        None,
        ValidationError(
            _(
                "This address, code and password do not belong together, or the invitation is used or too old. "
                "Check them, or ask your administrator for a new invitation."
            )
        ),
    )
    return False


urlpatterns: list[URLPattern] = [
    page(
        "inloggen/uitnodiging/",
        invitation,
        name="organisations:invitation",
        needs=Needs.public(),
        methods=("GET", "POST"),
    ),
]
