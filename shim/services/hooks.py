"""What others than the service itself do about its calls: announce an end, refuse in a brownout, count, explain.

They are given to a service when its app is built, for services know none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from shim.rest.caller import Caller
from shim.rest.endpoint import Endpoint
from shim.upstream import Kind

if TYPE_CHECKING:
    from shim.services.call import Call

Headers = Sequence[tuple[str, str]]


class Exchange(NamedTuple):
    """One answered legacy call, told after its answer was sent.

    `endpoint` is None for what is no endpoint; `caller` is the name in the credential, None where there is none or it
    can't be read, and `fingerprint` stands for the credential; `scheme` is `token`, `Bearer`, `Internal` or nothing;
    `agent` is the User-Agent, at most 200 characters; `accepted` says that the API took the credential in this call,
    `verified` that the instance's own key, where it is known, has signed one that the API was not asked about.
    `began` is in Unix seconds, `seconds` and those of `upstream`, by operation, are durations; `bytes` is the size of
    the answer's body. `refused` says that a brownout or the sunset refused it, `rehearsed` that one would have.
    `waited` are the seconds at the gate, `failures` the kinds of what failed upstream and is not the caller's doing.
    """

    service: str
    endpoint: Endpoint | None
    method: str
    status: int
    caller: str | None
    fingerprint: str
    scheme: str
    agent: str
    accepted: bool
    began: float
    seconds: float
    upstream: Sequence[tuple[str, float]]
    bytes: int
    refused: bool
    rehearsed: bool
    verified: bool = False
    waited: float = 0.0
    failures: Sequence[Kind] = ()


class Refused(Exception):
    """Why an endpoint does not answer now: `answer` is raised in its place."""

    def __init__(self, answer: Exception) -> None:
        self.answer = answer


def _no_headers(endpoint: Endpoint) -> Headers:
    return ()


def _admit(endpoint: Endpoint, caller: Caller) -> bool:
    return False


def _unexplained(call: Call, status: int) -> Mapping[str, Any] | None:
    return None


@dataclass(frozen=True)
class Hooks:
    """What is done about the calls of one service.

    `headers` are those that announce an endpoint's end; `admit` raises Refused where an endpoint does not answer a
    caller now, and says whether a rehearsal would have refused it; `explain` says what a call has asked upstream
    and how to ask that oneself; each of `observers` is told of every exchange and must not raise.
    """

    headers: Callable[[Endpoint], Headers] = _no_headers
    admit: Callable[[Endpoint, Caller], bool] = _admit
    explain: Callable[[Call, int], Mapping[str, Any] | None] = _unexplained
    observers: tuple[Callable[[Exchange], None], ...] = ()


UNHOOKED = Hooks()
