"""Log lines as JSON without personal data: an exception is its type and place, not its text.

Database errors quote key values and form errors quote what was typed, so the
text of an exception never reaches a log.
"""

import json
import logging
import traceback
from datetime import UTC, datetime


class LineFormatter(logging.Formatter):
    """One JSON object a line: moment, level, logger, message, and where an exception came from."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)[-6:]
            line["error"] = type(error).__name__
            line["where"] = [f"{f.filename.rsplit('/', 3)[-1]}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(line, ensure_ascii=False)
