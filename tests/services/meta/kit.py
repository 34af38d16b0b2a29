"""Users and keys as GraphQL tells of them (meta 9)."""

from __future__ import annotations

from typing import Any

ALDER = {"id": 1042, "canonicalName": "~alder", "username": "alder"}
OWN = {"id": 1042, "canonical_name": "~alder", "name": "alder"}
PROFILE = {
    **ALDER,
    "email": "alder@example.org",
    "url": "https://alder.example.org",
    "location": None,
    "bio": "Grows trees.",
}
B1 = "AAAAC3NzaC1lZDI1NTE5AAAAIFdncQpcPIUQm1jISPFa+nyODlh0HZ4crRB7j0AvS/Oc"
B2 = "AAAAC3NzaC1lZDI1NTE5AAAAIPcpEA1bMHnlzJczYNZPXxQvf44nsQlI7HWRrOooybBY"
B3 = "AAAAC3NzaC1lZDI1NTE5AAAAIAMF2yYyYOwQX07gL77HfluoQoLVgluRZQgRSg6AzYFA"
MD5_OF_B1 = "7d:2b:df:20:45:ca:fb:75:fd:ff:7e:fe:47:ed:37:a3"
KEY311 = {
    "id": 311,
    "authorized": "2023-05-02T09:12:44+00:00",
    "comment": "alder@workstation",
    "fingerprint": MD5_OF_B1,
    "key": f"ssh-ed25519 {B1} alder@workstation",
    "owner": OWN,
    "last_used": "2024-09-01T18:00:05+00:00",
}
KEY478 = {
    "id": 478,
    "authorized": "2024-02-11T20:01:00+00:00",
    "comment": "",
    "fingerprint": "82:0a:4a:89:81:90:0c:af:72:74:f3:ab:f5:ee:d6:90",
    "key": f"ssh-ed25519 {B2}",
    "owner": OWN,
    "last_used": None,
}
NOT_FOUND = {"errors": [{"reason": "404 not found"}]}
REFUSED = (
    403,
    "application/json",
    '{"errors": [{"message": "Authentication error: Invalid or expired OAuth 2.0 bearer token"}]}',
)


def ssh_key(number: int = 311, *, modern: bool = False, **changes: Any) -> dict[str, Any]:
    """One of alder's SSH keys."""
    bare, comment = (B2, "") if number == 478 else (B1, "alder@workstation")
    line = f"ssh-ed25519 {bare} {comment}".rstrip()
    created = "2024-02-11T20:01:00Z" if number == 478 else "2023-05-02T09:12:44.318273Z"
    used = None if number == 478 else "2024-09-01T18:00:05.5Z"
    key = bare if modern else line
    told = {"id": number, "created": created, "lastUsed": used, "key": key, "comment": comment}
    return {**told, "user": ALDER, **changes}


def keys(*rows: dict[str, Any], cursor: str | None = None, kind: str = "sshKeys") -> dict[str, Any]:
    """The answer that lists keys."""
    return {"data": {"me": {**ALDER, kind: {"results": list(rows), "cursor": cursor}}}}


def failed(name: str, message: str, /, **extensions: str) -> dict[str, Any]:
    """A mutation whose field is null, and why."""
    error: dict[str, Any] = {"message": message, "path": [name]}
    return {"data": {name: None}, "errors": [{**error, "extensions": extensions} if extensions else error]}
