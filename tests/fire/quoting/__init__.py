"""Faults that quote what they stumbled over, in the application as it runs: a page, a row, a job, a task.

Nothing of ours quotes, so these stand in for the library or the colleague who does one day: what a fault says must
not come further than the process in which it is said. ``tests/fire/quoting/settings.py`` puts them in; a page of a
dossier with ``?fault=<which>&holds=<words>`` then has one, when the words are among what it would show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

KIND = "fire.fault"


class Faults(AppConfig):
    """Puts the faults in place."""

    name = "tests.fire.quoting"
    label = "fire_faults"

    def ready(self) -> None:
        """The page of a dossier's timeline, one kind of job and one task of Celery itself."""
        from casemgmt.base import jobs
        from casemgmt.celery import app
        from dossiers.views import recording

        jobs.handlers.add(KIND, _tell)
        jobs.called(KIND, "Fault")
        app.task(name=KIND)(_tell_in)
        recording.page_or_block = _faulty(recording.page_or_block)


def _faulty(draw: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def page_or_block(request: HttpRequest, template: str, block: str, context: dict[str, Any]) -> HttpResponse:
        which, holds = request.GET.get("fault", ""), request.GET.get("holds", "")
        if which and holds in repr(context):
            match = request.resolver_match
            assert match is not None
            FAULTS[which](repr(context), holds, UUID(str(match.kwargs["dossier_id"])))
        return draw(request, template, block, context)

    return page_or_block


def _page(told: str, _holds: str, _dossier_id: UUID) -> None:
    raise RuntimeError(f"could not draw {told}")


def _row(_told: str, holds: str, _dossier_id: UUID) -> None:
    """PostgreSQL quotes the whole row in its DETAIL, and the statement beside it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into django_session (session_key, session_data) values (%s, %s)", [holds, holds])


def _value(_told: str, holds: str, _dossier_id: UUID) -> None:
    """PostgreSQL quotes the value in the sentence itself."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select %s::uuid", [holds])


def _job(_told: str, _holds: str, dossier_id: UUID) -> None:
    from casemgmt.base import jobs

    with transaction.atomic():
        jobs.enqueue(KIND, dossier_id)


def _task(_told: str, _holds: str, dossier_id: UUID) -> None:
    from casemgmt.base.organisation import current
    from casemgmt.celery import app

    app.send_task(KIND, args=[str(current()), str(dossier_id)], expires=60)


FAULTS = {"page": _page, "row": _row, "value": _value, "job": _job, "task": _task}


def _tell(dossier_id: UUID) -> None:
    """Work that opens the dossier and then quotes its name."""
    from casemgmt.vault.keys import load_keys
    from dossiers.models import Dossier

    with transaction.atomic():
        load_keys([dossier_id])
        name = Dossier.objects.get(id=dossier_id).name
    raise RuntimeError(f"could not tell {name}")


def _tell_in(organisation_id: str, dossier_id: str) -> None:
    from casemgmt.base.organisation import organisation

    with organisation(UUID(organisation_id)):
        _tell(UUID(dossier_id))
