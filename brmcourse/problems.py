"""The problem log: tracebacks and oddities, for whoever helps; never the learner's texts."""

import logging
import os
from contextlib import suppress
from functools import cache
from logging.handlers import RotatingFileHandler

from brmcourse.paths import log_path


class _QuietHandler(RotatingFileHandler):
    """Writes to the file, or else nothing: a learner never sees that it could not."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- logging's name
        """Pass over what cannot be written."""


@cache
def problem_log() -> logging.Logger:
    """Return the log: a file beside the answers, or nothing if that cannot be written."""
    log = logging.getLogger("brmcourse")
    log.propagate = False
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _QuietHandler(
            log_path(), maxBytes=1_000_000, backupCount=1, delay=True, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    return log


def empty_problem_log() -> None:
    """Delete what the log says. What is open at its end goes on there, also in other processes."""
    for handler in problem_log().handlers:
        handler.flush()
    with suppress(OSError):
        log_path().with_name(f"{log_path().name}.1").unlink(missing_ok=True)
        if log_path().exists():
            os.truncate(log_path(), 0)
