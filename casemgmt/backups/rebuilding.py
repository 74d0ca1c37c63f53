"""The ledger of erasures, made whole again from databases that live: where only the files were lost it may be too.

By default the ledger stands beside the files. Its copy in the backup comes first, so that its lines stay the ones that
were published and copied; what was destroyed since then both databases know, and it is added.
"""

from django.db import connections

from casemgmt.backups import making
from casemgmt.base import opening
from retention import ledger


def rebuilt(held: ledger.Ledger) -> ledger.Ledger:
    """The ledger in its place, with all that ``held`` and the databases tell; raises OSError, LedgerWrong.

    ``held`` is what was read and checked before anything was written: the one in its place, another, or a copy.
    """
    ledger.ensure()
    place = ledger.place()
    if not place.stat().st_size:
        place.write_text("".join(f"{line}\n" for line in held.lines), encoding="utf-8")
    with opening.restoring():
        connections["default"].close()  # shutting the doors ended it
        making.complete_ledger()
        connections["default"].close()
    return ledger.read(place)
