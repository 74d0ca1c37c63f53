"""Which kinds of job every organisation gets once a night, and which every minute; the top floor plans them."""

from casemgmt.base.registries import Registry

# Kind of job by name; the subject of a sweep is the organisation itself.
sweeps: Registry[str] = Registry("nightly sweep")
watches: Registry[str] = Registry("watch of every minute")


def sweep(kind: str) -> str:
    """Let the job ``kind`` run every night for every organisation; the same kind may be named twice."""
    return sweeps.add(kind, kind)


def every_minute(kind: str) -> str:
    """Let the job ``kind`` run every minute for every organisation; it must be quick, and change nothing in vain."""
    return watches.add(kind, kind)
