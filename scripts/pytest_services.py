"""A pytest plugin that starts the databases and the broker of the tests: `-p scripts.pytest_services`.

Django reads its settings before any conftest, so the environment is put in place when this
module is imported. Workers of xdist and other children inherit it and start nothing.
"""

import os
from typing import IO

import pytest

from scripts.services import HELD, hold_test_services, release_test_services
from scripts.state import OperatorError


def _hold() -> IO[str] | None:
    if os.environ.get(HELD):
        return None
    try:
        users, values = hold_test_services()
    except OperatorError as problem:
        raise pytest.UsageError(f"The services of the tests did not start: {problem}") from problem
    os.environ.update(values)
    return users


_users = _hold()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Only the process that holds the services lets them go."""
    global _users
    if _users is not None:
        release_test_services(_users)
        _users = None
        os.environ.pop(HELD, None)
