"""What a process holds in memory and environment is read by no other, not even one of the same account."""

import ctypes
import sys

PR_SET_DUMPABLE = 4


def close_to_others() -> None:
    """Shut this process's memory and environment, where the master key is, to all but root; Linux only.

    Children that are started afresh open themselves again, which is right: they know nothing. It matters for what
    makes a letter out of somebody's words: where the kernel gives it no namespace of its own, it runs beside us under
    the same account.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
