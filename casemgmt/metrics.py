"""Figures for operators in the text form that Prometheus reads: how much, how fast, how far behind; never about whom.

No organisation is named either: who runs the machines need not know which organisation works when.
"""

import hmac
import ipaddress
import time
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Min, Q
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from casemgmt import health, observing
from casemgmt.base import clock, maintenance
from casemgmt.base.errors import NotThere
from casemgmt.base.models import Job
from casemgmt.base.opening import NotOpen
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import all_organisations
from retention.status import status

Line = tuple[str, str, float]
_KINDS = {"requests_total": "counter", "request_seconds": "histogram"}


def page(request: HttpRequest) -> HttpResponse:
    """The figures, for who has the token or asks on the machine itself; for anybody else there is no such page."""
    if not may_read(request):
        raise NotThere
    response = HttpResponse("\n".join(text()) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def may_read(request: HttpRequest) -> bool:
    """With CASEMGMT_METRICS_TOKEN: who gives it. Without: who asks on this machine, and not through a proxy."""
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def text() -> Iterator[str]:
    """Every figure as a line, with its kind before the first of its name."""
    said: set[str] = set()
    for name, labels, value in [*_requests(), *_state()]:
        family = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
        if family not in said:
            said.add(family)
            yield f"# TYPE casemgmt_{family} {_KINDS.get(family, 'gauge')}"
        yield f"casemgmt_{name}{labels} {value:g}"


def _requests() -> Iterator[Line]:
    try:
        found, beat = observing.counted(), health.beat_is_heard()
    except RedisError:
        yield "broker_up", "", 0
        return
    yield "broker_up", "", 1
    yield "beat_up", "", int(beat)
    for name in sorted(found):
        if name.startswith("requests|"):
            _word, page_name, code = name.split("|")
            yield "requests_total", f'{{page="{page_name}",status="{code}"}}', found[name]
    total = 0
    for end in (*map(str, observing.CLASSES), observing.MORE):
        total += found.get(f"class|{end}", 0)
        yield "request_seconds_bucket", f'{{le="{end}"}}', total
    yield "request_seconds_sum", "", found.get("milliseconds", 0) / 1000
    yield "request_seconds_count", "", total


def _state() -> Iterator[Line]:
    yield "maintenance", "", int(maintenance.is_on())
    now = clock.now()
    try:
        figures = [*_queue(now), *_destruction(), *_trail()]
    except NotOpen:
        # It answers, but nobody can work with it: whoever is called for the first figure reads the cause in the second.
        yield "database_up", "", 0
        yield "doors_open", "", 0
        return
    except DatabaseError:
        yield "database_up", "", 0
        return
    yield "database_up", "", 1
    yield "doors_open", "", 1
    yield from figures


def _queue(now: datetime) -> Iterator[Line]:
    """All work, and mail apart: what waits, what was given up, and how long the oldest is due."""
    with transaction.atomic():
        for name, which in (("jobs", ~Q(kind__startswith="mail.")), ("mail", Q(kind__startswith="mail."))):
            rows = Job.objects.filter(which)
            due = rows.filter(failed_at__isnull=True, due_at__lte=now)
            oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
            yield f"{name}_waiting", "", due.count()
            yield f"{name}_given_up", "", rows.filter(failed_at__isnull=False).count()
            yield f"{name}_oldest_seconds", "", max(0.0, (now - oldest).total_seconds()) if oldest else 0


def _destruction() -> Iterator[Line]:
    stuck = 0
    for place in _places():
        with organisation(place):
            stuck += len(status().stuck)
    yield "destructions_stuck", "", stuck


def _trail() -> Iterator[Line]:
    """How long ago anything was added to any organisation's trail: a whole installation without a line has stopped."""
    newest: float | None = None
    for place in _places():
        with organisation(place), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select extract(epoch from max(at)) from audit_accessevent")
            (at,) = cursor.fetchone()
            newest = max(newest or 0.0, float(at)) if at is not None else newest
    if newest is not None:
        yield "trail_newest_seconds", "", max(0.0, time.time() - newest)


def _places() -> list[UUID]:
    with transaction.atomic():
        return [place.id for place in all_organisations()]
