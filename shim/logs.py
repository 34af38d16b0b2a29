"""Log lines on standard error: for people on a terminal, one JSON object a line elsewhere.

Tracebacks come without the values of variables, which hold callers' credentials and the network key.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog
from structlog.typing import Processor


def configure(level: int = logging.INFO) -> None:
    """Set up logging from a level on, unless the program around this one has done so."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *_rendering(sys.stderr is not None and sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_logger,
    )


def _rendering(terminal: bool) -> tuple[Processor, ...]:
    if not terminal:
        return structlog.processors.format_exc_info, structlog.processors.JSONRenderer()
    plain = structlog.dev.plain_traceback
    return (structlog.dev.ConsoleRenderer(colors=not os.environ.get("NO_COLOR"), exception_formatter=plain),)


def _logger(*names: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
