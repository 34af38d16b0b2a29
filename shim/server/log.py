"""gunicorn's log as lines like ours, and without what clients sent.

gunicorn quotes a header that it can't parse, which may hold a token; here the fault is named by its class.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from gunicorn.glogging import Logger

from shim import logs

_INVALID = re.compile(r"Invalid request from ip=(\S*): ")


class ServerLog(Logger):
    """What `logger_class` of gunicorn's configuration takes."""

    def setup(self, cfg: Any) -> None:
        """Set up as gunicorn does, on configuration reload too, with our own way out."""
        super().setup(cfg)
        logs.configure()
        self.error_log.handlers = [_Lines()]


class _Lines(logging.Handler):
    """Passes records on to the shim's log."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        write = structlog.get_logger("gunicorn").log
        write(record.levelno, "server", **told(record), pid=record.process, exc_info=record.exc_info)


def told(record: logging.LogRecord) -> dict[str, Any]:
    """What may be said of a record: exceptions among its arguments by their names, targets without their queries."""
    if match := _INVALID.match(str(record.msg)):
        return {"message": "invalid request", "fault": _name(sys.exc_info()[1]), "peer": match[1]}
    if isinstance(record.args, tuple):
        record.args = tuple(map(_told, record.args))
    return {"message": record.getMessage()}


def _told(part: Any) -> Any:
    """An argument without what it may quote: of a target of a request, the query is left out."""
    if isinstance(part, BaseException):
        return _name(part)
    return part.partition("?")[0] if isinstance(part, str) else part


def _name(error: BaseException | None) -> str:
    return type(error).__name__
