"""Databases of the tests: made and migrated by the owners, used by the application's roles."""

import gc
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from casemgmt.audit.context import AuditContext, circumstances
from tests.bulk_hook import watch
from tests.clearing import allow_flush, clear_quickly, parse_shipped_once, stop_clearing
from tests.printer import print_here


def pytest_configure(config: pytest.Config) -> None:
    """Give each process a corner of the broker of its own: emptying the cache empties all of a corner.

    Corner 0 stays with what runs beside the tests, such as the application of the journeys; two runs side by
    side start in different corners, by the suffix of their databases.
    """
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    first = zlib.crc32(os.environ.get("CASEMGMT_TEST_SUFFIX", "").encode())
    settings.CACHES["default"]["OPTIONS"] = {"db": 1 + (first + int(worker.removeprefix("gw"))) % 15}
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns at every client about a missing one
    settings.LEDGER = config.stash[_LEDGER] = tempfile.mkdtemp(prefix="casemgmt-ledger-")


_LEDGER = pytest.StashKey[str]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """What tests destroyed is in nobody's ledger."""
    shutil.rmtree(config.stash[_LEDGER], ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Create all databases, prove that none of them is a real one, and allow the flush of test tables."""
    suffix = getattr(request.config, "workerinput", {}).get("workerid", "")
    watch()
    with django_db_blocker.unblock():
        for alias in ("owner", "vault_owner"):
            test = settings.DATABASES[alias]["TEST"]
            test["NAME"] = f"{test['NAME']}{'_' if suffix else ''}{suffix}"
            connections[alias].settings_dict["TEST"]["NAME"] = test["NAME"]
        names = setup_databases(verbosity=0, interactive=False, aliases=None)
        for alias in connections:
            name = connections[alias].settings_dict["NAME"]
            assert name.startswith("test_"), f"{alias} would run on {name}"
        for alias in ("owner", "vault_owner"):
            allow_flush(alias)
        clear_quickly()
        parse_shipped_once()
    yield
    with django_db_blocker.unblock():
        stop_clearing()
        for connection in connections.all():
            connection.close()
        teardown_databases(names, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def every_page_loaded() -> None:
    """Load every page before the first test.

    Django loads them at the first request. When that comes in a test that put something else in the place of, say,
    the question whether somebody confirmed, a page that imports that name would keep it for all tests after.
    """
    import_module(settings.ROOT_URLCONF)
    # What is loaded now stays to the end: looking through it for waste at every turn took a sixth of the time.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def letters_are_printed_here() -> None:
    """Print what a test happens to print without a process of its own; `tests/letters` has the real one."""
    print_here()


@pytest.fixture(autouse=True)
def nobody_left_in_the_trail() -> Iterator[None]:
    """Who signed in during one test does nothing in the next: signing in by hand has no request that would end."""
    with circumstances(AuditContext()):
        yield
