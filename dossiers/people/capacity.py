"""Whether a client can weigh own interests: who may judge that, and what of it is on record."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Capability, Judge
from casemgmt.policy.versions import NoVersion, profile_in_force
from dossiers.models import Person


def judge_on_record(person: Person, profile: Profile) -> Judge | None:
    """The judge the regulation names, when this person was judged not able and that was recorded; else nobody."""
    recorded = not person.capable and person.capable_judged_at is not None
    judge = profile.representation.judged_by
    return judge.value if judge is not None and recorded else None


def may_judge(actor: Actor, on: date) -> bool:
    """Whether somebody may say that a client is not able: anybody who works here, unless a judge is named."""
    try:
        judge = profile_in_force(on).representation.judged_by
    except NoVersion:
        return True
    return judge is None or actor.may(Capability.CAPACITY_JUDGE.value)


def judge_capacity(person: Person, capable: bool, by: Actor | None, at: datetime | None) -> None:
    """Change the judgement about a person, with who judged and when; raises Conflict for somebody who may not."""
    if person.capable == capable:
        return
    if by is not None and at is not None and not may_judge(by, clock.local_date(at)):
        raise Conflict(_("Your regulation says who judges whether somebody can weigh own interests; it is not you."))
    judged = not capable and by is not None
    person.capable = capable
    person.capable_judged_by_id = by.user_id if judged and by is not None else None
    person.capable_judged_at = at if judged else None
