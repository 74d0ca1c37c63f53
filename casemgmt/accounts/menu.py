"""The entries of one's own menu, where to sign out, and what a page of the portal knows of its address."""

import re
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from casemgmt.accounts.middleware import PORTAL_PATH, is_portal
from casemgmt.web import navigation
from casemgmt.web.context import provides
from casemgmt.web.routes import Needs

# "voorkeur" is no organisation: there the choices about the pages themselves are sent to.
_PLACE = re.compile(rf"{PORTAL_PATH}(?!voorkeur/)[-\w]+/", re.ASCII)


def offer() -> None:
    """Put one's own pages in the account menu; called once when the application starts."""
    staff = Needs.staff()
    navigation.item(_("Two-step sign-in"), "shield-lock", "mfa_index", 80, area="account", needs=staff)
    navigation.item(_("Where I am signed in"), "device-desktop", "usersessions_list", 81, area="account", needs=staff)
    navigation.item(_("Change password"), "key", "account_change_password", 82, area="account", needs=staff)
    provides("sign_out_address")(sign_out_address)
    provides("in_portal")(in_portal)
    provides("portal_home")(portal_home)
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


def in_portal(request: HttpRequest | None) -> bool:
    """Whether the page that is being written stands in the portal; also an error page, for it looks at the address."""
    return request is not None and is_portal(request)


def portal_home(request: HttpRequest | None) -> str:
    """The first page of the portal in this address, whether there is such an organisation or not; "" elsewhere.

    An error page must not tell whether a place exists, so nothing but the address is asked.
    """
    found = _PLACE.match(request.path_info) if request is not None else None
    return found[0] if found else ""


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
