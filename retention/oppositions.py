"""Everything that may oppose destruction now, asked afresh at each step before the point of no return."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.registries import Registry
from casemgmt.policy.rules.retention import may_destroy
from casemgmt.policy.versions import profile_in_force
from dossiers.models import Dossier
from retention.facts import Answers, keeping_facts
from retention.models import EndDate, Hold

# Packages to our right name what of theirs still runs for a dossier (a request, a complaint):
# a sentence for people, or None.
Opposition = Callable[[UUID], str | None]
oppositions: Registry[Opposition] = Registry("opposition to destruction")


def opposing(dossier: Dossier, *, at: datetime) -> list[str]:
    """The sentences of all that opposes destroying this dossier at this moment; empty when nothing does.

    Its key must be loaded: the rule reads the children's birth dates.
    """
    found = [_by_rule(dossier, at)]
    if Hold.objects.filter(dossier=dossier, lifted_at=None).exists():
        found.append(_("The dossier is held back with a reason."))
    found += [ask(dossier.id) for _name, ask in oppositions]
    return [sentence for sentence in found if sentence]


def _by_rule(dossier: Dossier, at: datetime) -> str | None:
    row = EndDate.objects.filter(dossier=dossier).first()
    if row is None or dossier.closed_on is None:
        return _("The dossier is not closed.")
    on = clock.local_date(at)
    facts = keeping_facts(dossier, Answers.from_json(row.answers), row.extended_until)
    decision = may_destroy(facts, profile_in_force(on), on)
    return None if decision.outcome["allowed"] else decision.explanation
