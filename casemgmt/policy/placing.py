"""Where a new version comes to lie among those that were published: whether it can, and what takes over from it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.policy.versions import Held, held_versions, version_in_force
from casemgmt.web.dates import date_plain


def follower(first_day: date) -> Held | None:
    """The version that was planned earlier and takes over from one that begins on this day; None when none does."""
    later = (held for held in held_versions() if held.from_date > first_day and held.until_date != held.from_date)
    return min(later, key=lambda held: held.from_date, default=None)


def misplaced(first_day: date, based_on: UUID | None) -> str:
    """Why a version that was made from ``based_on`` cannot begin on this day; empty when it can."""
    holding = version_in_force(first_day)
    if not holding.holds_on(first_day):
        # Such a version would end where the first one begins: it would hold for nobody, and look published.
        return _(
            "The rules here begin on %(day)s; a version from before then changes nothing. "
            "Choose that day or a later one."
        ) % {"day": date_plain(holding.from_date)}
    if holding.id != based_on:
        return _(
            "On this day version %(number)s holds, and this draft was made from another version. "
            "Choose another day, or begin a draft from version %(number)s."
        ) % {"number": holding.number}
    return ""


def unaware(first_day: date, known: int | None) -> str:
    """What somebody must confirm who lets a version begin on this day; empty when they did, or nothing takes over.

    ``known`` is the number of the version that they said they know takes over.
    """
    after = follower(first_day)
    if after is None or after.number == known:
        return ""
    return _("Confirm that version %(number)s takes over from %(day)s.") % {
        "number": after.number,
        "day": date_plain(after.from_date),
    }
