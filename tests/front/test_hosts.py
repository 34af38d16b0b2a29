"""Which service answers (design 1): host mode and path mode."""

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client, create_environ, run_wsgi_app

from shim.app import create_app
from shim.config import parse
from shim.front import Front
from shim.front.own import is_own

INI = """
[git.sr.ht]
origin = http://git.example.org
api-origin = http://127.0.0.1:9
[git.sr.ht::shim]
era = 2024
"""


@cache
def app(ini):
    """The app of a configuration; it keeps nothing of what it was asked."""
    return create_app(parse(ini, "x"))


def get(path, host="localhost", ini=INI):
    return Client(app(ini)).get(path, base_url=f"http://{host}")


@pytest.mark.parametrize("host", ["git.example.org", "GIT.example.org", "git.example.org:80", "git.example.org:443"])
def test_a_services_host_name_reaches_it(host):
    assert get("/api/version", host).json == {"version": "unknown"}


def test_an_origin_with_the_usual_port_is_reached_without():
    ini = INI.replace("git.example.org", "git.example.org:80")
    assert get("/api/version", "git.example.org", ini).json == {"version": "unknown"}


@pytest.mark.parametrize("host", ["git.example.org:8080", "[::1]", "[::443]", ":80", ""])
def test_other_ports_and_hosts_are_no_services_host_name(host):
    status = run_wsgi_app(app(INI), {**create_environ("/api/version"), "HTTP_HOST": host})[1]
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


def test_what_it_says_to_ask_is_there():
    ini = "".join(f"[{name}.sr.ht]\norigin=http://{name}.example.org\n" for name in ("builds", "git", "paste"))
    paths = re.search(r"by path \((.*)\)", get("/", ini=ini).text)[1].split(", ")
    assert {path.split("/")[1] for path in paths} == {"builds", "git", "paste"}
    assert [get(path, ini=ini).status_code for path in paths if get(path, ini=ini).status_code not in (200, 401)] == []


def test_a_path_that_names_a_service_twice_is_no_route_of_it():
    assert get("/git/api/version", "git.example.org").status_code == 404


TWO = f"{INI.replace('http://', 'https://')}[todo.sr.ht]\norigin = https://todo.example.org:8443\n"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("host", "path", "location"),
    [
        ("todo.example.org:8443", "/api//trackers", "https://todo.example.org:8443/api/trackers"),
        ("TODO.example.org:8443", "///api//trackers?start=3", "https://todo.example.org:8443/api/trackers?start=3"),
        ("localhost", "/todo/api//trackers", "/todo/api/trackers"),
        ("localhost", "//todo//api///trackers?start=3", "/todo/api/trackers?start=3"),
        ("evil.example.org", "/todo/api//trackers", "/todo/api/trackers"),
        ("localhost", "/todo/api//trackers?a=\r\nX: 1\\ü%0d", "/todo/api/trackers?a=%0D%0AX:%201%5C%C3%BC%0d"),
        ("localhost", "/todo/api//user/~a\r\nX: 1", "/todo/api/user/~a%0D%0AX:%201"),
        ("localhost", "/todo/api//user/~\\evil", "/todo/api/user/~%5Cevil"),
        ("localhost", "/todo/api//user/~ü?ä", "/todo/api/user/~%C3%BC?%C3%A4"),
    ],
)
def test_a_redirect_leads_to_the_origin_or_stays_at_the_host(scheme, host, path, location):
    """Whatever the scheme of the connection says: behind a proxy that ends TLS it is http."""
    status, headers = ask(path, host, scheme)
    assert (status, headers.get("Location")) == ("308 PERMANENT REDIRECT", location)


def test_a_redirect_behind_a_prefix_does_not_leave_the_host():
    headers = ask("/todo/api//trackers", "localhost", "http", SCRIPT_NAME="//evil.example.org")[1]
    assert headers["Location"] == "/evil.example.org/todo/api/trackers"


def ask(path, host, scheme, **more):
    """What a request of exactly this path, unquoted, is answered."""
    path, _, query = path.encode().decode("latin-1").partition("?")
    environ = {**create_environ(), "wsgi.url_scheme": scheme, "PATH_INFO": path, "QUERY_STRING": query, **more}
    return run_wsgi_app(app(TWO), {**environ, "HTTP_HOST": host})[1:]


_odd = st.text(alphabet="/\\a~\r\n\x00\x7fü.:%?#@ ", max_size=12)


@given(_odd, _odd, st.sampled_from(["git.example.org", "todo.example.org:8443", "localhost"]))
def test_any_odd_path_is_answered_and_leads_nowhere_else(before, behind, host):
    for name in ("todo", "git"):
        status, headers = ask(f"{before}/{name}/api//{behind}", host, "http")
        assert status[:3] in ("308", "404", "401", "400", "200", "405")
        where = headers.get("Location", "/")
        assert where.isascii()
        assert where.isprintable()
        assert where.startswith(("https://git.example.org/", "https://todo.example.org:8443/")) or (
            where[0] == "/" and where[1:2] not in ("/", "\\")
        )


@pytest.mark.parametrize("path", ["/git/api//version", "/git//api/version", "/git/api///version//"])
def test_git_serves_doubled_slashes_where_a_web_page_found_nothing(path):
    assert get(path).json == {"version": "unknown"}


@pytest.mark.parametrize("path", ["/git/api//nothing", "/git/api//version/x"])
def test_git_still_finds_nothing_where_the_merged_path_is_no_route(path):
    assert get(path).status_code == 404


def test_git_redirects_doubled_slashes_of_other_methods():
    answer = Client(app(INI)).post("/git/api//repos")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/git/api/repos")


@pytest.mark.parametrize(
    "path",
    ["/usage", "/usage.csv", "/migrate/git/get-repos", "/metrics", "/sunset.ics", "/api/shim/usage", "/webhooks/git/x"],
)
def test_the_shims_own_pages_answer_at_every_host(path):
    assert is_own(path)


@pytest.mark.parametrize(
    "path", ["/", "/usages", "/api/shimmer", "/git/usage", "/api/repos", "/sunset", "/sunset.icsx", "/user/webhooks"]
)
def test_nothing_else_is_the_shims_own(path):
    assert not is_own(path)


def test_what_goes_on_beside_requests_begins_and_ends_with_the_process():
    done = []
    front = Front({}, {}, begin=lambda: done.append("begin"), end=lambda: done.append("end"))
    front.begin()
    front.close()
    assert done == ["begin", "end"]
    Front({}, {}).begin()
    Front({}, {}).close()
