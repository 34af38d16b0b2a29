"""What the log shows: an event a line, and tracebacks without the values of variables, for some are credentials."""

from __future__ import annotations

import sys
from typing import Any

import structlog


def configure() -> None:
    """Send the log to standard error, whichever that is when something is logged."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=_to_standard_error,
    )


def _to_standard_error(*_: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
