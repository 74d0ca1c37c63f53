"""The application's own settings, and faults that quote (`__init__.py`)."""

from casemgmt.settings import *  # noqa: F403
from casemgmt.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.fire.quoting.Faults"]
