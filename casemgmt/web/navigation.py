"""The main menu, put together from what each package offers and shown to those who may use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext

from casemgmt.web.context import provided, provides
from casemgmt.web.routes import Needs, reverse

Badge = Callable[[HttpRequest], int]


@dataclass(frozen=True)
class Item:
    """One entry as a package registered it; `label` is an English msgid."""

    label: str
    icon: str
    url_name: str
    order: int
    area: str
    needs: Needs
    badge: Badge | None = None
    key: str = ""
    not_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """One entry as this visitor sees it."""

    label: str
    icon: str
    href: str
    current: bool
    count: int = 0
    key: str = ""


_items: dict[tuple[str, str], Item] = {}


def item(
    label: str,
    icon: str,
    url_name: str,
    order: int,
    area: str = "staff",
    needs: Needs | None = None,
    badge: Badge | None = None,
    key: str = "",
    not_of: tuple[str, ...] = (),
) -> None:
    """Offer a page to the menu of an area ("staff", "portal" or "account"); called from an AppConfig's ready().

    `key` is the letter that follows `g` on the keyboard. `not_of` names pages below this address that are no part of
    it, such as the search below the first page: on those it is not marked as where one is.
    """
    needs = needs or (Needs.portal() if area == "portal" else Needs.staff())
    _items[(area, url_name)] = Item(label, icon, url_name, order, area, needs, badge, key, not_of)


def links(request: HttpRequest | None, area: str) -> list[Link]:
    """Give the entries this visitor may open, in order, with the current one marked."""
    if request is None:
        return []
    actor = getattr(request, "actor", None)
    slug = getattr(getattr(request, "organisation", None), "slug", None)
    offered = [
        entry
        for entry in _items.values()
        if entry.area == area and entry.needs.allows(actor, "portal" if area == "portal" else "staff")
    ]
    addressed = [(entry, _address(entry, slug)) for entry in sorted(offered, key=lambda entry: entry.order)]
    mine = [address for entry, address in addressed if address and _is_part(entry, slug, request.path)]
    current = _longest_match(request.path, mine)
    return [_link(entry, address, current, request) for entry, address in addressed if address]


def _address(entry: Item, slug: str | None) -> str | None:
    try:
        return reverse(entry.url_name, slug)
    except NoReverseMatch:  # an error page outside an organisation has no organisation's menu
        return None


def _is_part(entry: Item, slug: str | None, path: str) -> bool:
    return all(path != reverse(name, slug) for name in entry.not_of)


def _longest_match(path: str, addresses: list[str]) -> str | None:
    matching = [address for address in addresses if path.startswith(address)]
    return max(matching, key=len, default=None)


def _link(entry: Item, address: str, current: str | None, request: HttpRequest) -> Link:
    count = entry.badge(request) if entry.badge else 0
    return Link(gettext(entry.label), entry.icon, address, address == current, count, entry.key)


@provides("staff_links")
def _staff_links(request: HttpRequest | None) -> list[Link]:
    return links(request, "staff")


@provides("portal_links")
def _portal_links(request: HttpRequest | None) -> list[Link]:
    return links(request, "portal")


@provides("account_links")
def _account_links(request: HttpRequest | None) -> list[Link]:
    return links(request, "account")


@provides("home_address")
def _home_address(request: HttpRequest | None) -> str:
    offered: list[Link] = provided("staff_links", request)
    return offered[0].href if offered else "/"
