"""What operators see of every request: one line in the log and three counts, by the name of the page and the status.

No address, no id, no organisation and nobody's name: a page's name is the same for all of them. Each process counts
for itself and adds its counts up in the broker every few seconds; a broker that is away costs counts, never a page.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from casemgmt.audit import context
from casemgmt.web.current import current_request

EVERY, AFTER_A_FAULT = 5.0, 60.0
# Upper ends of the classes of duration, in seconds; the bars of pages and of searching are among them.
CLASSES = (0.05, 0.1, 0.25, 0.5, 0.8, 1.0, 2.5, 5.0, 10.0)
MORE = "+Inf"
PREFIX = "metrics"
LASTS = 30 * 24 * 3600

log = logging.getLogger("casemgmt.requests")
_counts: Counter[str] = Counter()
_lock = threading.Lock()
_next = 0.0


class ObservingMiddleware:
    """Stands around everything that answers, so that refusals and maintenance are counted too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, count and write the line."""
        began = time.monotonic()
        response = self.get_response(request)
        seconds = time.monotonic() - began
        page, status = page_of(request), response.status_code
        figures = {
            "page": page,
            "method": request.method if request.method in ("GET", "POST", "HEAD") else "other",
            "status": status,
            "ms": round(seconds * 1000),
            "request": str(context.current().request_id),
        }
        log.info("answered", extra={"figures": figures})
        count(page, status, seconds)
        return response


def page_of(request: HttpRequest | None) -> str:
    """The name of the page that was asked, such as dossiers:timeline; "none" where no page of ours was."""
    match = getattr(request, "resolver_match", None)
    declaration = getattr(getattr(match, "func", None), "declaration", None)
    return declaration.name if declaration else (match.url_name if match and match.url_name else "none")


def circumstances() -> dict[str, str]:
    """What a line in the log says of the request or job in which it was written."""
    request = current_request()
    told = {"request": str(context.current().request_id)}
    return {**told, "page": page_of(request)} if request is not None else told


def count(page: str, status: int, seconds: float) -> None:
    """Add one answer to the counts of this process, and now and then these to those of all."""
    global _next
    end = next((str(limit) for limit in CLASSES if seconds <= limit), MORE)
    with _lock:
        _counts[f"requests|{page}|{status}"] += 1
        _counts[f"class|{end}"] += 1
        _counts["milliseconds"] += round(seconds * 1000)
        now = time.monotonic()
        if now < _next:
            return
        _next = now + EVERY
        mine = dict(_counts)
        _counts.clear()
    _add(mine)


def _add(mine: dict[str, int]) -> None:
    global _next
    try:
        for name in mine:
            _count_in_all(name, mine[name])
        known = set(cache.get(f"{PREFIX}|names") or ())
        if not known >= mine.keys():
            cache.set(f"{PREFIX}|names", sorted(known | mine.keys()), LASTS)
    except Exception as error:
        # Counts are worth no page: what could not be added is lost, and for a minute nobody waits for the broker.
        _next = time.monotonic() + AFTER_A_FAULT
        log.warning("Counts could not be added up: %s.", type(error).__name__)


def _count_in_all(name: str, many: int) -> None:
    key = f"{PREFIX}|{name}"
    cache.add(key, 0, LASTS)
    cache.incr(key, many)


def counted() -> dict[str, int]:
    """The counts of all processes; what a process counted in the last seconds is not among them."""
    names = cache.get(f"{PREFIX}|names") or []
    found = cache.get_many([f"{PREFIX}|{name}" for name in names])
    return {name.removeprefix(f"{PREFIX}|"): int(many) for name, many in found.items()}
