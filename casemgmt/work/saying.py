"""How a term is said beside work: the same words and colour on every page."""

from datetime import date

from django.utils.translation import ngettext

from casemgmt.web.dates import spoken


def when(due_on: date, on: date) -> str:
    """How a term is said on the day ``on``: "3 days late", "today", "Wednesday"."""
    late = (on - due_on).days
    if late > 0:
        return ngettext("%(num)s day late", "%(num)s days late", late) % {"num": late}
    return spoken(due_on, on)


def tone(due_on: date, on: date) -> str:
    """How it is drawn: "late", "now" on the day itself, else nothing."""
    return "late" if due_on < on else "now" if due_on == on else ""
