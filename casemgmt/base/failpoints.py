"""Named failpoints: places where an operator's test may kill the process on purpose."""

import os
import signal

from django.conf import settings


def failpoint(name: str) -> None:
    """Die here, as by SIGKILL, when the setting FAILPOINT names this place; production does not start with one."""
    if settings.CASEMGMT_ENV != "production" and name == settings.FAILPOINT:
        os.kill(os.getpid(), signal.SIGKILL)
