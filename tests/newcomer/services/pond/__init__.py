"""pond.sr.ht, a service that nobody has: all that a new one needs."""

from flask import Response

from shim.rest import json
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.fields import Plain, Resource
from shim.rest.page import cut
from shim.services.call import Call
from shim.services.service import Service
from shim.services.users import USER, users
from shim.upstream import load

fish = Endpoints()


class Fish(Resource):
    """A fish."""

    id = Plain()
    name = Plain()


@fish.get("/api/fish", "/api/<u>/fish", scope="fish:read", operation="Fish", resource=paged(Fish))
def index(call: Call) -> Response:
    """A user's fish by descending id."""
    return call.page(Fish(), cut(call.require(call.fetch("Fish"), "owner", "fish"), call.start))


@fish.post("/api/fish", scope="fish:write", operation="Catch", resource=Fish)
def create(call: Call) -> Response:
    """One more fish."""
    return json.answer(Fish().dump(call.mutate("Catch", "catch", name=call.body.fields.get("name"))), 201)


service = Service(
    name="pond",
    endpoints=(users, fish),
    operations=load(__name__, USER),
    grants={"fish:read": ("PROFILE:RO", "FISH:RO"), "fish:write": ("FISH:RW",)},
)
