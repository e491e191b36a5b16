"""Log lines without patients: an exception is logged by type and place; its message and the request's data are not."""

from __future__ import annotations

import logging
import traceback


class QuietFormatter(logging.Formatter):
    """Level, logger, and for exceptions the type and the files and lines it passed."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and below it the frames of an exception; no values."""
        line = f"{self.formatTime(record)} {record.levelname} {record.name}"
        if record.exc_info and record.exc_info[0] is not None:
            frames = "".join(
                f"\n  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])
            )
            return f"{line} {record.exc_info[0].__name__}{frames}"
        status = getattr(record, "status_code", None)
        if status is not None:
            match = getattr(getattr(record, "request", None), "resolver_match", None)
            return f"{line} {status} {match.view_name if match else 'unknown address'}"
        return f"{line} {record.getMessage()}"
