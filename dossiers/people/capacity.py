"""Whether a client can weigh own interests: who may record that, that somebody did, and what of it is on record."""

from datetime import date, datetime
from uuid import UUID

from casemgmt.base.db import act
from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Judge
from casemgmt.policy.versions import NoVersion, profile_in_force
from dossiers.models import Dossier, Person
from dossiers.people.vocabulary import PersonRole
from dossiers.sections import put_right
from dossiers.verbs import Verb


def judge_on_record(person: Person, profile: Profile) -> Judge | None:
    """The judge the regulation names, when this person was judged not able and that was recorded; else nobody."""
    recorded = not person.capable and person.capable_judged_at is not None
    judge = profile.representation.judged_by
    return judge.value if judge is not None and recorded else None


def way_to_judge(actor: Actor, on: date) -> Verb:
    """By which right somebody judges: a capability of its own, at Opsterland the leader's alone (GT-22.4).

    Where the regulation names no judge, whoever keeps the dossier up to date may too.
    """
    try:
        named = profile_in_force(on).representation.judged_by is not None
    except NoVersion:
        named = False
    return Verb.JUDGE_CAPACITY if named or actor.may(Verb.JUDGE_CAPACITY) else Verb.CHANGE


def client_in(dossier: Dossier, person_id: UUID) -> Person:
    """The client of this dossier who is judged about; raises NotThere for anybody else."""
    person: Person | None = Person.objects.filter(dossier=dossier, id=person_id, role=PersonRole.CLIENT).first()
    if person is None:
        raise NotThere
    return person


@act
def judge_capacity(dossier: Dossier, person_id: UUID, *, capable: bool, by: Actor, at: datetime) -> Person:
    """Record that a client cannot weigh own interests, or can again, by whom and at which moment (GT-22.4, GT-1.w).

    For a dossier that the door handed out for ``way_to_judge``. The same judgement once more changes nothing:
    the first day stands. Raises NotThere for somebody who is no client here.
    """
    client_in(dossier, person_id)
    person: Person = Person.objects.select_for_update().get(dossier=dossier, id=person_id)
    if person.capable == capable and (capable or person.capable_judged_at is not None):
        return person
    person.capable = capable
    person.capable_judged_by_id, person.capable_judged_at = (None, None) if capable else (by.user_id, at)
    person.save(update_fields=["capable", "capable_judged_by_id", "capable_judged_at"])
    for _name, told in put_right:
        told(dossier, at)
    return person
