"""The entries of one's own menu, and where to sign out."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from casemgmt.web import navigation
from casemgmt.web.context import provides
from casemgmt.web.routes import Needs


def offer() -> None:
    """Put one's own pages in the account menu; called once when the application starts."""
    staff = Needs.staff()
    navigation.item(_("Two-step sign-in"), "shield-lock", "mfa_index", 80, area="account", needs=staff)
    navigation.item(_("Where I am signed in"), "device-desktop", "usersessions_list", 81, area="account", needs=staff)
    navigation.item(_("Change password"), "key", "account_change_password", 82, area="account", needs=staff)
    provides("sign_out_address")(sign_out_address)
    provides("device")(lambda request: device)


def sign_out_address(request: HttpRequest | None) -> str | None:
    """Where the form of "sign out" posts to, at the door this visitor came through."""
    user: Any = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return None
    place: Any = getattr(request, "organisation", None)
    if user.is_portal:
        return reverse("accounts.portal_sign_out", kwargs={"organisation": place.slug}) if place else None
    return reverse("account_logout")


def device(user_agent: str) -> str:
    """A browser and a system as a person calls them; "Firefox, Windows"."""
    browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    found = [next((name for sign, name in table if sign in user_agent), "") for table in (browsers, systems)]
    return ", ".join(filter(None, found)) or gettext("Unknown device")
