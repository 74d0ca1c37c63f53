"""Named failpoints: places where an operator's test may kill the process on purpose."""

import os
import signal

from django.conf import settings


def failpoint(name: str) -> None:
    """Die here, as by SIGKILL, when FAILPOINT names this place; never in production."""
    if settings.CASEMGMT_ENV == "production":
        return
    if os.environ.get("FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
