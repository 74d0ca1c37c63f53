"""A database that takes the call and says nothing: the page says so within seconds, instead of hanging with it."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connections

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that lets everybody in and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("alias", ["default", "vault"])
def test_no_page_waits_long_for_a_database_that_hangs(silent: int, alias: str) -> None:
    connection = connections.create_connection(alias)
    connection.settings_dict = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": str(silent)}
    began = time.monotonic()
    with pytest.raises(OperationalError):
        connection.ensure_connection()
    assert time.monotonic() - began < 8
