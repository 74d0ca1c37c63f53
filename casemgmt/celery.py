"""Celery is the doorbell: it wakes workers and keeps time, the database holds the work."""

import logging
import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init
from kombu.exceptions import OperationalError

from casemgmt.base.closed import close_to_others

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgmt.settings")

log = logging.getLogger("casemgmt.celery")
app = Celery("casemgmt")


def configure() -> None:
    """Settings of Celery itself; tasks carry opaque ids and leave no results.

    At import, for `celery call` and the like set up no Django and would else
    ring at another address than the one the workers listen to.
    """
    from django.conf import settings

    app.conf.update(
        broker_url=settings.BROKER_URL,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "socket_connect_timeout": 2,
            "socket_timeout": 10,
            "global_keyprefix": f"{settings.BROKER_PREFIX}:",
        },
        task_publish_retry=False,
        timezone="Europe/Amsterdam",
        beat_schedule={
            "do the work that is due": {"task": "casemgmt.poll", "schedule": 5.0},
            "plan the minute": {"task": "casemgmt.plan_minute", "schedule": 60.0},
            "plan the night": {"task": "casemgmt.plan_night", "schedule": crontab(hour=2, minute=15)},
        },
    )


configure()


@worker_init.connect
@beat_init.connect
def _close(**_told: object) -> None:
    close_to_others()  # the pool's processes are forked after this, and stay as they are born


@beat_init.connect
def plan_at_once(**_told: object) -> None:
    """Have the first minute planned when beat starts: by itself it waits a minute, in which it would seem dead."""
    try:
        plan_minute.apply_async(expires=60)
    except OperationalError:
        log.warning("The broker is away at the start of beat; the first minute is planned a minute later.")


def install() -> None:
    """Make this the application of every process and connect the doorbell."""
    from casemgmt.base import jobs

    app.set_default()
    app.set_current()
    jobs.set_doorbell(_ring)


def _ring() -> None:
    poll.apply_async(expires=60)


@app.task(name="casemgmt.poll")
def poll() -> None:
    """Do the work that is due, and leave a sign of life for the health page."""
    from casemgmt.base import jobs
    from casemgmt.health import beat

    beat()
    jobs.run_due()


@app.task(name="casemgmt.plan_night")
def plan_night() -> None:
    """Queue the nightly sweeps of every organisation."""
    from casemgmt.night import plan

    plan()


@app.task(name="casemgmt.plan_minute")
def plan_minute() -> None:
    """Queue what every organisation is watched for."""
    from casemgmt import night

    night.plan_minute()
