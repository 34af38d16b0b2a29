"""/api/delegate/... and /oauth/...: what only other services of the instance asked of its old OAuth (meta 2.3, 5).

None of it makes, takes or tells of a token: those of OAuth 2.0 are issued and checked elsewhere. Who still asks here is
told so, once the request is one that the old service would have looked at.
"""

from __future__ import annotations

from flask import Response

from shim.rest.body import Valid, required
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.services.call import Call

oauth = Endpoints()
NO_CREDENTIALS = "Required X-OAuth-ID and X-OAuth-Secret headers missing"
NO_SCOPES = "Delegated scopes are not supported"
NO_TOKENS = "Legacy OAuth is not supported: OAuth 2.0 has /oauth2/authorize and /oauth2/access-token"
_CREDENTIALS = ("X-OAuth-ID", "X-OAuth-Secret")
_SCOPES = "/api/delegate/scopes"
_CLIENT = (required("client_id", None), required("client_secret", None))
_REVOCATION = required("revocation_url", None)


@oauth.get(_SCOPES, f"{_SCOPES}/<int:n>", authorized=False)
@oauth.post(_SCOPES, authorized=False)
@oauth.delete(f"{_SCOPES}/<int:n>", authorized=False)
def scopes(call: Call, n: int = 0) -> Response:
    """Scopes that a service delegated: there are none any more."""
    if not all(map(call.request.headers.get, _CREDENTIALS)):
        raise Refusal(400, NO_CREDENTIALS).after(call.body.problems)
    raise Refusal(501, NO_SCOPES)


@oauth.post("/oauth/exchange", authorized=False, fields=(*_CLIENT, required("exchange", None)))
def exchange(call: Call) -> Response:
    """A token for a code, behind the old complaints about the body."""
    call.valid.check()
    raise Refusal(501, NO_TOKENS)


@oauth.post("/oauth/token/verify", "/oauth/token/<path:token>", authorized=False, discreet=True)
def verify(call: Call, token: str = "") -> Response:
    """Whether a token in the body or in the path is good, behind the old complaints about the body."""
    named = () if token else (required("oauth_token", None),)
    Valid(call.body, (*named, *_CLIENT, _REVOCATION)).check()
    raise Refusal(501, NO_TOKENS)


@oauth.get("/oauth/authorize", authorized=False)
@oauth.post("/oauth/authorize", authorized=False)
def authorize(call: Call) -> Response:
    """A user's consent, which nobody is asked for here."""
    raise Refusal(501, NO_TOKENS)
