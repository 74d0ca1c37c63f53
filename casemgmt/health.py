"""Whether everything this application leans on answers, in plain words and within two seconds.

Each store is asked in a thread of its own, on a connection of its own: one that
hangs is reported as silent and holds up nobody. No personal data, no addresses.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from casemgmt.base import maintenance
from casemgmt.base.opening import NotOpen
from casemgmt.base.organisation import organisation
from casemgmt.letters.pdf import without_network
from casemgmt.letters.queries import stuck_letters
from casemgmt.organisations.places import all_organisations
from casemgmt.vault import files
from casemgmt.vault.keys import master_key_opens
from retention import ledger

PATIENCE = 1.5
HEARTBEAT = "worker-heartbeat"
# Beat's own: every doorbell makes the worker heard, but only beat asks for the minute to be planned.
PLANNED = "minute-planned"
OPEN_PRINTER = "worker-prints-with-network"
# The poller runs every five seconds and the minute is planned every sixty; a long job may hold them for a while.
SILENT_AFTER = 300
LEAST_FREE = 1_000_000_000
# What still works when it is not as it should be: nobody is turned away for it.
WARNINGS = ("printer", "letters", "maintenance")
STUCK_LETTERS = "stuck-letters"
# Whoever asks without signing in does not make the database count at every question.
COUNTED_SECONDS = 60

log = logging.getLogger("casemgmt.health")
_running: dict[str, threading.Thread] = {}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing we lean on: its word for machines, its name for people, and how it is.

    ``warning``: it works, and somebody should still look at it.
    """

    key: str
    name: str
    well: bool
    sentence: str
    warning: bool = False


# What is asked through the doors, and so cannot be known while they are shut: neither well nor wrong.
BEHIND_DOORS = ("key", "files", "letters")


def beat() -> None:
    """Leave a sign of life of the worker, and how it prints; without a broker the work still goes on."""
    try:
        cache.set(HEARTBEAT, time.time(), SILENT_AFTER * 10)
        cache.set(OPEN_PRINTER, not without_network(), SILENT_AFTER * 10)
    except RedisError:
        log.warning("The worker's sign of life could not be left.")


def planned() -> None:
    """Leave a sign of life of whoever has the minute planned; without a broker nothing rings anyway."""
    try:
        cache.set(PLANNED, time.time(), SILENT_AFTER * 10)
    except RedisError:
        log.warning("The sign of life of beat could not be left.")


def parts() -> list[Part]:
    """Ask everything at once; who has not answered in time is silent."""
    stuck: list[int] = []
    asked: dict[str, Callable[[], bool]] = {
        "database": lambda: _database("default"),
        "doors": lambda: _database("default"),
        "vault": lambda: _database("vault"),
        "key": _key_opens,
        "broker": _broker,
        "worker": lambda: _heard(HEARTBEAT),
        "beat": beat_is_heard,
        "disk": _disk,
        "files": _files_are_there,
        "ledger": ledger.is_writable,
        "printer": _printer_is_shut,
        "letters": lambda: _letters_are_printed(stuck),
        "maintenance": lambda: not maintenance.is_on(),
    }
    unknown: set[str] = set()
    answers = _ask(asked, unknown)
    names = {
        "database": _("The database"),
        "doors": _("The doors"),
        "vault": _("The vault with the keys"),
        "key": _("The master key"),
        "broker": _("The message broker"),
        "worker": _("The worker in the background"),
        "beat": _("The clock of the work in the background"),
        "disk": _("Free space on the disk"),
        "files": _("The sealed files"),
        "ledger": _("The ledger of erasures"),
        "printer": _("The printer of letters"),
        "letters": _("Letters"),
        "maintenance": _("Maintenance"),
    }
    return [_part(key, names[key], answers[key], sum(stuck), key in unknown) for key in asked]


def _part(key: str, name: str, well: bool, stuck: int, unknown: bool) -> Part:
    if unknown:
        return Part(key, name, well=False, sentence=_("It is not known: the doors are shut, so nobody can ask."))
    warns = key in WARNINGS and not well
    return Part(key, name, well or warns, _sentence(key, well, stuck), warns)


def _ask(asked: dict[str, Callable[[], bool]], unknown: set[str]) -> dict[str, bool]:
    """Ask each; what could not be asked because the doors are shut is put in ``unknown``."""
    # Who does not answer is not well; a warning is given only by who does.
    answers = {key: key in WARNINGS for key in asked}

    def run(key: str, check: Callable[[], bool]) -> None:
        try:
            answers[key] = check()
        except NotOpen:
            answers[key] = key != "doors"  # it answers; that nobody is let in is one cause, told once
            if key in BEHIND_DOORS:
                unknown.add(key)
        except Exception as error:
            log.error("The %s is not well: %s", key, type(error).__name__)

    started = []
    for key, check in asked.items():
        earlier = _running.get(key)
        if earlier is not None and earlier.is_alive():
            continue  # still hanging since the last question: asking again would only pile up
        thread = threading.Thread(target=run, args=(key, check), daemon=True, name=f"health-{key}")
        _running[key] = thread
        started.append(thread)
        thread.start()
    until = time.monotonic() + PATIENCE
    for thread in started:
        thread.join(max(0.0, until - time.monotonic()))
    return dict(answers)


def _database(alias: str) -> bool:
    connection = connections.create_connection(alias)
    options = {**connection.settings_dict["OPTIONS"], "connect_timeout": 2}
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": options}
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            return bool(cursor.fetchone() == (1,))
    finally:
        connection.close()


def _key_opens() -> bool:
    try:
        return master_key_opens()
    finally:
        connections.close_all()  # those of this thread


def _broker() -> bool:
    cache.set("health", 1, 60)
    return bool(cache.get("health") == 1)


def beat_is_heard() -> bool:
    """Whether the minute was planned of late; raises RedisError when nobody can tell."""
    return _heard(PLANNED)


def _heard(sign: str) -> bool:
    """Whether the sign of life is young enough; who was never heard is not well."""
    at = cache.get(sign)
    return at is not None and time.time() - float(at) < SILENT_AFTER


def _disk() -> bool:
    folder = Path(settings.FILES)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free > LEAST_FREE


def _files_are_there() -> bool:
    """Whether every organisation that keeps sealed files has its folder; who keeps none yet needs none."""
    try:
        return all(_has_its_folder(place.id) for place in all_organisations())
    finally:
        connections.close_all()  # those of this thread


def _has_its_folder(organisation_id: UUID) -> bool:
    with organisation(organisation_id):
        return files.folder().is_dir() or not files.any_kept()


def _printer_is_shut() -> bool:
    """Whether the worker prints letters without network; a worker that was not heard is a matter of its own."""
    return not cache.get(OPEN_PRINTER)


def _letters_are_printed(stuck: list[int]) -> bool:
    """Whether no letter waits in vain for a print; how many do is put in ``stuck``, of all organisations together."""
    try:
        stuck.append(cache.get_or_set(STUCK_LETTERS, _count_stuck, COUNTED_SECONDS) or 0)
    finally:
        connections.close_all()  # those of this thread
    return not sum(stuck)


def _count_stuck() -> int:
    found = 0
    for place in all_organisations():
        with organisation(place.id):
            found += stuck_letters()
    return found


def _sentence(key: str, well: bool, stuck: int) -> str:
    if well:
        good = {
            "doors": _("Are open."),
            "key": _("Opens the vault."),
            "disk": _("There is enough room."),
            "files": _("Are where they belong."),
            "ledger": _("Can be written."),
            "printer": _("Letters are made without a network connection."),
            "letters": _("None waits in vain for a print."),
            "maintenance": _("Is off."),
        }
        return good.get(key, _("Answers."))
    return {
        "database": _("Does not answer. Nothing can be read or written until it is back; nothing was half written."),
        "doors": _(
            "Are shut: the database does not answer, or it was put back from a backup and what was destroyed since "
            "then was not destroyed again yet. The operator finishes that with the command restore."
        ),
        "vault": _("Does not answer. Dossiers cannot be opened until it is back; nothing was half written."),
        "key": _(
            "Opens nothing: CASEMGMT_MASTER_KEY is not the key that locked the vault, or the vault does not answer. "
            "No dossier can be opened until then; nothing is lost."
        ),
        "broker": _("Does not answer. Signing in waits; work in the background goes on, a little later."),
        "worker": _("Has not been heard for five minutes. Letters and night work wait; nothing is lost."),
        "beat": _(
            "Has planned nothing for five minutes. When the worker answers, the process beat is gone: start it. Until "
            "then nobody watches who reads unusually much, and the work of the night does not begin."
        ),
        "ledger": _(
            "Cannot be written: its folder is away, or this application may not write in it. Nothing is destroyed "
            "until it can; nothing is lost."
        ),
        "files": _(
            "The folder of sealed files is away: was its disk mounted? Letters and documents cannot be opened until it "
            "is back. Nothing is taken for lost meanwhile."
        ),
        "disk": _("Less than one gigabyte is free. Make room, or new files will be refused."),
        "maintenance": _("Is on: every page says so, and work in the background waits until it is off."),
        "printer": _(
            "Letters are made, but this machine does not let the printer cut off its network. "
            "Let the operator allow user namespaces for the worker."
        ),
        "letters": ngettext(
            "%(num)s letter could not be printed and is not tried again by itself. Its words are kept; who may open "
            "its dossier can have it printed again there.",
            "%(num)s letters could not be printed and are not tried again by themselves. Their words are kept; who "
            "may open their dossiers can have them printed again there.",
            stuck,
        )
        % {"num": stuck},
    }[key]
