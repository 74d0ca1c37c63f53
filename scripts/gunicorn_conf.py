"""How the web process serves: limits for a hostile client, and no log of who asked for what."""

import gc
import os

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4  # a slow client holds a thread, not a process
# Loaded once for all processes: half the start, and what never changes stands in memory once.
preload_app = True

timeout = 30
graceful_timeout = int(os.environ.get("WEB_GRACEFUL_SECONDS", "20"))
keepalive = 5
max_requests = 5000  # a slow leak ends with its process
max_requests_jitter = 500

limit_request_line = 8190  # twice as long as the application takes: it refuses in a page, this in a bare line
limit_request_fields = 60
limit_request_field_size = 8190

# An access log would hold client addresses beside dossier numbers; the audit trail tells who saw what.
accesslog = None
errorlog = "-"
# Its warnings quote the request that it could not read, with a name in its query or a dossier in its path.
loglevel = "error"
# What it does tell is a line like every other: where a fault came from, never its text.
_ERRORS = {"level": "ERROR", "handlers": ["lines"], "propagate": False}
logconfig_dict = {
    "formatters": {"line": {"()": "casemgmt.base.logs.LineFormatter"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["lines"]},
    "loggers": {"gunicorn.error": _ERRORS},
}

# The heartbeat file on a disk may block a worker long enough to be killed.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# No second door to the process.
control_socket_disable = True


def pre_fork(_server: object, _worker: object) -> None:
    """What stands in memory for good is not looked through for waste again, and its pages stay shared."""
    gc.collect()
    gc.freeze()


def post_fork(_server: object, _worker: object) -> None:
    """No process inherits another's conversation with a database, whatever was asked while loading."""
    from django.db import connections  # there are settings only after the fork's parent loaded

    for connection in connections.all(initialized_only=True):
        # Without the closing word of the protocol: that would end the parent's conversation too.
        connection.connection = None
