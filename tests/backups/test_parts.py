"""What was lost, and no more, is put back; and the doors open only when the keys open and the program can read."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.backups.conftest import Backups, Ending, doors_are_open
from tests.retention.places import settle

each_database = pytest.mark.django_db(transaction=True, databases="__all__")


@each_database
def test_a_master_key_that_opens_nothing_leaves_the_doors_shut(
    backups: Backups, replay: Callable[..., Ending], settings: Any
) -> None:
    settle()
    backups.make()
    of_then, settings.MASTER_KEY = settings.MASTER_KEY, base64.b64encode(os.urandom(32)).decode()
    code, out, err = replay("--json")
    assert (code, out, doors_are_open()) == (1, "", False)
    assert "The doors are shut." in err and "CASEMGMT_PREVIOUS_MASTER_KEY" in err
    assert of_then not in err and settings.MASTER_KEY not in err
    settings.PREVIOUS_MASTER_KEY = of_then
    assert replay("--json")[0] == 0
    assert doors_are_open()
