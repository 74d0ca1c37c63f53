"""The child process that makes PDF: it knows nothing, may do next to nothing and is thrown away.

Run as a file by ``python -I``, so it imports nothing of ours. It limits itself,
leaves the network, loads the libraries while it can still read them, gives up
every right it has, and only then looks at what it was sent.
"""

import contextlib
import ctypes
import glob
import json
import os
import pwd
import resource
import signal
import struct
import sys
from typing import Any

MEGABYTE = 1 << 20
CPU_SECONDS = 10
MEMORY = 1024 * MEGABYTE
OUTPUT = 50 * MEGABYTE
OPEN_FILES = 64
PROCESSES = 256  # and threads, beside those that the account has already

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
CAPABILITIES_3 = 0x20080522
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38

# Asks for all that a letter may need, so that nothing is loaded after the rights are gone.
WARM_UP = """<html lang="nl"><head><title>w</title></head><body><h1>w</h1><p>Ĳ é € <b>w</b></p><ul><li>w</li></ul>
<dl><dt>w</dt><dd>w</dd></dl><table><tr><th scope="row">w</th><td>w</td></tr></table>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg></body></html>"""


def limit(parent: int) -> None:
    """Take the limits of a letter; the parent's death is ours."""
    die_with(parent)
    for what, amount in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        _, most = resource.getrlimit(what)
        wanted = amount if most == resource.RLIM_INFINITY else min(amount, most)
        resource.setrlimit(what, (wanted, wanted))


def die_with(parent: int) -> None:
    """Ask the kernel to end us when the parent ends, and look whether it has already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(3)


def leave_network(parent: int) -> bool:
    """Go to a network of our own that leads nowhere; tells whether the kernel allowed it.

    A plain account may do so only inside a user namespace of its own. Called before there are threads, which
    that would not take along. Root keeps to its own namespace: inside another there is no "nobody" to become.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    if os.geteuid() == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    drop_capabilities()
    die_with(parent)  # changing namespace forgot it
    return True


def drop_capabilities() -> None:
    """Give back all that the namespace of our own gave us over itself."""
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None).capset(header, nothing) != 0:
        os._exit(6)


def give_up_rights(parent: int) -> None:
    """No new rights, few threads, and nobody's account when we were root."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        most = running(nobody.pw_uid) + PROCESSES
        os.setgroups([])
        os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
        os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
        die_with(parent)  # changing account forgot it
        # Pango looks for fonts in threads, so not none. The kernel counts all that an account runs, and databases
        # that were started by root run as nobody too; our own account may have many, so there it is not set.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def running(uid: int) -> int:
    """How many threads an account has at this moment, over all its processes; 0 where /proc does not tell."""
    found = 0
    for status in glob.glob("/proc/[0-9]*/status"):
        with contextlib.suppress(OSError), open(status, encoding="utf-8", errors="replace") as lines:
            told = dict(line.split(":", 1) for line in lines if ":" in line)
            if int(told["Uid"].split()[0]) == uid:
                found += int(told["Threads"])
    return found


class Printer:
    """WeasyPrint with only ``data:`` addresses, one style sheet and one set of fonts."""

    def __init__(self, css: str) -> None:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher

        self._html: Any = weasyprint.HTML
        self._fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)
        self._fonts = FontConfiguration()
        self._css = weasyprint.CSS(string=css, font_config=self._fonts, url_fetcher=self._fetcher)

    def pdf(self, html: str) -> bytes:
        """One document as tagged PDF."""
        document = self._html(string=html, base_url=None, url_fetcher=self._fetcher)
        made: bytes = document.write_pdf(
            stylesheets=[self._css], font_config=self._fonts, pdf_variant="pdf/ua-1", full_fonts=False
        )
        return made


def open_fonts(folder: str) -> None:
    """Let the account we are about to become read the unpacked fonts."""
    for path, folders, files in os.walk(folder):
        for name in folders:
            os.chmod(os.path.join(path, name), 0o755)  # noqa: S103  # only fonts, gone in a moment
        for name in files:
            os.chmod(os.path.join(path, name), 0o644)


def answer(good: bool, content: bytes) -> None:
    """One frame: whether it went well, the length, the PDF or the name of what went wrong."""
    sys.stdout.buffer.write(struct.pack(">?Q", good, len(content)) + content)
    sys.stdout.buffer.flush()


def main() -> None:
    """Read what is asked, give up all rights, make the letters one by one.

    Asked for a "probe" it only tells, by how it ends, whether it can leave the network.
    """
    parent = int(sys.argv[1])
    limit(parent)
    alone = leave_network(parent)
    if sys.argv[2:] == ["probe"]:
        os._exit(0 if alone else 5)
    asked = json.loads(sys.stdin.buffer.read())
    printer = Printer(asked["css"])
    printer.pdf(WARM_UP)
    open_fonts(os.environ["TMPDIR"])
    give_up_rights(parent)
    for html in asked["letters"]:
        try:
            made = printer.pdf(html)
        except MemoryError:
            os._exit(4)
        except BaseException as problem:
            # The name only: a message may quote the letter.
            answer(False, type(problem).__name__.encode())
        else:
            answer(True, made)


if __name__ == "__main__":
    main()
