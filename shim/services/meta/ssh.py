"""/api/user/ssh-keys...: the caller's SSH keys (meta 2.2 rows 5 to 9)."""

from __future__ import annotations

from flask import Response

from shim.rest import json
from shim.rest.body import required
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.meta import keys
from shim.services.meta.resources import SSHKey, WrittenSSHKey

ssh_keys = Endpoints()
_key, _written = SSHKey(), WrittenSSHKey()
FIELD = "ssh-key"
_READ, _WRITE = ("SSH_KEYS:RO",), ("SSH_KEYS:RW",)
_EXAMPLE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAMF2yYyYOwQX07gL77HfluoQoLVgluRZQgRSg6AzYFA jdoe@laptop"


@ssh_keys.get("/api/user/ssh-keys", scope="keys:read", grants=_READ, operation="SSHKeys", resource=paged(SSHKey))
def index(call: Call) -> Response:
    """The caller's keys, the newest first."""
    return keys.page(call, "SSHKeys", _key)


@ssh_keys.post(
    "/api/user/ssh-keys",
    scope="keys:write",
    grants=_WRITE,
    operation=("User", "CreateSSHKey"),
    fields=(required(FIELD, None),),
    resource=WrittenSSHKey,
    examples={"body": {FIELD: _EXAMPLE}, "key": _EXAMPLE},
)
def create(call: Call) -> Response:
    """A new key."""
    return keys.created(call, "CreateSSHKey", FIELD, _written)


@ssh_keys.get("/api/user/ssh-keys/<int:n>", scope="keys:read", grants=_READ, operation="SSHKeys", resource=SSHKey)
def show(call: Call, n: int) -> Response:
    """One of the caller's keys."""
    return json.answer(_key.dump(keys.one(call, "SSHKeys", n)))


@ssh_keys.put("/api/user/ssh-keys/<int:n>", scope="keys:read", grants=_READ, operation="SSHKeys", resource=SSHKey)
def touch(call: Call, n: int) -> Response:
    """The key unchanged: what GraphQL has to say that it was used is not for callers, or spoils its date (meta 5)."""
    return json.answer(_key.dump(keys.one(call, "SSHKeys", n)))


@ssh_keys.delete("/api/user/ssh-keys/<int:n>", scope="keys:write", grants=_WRITE, operation="DeleteSSHKey")
def delete(call: Call, n: int) -> Response:
    """No more key."""
    call.mutate("DeleteSSHKey", "delete", id=n)
    return json.no_content()
