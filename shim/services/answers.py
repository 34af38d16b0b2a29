"""Upstream errors as old answers (conventions 12): one place for every service's common part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from werkzeug.exceptions import NotFound

from shim.rest.caller import invalid_token
from shim.rest.endpoint import Endpoint
from shim.rest.errors import Crash, InternalRefusal, Refusal, reason
from shim.services.backend import Backend
from shim.upstream import UNCERTAIN, FieldError, FieldFailure, Kind, UpstreamError

TEMPORARY = "Temporary authentication failure"
SUSPENDED = (
    "The authorized user's account has been suspended with the following notice: \n{notice}\nContact support: {owner}"
)
NOT_PERMITTED = "Your OAuth token is not permitted to use this endpoint (needs {scope})"
FAULT = "The GraphQL API could not answer this request"
UNREACHABLE = "{service}.sr.ht is not reachable"
BUSY = "Too many requests wait for {service}.sr.ht; try again later"
TIMED_OUT = "The GraphQL API did not answer in time"
LOST = (
    "{service}.sr.ht took this request, or may have, and its answer was lost:"
    " look whether it was done before you send it again"
)
_LATER = "2"
"""Seconds after which to come again."""
UNSUITABLE = "The GraphQL API did not understand this request"

_FAULTS = {
    Kind.FAULT: (502, FAULT),
    Kind.CURSOR: (502, FAULT),
    Kind.UNREACHABLE: (502, UNREACHABLE),
    Kind.TIMEOUT: (504, TIMED_OUT),
    Kind.UNSUITABLE: (500, UNSUITABLE),
}


class Declined(Refusal):
    """The 400 to a mutation whose input the API refused, and to nothing else that is a 400, such as a bad token."""

    def __init__(self, *reasons: dict[str, str]) -> None:
        super().__init__(400, *reasons)


class Lost(Refusal):
    """The 502 to a mutation of which nobody knows whether it was done; an endpoint may say better what to look for."""

    def __init__(self, service: str, text: str = LOST) -> None:
        super().__init__(502, text.format(service=service))
        self._service = service

    def saying(self, text: str) -> Lost:
        """The same in other words."""
        return Lost(self._service, text)


@dataclass(frozen=True)
class Answers:
    """What to answer to one call where upstream fails.

    `endpoint` is the one that was called; `problems` are the complaints about the body, which precede every
    refusal of the caller (conventions 3.2). `note` tells the operator what the client learns little of.
    """

    backend: Backend
    endpoint: Endpoint
    problems: Iterable[dict[str, str]]
    note: Callable[[Kind, str], None] = lambda kind, message: None

    def not_permitted(self) -> Refusal:
        """The 403 of a token whose grants don't reach, which also tells what OAuth 2.0 calls them (RFC 6750, 3.1)."""
        text = NOT_PERMITTED.format(scope=self.backend.scope_text(self.endpoint.scope))
        grants = " ".join(self.backend.service.taking(self.endpoint))
        challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{grants}"'}
        return Refusal(403, text, headers=challenge).after(self.problems)

    def of_upstream(self, error: UpstreamError) -> Exception:
        """The answer to a call that upstream refused or could not take."""
        if error.kind is Kind.INTERNAL_REFUSED:
            return InternalRefusal()
        if error.kind is Kind.NO_SUCH_CALLER:
            return Crash("internal authorization of an unknown user")
        if error.kind is Kind.TEMPORARY:
            self.note(error.kind, str(error))
            return Refusal(500, TEMPORARY).after(self.problems)
        if error.kind is Kind.SUSPENDED:
            text = SUSPENDED.format(notice=error.notice, owner=self.backend.instance.owner_email)
            return Refusal(403, text).after(self.problems)
        if error.kind is Kind.BUSY:
            self.note(error.kind, str(error))
            text = BUSY.format(service=self.backend.service.name)
            return Refusal(503, text, headers={"Retry-After": _LATER})
        return self._of_kind(error.kind, str(error))

    def of_failure(self, failure: FieldFailure) -> Exception:
        """The answer where a needed part of the data is missing: not found, unless an error says worse."""
        if any(error.kind is Kind.DENIED and len(error.path) == 1 for error in failure.errors):
            return self.not_permitted()
        worse = [error for error in failure.errors if error.kind not in (Kind.NOT_FOUND, Kind.OTHER)]
        unexplained = [error.message for error in failure.errors if error.kind is Kind.OTHER]
        if unexplained and not worse:
            self.note(Kind.OTHER, unexplained[0])
            return Refusal(502, unexplained[0])
        return self._of_kind(worse[0].kind, worse[0].message) if worse else NotFound()

    def of_mutation(self, errors: Sequence[FieldError]) -> Exception:
        """The answer to a refused mutation: each error as a reason, with its field (conventions 6.5).

        What is no refusal of the input is answered as where a query fails, but that it may have been done nevertheless.
        """
        worse = [error for error in errors if error.kind not in (Kind.DENIED, Kind.OTHER)]
        if worse:
            kind = Kind.LOST if worse[0].kind in UNCERTAIN else worse[0].kind
            return self._of_kind(kind, worse[0].message)
        fields = self.backend.service.fields
        return Declined(*(reason(e.message, e.field or fields.get(e.message)) for e in errors))

    def _of_kind(self, kind: Kind, message: str) -> Exception:
        if kind is Kind.TOKEN:
            return invalid_token(self.backend.policy).after(self.problems)
        if kind is Kind.GRANT:
            return self.not_permitted()
        if kind is not Kind.LOST and kind not in _FAULTS:
            return NotFound()
        self.note(kind, message)
        if kind is Kind.LOST:
            return Lost(self.backend.service.name)
        status, text = _FAULTS[kind]
        return Refusal(status, text.format(service=self.backend.service.name))
