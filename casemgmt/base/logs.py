"""Log lines as JSON without personal data: an exception is its type and place, not its text.

Database errors quote key values and form errors quote what was typed, so the
text of an exception never reaches a log. Libraries log addresses and values, so
of what they say only the sentence is kept, without what they filled in; and
whatever looks like an id, an address, a number of somebody or an e-mail address
is taken out of every line, whoever wrote it.
"""

import json
import logging
import re
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

OURS = ("casemgmt", "dossiers", "consent", "disclosures", "retention", "client_requests", "portal")
# What tells of somebody or of a dossier: ids, pages of an organisation, e-mail addresses, numbers as long as a BSN.
_TELLING = re.compile(
    r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}|/(?:o|mijn)/\S*|[^\s@<>\"']+@[^\s@<>\"']+|\d[\d.\-]{6,}\d"
)
# What a line says of the request or job it stands in, such as its id; the top floor fills it.
circumstances: list[Callable[[], dict[str, str]]] = []


class LineFormatter(logging.Formatter):
    """One JSON object a line: moment, level, logger, message, request, page, and where an exception came from."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": harmless(record),
        }
        for tell in circumstances:
            line |= tell()
        line |= getattr(record, "figures", {})
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)[-6:]
            line["error"] = type(error).__name__
            line["where"] = [f"{f.filename.rsplit('/', 3)[-1]}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(line, ensure_ascii=False)


def harmless(record: logging.LogRecord) -> str:
    """What the line says: of a library only its sentence, and of nobody anything that tells whom it is about."""
    ours = record.name.partition(".")[0] in OURS
    said = record.getMessage() if ours else str(record.msg)
    error = record.exc_info[1] if record.exc_info else None
    if not ours and error is not None and str(error):
        # Some say nothing but the text of the exception, which quotes what it was given.
        said = said.replace(str(error), "…")
    return _TELLING.sub("…", said)
