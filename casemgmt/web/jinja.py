"""The Jinja2 environment of all pages: escaping on, unknown names are errors, own filters for dates."""

from __future__ import annotations

import functools
import hashlib
from datetime import date
from typing import Any

import jinja2
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils import translation
from jinja2.ext import Extension
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup

from casemgmt.web import charts, context, dates, icons, routes
from casemgmt.web.controls import control
from casemgmt.web.current import current_request


class ProvidedContext(Context):
    """Looks a name up among the registered providers when the view did not give it, also inside macros."""

    def resolve_or_missing(self, key: str) -> Any:
        """Give the value of a name, working out a provided one only now."""
        # As Jinja does it, but without another call for each of the hundred names of a page.
        if key in self.vars:
            return self.vars[key]
        if key in self.parent:
            return self.parent[key]
        if key == "request":
            return current_request()
        return context.provided(key, current_request()) if context.is_provided(key) else missing


class Environment(jinja2.Environment):
    """An environment whose contexts know the registered providers."""

    context_class = ProvidedContext


def environment(**options: Any) -> Environment:
    """Build the environment that TEMPLATES names."""
    options.setdefault("undefined", jinja2.StrictUndefined)
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    extensions: list[str | type[Extension]] = ["jinja2.ext.i18n", "jinja2.ext.do", *options.pop("extensions", [])]
    environment = Environment(extensions=extensions, **options)
    _install_translations(environment)
    environment.globals.update(_globals())
    environment.filters.update(_filters())
    return environment


def url(name: str, **kwargs: Any) -> str:
    """Give the address of a page in the current organisation."""
    organisation = getattr(current_request(), "organisation", None)
    return routes.reverse(name, getattr(organisation, "slug", None), **kwargs)


def csrf_field() -> Markup:
    """Give the hidden field that every form with method="post" needs, in macros too."""
    request = current_request()
    if request is None:
        return Markup("")
    # Django masks the token anew each time it is asked, which six forms on a page need not.
    given: tuple[str | None, Markup | None] = request.__dict__.get("_csrf_field", ("", None))
    secret, made = given
    if made is None or secret != request.META.get("CSRF_COOKIE"):  # signing in changes it on the way
        made = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(request))
        request.__dict__["_csrf_field"] = request.META.get("CSRF_COOKIE"), made
    return made


@functools.cache
def static_address(path: str) -> str:
    """Give the address of a file of ours; which files there are cannot change while a process runs."""
    return static(path)


def initials(name: str) -> str:
    """Give at most two letters for the mark of an organisation or a person."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in words[:2])


def short_id(*parts: Any) -> str:
    """Give an id for an element that is the same for the same content, so that pages stay comparable."""
    return "i" + hashlib.sha256("|".join(str(part) for part in parts).encode("utf-8", "replace")).hexdigest()[:10]


def plain(value: Any) -> str:
    """Write a value of a decision as a person reads it: a date in words, a list with commas, anything else as text."""
    if isinstance(value, date):
        return dates.date_plain(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(plain(item) for item in value)
    return str(value)


def upper_first(text: Any) -> str:
    """Write the first letter as a capital and leave the rest as it is."""
    string = str(text)
    return string[:1].upper() + string[1:]


def _install_translations(environment: jinja2.Environment) -> None:
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )


def _globals() -> dict[str, Any]:
    return {
        "charts": charts,
        "control": control,
        "csrf_field": csrf_field,
        "icon": icons.icon,
        "initials": initials,
        "short_id": short_id,
        "static": static_address,
        "url": url,
    }


def _filters() -> dict[str, Any]:
    return {
        "ago": dates.ago,
        "at_time": dates.at_time,
        "date_long": dates.date_long,
        "date_plain": dates.date_plain,
        "date_short": dates.date_short,
        "day_month": dates.day_month,
        "exact": dates.exact,
        "plain": plain,
        "spoken": dates.spoken,
        "upper_first": upper_first,
        "weekday_day": dates.weekday_day,
    }
