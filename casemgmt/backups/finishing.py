"""What comes between a database that was put back and its doors: replay, checks, and then the key in the lock."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connections, transaction

from casemgmt.audit import chain, events
from casemgmt.audit.chain import Head, Verification
from casemgmt.audit.heads import NOTHING, PLATFORM, Published, published_in
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.backups import newest
from casemgmt.backups.errors import BackupWrong
from casemgmt.backups.manifest import Manifest
from casemgmt.base import clock, opening
from casemgmt.base.failpoints import failpoint
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import all_organisations
from casemgmt.vault.keys import key_exists, master_key_opens
from dossiers.tasks import lost_keys, orphan_keys
from retention import manifest
from retention.deciding_again import undo_approvals
from retention.ledger import Ledger
from retention.replay import NotErased, replay


def check_trail(told: Manifest | None, published: Published) -> list[dict[str, Any]]:
    """Every chain, the platform's last, against the manifest's heads and those that were published outside.

    Raises BackupWrong when a chain does not hold, holds another head than a published one of its length, or is gone
    altogether. What was published later than the backup tells how much of the trail is lost.
    """
    ended = published_in({**row, "at": told.made_at} for row in told.heads) if told else NOTHING
    found = []
    for place in all_organisations():
        present, outside = chain.present_head(place.id), published.of(place)
        _require_end(place.slug, present, ended.of(place))
        _require_well(place.slug, chain.verify(place.id, head=_as_far_as(present, outside)))
        found.append(_told(place.slug, present, outside))
    present, outside = chain.present_platform_head(), published.of_platform
    _require_end(PLATFORM, present, ended.of_platform)
    _require_well(PLATFORM, chain.verify_platform(head=_as_far_as(present, outside)))
    lost = _founded_later(told, ended, published)
    return [*found, *lost, _told(None, present, outside)]


def _as_far_as(present: Head, outside: Iterable[Head]) -> list[Head]:
    return [head for head in outside if head.seq <= present.seq]


def _require_end(whose: str, present: Head, ended: list[Head]) -> None:
    if any(head != present for head in ended):
        raise BackupWrong(f"The trail of {whose} does not end where the manifest says.")


def _require_well(whose: str, verified: Verification) -> None:
    if verified.problem is not None:
        name = f" ({verified.problem.name})" if verified.problem.name else ""
        raise BackupWrong(f"The trail of {whose} is wrong: {verified.problem.sentence}{name}")


def _told(slug: str | None, present: Head, outside: Iterable[Head]) -> dict[str, Any]:
    newest = max((head.seq for head in outside), default=0)
    lost = max(0, newest - present.seq)
    return {"organisation": slug, "seq": present.seq, "published": newest, "lost_at_least": lost}


def _founded_later(told: Manifest | None, ended: Published, published: Published) -> Iterator[dict[str, Any]]:
    """Organisations of which every head was published after the backup: all of their trail is lost, and told so.

    Raises BackupWrong for a head of an organisation that should be there.
    """
    places = all_organisations()
    for line in ended.of_nobody(places):
        raise BackupWrong(f"The organisation {line.slug}, of which the manifest tells, is not in the backup.")
    for line in published.of_nobody(places):
        if told is None or not published.only_after(line, datetime.fromisoformat(told.made_at)):
            raise BackupWrong(
                f"A head was published of the organisation {line.slug} at {line.at}, and it is not there: it was "
                "removed or renamed. Was it founded after what was put back, then give the heads without its lines."
            )
        yield _told(line.slug, Head(0, ""), [line.head])


def finish(known: newest.Outside, told: Manifest | None, *, of_before: bool) -> dict[str, Any]:
    """Check the keys and the trail, destroy again, end all sessions, check once more, and open the doors.

    ``of_before``: the dossiers may be of an earlier day, so that what was withdrawn since is not known.
    Raises BackupWrong or NotErased; the doors are shut then, and it may be run again.
    """
    with opening.restoring():
        connections["default"].close()
        require_master_key()
        trail = check_trail(told, known.heads)
        replayed = replay(known.erased.erasures)
        _require_gone(known.erased)
        again = _decide_again(known.erased) if of_before else []
        failpoint("restore.replayed")
        with transaction.atomic():
            # Whoever signed out, or lost their place, after the backup would be signed in again.
            sessions = Session.objects.count()
            Session.objects.all().delete()
            UserSession.objects.all().delete()
            events.record_platform(Action.JOB, outcome=Outcome.DONE, data=newest.words(known))
        for place in all_organisations():
            if not chain.verify(place.id).ok:
                raise BackupWrong(f"The trail of {place.slug} does not hold after the replay.")
        if not chain.verify_platform().ok:
            raise BackupWrong(f"The trail of the {PLATFORM} does not hold after the replay.")
        keys = _keys(clock.now())
        connections["default"].close()
    with connections["owner"].cursor() as cursor:
        opening.open_here(cursor)
    return {
        "trail": trail,
        "ledger": newest.told(known),
        "replayed": asdict(replayed),
        "decide_again": again,
        "sessions_ended": sessions,
        "keys": keys,
    }


def require_master_key() -> None:
    """The same question as /health/ asks: behind doors that open no dossier nobody can work."""
    if not master_key_opens():
        raise BackupWrong(
            "CASEMGMT_MASTER_KEY does not open the keys of every organisation: they were locked with another. "
            "Put the master key of the backup's time in CASEMGMT_PREVIOUS_MASTER_KEY and run restore --replay."
        )


def _require_gone(erased: Ledger) -> None:
    """Look once more, in both databases, whether anything of the ledger's dossiers is there."""
    for one in erased.erasures:
        with organisation(one.organisation_id), transaction.atomic():
            if key_exists(one.dossier_id) or any(manifest.counts(one.dossier_id).values()):
                raise NotErased(f"Something of dossier {one.dossier_id}, which was destroyed, is still there.")


def _decide_again(erased: Ledger) -> list[dict[str, Any]]:
    """How many approvals of each organisation were undone: a database of an earlier day destroys nothing by itself."""
    found, now = [], clock.now()
    for place in all_organisations():
        named = {one.dossier_id for one in erased.erasures if one.organisation_id == place.id}
        with organisation(place.id):
            if many := undo_approvals(named, at=now):
                found.append({"organisation": place.slug, "removals": many})
    return found


def _keys(at: datetime) -> list[dict[str, Any]]:
    """Dossiers without a key and keys without a dossier: the two were put back to different days."""
    found = []
    for place in all_organisations():
        with organisation(place.id), transaction.atomic():
            lost, orphans = len(lost_keys(at)), len(orphan_keys(at))
            found.append({"organisation": place.slug, "dossiers_without_key": lost, "keys_without_dossier": orphans})
    return found
