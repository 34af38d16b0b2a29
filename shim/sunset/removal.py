"""What a path answers whose endpoint was removed: what the router says where only the others are left."""

from __future__ import annotations

from collections.abc import Collection

from flask import current_app, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map

from shim.rest.endpoint import Endpoint


class Remainder:
    """The rules of an app that are left, made anew when more were removed."""

    def __init__(self) -> None:
        self._made: tuple[frozenset[str], Map] = frozenset(), Map()

    def answer(self, removed: Collection[Endpoint]) -> HTTPException:
        """The answer to the request in hand: 404, or 405 where the path has other methods left."""
        names = frozenset(f"{endpoint.method} {rule}" for endpoint in removed for rule in endpoint.rules)
        made, rules = self._made
        if made != names:
            rules = _without(names)
            self._made = names, rules
        try:
            rules.bind_to_environ(request.environ).match()
        except HTTPException as error:
            return error
        return NotFound()


def _without(names: Collection[str]) -> Map:
    whole = current_app.url_map
    left = [rule.empty() for rule in whole.iter_rules() if rule.endpoint not in names]
    return Map(left, strict_slashes=whole.strict_slashes, converters=whole.converters)
