"""What tests of meta.sr.ht ask for."""

from __future__ import annotations

from typing import Any

from ...conftest import Client

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAILrSCnjCMOrM/iHrHgsjOHS/Y/7ewwYuDykTvAuELJzJ"
MD5 = "31:7b:13:10:3b:e5:4c:a3:a8:16:38:e0:c9:a6:7e:4a"
SHA256 = "SHA256:J2HsDH4blB2JQWTaenHcEGLmaLoh2y1p6WGr0IZDdxY"
ADD = "mutation ($key: String!) { createSSHKey(key: $key) { id key comment } }"
REMOVE = "mutation ($id: Int!) { deleteSSHKey(id: $id) { id } }"
ADD_PGP = "mutation ($key: String!) { createPGPKey(key: $key) { id fingerprint } }"
REMOVE_PGP = "mutation ($id: Int!) { deletePGPKey(id: $id) { id fingerprint } }"
EDIT = "mutation ($input: UserInput!) { updateUser(input: $input) { email url location bio } }"
LOG = "{ auditLog { results { id ipAddress eventType details } } }"


def audited(client: Client, user: str = "jdoe") -> list[dict[str, Any]]:
    """The audit log of a user, the newest entry first."""
    return client.data(LOG, user=user)["auditLog"]["results"]  # type: ignore[no-any-return]


def told(client: Client, number: int) -> list[tuple[str, str]]:
    """The newest entries of jdoe's audit log: events with details."""
    return [(row["eventType"], row["details"]) for row in audited(client)[:number]]
