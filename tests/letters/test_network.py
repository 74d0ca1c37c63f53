"""The printer has no network: as root and as a plain account, wherever the kernel lets a process leave it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casemgmt.letters import pdf

CHILD = Path(pdf.__file__).with_name("child.py")
ROOT = os.geteuid() == 0

# Our Python may lie in a closed home: all is loaded first, as the printer does.
START = """
import json, os, pwd, socket, sys
sys.path.insert(0, {folder!r})
import child
parent = int(sys.argv[1])
"""
PLAIN = """
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
"""
# A plain account that owns its Python: root's files, none of root's rights.
OWNER = """
if os.geteuid() == 0:
    child.drop_capabilities()
    child.os.geteuid = lambda: 1000
child.main()
"""
TRY = """
child.limit(parent)
alone = child.leave_network(parent)
child.give_up_rights(parent)
try:
    calling = socket.socket()
    calling.settimeout(2)
    calling.connect(("127.0.0.1", int(sys.argv[2])))
    reached = True
except OSError:
    reached = False
rights = [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm"))]
print(json.dumps({"alone": alone, "reached": reached, "root": os.geteuid() == 0, "rights": rights}))
"""
# The page engine as the printer has it, in a process that has its network: what fetches nothing then is the printer.
PRINT = """
made = child.Printer("")
for address in sys.argv[2:]:
    for body in ('<img src="%s">', '<link rel="attachment" href="%s">', '<style>@import url(%s);</style>'):
        try:
            made.pdf("<!DOCTYPE html><html lang='nl'><title>t</title>" + body % address)
        except BaseException:  # what it raises for an address is no Exception
            pass
"""


@pytest.fixture
def server() -> Iterator[int]:
    """The port of a server of this machine that anybody can reach."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
        yield port


def run(script: str, *more: str, **given: Any) -> bytes:
    """What a process of its own says."""
    start = START.format(folder=str(CHILD.parent)) + script
    command = [sys.executable, "-I", "-B", "-c", start, str(os.getpid()), *more]
    done = subprocess.run(command, capture_output=True, cwd="/", **{"env": {}, **given})
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def tell(port: int, script: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(script, str(port)))
    if not told["alone"]:
        pytest.skip("this kernel lets no such process leave the network; the health page says so")
    return told


@pytest.mark.skipif(not ROOT, reason="only root can try it as root")
def test_started_as_root_the_printer_reaches_no_server_of_this_machine(server: int) -> None:
    told = tell(server, TRY)
    assert told["reached"] is False
    assert told["root"] is False and set(told["rights"]) == {"0" * 16}


def test_started_as_a_plain_account_the_printer_reaches_no_server_of_this_machine(server: int) -> None:
    told = tell(server, PLAIN + TRY)
    assert told["reached"] is False
    assert told["root"] is False and set(told["rights"]) == {"0" * 16}, "a namespace of one's own gives rights over it"


def test_a_plain_account_still_prints(tmp_path: Path) -> None:
    asked = {"css": "", "letters": ['<html lang="nl"><head><title>t</title></head><body><p>tekst</p></body></html>']}
    clean = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(tmp_path)) | {"PATH": "/usr/bin:/bin"}
    (made,) = pdf._frames(run(OWNER, input=json.dumps(asked).encode(), env=clean))
    assert isinstance(made, bytes)


def test_the_printer_tells_whether_it_is_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf.without_network.cache_clear()
    probe = subprocess.run([sys.executable, "-I", "-B", str(CHILD), str(os.getpid()), "probe"], env={})
    assert pdf.without_network() is (probe.returncode == 0)
    pdf.without_network.cache_clear()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert pdf.without_network() is False
    pdf.without_network.cache_clear()


def test_a_printer_that_has_its_network_asks_no_server_for_what_a_letter_names() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        run(PRINT, f"http://127.0.0.1:{listening.getsockname()[1]}/x.png")
        with pytest.raises(BlockingIOError):
            listening.accept()
