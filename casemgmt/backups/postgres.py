"""PostgreSQL's own pg_dump and pg_restore, fed and read through pipes.

Passwords travel in the environment of the child and never on a command line.
Of what the programs say only their own first sentence is told: a detail may
quote a row.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from casemgmt.backups.errors import CannotBackUp


def program(name: str) -> str:
    """Where a program of PostgreSQL stands; raises CannotBackUp."""
    found = shutil.which(name, path=settings.PG_BIN or None)
    if found is None:
        raise CannotBackUp(f"{name} was not found; CASEMGMT_PG_BIN must name its folder.")
    return found


@contextmanager
def dumped(url: str, snapshot: str) -> Iterator[BinaryIO]:
    """The dump of a whole database as one snapshot shows it; raises CannotBackUp at the end when it is not whole."""
    words = ["--format=custom", "--no-password", f"--snapshot={snapshot}", "--lock-wait-timeout=60000"]
    with tempfile.TemporaryFile() as said:
        child = _start("pg_dump", url, words, said, stdout=subprocess.PIPE)
        try:
            yield cast("BinaryIO", child.stdout)
        except BaseException:
            child.kill()
            raise
        finally:
            _end(child)
        _require(child, said)


def load(url: str, dump: Iterable[bytes]) -> None:
    """Fill an empty database from a dump, wholly or not at all, as the owner; raises CannotBackUp."""
    # Extensions and rights on PostgreSQL's own functions are the superuser's, who prepared the database.
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--schema=public", "--no-password"]
    with tempfile.TemporaryFile() as said:
        child = _start("pg_restore", url, words, said, stdin=subprocess.PIPE)
        _feed(child, dump)
        _require(child, said)


def require_readable(dump: Iterable[bytes]) -> None:
    """Let our pg_restore read the contents of a dump, and nothing more; raises CannotBackUp with what it says.

    A program that is older than the one that made the dump does not know its format.
    """
    env = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    words = [program("pg_restore"), "--list"]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
        _feed(child, dump)
        _require(child, said)


def _feed(child: "subprocess.Popen[bytes]", dump: Iterable[bytes]) -> None:
    """Write a dump into a program and wait for its end."""
    target = cast("BinaryIO", child.stdin)
    try:
        # A program that gave up, or has read enough, reads no further; what it said is told later.
        with suppress(BrokenPipeError):
            for piece in dump:
                target.write(piece)
        with suppress(BrokenPipeError):
            target.close()
    except BaseException:
        child.kill()
        raise
    finally:
        _end(child)


def _start(name: str, url: str, words: list[str], said: object, **pipes: int) -> "subprocess.Popen[bytes]":
    parts = conninfo_to_dict(url)
    password = str(parts.pop("password", None) or "")
    address = make_conninfo("", **parts)
    env = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PGPASSWORD": password}
    command = [program(name), *words, f"--dbname={address}"]
    return subprocess.Popen(command, env=env, stderr=said, **{"stdin": subprocess.DEVNULL, **pipes})  # type: ignore[call-overload,no-any-return]


def _end(child: "subprocess.Popen[bytes]") -> None:
    for pipe in (child.stdout, child.stdin):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    child.wait()


def _require(child: "subprocess.Popen[bytes]", said: BinaryIO | object) -> None:
    if child.returncode == 0:
        return
    file = cast("BinaryIO", said)
    file.seek(0)
    name = Path(str(cast("list[str]", child.args)[0])).name
    lines = [line for line in file.read().decode(errors="replace").splitlines() if "error:" in line]
    raise CannotBackUp((lines or [f"{name} ended with {child.returncode}."])[0][:200])
