"""Upstream errors as old answers (conventions 12): one place for every service's common part."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.exceptions import NotFound

from shim.rest.caller import invalid_token
from shim.rest.errors import Crash, InternalRefusal, Refusal, reason
from shim.services.backend import Backend
from shim.upstream import FieldError, FieldFailure, Kind, UpstreamError

TEMPORARY = "Temporary authentication failure"
SUSPENDED = (
    "The authorized user's account has been suspended with the following notice: \n{notice}\nContact support: {owner}"
)
NOT_PERMITTED = "Your OAuth token is not permitted to use this endpoint (needs {scope})"
FAULT = "The GraphQL API could not answer this request"
TIMED_OUT = "The GraphQL API did not answer in time"
UNSUITABLE = "The GraphQL API did not understand this request"

_STATUS = {
    Kind.FAULT: (502, FAULT),
    Kind.CURSOR: (502, FAULT),
    Kind.TIMEOUT: (504, TIMED_OUT),
    Kind.UNSUITABLE: (500, UNSUITABLE),
}


def not_permitted(backend: Backend, scope: str | None) -> Refusal:
    """The 403 of a token whose grants don't reach."""
    return Refusal(403, NOT_PERMITTED.format(scope=backend.scope_text(scope)))


def of_upstream(error: UpstreamError, backend: Backend, scope: str | None) -> Exception:
    """The answer to a call that upstream refused or could not take."""
    if error.kind is Kind.TOKEN:
        return invalid_token(backend.policy)
    if error.kind is Kind.INTERNAL_REFUSED:
        return InternalRefusal()
    if error.kind is Kind.NO_SUCH_CALLER:
        return Crash("internal authorization of an unknown user")
    if error.kind is Kind.TEMPORARY:
        return Refusal(500, TEMPORARY)
    if error.kind is Kind.SUSPENDED:
        owner = backend.instance.owner_email
        return Refusal(403, SUSPENDED.format(notice=error.notice, owner=owner))
    return _of_kind(error.kind, backend, scope)


def of_failure(failure: FieldFailure, backend: Backend, scope: str | None) -> Exception:
    """The answer where a needed part of the data is missing: not found, unless an error says worse."""
    kinds = [kind for kind in failure.kinds() if kind not in (Kind.NOT_FOUND, Kind.OTHER)]
    return _of_kind(kinds[0], backend, scope) if kinds else NotFound()


def of_mutation(errors: Sequence[FieldError], backend: Backend, scope: str | None) -> Exception:
    """The answer to a refused mutation: each error as a reason, with its field (conventions 6.5)."""
    grants = [e for e in errors if e.kind is Kind.GRANT]
    if grants:
        return not_permitted(backend, scope)
    return Refusal(400, *(reason(e.message, e.field) for e in errors))


def _of_kind(kind: Kind, backend: Backend, scope: str | None) -> Exception:
    if kind is Kind.GRANT:
        return not_permitted(backend, scope)
    if kind in _STATUS:
        return Refusal(*_STATUS[kind])
    return NotFound()
