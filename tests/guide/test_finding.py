"""Endpoints by their names."""

from __future__ import annotations

import pytest
from werkzeug.routing import RequestRedirect

from shim.guide.finding import Finder, NoSuchEndpoint, find
from tests.guide.kit import ENDPOINTS, SERVICES
from tests.kit import Asker

GIT = SERVICES["git"]


def test_slugs_are_unique_in_a_service():
    names = [(service.name, endpoint.slug) for service, endpoint in ENDPOINTS]
    assert len(set(names)) == len(names)
    assert ("git", "get-repos-r-refs") in names


@pytest.mark.parametrize(
    "name",
    [
        "get-repos-r-refs",
        "GET /api/repos/<r>/refs",
        "get /api/<u>/repos/<r>/refs",
        "GET /api/repos/weather/refs",
        "GET /api/~jdoe/repos/weather/refs?start=40",
        "GET  /api/repos/we%20ather/refs",
    ],
)
def test_an_endpoint_goes_by_many_names(name):
    assert find(GIT, name).slug == "get-repos-r-refs"


def test_the_most_special_rule_is_chosen_as_by_the_app():
    """`/api/user/<u>` and `/api/<u>/repos` alike are rules with a variable."""
    paths = [
        "/api/user/~jdoe",
        "/api/~jdoe/repos",
        "/api/repos/a/tree/b/c/d",
        "/api/repos/a/blob/b",
        "/api/user/webhooks",
        "/api/user/webhooks/3",
        "/api/repos/a/log/b",
    ]
    routes = Asker("git", "http://127.0.0.1:9").application("git").url_map.bind("")
    for path in paths:
        chosen, _ = routes.match(path, "GET", return_rule=True)
        assert str(chosen.rule) in Finder(GIT).find(f"GET {path}").rules


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("get-repos-r-ref", "get-repos-r-refs"),
        ("GET /api/repos/<r>/reffs", "GET /api/repos/<r>/refs"),
        ("POST /api/repos/<r>", "PUT /api/repos/<r>"),
    ],
)
def test_what_is_none_names_those_that_look_like_it(name, near):
    with pytest.raises(NoSuchEndpoint, match="did you mean") as raised:
        find(GIT, name)
    assert near in raised.value.near


@pytest.mark.parametrize("name", ["", "GET", "GET /", "GET nowhere", "\0", "DELETE /api/repos", "zzzzzzzzzz"])
def test_what_looks_like_nothing_is_none(name):
    with pytest.raises(NoSuchEndpoint):
        find(GIT, name)


def test_a_redirect_is_no_endpoint():
    """Werkzeug raises it as an exception of its own."""
    assert issubclass(RequestRedirect, Exception)
    with pytest.raises(NoSuchEndpoint):
        find(GIT, "GET /api//repos")
