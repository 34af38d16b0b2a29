"""Which service answers (design 1): host mode and path mode."""

import pytest
from werkzeug.test import Client, create_environ, run_wsgi_app

from shim.app import create_app
from shim.config import parse

INI = """
[git.sr.ht]
origin = http://git.example.org
api-origin = http://127.0.0.1:9
[git.sr.ht::shim]
era = 2024
"""


def get(path, host="localhost", ini=INI):
    return Client(create_app(parse(ini, "x"))).get(path, base_url=f"http://{host}")


@pytest.mark.parametrize("host", ["git.example.org", "GIT.example.org", "git.example.org:80", "git.example.org:443"])
def test_a_services_host_name_reaches_it(host):
    assert get("/api/version", host).json == {"version": "unknown"}


def test_an_origin_with_the_usual_port_is_reached_without():
    ini = INI.replace("git.example.org", "git.example.org:80")
    assert get("/api/version", "git.example.org", ini).json == {"version": "unknown"}


@pytest.mark.parametrize("host", ["git.example.org:8080", "[::1]", "[::443]", ":80", ""])
def test_other_ports_and_hosts_are_no_services_host_name(host):
    status = run_wsgi_app(create_app(parse(INI, "x")), {**create_environ("/api/version"), "HTTP_HOST": host})[1]
    assert status == "404 NOT FOUND"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "other.example.org"])
def test_the_first_path_segment_reaches_it_at_any_other_host(host):
    assert get("/git/api/version", host).json == {"version": "unknown"}


@pytest.mark.parametrize("path", ["/", "/api/version", "/todo/api/version"])
def test_anything_else_says_what_to_ask(path):
    answer = get(path)
    assert answer.status_code == 404
    assert "git.example.org" in answer.text
    assert "/git/api/version" in answer.text


def test_a_path_that_names_a_service_twice_is_no_route_of_it():
    assert get("/git/api/version", "git.example.org").status_code == 404


def test_a_redirect_keeps_the_prefix_of_path_mode():
    answer = get("/git/api//version")
    assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost/git/api/version")
