"""Log lines on standard error: for people on a terminal, one JSON object a line elsewhere.

A line that can't be written is lost, and nothing else is: no answer depends on the log. Tracebacks come without the
values of variables, which hold callers' credentials and the network key.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
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
            *_rendering(_is_terminal()),
        ],
        wrapper_class=_open(structlog.make_filtering_bound_logger(level)),
        logger_factory=_logger,
    )


def reserve() -> None:
    """Take the numbers of standard streams that are closed, lest a connection gets one and lines are written to it."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)


def _open(kind: Any) -> Any:
    """A kind of logger that fails open, whether a line can't be made or can't be written."""

    class Open(kind):  # type: ignore[misc]
        def _proxy_to_logger(self, *arguments: Any, **fields: Any) -> None:
            with suppress(Exception):
                super()._proxy_to_logger(*arguments, **fields)

    return Open


def _is_terminal() -> bool:
    with suppress(Exception):
        return sys.stderr.isatty()
    return False


def _rendering(terminal: bool) -> tuple[Processor, ...]:
    if not terminal:
        return structlog.processors.format_exc_info, structlog.processors.JSONRenderer()
    plain = structlog.dev.plain_traceback
    return (structlog.dev.ConsoleRenderer(colors=not os.environ.get("NO_COLOR"), exception_formatter=plain),)


def _logger(*names: Any) -> Any:
    return structlog.ReturnLogger() if sys.stderr is None else structlog.PrintLogger(sys.stderr)
