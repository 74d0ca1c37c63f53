"""What a process of ours holds is read by nobody beside it, not by its own account either."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casemgmt.base import closed
from scripts.processes import identity, service_user
from scripts.state import is_root
from tests.services.test_configuration import GOOD, ROOT

ASK = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
WEB = "import casemgmt.wsgi"
WORKER = "from casemgmt.celery import app; from celery.signals import {0}_init; {0}_init.send(sender=None)"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")


@pytest.mark.parametrize("begins", [WEB, WORKER.format("worker"), WORKER.format("beat")])
def test_web_worker_and_beat_shut_themselves_at_their_start(begins: str) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}", **GOOD}
    words = [sys.executable, "-c", f"{begins}\n{ASK}"]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "0", done.stdout + done.stderr


@pytest.mark.parametrize("shut", [True, False])
def test_nobody_of_the_same_account_reads_what_a_process_of_ours_holds(shut: bool) -> None:
    """A neighbour of the same account tries; of a process that did not shut itself it reads the key."""
    source = Path(closed.__file__).read_text(encoding="utf-8") + ("\nclose_to_others()" if shut else "")
    program = f"{source}\nprint('ready', flush=True)\ninput()"
    # Root's own environment may stand where the account of services cannot come.
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin:/bin") if is_root() else sys.executable
    assert python
    with subprocess.Popen(  # type: ignore[call-overload]
        [python, "-c", program], env={"KEY": "GEHEIM"}, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, **identity(),
    ) as ours:  # fmt: skip
        assert ours.stdout.readline() == "ready\n"
        read = f"print(open('/proc/{ours.pid}/environ').read())"
        neighbour = subprocess.run(  # type: ignore[call-overload]
            [python, "-c", read], env={}, cwd="/", capture_output=True, text=True, check=False, **identity()
        )
        ours.communicate("\n")
    assert ("GEHEIM" in neighbour.stdout) is not shut, (service_user().pw_name, neighbour.stderr)
    assert not shut or "PermissionError" in neighbour.stderr
