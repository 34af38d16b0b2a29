"""The whole app in front of GraphQL servers, and somebody who asks it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Flask
from werkzeug.test import Client, TestResponse

from shim.app import create_app
from shim.compare.stand.instance import Instance
from shim.config import parse
from shim.crypto import BearerToken, internal_authorization
from tests.cassettes import FIXTURES

FAR = 4102444800


class Asker:
    """Asks one legacy service, with the recorded instance's keys.

    `api` is the API's origin; `settings` are those of `config.ini` by (section, key).
    """

    def __init__(self, service: str, origin: str, settings: dict[tuple[str, str], str] | None = None) -> None:
        instance = Instance(FIXTURES)
        section = f"{service}.sr.ht"
        self.api, self.origin = origin, f"http://{service}.example.org"
        places = {(section, "origin"): self.origin, (section, "api-internal-origin"): origin}
        shim = {("shim", "internal-ipnet"): "127.0.0.0/8", ("shim", "era"): "2024"}
        text = instance.text({**places, **shim, **(settings or {})})
        self._keys = instance.keys(service)
        config = parse(text, "the test's settings")
        self._front = create_app(replace(config, services={service: config.services[service]}))
        self._client = Client(self._front)

    def application(self, service: str) -> Flask:
        """The app of a service."""
        return self._front.apps[service]

    def open(self, method: str, path: str, user: str = "", /, **request: Any) -> TestResponse:
        """The answer; `user` asks with a token of all rights, `Internal NAME` through another service."""
        headers = {**self.credential(user), **request.pop("headers", {})}
        environ = {"REMOTE_ADDR": "127.0.0.1"}
        return self._client.open(
            path, method=method, base_url=self.origin, headers=headers, environ_overrides=environ, **request
        )

    def get(self, path: str, user: str, /) -> Any:
        """The JSON of a successful answer."""
        response = self.open("GET", path, user)
        assert response.status_code == 200, response.get_data(as_text=True)
        return json.loads(response.data)

    def credential(self, user: str) -> dict[str, str]:
        """The headers with which somebody asks."""
        scheme, _, name = user.rpartition(" ")
        if scheme == "Internal":
            return {"Authorization": f"Internal {internal_authorization(self._keys.network_key, name)}"}
        return {"Authorization": f"token {self.token(name)}"} if name else {}

    def token(self, user: str, grants: str = "") -> str:
        """A token of somebody's, by default of all rights."""
        return BearerToken(FAR, grants, "", user).mint(self._keys.private_key)
