"""Which kinds of job every organisation gets once a night; the top floor plans them."""

from casemgmt.base.registries import Registry

# Kind of job by name; the subject of a sweep is the organisation itself.
sweeps: Registry[str] = Registry("nightly sweep")


def sweep(kind: str) -> str:
    """Let the job ``kind`` run every night for every organisation; the same kind may be named twice."""
    return sweeps.add(kind, kind)
