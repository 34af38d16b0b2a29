"""A made-up service for tests: one endpoint of each kind, no folder of its own."""

from __future__ import annotations

from typing import Any

from flask import Response

from shim.rest import json
from shim.rest.body import Field, optional, required
from shim.rest.endpoint import Endpoints
from shim.rest.page import cut
from shim.services.backend import Backend
from shim.services.call import Call
from shim.services.dispatch import build
from shim.services.service import Service
from shim.services.users import users
from shim.settings import Config, ServiceConfig
from shim.upstream import Local, loads
from tests.conftest import NETWORK_KEY

OPERATIONS = """
query User($u: String!) { owner: user(username: $u) { name: username email url location bio } }
query Thing($u: String!, $t: String!) { owner: user(username: $u) { thing(name: $t) { id name } } }
query Number($n: Int!) { number(n: $n) { id } }
mutation Make($name: String!) { make(name: $name) { id } }
"""

things = Endpoints()


@things.get("/api/things", "/api/<u>/things", scope="things:read")
def index(call: Call) -> Response:
    """Sixty things, to be cut into pages."""
    return json.answer(cut([{"id": i} for i in range(1, 61)], call.start).envelope(dict))


@things.get("/api/things/<t>", "/api/<u>/things/<t>", scope="things:read", operation="Thing")
def show(call: Call, t: str) -> Response:
    """One thing."""
    return json.answer(call.require(call.fetch("Thing", t=t), "owner", "thing"))


@things.get("/api/numbers/<int(signed=True):n>", scope="things:read", operation="Number")
def number(call: Call, n: int) -> Response:
    """A number."""
    return json.answer(call.require(call.fetch("Number", n=n), "number"))


@things.post(
    "/api/things",
    scope="things:write",
    operation="Make",
    fields=(
        required("name"),
        required("title", str, label="Title"),
        optional("flag", bool),
        optional("note"),
        Field("sort", choices=("big", "small"), enum="Sort"),
    ),
)
def make(call: Call) -> Response:
    """A new thing."""
    call.valid.check()
    return json.answer({"values": call.valid.values, "made": call.mutate("Make", "make", **call.valid.values)}, 201)


@things.get("/api/free")
def free(call: Call) -> Response:
    """Nothing that needs a scope."""
    return json.answer({"ok": True})


@things.get("/api/crash")
def crash(call: Call) -> Response:
    """A fault of ours."""
    raise RuntimeError("a fault")


SERVICE = Service(
    name="toy",
    endpoints=(users, things),
    operations=loads(OPERATIONS),
    grants={"things:read": ("PROFILE:RO", "THINGS:RO"), "things:write": ("THINGS:RW",)},
)


def config(origin: str = "http://127.0.0.1:9", **changes: Any) -> Config:
    """A configuration with the toy at an API origin."""
    service = ServiceConfig(
        name="toy",
        origin="http://toy.example.org",
        api_origin=origin,
        oauth_client_id="0123456789abcdef",
        max_duration=changes.pop("max_duration", 1.0),
        era=changes.pop("era", "2024"),
    )
    values: dict[str, Any] = {
        "network_key": NETWORK_KEY,
        "owner_email": "root@example.org",
        "internal_ipnet": (),
        "trusted_proxies": (),
        "legacy_tokens": False,
        "paging": "auto",
        "page_budget": 40,
        "connect_timeout": 1.0,
        "deadline": 5.0,
        "version": "unknown",
        "grace": 0.3,
    }
    return Config(services={"toy": service}, **{**values, **changes})


def client(origin: str = "http://127.0.0.1:9", **changes: Any) -> Any:
    """A test client of the toy's app."""
    return build(Backend.build(SERVICE, config(origin, **changes), Local())).test_client()
