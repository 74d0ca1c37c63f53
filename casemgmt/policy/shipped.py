"""Bringing in regulations that come as a file: those shipped with the product, or one for a new organisation.

A file's version holds without a second person, because no person made it; from then on people change it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import organisation_by_slug
from casemgmt.policy.acts import next_number
from casemgmt.policy.loader import load_profile, shipped_profiles
from casemgmt.policy.models import FROZEN, PENDING, PolicyVersion, State
from casemgmt.policy.schema import Profile
from casemgmt.policy.versions import body_of, forget_held, version_in_force


@act
def load_shipped(*, slug: str, at: datetime) -> int:
    """Load the shipped regulation of an organisation; returns how many versions were made, 0 when all are there.

    An organisation without versions gets its files as versions that hold. A file that came with a later
    release becomes a draft, which people look at, submit and publish. Raises NotThere for an unknown slug.
    """
    place = organisation_by_slug(slug)
    if place is None:
        raise NotThere
    with organisation(place.id):
        return _load(list(shipped_profiles().get(place.regulation, ())), at)


@act
def load_first(*, profile: Profile, source: str, at: datetime) -> None:
    """Make a regulation the first version of the current organisation; raises Conflict when it has one already."""
    if PolicyVersion.objects.exists():
        raise Conflict(_("This organisation has a regulation already. Make a draft to change it."))
    _hold(profile, source, at)


def _load(paths: list[Path], at: datetime) -> int:
    known = set(PolicyVersion.objects.exclude(source="").values_list("source", flat=True))
    fresh = [path for path in paths if path.name not in known]
    if not PolicyVersion.objects.filter(state__in=FROZEN).exists():
        for path in fresh:
            _hold(load_profile(path), path.name, at)
        return len(fresh)
    if fresh and not PolicyVersion.objects.filter(state__in=PENDING).exists():
        _offer(load_profile(fresh[0]), fresh[0].name, at)
        return 1
    return 0


def _hold(profile: Profile, source: str, at: datetime) -> None:
    from_date = profile.meta.in_force_from.value
    last = PolicyVersion.objects.filter(state__in=FROZEN, until_date__isnull=True).first()
    if last is not None:
        last.until_date, last.state = from_date, State.SUPERSEDED
        last.save(update_fields=["until_date", "state"])
    version = PolicyVersion.objects.create(
        number=next_number(),
        state=State.PUBLISHED,
        body=body_of(profile),
        body_hash=profile.content_hash,
        source=source,
        from_date=from_date,
        based_on=last,
        made_at=at,
        published_at=at,
    )
    forget_held()
    events.record(Action.POLICY, data="policy_version", object_id=version.id, ground="load")


def _offer(profile: Profile, source: str, at: datetime) -> None:
    version = PolicyVersion.objects.create(
        number=next_number(),
        body=body_of(profile),
        body_hash=profile.content_hash,
        source=source,
        based_on_id=version_in_force(profile.meta.in_force_from.value).id,
        made_at=at,
    )
    events.record(Action.POLICY, data="policy_version", object_id=version.id, ground="offer")
