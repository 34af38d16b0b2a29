"""What it means that a request got no answer, or none with what it was sent for."""

from __future__ import annotations

import requests
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from shim.upstream.errors import Kind, UpstreamError
from shim.upstream.transport import refusal

_MISSING = (400, 404)


def failure(cause: BaseException | None) -> UpstreamError:
    """What it means that no answer came."""
    if isinstance(cause, UpstreamError):
        return cause
    kind = Kind.TIMEOUT if _timed_out(cause) else Kind.UNREACHABLE
    return UpstreamError(kind, f"unreachable: {type(cause).__name__}", undone=is_unsent(cause))


def is_unsent(cause: BaseException | None) -> bool:
    """Whether a request never left, for no connection could be made."""
    if isinstance(cause, requests.ConnectTimeout):
        return True
    reason = (
        getattr(cause.args[0], "reason", None) if isinstance(cause, requests.ConnectionError) and cause.args else None
    )
    return isinstance(reason, NewConnectionError)


def was_cut(cause: BaseException | None) -> bool:
    """Whether a request was sent and its connection ended without an answer."""
    return isinstance(cause, requests.ConnectionError) and not is_unsent(cause) and not _timed_out(cause)


def _timed_out(cause: BaseException | None) -> bool:
    """Whether an answer did not come in time: not at all, or not to its end."""
    if isinstance(cause, requests.ConnectionError):
        return bool(cause.args) and isinstance(cause.args[0], ReadTimeoutError)
    return isinstance(cause, requests.Timeout)


def no_content(response: requests.Response) -> UpstreamError:
    """What it means that a plain resource is not there."""
    with response:
        try:
            refused = refusal(response)
        except requests.RequestException as error:
            return failure(error)
    missing = refused.kind is Kind.FAULT and response.status_code in _MISSING
    return UpstreamError(Kind.NOT_FOUND, str(refused)) if missing else refused
