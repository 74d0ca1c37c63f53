"""What another version of the rules would move among the end dates, counted before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casemgmt.base import jobs
from casemgmt.base.organisation import current
from casemgmt.policy.impacts import EXAMPLES, ImpactResult, Report
from casemgmt.policy.rules.retention import retention_expires
from casemgmt.policy.schema import Profile
from casemgmt.vault.keys import load_keys
from casemgmt.web.dates import date_plain
from dossiers.models import Dossier
from retention.facts import Answers, keeping_facts
from retention.models import EndDate
from retention.night import RECALCULATE

BATCH = 200
_DAYS = ("closed", "before", "after")


@dataclass(slots=True)
class _Count:
    moved: int = 0
    due: int = 0
    examples: tuple[Mapping[str, Any], ...] = ()


class EndDatesImpact:
    """The end dates of closed dossiers."""

    @property
    def title(self) -> str:
        """What moves."""
        return _("End dates of closed dossiers")

    def affected(self, old: Profile, new: Profile, on: date, report: Report) -> ImpactResult:
        """Compare the end date by both versions for every closed dossier, batch by batch."""
        with transaction.atomic():
            ids = list(EndDate.objects.order_by("dossier_id").values_list("dossier_id", flat=True))
        counted = _Count()
        for start in range(0, len(ids), BATCH):
            _compare(ids[start : start + BATCH], old, new, on, counted)
            report(min(start + BATCH, len(ids)), len(ids))
        return ImpactResult(counted.moved, counted.due, len(ids), counted.examples)

    def example(self, found: Mapping[str, Any]) -> str:
        """One dossier, unnamed: closed when, from which date to which."""
        return _("A dossier, closed on %(closed)s: from %(before)s to %(after)s") % {
            name: date_plain(date.fromisoformat(found[name])) if found[name] else "–" for name in _DAYS
        }

    def republish(self, version_id: UUID) -> None:
        """A version begins to hold: work all end dates out again."""
        jobs.enqueue(RECALCULATE, current())


def _compare(ids: list[UUID], old: Profile, new: Profile, on: date, counted: _Count) -> None:
    with transaction.atomic():
        rows = EndDate.objects.filter(dossier_id__in=load_keys(ids), dossier__state=Dossier.State.CLOSED)
        for row in rows.select_related("dossier").order_by("dossier_id"):
            facts = keeping_facts(row.dossier, Answers.from_json(row.answers), row.extended_until)
            before = retention_expires(facts, old, on).outcome["expires_on"]
            after = retention_expires(facts, new, on).outcome["expires_on"]
            if before == after:
                continue
            counted.moved += 1
            counted.due += bool(after and after <= on and not (before and before <= on))
            if len(counted.examples) < EXAMPLES:
                counted.examples += (_example(row.dossier, before, after),)


def _example(dossier: Dossier, before: date | None, after: date | None) -> Mapping[str, Any]:
    """The days of one dossier and no more, for the result outlives it."""
    days = (dossier.closed_on, before, after)
    return {name: day.isoformat() if day else None for name, day in zip(_DAYS, days, strict=True)}
