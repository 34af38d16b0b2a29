"""What the clients of `make bench-safety` ask: a row for each service, and in it what its old clients use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

MOST = 20
"""The highest number that stands in a target for `{n}`."""
BEYOND = 2**31
"""An id that no column holds."""
_MANIFEST = "image: alpine/latest\ntasks:\n- build: make\n"
_MANY = [{"filename": f"{n}.txt", "contents": "x" * n} for n in range(1, 20)]


@dataclass(frozen=True)
class Ask:
    """One legacy request, how often it is sent in proportion to others, and the service it is counted under."""

    method: str
    target: str
    often: int = 1
    body: object = None

    @property
    def service(self) -> str:
        return self.target.split("/")[1]

    def numbered(self, number: int) -> Ask:
        """The same with a number in its target."""
        return Ask(self.method, self.target.format(n=number), self.often, self.body)

    def encoded(self, token: str) -> tuple[bytes, bytes]:
        """Head and body as they are sent."""
        body = b"" if self.body is None else json.dumps(self.body).encode()
        lines = [f"{self.method} {self.target} HTTP/1.1", "Host: bench", f"Authorization: token {token}"]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode(), body


MIXED: Mapping[str, tuple[Ask, ...]] = {
    "git": (
        Ask("GET", "/git/api/repos/r{n}", 6),
        Ask("GET", "/git/api/repos", 4),
        Ask("GET", "/git/api/~u{n}/repos?start=40", 2),
        Ask("GET", "/git/api/repos/r{n}/refs", 3),
        Ask("GET", "/git/api/repos/r{n}/log", 4),
        Ask("GET", "/git/api/repos/r{n}/log/c0{n:038x}", 2),
        Ask("GET", "/git/api/repos/r{n}/tree", 3),
        Ask("GET", "/git/api/repos/r{n}/tree/HEAD/" + "a/" * 40 + "a", 2),
        Ask("GET", "/git/api/repos/r{n}/tree/" + "a/" * 300 + "a", 1),
        Ask("GET", "/git/api/repos/r{n}/blob/HEAD/a{n}.txt", 4),
        Ask("GET", "/git/api/repos/r%00{n}", 1),
        Ask("PUT", "/git/api/repos/r{n}", 1, {"description": "x" * 200}),
        Ask("POST", "/git/api/repos", 1, {"name": "made", "visibility": "public"}),
    ),
    "hg": (
        Ask("GET", "/hg/api/repos", 2),
        Ask("GET", "/hg/api/repos/r{n}", 2),
    ),
    "todo": (
        Ask("GET", "/todo/api/trackers", 2),
        Ask("GET", "/todo/api/trackers/t{n}", 2),
        Ask("GET", "/todo/api/trackers/t%00{n}", 1),
        Ask("GET", "/todo/api/trackers/t{n}/tickets", 6),
        Ask("GET", "/todo/api/trackers/t{n}/tickets?start=55", 2),
        Ask("GET", "/todo/api/trackers/t{n}/labels", 1),
        Ask("GET", "/todo/api/trackers/t{n}/tickets/{n}", 3),
        Ask("GET", f"/todo/api/trackers/t{{n}}/tickets/{BEYOND}", 1),
        Ask("GET", "/todo/api/trackers/t{n}/tickets/{n}/events", 3),
        Ask("PUT", "/todo/api/trackers/t{n}/tickets/{n}", 2, {"comment": "a comment"}),
        Ask("POST", "/todo/api/trackers/t{n}/tickets", 1, {"title": "a title", "description": "x"}),
    ),
    "lists": (
        Ask("GET", "/lists/api/lists", 1),
        Ask("GET", "/lists/api/lists/l{n}", 2),
        Ask("GET", "/lists/api/lists/l{n}/posts", 5),
        Ask("GET", "/lists/api/lists/l{n}/posts?start=60", 2),
        Ask("GET", "/lists/api/lists/l{n}/posts?search=subject+from:me", 2),
        Ask("GET", "/lists/api/user/u{n}/lists/l{n}/posts?search=List-Id:x", 1),
        Ask("GET", "/lists/api/lists/l{n}/patchsets", 5),
        Ask("GET", "/lists/api/lists/l{n}/patchsets?start=55", 2),
        Ask("GET", "/lists/api/lists/l{n}/patchsets/{n}", 2),
        Ask("GET", "/lists/api/lists/l{n}/patchsets/{n}/patches", 2),
        Ask("GET", "/lists/api/emails", 2),
        Ask("GET", "/lists/api/user/u{n}/emails", 1),
        Ask("GET", "/lists/api/emails/{n}", 3),
        Ask("GET", "/lists/api/emails/13", 1),
        Ask("GET", "/lists/api/emails/14", 1),
        Ask("GET", f"/lists/api/emails/{BEYOND}", 1),
        Ask("GET", "/lists/api/emails/m%00{n}", 1),
        Ask("GET", "/lists/api/thread/{n}", 2),
        Ask("GET", "/lists/api/thread/13", 1),
        Ask("GET", "/lists/api/thread/80", 3),
        Ask("GET", "/lists/api/subscriptions", 1),
        Ask("PUT", "/lists/api/lists/l{n}", 1, {"description": "x" * 200}),
        Ask("PUT", "/lists/api/lists/l{n}/patchsets/{n}", 1, {"status": "applied"}),
        Ask("PUT", f"/lists/api/lists/l{{n}}/patchsets/{BEYOND}", 1, {"status": "applied"}),
        Ask(
            "PUT",
            "/lists/api/lists/l{n}/patchsets/{n}/tools",
            1,
            {"icon": "success", "details": "It builds", "key": "builds"},
        ),
    ),
    "builds": (
        Ask("GET", "/builds/api/jobs", 6),
        Ask("GET", "/builds/api/jobs?start=55", 2),
        Ask("GET", "/builds/api/jobs/{n}", 4),
        Ask("GET", f"/builds/api/jobs/{BEYOND}", 1),
        Ask("GET", "/builds/api/jobs/{n}/artifacts", 2),
        Ask("GET", "/builds/api/jobs/{n}/manifest", 2),
        Ask("GET", "/builds/api/job-group/{n}", 2),
        Ask("GET", f"/builds/api/job-group/{BEYOND - 1}", 1),
        Ask("POST", "/builds/api/job-group/{n}/start", 1, {}),
        Ask("POST", "/builds/api/job-group", 1, {"jobs": [1, 2, 3], "note": "a group"}),
        Ask("POST", "/builds/api/jobs/{n}/start", 1, {}),
        Ask("POST", "/builds/api/jobs", 2, {"manifest": _MANIFEST, "note": "x", "tags": ["a"]}),
    ),
    "paste": (
        Ask("GET", "/paste/api/pastes", 6),
        Ask("GET", "/paste/api/pastes?start=55", 2),
        Ask("GET", "/paste/api/pastes/{n:040x}", 3),
        Ask("GET", "/paste/api/pastes/a%00{n}", 1),
        Ask("GET", "/paste/api/blobs/{n:040x}", 3),
        Ask("POST", "/paste/api/pastes", 1, {"files": [{"filename": "a.txt", "contents": "x"}]}),
        Ask("POST", "/paste/api/pastes", 1, {"files": _MANY, "visibility": "private"}),
        Ask("DELETE", "/paste/api/pastes/{n:040x}", 1),
    ),
    "meta": (
        Ask("GET", "/meta/api/user/profile", 4),
        Ask("GET", "/meta/api/user/audit-log", 4),
        Ask("GET", "/meta/api/user/audit-log?start=55", 2),
        Ask("GET", "/meta/api/user/ssh-keys", 4),
        Ask("GET", "/meta/api/user/ssh-keys/{n}", 2),
        Ask("GET", f"/meta/api/user/ssh-keys/{BEYOND}", 1),
        Ask("GET", "/meta/api/user/pgp-keys", 2),
        Ask("PUT", "/meta/api/user/profile", 1, {"bio": "x" * 200}),
        Ask("POST", "/meta/api/user/ssh-keys", 1, {"ssh-key": "ssh-ed25519 AAAA nobody"}),
        Ask("DELETE", "/meta/api/user/ssh-keys/{n}", 1),
    ),
}
