"""The requests whose cost is measured, and what a thin path asks upstream in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_SIZE = 2**23
_BOUNDARY = b"shim-bench"


@dataclass(frozen=True)
class Ask:
    """An operation of a service and its variables: `{file}` stands for the file sent, `{cursor}` for a sealed one of a
    whole list, `{first half}` and `{second half}` for those of the halves of a page of fifty.
    """

    operation: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    mine: bool = True


@dataclass(frozen=True)
class Case:
    """A legacy request: `asks` are the calls to the API that it comes to, `often` how many are sent in a round.

    `most` is the aim: how many times the processor time of the first case it may take.
    """

    name: str
    path: str
    asks: tuple[Ask, ...]
    often: int
    method: str = "GET"
    body: bytes = b""
    most: float | None = None

    @property
    def service(self) -> str:
        """The service that is asked."""
        return self.path.split("/")[1]

    def request(self, token: str) -> bytes:
        """What a client sends, on a connection that is kept."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: bench", f"Authorization: token {token}"]
        if self.body:
            lines.append(f"Content-Type: multipart/form-data; boundary={_BOUNDARY.decode()}")
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def _form(content: bytes) -> bytes:
    """A form that sends a file under the name `file`."""
    head = b'Content-Disposition: form-data; name="file"; filename="f.tar.gz"\r\nContent-Type: application/gzip'
    return b"--%s\r\n%s\r\n\r\n%s\r\n--%s--\r\n" % (_BOUNDARY, head, content, _BOUNDARY)


CASES = (
    Case("one repository", "/git/api/repos/r1", (Ask("Repository", {"r": "r1"}),), 100),
    Case(
        "page of 50 repositories",
        "/git/api/repos",
        (Ask("Repositories", {"n": 1000, "cursor": "{cursor}"}),),
        52,
        most=1.4,
    ),
    Case(
        "log page of 50 commits",
        "/git/api/repos/r1/log",
        (Ask("Log", {"r": "r1", "begin": None, "cursor": "{cursor}"}),),
        32,
        most=2.2,
    ),
    Case(
        "page of 50 tickets",
        "/todo/api/trackers/t1/tickets",
        (
            Ask(
                "BareTickets",
                {"t": "t1", "listed": True, "counted": True, "cursor": "{cursor}", "counter": "{cursor}"},
            ),
            Ask("TicketsOfLabels", {"t": "t1", "cursor": "{cursor}", "tickets": "{cursor}"}),
        ),
        20,
    ),
    Case(
        "page of 50 posts",
        "/lists/api/lists/l1/posts",
        (
            Ask(
                "Posts",
                {
                    **{"l": "l1", "acls": True, "listed": True, "counted": True, "senders": True},
                    **{"cursor": "{cursor}", "counter": "{cursor}", "patches": "{cursor}"},
                },
            ),
        ),
        32,
    ),
    Case(
        "one patchset",
        "/lists/api/lists/l1/patchsets/1",
        (Ask("Patchset", {"l": "l1", "id": 1, "acls": True, "patches": "{cursor}"}),),
        200,
    ),
    Case(
        "page of 50 jobs",
        "/builds/api/jobs",
        (Ask("Jobs", {"listed": True, "counted": True, "cursor": "{cursor}", "counter": "{cursor}"}),),
        32,
    ),
    Case(
        "page of 50 pastes",
        "/paste/api/pastes",
        (
            Ask("Pastes", {"listed": True, "counted": True, "cursor": "{first half}", "counter": "{cursor}"}),
            Ask("Pastes", {"listed": True, "counted": False, "cursor": "{second half}", "counter": None}),
        ),
        32,
    ),
    Case(
        "page of the audit log",
        "/meta/api/user/audit-log",
        (Ask("AuditLog", {"listed": True, "counted": True, "cursor": "{cursor}", "counter": "{cursor}"}),),
        52,
    ),
    Case(
        "upload of 8 MiB",
        "/git/api/repos/r1/artifacts/r8",
        (
            Ask("UploadTarget", {"r": "r1", "r0": "r8", "s0": "r8"}),
            Ask("UploadArtifact", {"id": 1, "revspec": "r8", "file": "{file}"}),
        ),
        4,
        "POST",
        _form(bytes(_SIZE)),
    ),
)
