"""The browser of all tests: Chromium as the machine has it, the one without a window where there is a choice."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from playwright.sync_api import Browser, sync_playwright

# The same engine; the first starts no desktop round it, which takes twice the time of a page.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def installed() -> str | None:
    """Where the browser is: as CHROMIUM names it, or the first that is found; None leaves it to the driver."""
    chosen = os.environ.get("CHROMIUM", "")
    places = (chosen, *(shutil.which(name) or "" for name in PROGRAMS), ON_A_MAC)
    return next((place for place in places if os.path.exists(place)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of our own; only one driver may run in a test process at a time."""
    # The browser's own walls want an account that is not root.
    walls = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=installed(), args=[*QUIET, *walls])
        yield started
        # The driver keeps an event loop in this thread, and Django keeps connections of its own with each loop.
        connections.close_all()
        started.close()
